// How long something may take, as people write it: a plain value of the protocol.
#pragma once

#include <cstdint>

namespace opora::protocol {

// How a norm is written: half a week is not 84 hours where a week has five working days.
enum class NormUnit : std::uint8_t { kHours = 1, kWeeks = 2 };
enum class Running : std::uint8_t {
  kRoundTheClock = 1,
  kWorkingTime = 2,  // days and weeks are working days and five of them, hours below 24 are hours
};
struct Norm {
  std::uint32_t minutes = 0;  // of the clock: 252 h of 1.5 weeks are 15 120; 0: no deadline
  NormUnit unit = NormUnit::kHours;
  Running running = Running::kRoundTheClock;
  bool operator==(const Norm&) const = default;
  template <class V>
  void visit(V&& v) {
    v(minutes, unit, running);
  }
};
// A year. Longer ones are plans.
inline constexpr std::uint32_t kMaxNormMinutes = 366 * 24 * 60;

struct Norms {
  Norm registration;
  Norm completion;
  bool operator==(const Norms&) const = default;
  template <class V>
  void visit(V&& v) {
    v(registration, completion);
  }
};

}  // namespace opora::protocol
