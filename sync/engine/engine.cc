#include "sync/engine/engine.h"

#include <algorithm>

#include "protocol/base/check.h"

namespace opora::sync {

Engine::Engine(std::unique_ptr<EngineCore> core, const Clock& clock,
               std::function<void()> on_failed)
    : core_(std::move(core)),
      clock_(clock),
      on_failed_(std::move(on_failed)),
      thread_([this] { loop(); }) {}

Engine::~Engine() { stop(); }

void Engine::submit(Command command) {
  Error refusal{Code::kUnavailable, "", "stopping"};
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && commands_.size() < kMaxWaitingCommands) {
      commands_.push_back(std::move(command));
      wake_.notify_one();
      return;
    }
    if (!stopping_) refusal = Error{Code::kTooMany, "", "too many commands wait"};
  }
  command.done(refusal);
}

void Engine::submit(ReceivedBatch batch) {
  OPORA_CHECK(!batch.entries.empty());
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      batches_.push_back(std::move(batch));
      wake_.notify_one();
      return;
    }
  }
  batch.done(Error{Code::kUnavailable, "", "stopping"});
}

void Engine::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

TimeMs Engine::settled_before() const {
  const TimeMs now = clock_.now();
  const std::int64_t started = group_started_.load();
  // The millisecond of `now` itself may still get events.
  return TimeMs{(started == 0 ? now.v : std::min(started, now.v)) - 1};
}

bool Engine::take(std::vector<Command>& commands, std::vector<ReceivedBatch*>& batches) {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [&] { return stopping_ || !commands_.empty() || !batches_.empty(); });
  while (!commands_.empty() && commands.size() < kMaxGroup) {
    commands.push_back(std::move(commands_.front()));
    commands_.pop_front();
  }
  // Only this thread pops, and a deque's elements stay in place when others push.
  std::size_t entries = 0;
  for (auto it = batches_.begin(); it != batches_.end() && entries < kRemoteSlice && !stopping_;
       ++it) {
    entries += it->entries.size() - it->applied;
    batches.push_back(&*it);
  }
  group_started_ = clock_.now().v;
  return !commands.empty() || !batches.empty();
}

void Engine::drop_finished() {
  const std::lock_guard lock(mutex_);
  while (!batches_.empty() && batches_.front().finished()) batches_.pop_front();
}

void Engine::loop() {
  std::vector<Command> commands;
  std::vector<ReceivedBatch*> batches;
  while (take(commands, batches)) {
    const Status status = core_->run(commands, batches);
    group_started_ = 0;
    commands.clear();
    if (!status.ok()) {
      const std::lock_guard lock(mutex_);
      batches_.erase(batches_.begin(),
                     batches_.begin() + static_cast<std::ptrdiff_t>(batches.size()));
    }
    batches.clear();
    drop_finished();
    if (!status.ok()) {
      on_failed_();
      break;
    }
  }
  refuse_waiting();
}

void Engine::refuse_waiting() {
  std::deque<Command> commands;
  std::deque<ReceivedBatch> batches;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    commands.swap(commands_);
    batches.swap(batches_);
  }
  for (Command& command : commands) command.done(Error{Code::kUnavailable, "", "stopping"});
  for (ReceivedBatch& batch : batches) batch.done(Error{Code::kUnavailable, "", "stopping"});
}

}  // namespace opora::sync
