#include "protocol/domain/local_day.h"

#include <algorithm>

namespace opora::protocol {

namespace {

// No place on Earth is further from Greenwich than this.
constexpr std::int64_t kFarthestMs = 15 * 60 * kMinuteMs;

// The first moment in (low, high] with another offset than at `low`.
TimeMs change_between(TimeMs low, TimeMs high, const ZoneOffset& zone) {
  const std::int16_t before = zone(low);
  while (high - low > 1) {
    const TimeMs middle = low + (high - low) / 2;
    (zone(middle) == before ? low : high) = middle;
  }
  return high;
}

}  // namespace

Weekday weekday(LocalDay day) {
  constexpr std::int32_t kEpoch = static_cast<std::int32_t>(Weekday::kThursday);
  const std::int32_t n = (day.v % 7 + 7 + kEpoch) % 7;
  return static_cast<Weekday>(n);
}

std::chrono::year_month_day date_of(LocalDay day) {
  return std::chrono::sys_days(std::chrono::days(day.v));
}

LocalDay day_of(std::chrono::year_month_day date) {
  const std::chrono::sys_days days(date);
  return LocalDay{static_cast<std::int32_t>(days.time_since_epoch().count())};
}

std::int32_t local_day(TimeMs at, std::int16_t zone_offset_min) {
  const std::int64_t local = at.v + zone_offset_min * kMinuteMs;
  return static_cast<std::int32_t>((local - (local < 0 ? kDayMs - 1 : 0)) / kDayMs);
}

LocalDay local_day(TimeMs at, const ZoneOffset& zone) { return LocalDay{local_day(at, zone(at))}; }

TimeMs utc_of(LocalMs local, const ZoneOffset& zone) {
  const TimeMs early{local.v - kFarthestMs};
  const std::int16_t before = zone(early);
  const TimeMs as_before{local.v - before * kMinuteMs};
  if (zone(as_before) == before) return as_before;
  const TimeMs change = change_between(early, as_before, zone);
  return std::max(change, TimeMs{local.v - zone(change) * kMinuteMs});
}

}  // namespace opora::protocol
