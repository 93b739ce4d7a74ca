// One thread for work that takes tens of milliseconds (Argon2id, workbooks), so that I/O threads
// and the engine never wait for it. The queue is bounded: over it submit() says no and the caller
// answers 429.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace opora::app {

// At 50 ms a sign-in this is a three-second wait: a shift change of a large desk; more is an
// attack.
inline constexpr std::size_t kMaxWaitingWork = 64;

class Worker {
 public:
  Worker();
  ~Worker();  // finishes what runs, drops what waits
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  [[nodiscard]] bool submit(std::function<void()> work);
  std::size_t waiting() const;
  std::uint64_t refused() const { return refused_; }

 private:
  void loop();
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::atomic<std::uint64_t> refused_{0};
  std::thread thread_;
};

}  // namespace opora::app
