// Engine: EngineCore on a thread of its own. submit() from any thread; done callbacks run on the
// engine's thread after the sync and must not block. Queues are bounded: over the limit a submit is
// answered kTooMany at once, so that a flood waits at its sender, not in our memory.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "sync/engine/engine_core.h"

namespace opora::sync {

// Commands waiting: at 5 000 a second this is a second; whoever would wait longer had better retry.
inline constexpr std::size_t kMaxWaitingCommands = 5'000;

class Engine {
 public:
  // on_failed is called once, on the engine's thread, after a commit failed: the owner shuts down
  // and reopens.
  Engine(std::unique_ptr<EngineCore> core, const Clock& clock, std::function<void()> on_failed);
  ~Engine();  // stops
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void submit(Command command);
  // Batches of one peer's stream apply in the order of submission. The sender's credit bounds them.
  void submit(ReceivedBatch batch);
  // Answers what waits (commands with kUnavailable) and joins. Idempotent.
  void stop();

  // Everything that happened before this moment is in a snapshot that is taken after the call: what
  // a peer may be told as "data through". Any thread.
  TimeMs settled_before() const;

  const Vault& vault() const { return core_->vault(); }
  SiteNo site() const { return core_->site(); }

 private:
  void loop();
  bool take(std::vector<Command>& commands, std::vector<ReceivedBatch*>& batches);
  void drop_finished();
  void refuse_waiting();

  std::unique_ptr<EngineCore> core_;
  const Clock& clock_;
  std::function<void()> on_failed_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Command> commands_;
  std::deque<ReceivedBatch> batches_;
  bool stopping_ = false;
  std::atomic<std::int64_t> group_started_{0};  // ms; 0 while no group is under way
  std::thread thread_;
};

}  // namespace opora::sync
