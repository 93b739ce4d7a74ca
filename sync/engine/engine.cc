#include "sync/engine/engine.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include <time.h>

namespace opora::sync {
namespace {

// Of this thread on a processor.
std::chrono::nanoseconds thread_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace

Engine::Engine(std::unique_ptr<EngineCore> core, const Clock& clock,
               std::function<void()> on_failed)
    : core_(std::move(core)),
      clock_(clock),
      on_failed_(std::move(on_failed)),
      thread_([this] { loop(); }) {}

Engine::~Engine() { stop(); }

// Woken without the lock, which the engine's thread is about to take.
void Engine::submit(Command command) {
  std::optional<Command> refused;
  Error refusal{Code::kTooMany, "", "too many commands wait"};
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      refusal = Error{Code::kUnavailable, "", "stopping"};
      refused = std::move(command);
    } else {
      refused = queue_.push(std::move(command));
      if (refused) ++refused_commands_;
    }
  }
  if (refused) return refused->done(refusal);
  wake_.notify_one();
}

void Engine::submit(ReceivedBatch batch) {
  std::optional<ReceivedBatch> refused;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) refused = std::move(batch);
    else queue_.push(std::move(batch));
  }
  if (refused) return refused->done(Error{Code::kUnavailable, "", "stopping"});
  wake_.notify_one();
}

void Engine::read_unread() {
  const std::lock_guard lock(mutex_);
  reading_ = true;
  wake_.notify_one();
}

void Engine::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

Engine::Figures Engine::figures() const {
  const std::lock_guard lock(mutex_);
  return {queue_.waiting_commands(), queue_.waiting_batches(), refused_commands_,
          group_commands_.counts()};
}

TimeMs Engine::settled_before() const {
  const TimeMs now = clock_.now();
  core_->promise(now + -1);
  const std::int64_t started = group_started_.load();
  // The millisecond of `now` itself may still get events.
  return TimeMs{(started == 0 ? now.v : std::min(started, now.v)) - 1};
}

std::optional<EngineQueue::Turn> Engine::take() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock,
             [&] { return stopping_ || !queue_.empty() || (reading_ && core_->has_readable()); });
  auto turn = queue_.take(pace_.entries());
  // A stop does not wait for a long catch-up; what commands wait are still decided.
  if (stopping_) {
    turn.batches.clear();
    turn.backlog = Backlog::kNone;
    if (turn.empty()) return std::nullopt;
  }
  turn_started_ = clock_.now().v;
  if (group_started_ == 0) group_started_ = turn_started_;
  return turn;
}

// A commit that goes on beside is not in this thread's time, and the slice was a whole one.
Status Engine::run(EngineQueue::Turn& turn) {
  if (!turn.commands.empty()) group_commands_.add(static_cast<std::int64_t>(turn.commands.size()));
  const auto before = thread_time();
  Status status = core_->run(turn.commands, turn.batches, turn.backlog, pace_.entries());
  if (core_->commit_goes_on()) pace_.folded(thread_time() - before);
  return status;
}

void Engine::loop() {
  while (auto turn = take()) {
    Status status = turn->empty() ? ok_status() : run(*turn);
    bool more = false;
    {
      const std::lock_guard lock(mutex_);
      queue_.finish(*turn, status);
      more = !queue_.empty();
    }
    if (reading_ && status.ok()) status = core_->read_unread();
    // Nobody waits for the next turn to be told.
    if (!more && status.ok()) status = core_->settle();
    // This turn's commit may go on, the one before has ended.
    group_started_ = core_->commit_goes_on() ? turn_started_ : 0;
    if (!status.ok()) {
      on_failed_();
      break;
    }
  }
  static_cast<void>(core_->settle());  // it tells those who wait; nobody comes after it
  refuse_waiting();
}

void Engine::refuse_waiting() {
  EngineQueue waiting;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    waiting = std::exchange(queue_, EngineQueue());
  }
  waiting.refuse_all();
}

}  // namespace opora::sync
