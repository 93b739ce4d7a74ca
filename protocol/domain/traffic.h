// Calls by hour of day and weekday (O7b): what came in which hour, as the clocks of its desk showed
// it, summed by the hour. Pure sums of the quarter cells, so that the figures of a day are T5's.
#pragma once

#include <array>

#include "protocol/domain/facets.h"
#include "protocol/domain/local_day.h"

namespace opora::protocol {

inline constexpr std::size_t kDayHours = 24;

struct HourCounts {
  std::int64_t received = 0;
  std::int64_t accepted = 0;
  std::int64_t lost = 0;     // without phantom ones (T5)
  std::int64_t phantom = 0;  // T5b

  HourCounts& operator+=(const HourCounts& other);
  bool operator==(const HourCounts&) const = default;
};
HourCounts hour_counts(const Counters& counters);

// An hour as the clocks of a place show it. Where clocks were changed, an hour that they showed
// twice is one, and one that they skipped is empty.
struct LocalHour {
  LocalDay day;
  std::size_t hour = 0;  // below kDayHours
};
LocalHour local_hour(TimeMs at, std::int16_t zone_offset_min);

struct TrafficRow {
  std::array<HourCounts, kDayHours> hours{};
  std::int64_t days = 0;  // that it sums up

  HourCounts total() const;
};

class WeekTraffic {
 public:
  // Days `from` to `to`; of those, days after `today` have not begun and do not count.
  WeekTraffic(LocalDay from, LocalDay to, LocalDay today);

  // Counts of a day outside the span are none of its.
  void add(const LocalHour& at, const HourCounts& counts);

  LocalDay from() const { return from_; }
  LocalDay to() const { return to_; }
  const TrafficRow& of(Weekday weekday) const {
    return weekdays_[static_cast<std::size_t>(weekday)];
  }
  TrafficRow total() const;

 private:
  LocalDay from_;
  LocalDay to_;
  std::array<TrafficRow, kWeekdays> weekdays_{};
};

}  // namespace opora::protocol
