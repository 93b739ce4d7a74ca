// Which minutes of a day a calendar has open, each looked at alone: from raw data, and not by the
// product's arithmetic. What counters of minutes stand on.
#pragma once

#include <cstdint>
#include <vector>

#include "protocol/domain/work_calendar.h"

namespace opora::protocol::testing {

// Of this day since 1970, from midnight on.
inline std::vector<bool> open_minutes(const WorkCalendar& calendar,
                                      const ProductionCalendar& production, std::int64_t number) {
  const LocalDay day{static_cast<std::int32_t>(number)};
  const auto weekday_of = [](LocalDay d) { return static_cast<std::size_t>((d.v + 3) % 7); };
  Hours hours = calendar.week[weekday_of(day)];  // 1970-01-01 was a Thursday
  std::size_t to_lose = 0;
  if (calendar.own_days.contains(day)) {
    hours = calendar.own_days.at(day);
  } else if (calendar.holidays == Holidays::kObserved && production.contains(day)) {
    const ProductionDay& rule = production.at(day);
    if (rule.instead_of) hours = calendar.week[weekday_of(*rule.instead_of)];
    if (rule.kind == DayKind::kOff) hours.clear();
    if (rule.kind == DayKind::kShort) to_lose = 60;
  }
  std::vector<bool> out(kDayMinutes);
  for (const DaySpan& span : hours)
    for (std::size_t minute = span.from; minute < span.to; ++minute) out[minute] = true;
  for (std::size_t minute = kDayMinutes; minute-- > 0 && to_lose > 0;) {
    if (out[minute]) --to_lose;
    out[minute] = false;
  }
  return out;
}

}  // namespace opora::protocol::testing
