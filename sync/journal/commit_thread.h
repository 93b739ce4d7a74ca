// CommitThread: one job at a time beside the thread that gives it. Owned by a store; begun with the
// first job, since most stores never have one. start() and wait() from the store's writer only.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "protocol/base/result.h"

namespace opora::sync {

class CommitThread {
 public:
  using Job = std::function<Status()>;
  CommitThread() = default;
  ~CommitThread();  // what was started is done
  CommitThread(const CommitThread&) = delete;
  CommitThread& operator=(const CommitThread&) = delete;

  // The last job's wait() has returned.
  void start(Job job);
  Status wait();
  // Between start() and the return of wait().
  bool busy() const { return busy_; }

 private:
  void loop();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Job> job_;
  std::optional<Status> done_;
  bool stopping_ = false;
  bool busy_ = false;  // the writer's
  std::thread thread_;
};

}  // namespace opora::sync
