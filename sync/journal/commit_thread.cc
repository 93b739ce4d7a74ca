#include "sync/journal/commit_thread.h"

#include <utility>

#include "protocol/base/check.h"

namespace opora::sync {

CommitThread::~CommitThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void CommitThread::start(Job job) {
  OPORA_CHECK(!busy_);
  busy_ = true;
  {
    const std::lock_guard lock(mutex_);
    job_ = std::move(job);
  }
  changed_.notify_all();
  if (!thread_.joinable()) thread_ = std::thread([this] { loop(); });
}

Status CommitThread::wait() {
  OPORA_CHECK(busy_);
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return done_.has_value(); });
  busy_ = false;
  return *std::exchange(done_, std::nullopt);
}

void CommitThread::loop() {
  for (;;) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return stopping_ || job_; });
      if (!job_) return;
      job = *std::exchange(job_, std::nullopt);
    }
    Status status = job();
    job = nullptr;  // what it holds goes before anybody hears of it
    {
      const std::lock_guard lock(mutex_);
      done_ = std::move(status);
    }
    changed_.notify_all();
  }
}

}  // namespace opora::sync
