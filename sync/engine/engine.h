// Engine: EngineCore on a thread of its own. submit() from any thread; done callbacks run on the
// engine's thread after the sync and must not block. Queues are bounded: over the limit a submit is
// answered kTooMany at once, so that a flood waits at its sender, not in our memory.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "protocol/base/histogram.h"
#include "sync/engine/batch_intake.h"
#include "sync/engine/engine_queue.h"
#include "sync/engine/slice_pace.h"

namespace opora::sync {

class Engine final : public BatchIntake {
 public:
  // on_failed is called once, on the engine's thread, after a commit failed: the owner shuts down
  // and reopens.
  Engine(std::unique_ptr<EngineCore> core, const Clock& clock, std::function<void()> on_failed);
  ~Engine() override;  // stops
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void submit(Command command) override;
  void submit(ReceivedBatch batch) override;
  // From now on, between turns, what an older version left unread is folded: the observer is ready.
  void read_unread();
  // Answers what waits (commands with kUnavailable) and joins. Idempotent.
  void stop();

  // What waits and what was decided. Any thread.
  struct Figures {
    std::size_t waiting_commands = 0;
    std::size_t waiting_batches = 0;     // of peers, with those under way
    std::uint64_t refused_commands = 0;  // the queue was full
    HistogramCounts group_commands{};    // in one turn, of the turns that had any
  };
  Figures figures() const;

  TimeMs settled_before() const override;
  const Vault& vault() const override { return core_->vault(); }
  SiteNo site() const override { return core_->site(); }

 private:
  void loop();
  // Nothing: stopping, and all is answered.
  std::optional<EngineQueue::Turn> take();
  Status run(EngineQueue::Turn& turn);
  void refuse_waiting();

  std::unique_ptr<EngineCore> core_;
  const Clock& clock_;
  std::function<void()> on_failed_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  EngineQueue queue_;
  std::uint64_t refused_commands_ = 0;
  Histogram<9> group_commands_{{1, 2, 4, 8, 16, 32, 64, 128, 256}};
  SlicePace pace_;  // the engine's thread's
  bool stopping_ = false;
  std::atomic<bool> reading_{false};
  std::int64_t turn_started_ = 0;               // ms; the engine's thread's
  std::atomic<std::int64_t> group_started_{0};  // the oldest under way; 0 while none is
  std::thread thread_;
};

}  // namespace opora::sync
