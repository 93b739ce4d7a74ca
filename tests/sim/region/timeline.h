// What happens when: jobs ordered by time, and by the order in which they were asked for. One run's
// single thread of events. Time is steady milliseconds; it jumps from one job to the next.
//
// Days pass without their keep-alives: skip() lets wall time go on while steady time stands, as if
// nothing had happened in between.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace opora::sim {

class Timeline {
 public:
  using Job = std::function<void()>;

  std::int64_t now_ms() const { return now_ms_; }
  // Milliseconds of true wall time since the start.
  std::int64_t wall_ms() const { return now_ms_ + skipped_ms_; }
  void skip(std::int64_t ms) { skipped_ms_ += ms; }

  void after(std::int64_t delay_ms, Job job) {
    jobs_.emplace(std::pair(now_ms_ + delay_ms, order_++), std::move(job));
  }

  void run_until(std::int64_t time_ms) {
    while (!jobs_.empty() && jobs_.begin()->first.first <= time_ms) {
      now_ms_ = jobs_.begin()->first.first;
      const Job job = std::move(jobs_.begin()->second);
      jobs_.erase(jobs_.begin());
      job();
    }
    now_ms_ = time_ms;
  }

 private:
  std::int64_t now_ms_ = 0;
  std::int64_t skipped_ms_ = 0;
  std::uint64_t order_ = 0;
  std::map<std::pair<std::int64_t, std::uint64_t>, Job> jobs_;
};

}  // namespace opora::sim
