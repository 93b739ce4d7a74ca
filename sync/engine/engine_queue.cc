#include "sync/engine/engine_queue.h"

#include <utility>

namespace opora::sync {

std::optional<Command> EngineQueue::push(Command command) {
  if (commands_.size() >= kMaxWaitingCommands) return command;
  commands_.push_back(std::move(command));
  return std::nullopt;
}

EngineQueue::Turn EngineQueue::take() {
  Turn turn;
  while (!commands_.empty() && turn.commands.size() < kMaxGroup) {
    turn.commands.push_back(std::move(commands_.front()));
    commands_.pop_front();
  }
  // A deque's elements stay in place when others are pushed.
  std::size_t entries = 0;
  for (auto it = batches_.begin(); it != batches_.end() && entries < kRemoteSlice; ++it) {
    entries += it->entries.size() - it->applied;
    turn.batches.push_back(&*it);
  }
  return turn;
}

void EngineQueue::finish(const Turn& turn, const Status& status) {
  if (!status.ok()) {
    batches_.erase(batches_.begin(),
                   batches_.begin() + static_cast<std::ptrdiff_t>(turn.batches.size()));
  }
  while (!batches_.empty() && batches_.front().finished()) batches_.pop_front();
}

void EngineQueue::refuse_all() {
  const auto commands = std::exchange(commands_, {});
  const auto batches = std::exchange(batches_, {});
  const Error stopping{Code::kUnavailable, "", "stopping"};
  for (const Command& command : commands) command.done(stopping);
  for (const ReceivedBatch& batch : batches) batch.done(stopping);
}

}  // namespace opora::sync
