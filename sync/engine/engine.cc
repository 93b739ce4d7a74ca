#include "sync/engine/engine.h"

namespace opora::sync {

Engine::Engine(std::unique_ptr<EngineCore> core, std::function<void()> on_failed)
    : core_(std::move(core)), on_failed_(std::move(on_failed)), thread_([this] { loop(); }) {}

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

bool Engine::take(std::vector<Command>& commands, ReceivedBatch*& batch) {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [&] { return stopping_ || !commands_.empty() || !batches_.empty(); });
  while (!commands_.empty() && commands.size() < kMaxGroup) {
    commands.push_back(std::move(commands_.front()));
    commands_.pop_front();
  }
  // Only this thread pops, and a deque's elements stay in place when others push.
  batch = batches_.empty() ? nullptr : &batches_.front();
  return !commands.empty() || (batch != nullptr && !stopping_);
}

void Engine::loop() {
  std::vector<Command> commands;
  ReceivedBatch* batch = nullptr;
  while (take(commands, batch)) {
    const bool ok = core_->run(commands, batch).ok();
    commands.clear();
    const bool finished = batch != nullptr && (!ok || batch->applied == batch->entries.size());
    if (finished) {
      const std::lock_guard lock(mutex_);
      batches_.pop_front();
    }
    if (!ok) {
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
