#include "protocol/domain/work_calendar.h"

#include <algorithm>

namespace opora::protocol {

namespace {

const Hours& of_weekday(const WorkCalendar& calendar, LocalDay day) {
  return calendar.week[static_cast<std::size_t>(weekday(day))];
}

bool is_weekend(LocalDay day) { return weekday(day) >= Weekday::kSaturday; }

// The hour goes from the end of the day, through a break when the last part is shorter.
Hours an_hour_less(Hours hours) {
  std::uint16_t left = kShorterByMinutes;
  while (left > 0 && !hours.empty()) {
    DaySpan& last = hours.back();
    const auto cut = std::min<std::uint16_t>(left, last.to - last.from);
    last.to -= cut;
    left -= cut;
    if (last.from == last.to) hours.pop_back();
  }
  return hours;
}

Hours of_production_day(const WorkCalendar& calendar, LocalDay day, const ProductionDay& rule) {
  if (rule.kind == DayKind::kOff) return {};
  const Hours& hours = of_weekday(calendar, rule.instead_of.value_or(day));
  return rule.kind == DayKind::kShort ? an_hour_less(hours) : hours;
}

Status check_hours(const Hours& hours, const std::string& path) {
  if (hours.size() > kMaxSpans) return invalid(path, "too many parts of a day");
  int free_from = -1;
  for (const DaySpan& span : hours) {
    if (span.from >= span.to) return invalid(path, "ends before it begins");
    if (span.to > kDayMinutes) return invalid(path, "leaves the day");
    if (span.from <= free_from) return invalid(path, "overlaps or touches the part before");
    free_from = span.to;
  }
  return ok_status();
}

}  // namespace

WorkCalendar round_the_clock() {
  WorkCalendar out;
  out.week.fill({{0, kDayMinutes}});
  out.holidays = Holidays::kIgnored;
  return out;
}

Status check(const WorkCalendar& calendar) {
  for (std::size_t i = 0; i < kWeekdays; ++i) {
    OPORA_TRY(check_hours(calendar.week[i], "week[" + std::to_string(i) + "]"));
  }
  if (std::ranges::all_of(calendar.week, &Hours::empty)) return invalid("week", "never open");
  if (calendar.own_days.size() > kMaxOwnDays) return invalid("own_days", "too many");
  std::size_t i = 0;
  for (const auto& [day, hours] : calendar.own_days) {
    OPORA_TRY(check_hours(hours, "own_days[" + std::to_string(i++) + "]"));
  }
  return ok_status();
}

Status check(const ProductionCalendar& production) {
  if (production.size() > kMaxProductionDays) return invalid("days", "too many");
  std::size_t i = 0;
  for (const auto& [day, rule] : production) {
    const std::string path = "days[" + std::to_string(i++) + "]";
    const bool off = rule.kind == DayKind::kOff;
    if (off && rule.instead_of) return invalid(path, "a day off stands for no other");
    if (!off && is_weekend(day) != rule.instead_of.has_value()) {
      return invalid(path, "a working weekend, and no other day, names the day off it stands for");
    }
  }
  return ok_status();
}

DayHours hours_on(const WorkCalendar& calendar, const ProductionCalendar& production,
                  LocalDay day) {
  if (const auto own = calendar.own_days.find(day); own != calendar.own_days.end()) {
    return {own->second, DayReason::kOwn};
  }
  if (calendar.holidays == Holidays::kObserved) {
    if (const auto rule = production.find(day); rule != production.end()) {
      return {of_production_day(calendar, day, rule->second), DayReason::kProduction};
    }
  }
  return {of_weekday(calendar, day), DayReason::kWeek};
}

}  // namespace opora::protocol
