// A clock that the test moves while other threads read it. Header only.
#pragma once

#include <atomic>

#include "protocol/base/clock.h"

namespace opora::testing {

class MovedClock final : public Clock {
 public:
  explicit MovedClock(TimeMs start) : now_(start.v) {}
  TimeMs now() const override { return TimeMs{now_.load()}; }
  void advance(std::int64_t ms) { now_ += ms; }

 private:
  std::atomic<std::int64_t> now_;
};

}  // namespace opora::testing
