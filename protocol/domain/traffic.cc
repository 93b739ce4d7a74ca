#include "protocol/domain/traffic.h"

#include <algorithm>

namespace opora::protocol {

namespace {

constexpr std::int64_t kHourMs = 60 * kMinuteMs;

std::int64_t count(const Counters& counters, Counter counter) {
  return counters[static_cast<std::size_t>(counter)];
}

}  // namespace

HourCounts& HourCounts::operator+=(const HourCounts& other) {
  received += other.received;
  accepted += other.accepted;
  lost += other.lost;
  phantom += other.phantom;
  return *this;
}

HourCounts hour_counts(const Counters& counters) {
  return {count(counters, Counter::kReceived), count(counters, Counter::kAccepted),
          count(counters, Counter::kLost), count(counters, Counter::kPhantom)};
}

LocalHour local_hour(TimeMs at, std::int16_t zone_offset_min) {
  const LocalDay day{local_day(at, zone_offset_min)};
  const std::int64_t shown = at.v + zone_offset_min * kMinuteMs - day.v * kDayMs;
  return {day, static_cast<std::size_t>(shown / kHourMs)};
}

HourCounts TrafficRow::total() const {
  HourCounts out;
  for (const HourCounts& hour : hours) out += hour;
  return out;
}

WeekTraffic::WeekTraffic(LocalDay from, LocalDay to, LocalDay today) : from_(from), to_(to) {
  const LocalDay last = std::min(to, today);
  for (LocalDay day = from; day <= last; day = next(day))
    ++weekdays_[static_cast<std::size_t>(weekday(day))].days;
}

void WeekTraffic::add(const LocalHour& at, const HourCounts& counts) {
  if (at.day < from_ || to_ < at.day) return;
  weekdays_[static_cast<std::size_t>(weekday(at.day))].hours[at.hour] += counts;
}

TrafficRow WeekTraffic::total() const {
  TrafficRow out;
  for (const TrafficRow& row : weekdays_) {
    out.days += row.days;
    for (std::size_t hour = 0; hour < kDayHours; ++hour) out.hours[hour] += row.hours[hour];
  }
  return out;
}

}  // namespace opora::protocol
