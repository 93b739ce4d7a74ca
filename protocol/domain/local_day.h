// Days of a place's own calendar, and how local times meet UTC. Pure values and functions.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "protocol/base/clock.h"
#include "protocol/base/ids.h"

namespace opora::protocol {

// A calendar day, as days since 1970-01-01 of the same calendar. Whose day it is, the zone says.
using LocalDay = StrongInt<struct LocalDayTag, std::int32_t>;
inline LocalDay next(LocalDay day) { return LocalDay{day.v + 1}; }

enum class Weekday : std::uint8_t {
  kMonday,
  kTuesday,
  kWednesday,
  kThursday,
  kFriday,
  kSaturday,
  kSunday
};
inline constexpr std::size_t kWeekdays = 7;
Weekday weekday(LocalDay day);

// The same day by year, month and day of the month. `date` must be a day that exists.
std::chrono::year_month_day date_of(LocalDay day);
LocalDay day_of(std::chrono::year_month_day date);

// Minutes east of UTC of a place at a moment.
using ZoneOffset = std::function<std::int16_t(TimeMs)>;

// The day's number, at an offset that is known.
std::int32_t local_day(TimeMs at, std::int16_t zone_offset_min);
LocalDay local_day(TimeMs at, const ZoneOffset& zone);

// A time that clocks on the wall show, in ms since the beginning of 1970-01-01 there.
using LocalMs = StrongInt<struct LocalMsTag, std::int64_t>;
inline constexpr std::int64_t kMinuteMs = 60'000;
inline constexpr std::int64_t kDayMs = 24 * 60 * kMinuteMs;

// The first moment at which the clocks of the place show this time or a later one: of two, the
// earlier; of a time that the clocks skipped, the moment of the jump. Never earlier for a later
// local time. The offset changes at most once in any two days.
TimeMs utc_of(LocalMs local, const ZoneOffset& zone);

}  // namespace opora::protocol
