#include "sync/engine/engine_queue.h"

#include <utility>

#include "protocol/base/check.h"

namespace opora::sync {

std::optional<Command> EngineQueue::push(Command command) {
  if (commands_.size() >= kMaxWaitingCommands) return command;
  commands_.push_back(std::move(command));
  return std::nullopt;
}

void EngineQueue::push(ReceivedBatch batch) {
  OPORA_CHECK(!batch.entries.empty() || batch.recall);
  peers_[batch.peer].push_back(std::move(batch));
}

std::size_t EngineQueue::waiting_batches() const {
  std::size_t count = 0;
  for (const auto& [peer, batches] : peers_) count += batches.size();
  return count;
}

EngineQueue::Turn EngineQueue::take(std::size_t slice) {
  Turn turn;
  while (!commands_.empty() && turn.commands.size() < kMaxGroup) {
    turn.commands.push_back(std::move(commands_.front()));
    commands_.pop_front();
  }
  // A deque's elements stay in place when others are pushed.
  std::vector<std::deque<ReceivedBatch>*> order;
  auto next = peers_.upper_bound(last_);
  for (std::size_t i = 0; i < peers_.size(); ++i, ++next) {
    if (next == peers_.end()) next = peers_.begin();
    if (i == 0) last_ = next->first;
    order.push_back(&next->second);
  }
  std::size_t entries = 0;
  bool more = !order.empty();
  for (std::size_t depth = 0; more && entries < slice; ++depth) {
    more = false;
    for (auto* queue : order) {
      if (depth >= queue->size() || entries >= slice) continue;
      ReceivedBatch& batch = (*queue)[depth];
      entries += batch.entries.size() - batch.applied;
      turn.batches.push_back(&batch);
      more = true;
    }
  }
  if (entries > slice || waiting_batches() > turn.batches.size()) turn.backlog = Backlog::kMore;
  return turn;
}

void EngineQueue::finish(const Turn& turn, const Status& status) {
  for (const ReceivedBatch* batch : turn.batches) {
    const auto queue = peers_.find(batch->peer);
    if (status.ok() && !batch->finished()) continue;
    queue->second.pop_front();  // a peer's batches are in a turn from the front, in order
    if (queue->second.empty()) peers_.erase(queue);
  }
}

void EngineQueue::refuse_all() {
  const auto commands = std::exchange(commands_, {});
  const auto peers = std::exchange(peers_, {});
  const Error stopping{Code::kUnavailable, "", "stopping"};
  for (const Command& command : commands) command.done(stopping);
  for (const auto& [peer, batches] : peers) {
    for (const ReceivedBatch& batch : batches) batch.done(stopping);
  }
}

}  // namespace opora::sync
