// Time as values. `now` is always an argument; only adapters own a Clock.
#pragma once

#include <compare>
#include <cstdint>

namespace opora {

// Milliseconds since 1970-01-01T00:00:00Z. Valid events lie in 2000…2100; anything else is refused
// at intake.
struct TimeMs {
  std::int64_t v = 0;
  auto operator<=>(const TimeMs&) const = default;
};
inline constexpr TimeMs kMinEventTime{946'684'800'000};    // 2000-01-01
inline constexpr TimeMs kMaxEventTime{4'102'444'800'000};  // 2100-01-01
inline TimeMs operator+(TimeMs t, std::int64_t ms) { return TimeMs{t.v + ms}; }
inline std::int64_t operator-(TimeMs a, TimeMs b) { return a.v - b.v; }

// Hybrid logical time: milliseconds shifted left by 16, a counter below. Orders events of all sites
// so that an effect follows its cause; shown to people by its millisecond part.
struct Hlt {
  std::uint64_t v = 0;
  auto operator<=>(const Hlt&) const = default;
  TimeMs time() const { return TimeMs{static_cast<std::int64_t>(v >> 16)}; }
};

// Never merged from a peer whose time is further ahead than this: one wrong clock must not drag a
// region along.
inline constexpr std::int64_t kMaxClockLeadMs = 60'000;

class HybridClock {
 public:
  HybridClock() = default;
  explicit HybridClock(Hlt last) : last_(last) {}
  // A time for a new local event: at least `now`, greater than every time given or merged before.
  Hlt next(TimeMs now);
  // Takes note of a peer's time. False (and nothing merged) when it is over kMaxClockLeadMs ahead
  // of `now`.
  bool merge(Hlt peer, TimeMs now);
  Hlt last() const { return last_; }

 private:
  Hlt last_;
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimeMs now() const = 0;
};

class SystemClock final : public Clock {
 public:
  TimeMs now() const override;
};

}  // namespace opora
