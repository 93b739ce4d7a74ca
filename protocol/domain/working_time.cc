#include "protocol/domain/working_time.h"

#include <algorithm>

#include "protocol/base/check.h"

namespace opora::protocol {

WorkingTime::Day WorkingTime::open_on(LocalDay day) const {
  Day out;
  for (const DaySpan& span : hours_of(day).hours) {
    const auto utc = [&](std::uint16_t minute) {
      return utc_of(LocalMs{day.v * kDayMs + minute * kMinuteMs}, zone_);
    };
    const Stretch stretch{utc(span.from), utc(span.to)};
    if (stretch.length() <= 0) continue;  // clocks skipped it
    out.open.push_back(stretch);
    out.length += stretch.length();
  }
  return out;
}

std::int64_t WorkingTime::worked(const Day& day, TimeMs until) {
  std::int64_t out = 0;
  for (const Stretch& stretch : day.open) {
    out += std::clamp<std::int64_t>(until - stretch.from, 0, stretch.length());
  }
  return out;
}

std::int64_t WorkingTime::units(const Day& day, std::int64_t worked_ms, Measure measure) {
  if (measure == Measure::kTime) return worked_ms;
  // A day of 25 hours has less than 2^27 ms.
  return day.length == 0 ? 0 : worked_ms * kDayUnits / day.length;
}

std::int64_t WorkingTime::between(TimeMs from, TimeMs to, Measure measure) const {
  std::int64_t out = 0;
  if (to <= from) return out;
  const LocalDay first = day_of(from);
  const LocalDay last{std::min(day_of(to).v, first.v + kMaxWorkingTimeDays)};
  // The clocks may have gone back over midnight: the day before ends later than `from`'s begins.
  for (LocalDay d{first.v - 1}; d.v <= last.v + 1; d = next(d)) {
    const Day day = open_on(d);
    out += units(day, worked(day, to), measure) - units(day, worked(day, from), measure);
  }
  return out;
}

std::optional<TimeMs> WorkingTime::reached(const Day& day, std::int64_t wanted, Measure measure) {
  std::int64_t ms = wanted;
  if (measure == Measure::kDays) {
    // The least whose units are as many: rounded up.
    ms = (wanted * day.length + kDayUnits - 1) / kDayUnits;
  }
  for (const Stretch& stretch : day.open) {
    if (ms <= stretch.length()) return stretch.from + ms;
    ms -= stretch.length();
  }
  return std::nullopt;
}

std::optional<TimeMs> WorkingTime::after(TimeMs from, std::int64_t left, Measure measure) const {
  OPORA_CHECK(left >= 0);
  if (left == 0) return from;
  const LocalDay first = day_of(from);
  for (LocalDay d{first.v - 1}; d.v <= first.v + kMaxWorkingTimeDays; d = next(d)) {
    const Day day = open_on(d);
    const std::int64_t before = units(day, worked(day, from), measure);
    const std::int64_t here = units(day, day.length, measure) - before;
    if (left <= here) return reached(day, before + left, measure);
    left -= here;
  }
  return std::nullopt;
}

}  // namespace opora::protocol
