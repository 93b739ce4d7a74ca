// A counter that looks at each minute alone: what working time and deadlines are held against. It
// takes nothing from the product but raw data: hours of weekdays, days of their own, days of the
// production calendar, norms; and zones as tables. Which day, which weekday, what a short day
// loses, which of two equal times on the wall counts, it finds out by itself.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "protocol/domain/norm.h"
#include "protocol/domain/work_calendar.h"
#include "tests/support/open_minutes.h"
#include "tests/unit/domain/calendars.h"

namespace opora::protocol::testing {

inline std::int64_t minute_of(TimeMs t) { return t.v / kMinuteMs; }  // of times since 1970
inline TimeMs time_of(std::int64_t minute) { return TimeMs{minute * kMinuteMs}; }

// Minutes east of Greenwich, from each of these minutes of UTC on; the first for ever before.
struct ZoneTable {
  std::vector<std::pair<std::int64_t, int>> changes;

  int east_at(std::int64_t minute) const {
    int east = changes.front().second;
    for (const auto& [from, then] : changes) {
      if (from <= minute) east = then;
    }
    return east;
  }
  ZoneOffset offset() const {
    return [table = *this](TimeMs t) {
      return static_cast<std::int16_t>(table.east_at(minute_of(t)));
    };
  }
};

class MinuteTable {
 public:
  // Of each minute of [from, to).
  MinuteTable(const WorkCalendar& calendar, const ProductionCalendar& production,
              const ZoneTable& zone, TimeMs from, TimeMs to)
      : first_(minute_of(from) - kBesideDays * kDayMinutes) {
    const std::int64_t last = minute_of(to) + kBesideDays * kDayMinutes;
    // What the clocks on the wall have shown so far: an hour that comes twice is still its first
    // time, as for whoever reads "until 01:30" on the door.
    std::int64_t shown = std::numeric_limits<std::int64_t>::min();
    for (std::int64_t minute = first_; minute < last; ++minute) {
      shown = std::max(shown, minute + zone.east_at(minute));
      const std::int64_t day = shown / kDayMinutes;
      const auto [found, fresh] = days_.try_emplace(day);
      if (fresh) found->second.open = open_minutes(calendar, production, day);
      const bool open = found->second.open[static_cast<std::size_t>(shown % kDayMinutes)];
      found->second.length += open ? 1 : 0;
      minutes_.push_back({open, &found->second});
    }
  }

  // What this minute uses of the norm.
  double share(const Norm& norm, TimeMs t) const {
    if (norm.minutes == 0) return 0;
    if (norm.running == Running::kRoundTheClock) return 1.0 / norm.minutes;
    const Minute& minute = minutes_.at(static_cast<std::size_t>(minute_of(t) - first_));
    if (!minute.open) return 0;
    const double length = minute.day->length;
    if (norm.unit == NormUnit::kWeeks) return 1 / length / (norm.minutes / 10'080.0 * 5);
    return norm.minutes < 1'440 ? 1.0 / norm.minutes : 1 / length / (norm.minutes / 1'440.0);
  }
  bool open(TimeMs t) const {
    return minutes_.at(static_cast<std::size_t>(minute_of(t) - first_)).open;
  }

 private:
  // Beside what is asked for: a day's length is counted, and what the clocks have shown before.
  static constexpr std::int64_t kBesideDays = 3;
  struct Day {
    std::vector<bool> open;
    int length = 0;
  };
  struct Minute {
    bool open;
    const Day* day;
  };

  std::int64_t first_;
  std::map<std::int64_t, Day> days_;
  std::vector<Minute> minutes_;
};

// Whether this is the moment at which minutes from `from` on, each of this share, make `whole`: to
// the minute, within [from, to). Nothing is right when they do not make it by then.
template <class Share>
::testing::AssertionResult made_by(std::optional<TimeMs> found, TimeMs from, TimeMs to,
                                   double whole, Share share_of) {
  constexpr double kHair = 1e-7;
  double share = 0;
  for (TimeMs t = from; t < to; t = t + kMinuteMs) {
    share += share_of(t);
    const TimeMs minute_end = t + kMinuteMs;
    if (share > whole + kHair) {
      if (found && *found <= minute_end) return ::testing::AssertionSuccess();
      return ::testing::AssertionFailure()
             << "made by " << minute_end.v << ", said " << (found ? found->v : 0);
    }
    if (share < whole - kHair && found && *found <= minute_end)
      return ::testing::AssertionFailure()
             << "said " << found->v << ", but by " << minute_end.v << " only " << share;
  }
  return ::testing::AssertionSuccess();
}

// ---- Chance

inline std::int64_t below(std::mt19937& random, unsigned limit) {
  return static_cast<std::int64_t>(random() % limit);
}

// None, or up to four parts of a day.
inline Hours some_hours(std::mt19937& random) {
  Hours out;
  auto at = static_cast<int>(random() % 300);
  while (out.size() < kMaxSpans && random() % 4 != 0) {
    const int to = at + 1 + static_cast<int>(random() % 500);
    if (to > kDayMinutes) break;
    out.push_back({static_cast<std::uint16_t>(at), static_cast<std::uint16_t>(to)});
    at = to + 1 + static_cast<int>(random() % 200);
  }
  return out;
}

// Split shifts, days of its own around `near`, holidays or not.
inline WorkCalendar some_calendar(std::mt19937& random, LocalDay near) {
  WorkCalendar out;
  for (Hours& hours : out.week) hours = some_hours(random);
  if (out.week[0].empty()) out.week[0] = {{480, 1'020}};
  if (random() % 3 == 0) out.holidays = Holidays::kIgnored;
  for (std::int64_t i = below(random, 7); i > 0; --i) {
    out.own_days[LocalDay{near.v + static_cast<int>(random() % 40)}] = some_hours(random);
  }
  return out;
}

// Days off, short days and working weekends around `near`, as check() takes them.
inline ProductionCalendar some_production(std::mt19937& random, LocalDay near) {
  ProductionCalendar out;
  for (std::int64_t i = below(random, 14); i > 0; --i) {
    const LocalDay day{near.v + static_cast<int>(random() % 40)};
    ProductionDay rule{static_cast<DayKind>(1 + random() % 3), {}};
    if (rule.kind != DayKind::kOff && weekday(day) >= Weekday::kSaturday)
      rule.instead_of = LocalDay{near.v - static_cast<int>(random() % 300)};
    out[day] = rule;
  }
  return out;
}

// A zone of the country, whose clocks were changed up to twice around `near`, by an hour or two.
inline ZoneTable some_zone(std::mt19937& random, TimeMs near) {
  ZoneTable out;
  out.changes = {{0, 60 * (2 + static_cast<int>(random() % 11))}};
  std::int64_t minute = minute_of(near);
  for (std::int64_t i = below(random, 3); i > 0; --i) {
    minute += 4 * kDayMinutes + below(random, 10 * kDayMinutes);
    const int by = std::array{60, -60, 120, -120, 30}[random() % 5];
    // Nobody lives further east.
    out.changes.emplace_back(minute, std::min(out.changes.back().second + by, 14 * 60));
  }
  return out;
}

}  // namespace opora::protocol::testing
