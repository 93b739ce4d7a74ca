// A machine's wall clock: true time with an offset and a drift; jumps are changes of the offset.
#pragma once

#include <algorithm>

#include "protocol/base/clock.h"
#include "tests/sim/region/timeline.h"

namespace opora::sim {

inline constexpr TimeMs kStart{1'763'704'800'000};  // 2025-11-21T06:00:00Z

class SimClock final : public Clock {
 public:
  explicit SimClock(const Timeline& timeline) : timeline_(timeline) {}

  TimeMs now() const override {
    const std::int64_t passed = timeline_.wall_ms();
    return kStart + passed + offset_ms_ + (passed - drift_from_ms_) / 1'000 * drift_per_mille_;
  }
  void jump(std::int64_t ms) {
    always_right_ = false;
    offset_ms_ += ms;
    most_behind_ms_ = std::max(most_behind_ms_, -offset_ms_);
  }
  void drift(std::int64_t per_mille) {
    always_right_ = false;
    drift_from_ms_ = timeline_.wall_ms();
    drift_per_mille_ = per_mille;
  }
  // As after a visit of NTP.
  void set_right() {
    offset_ms_ = 0;
    drift_per_mille_ = 0;
  }
  // How far it has ever been set back behind true time.
  std::int64_t most_behind_ms() const { return most_behind_ms_; }
  bool always_right() const { return always_right_; }
  bool right() const { return offset_ms_ == 0 && drift_per_mille_ == 0; }

 private:
  const Timeline& timeline_;
  std::int64_t offset_ms_ = 0;
  std::int64_t most_behind_ms_ = 0;
  std::int64_t drift_from_ms_ = 0;
  std::int64_t drift_per_mille_ = 0;
  bool always_right_ = true;
};

}  // namespace opora::sim
