#include "protocol/domain/deadlines.h"

#include <algorithm>

#include "protocol/base/check.h"

namespace opora::protocol {

namespace {

constexpr std::uint32_t kHour = 60;
constexpr std::uint32_t kClockDay = 24 * kHour;
constexpr std::uint32_t kClockWeek = 7 * kClockDay;
constexpr std::int64_t kWorkingWeekDays = 5;
// Norms up to here run in working time unless the queue says otherwise.
constexpr std::uint32_t kShortNorm = 8 * kHour;

// Products of shares and units do not fit into 64 bits.
__extension__ using Wide = __int128;

std::int64_t floor_of(std::int64_t a, std::int64_t b, std::int64_t c) {
  return static_cast<std::int64_t>(Wide{a} * b / c);
}
std::int64_t ceil_of(std::int64_t a, std::int64_t b, std::int64_t c) {
  return static_cast<std::int64_t>((Wide{a} * b + c - 1) / c);
}

Norm norm(std::uint32_t minutes, NormUnit unit = NormUnit::kHours) {
  return {minutes, unit, minutes <= kShortNorm ? Running::kWorkingTime : Running::kRoundTheClock};
}

struct Stretch {
  TimeMs from;
  TimeMs to;
};

// What of [from, to) is not within a pause, in its order.
std::vector<Stretch> unpaused(std::span<const Pause> pauses, TimeMs from, TimeMs to) {
  std::vector<Stretch> out;
  TimeMs at = from;
  for (const Pause& pause : pauses) {
    if (pause.from > at && at < to) out.push_back({at, std::min(pause.from, to)});
    at = std::max(at, pause.to.value_or(to));
  }
  if (at < to) out.push_back({at, to});
  return out;
}

std::int64_t units_between(const Held& held, const Stretch& stretch) {
  if (held.norm.running == Running::kRoundTheClock) return stretch.to - stretch.from;
  return held.time->between(stretch.from, stretch.to, budget_of(held.norm).measure);
}

std::optional<TimeMs> units_after(const Held& held, TimeMs from, std::int64_t units) {
  if (held.norm.running == Running::kRoundTheClock) return from + units;
  return held.time->after(from, units, budget_of(held.norm).measure);
}

TimeMs end_of(const DeadlineHistory& history, std::size_t held, TimeMs end) {
  if (held + 1 == history.held.size()) return end;
  return std::min(end, history.held[held + 1].from);
}

std::vector<Stretch> stretches(const DeadlineHistory& history, std::size_t held, TimeMs end) {
  const TimeMs from = held == 0 ? history.start : history.held[held].from;
  return unpaused(history.pauses, from, end_of(history, held, end));
}

std::int64_t units_used(const DeadlineHistory& history, std::size_t held, TimeMs end) {
  std::int64_t units = 0;
  for (const Stretch& stretch : stretches(history, held, end)) {
    units += units_between(history.held[held], stretch);
  }
  return units;
}

// Where in the time of this queue so many of its units have been used; nothing: they are not.
std::optional<TimeMs> where_used(const DeadlineHistory& history, std::size_t held,
                                 std::int64_t units) {
  for (const Stretch& stretch : stretches(history, held, kMaxEventTime)) {
    const auto at = units_after(history.held[held], stretch.from, units);
    if (!at) return std::nullopt;
    if (*at <= stretch.to) return at;
    units -= units_between(history.held[held], stretch);
  }
  return std::nullopt;
}

std::size_t minutes_of(const Hours& hours) {
  std::size_t out = 0;
  for (const DaySpan& span : hours) out += span.to - span.from;
  return out;
}

}  // namespace

Norms default_norms(Urgency urgency) {
  switch (urgency) {
    case Urgency::kLow: return {norm(8 * kHour), norm(3 * kClockWeek / 2, NormUnit::kWeeks)};
    case Urgency::kMedium: return {norm(6 * kHour), norm(120 * kHour)};
    case Urgency::kHigh: return {norm(kHour), norm(8 * kHour)};
    case Urgency::kCritical: return {norm(10), norm(4 * kHour)};
  }
  OPORA_CHECK(false);
}

Budget budget_of(const Norm& norm) {
  const std::int64_t minutes = norm.minutes;
  const bool clock = norm.running == Running::kRoundTheClock;
  if (!clock && norm.unit == NormUnit::kWeeks) {
    return {minutes * kWorkingWeekDays * kDayUnits / kClockWeek, Measure::kDays};
  }
  if (!clock && norm.minutes >= kClockDay) {
    return {minutes * kDayUnits / kClockDay, Measure::kDays};
  }
  return {minutes * kMinuteMs, Measure::kTime};
}

std::int64_t used(const DeadlineHistory& history, TimeMs at) {
  std::int64_t share = 0;
  for (std::size_t i = 0; i < history.held.size(); ++i) {
    const Budget budget = budget_of(history.held[i].norm);
    if (budget.units == 0) continue;
    share += floor_of(units_used(history, i, at), kWholeNorm, budget.units);
  }
  return share;
}

std::optional<TimeMs> when_used(const DeadlineHistory& history, std::int64_t share) {
  OPORA_CHECK(share > 0);
  for (std::size_t i = 0; i < history.held.size(); ++i) {
    const Budget budget = budget_of(history.held[i].norm);
    if (budget.units == 0) continue;
    if (const auto at = where_used(history, i, ceil_of(share, budget.units, kWholeNorm))) return at;
    share -= floor_of(units_used(history, i, kMaxEventTime), kWholeNorm, budget.units);
  }
  return std::nullopt;
}

std::vector<SkippedDay> skipped_days(const DeadlineHistory& history, TimeMs due) {
  std::vector<SkippedDay> out;
  for (std::size_t i = 0; i < history.held.size(); ++i) {
    const Held& held = history.held[i];
    const TimeMs from = i == 0 ? history.start : held.from;
    const TimeMs to = end_of(history, i, due);
    if (held.norm.running == Running::kRoundTheClock || from >= to) continue;
    for (LocalDay d = held.time->day_of(from); d <= held.time->day_of(to); d = next(d)) {
      const DayHours day = held.time->hours_of(d);
      const bool less = minutes_of(day.hours) < minutes_of(held.time->usual_hours_of(d));
      if (day.hours.empty() || less) out.push_back({d, day.reason, !day.hours.empty()});
    }
  }
  const auto same_day = [](const SkippedDay& a, const SkippedDay& b) { return a.day == b.day; };
  out.erase(std::unique(out.begin(), out.end(), same_day), out.end());
  return out;
}

}  // namespace opora::protocol
