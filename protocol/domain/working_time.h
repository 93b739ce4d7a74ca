// How much working time of a queue lies between two moments, and when so much will have passed.
// Pure over a calendar, the production calendar and the offset of a zone, which it borrows.
//
// Two measures. Time: milliseconds in which the queue works. Days: each day with any hours counts
// as one, however long it is, and its part as its share of its hours; so five working days after
// Monday noon are the next Monday noon although Friday was short.
//
// Both are differences of one function of the moment that never falls: cutting a stretch anywhere
// and adding the parts gives the same, to the unit.
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/domain/work_calendar.h"

namespace opora::protocol {

enum class Measure : std::uint8_t { kTime = 1, kDays = 2 };
// One working day in the measure of days.
inline constexpr std::int64_t kDayUnits = std::int64_t{1} << 32;

// Ten years: what is asked for beyond that is an error of whoever asks.
inline constexpr std::int32_t kMaxWorkingTimeDays = 3'653;

class WorkingTime {
 public:
  WorkingTime(const WorkCalendar& calendar, const ProductionCalendar& production, ZoneOffset zone)
      : calendar_(calendar), production_(production), zone_(std::move(zone)) {}

  // Milliseconds, or kDayUnits; 0 when `to` is not after `from`. Of more than kMaxWorkingTimeDays,
  // only those count.
  std::int64_t between(TimeMs from, TimeMs to, Measure measure) const;
  // The first moment from `from` on at which `units` have passed; `from` itself for none. Nothing:
  // not within kMaxWorkingTimeDays.
  std::optional<TimeMs> after(TimeMs from, std::int64_t units, Measure measure) const;

  LocalDay day_of(TimeMs at) const { return local_day(at, zone_); }
  DayHours hours_of(LocalDay day) const { return hours_on(calendar_, production_, day); }
  // The first moment of the day after, there.
  TimeMs end_of(LocalDay day) const { return utc_of(LocalMs{(day.v + 1) * kDayMs}, zone_); }
  // Of its weekday, were it no particular day.
  const Hours& usual_hours_of(LocalDay day) const {
    return calendar_.week[static_cast<std::size_t>(weekday(day))];
  }

 private:
  struct Stretch {
    TimeMs from;
    TimeMs to;
    std::int64_t length() const { return to - from; }
  };
  struct Day {
    std::vector<Stretch> open;
    std::int64_t length = 0;
  };
  Day open_on(LocalDay day) const;
  static std::int64_t worked(const Day& day, TimeMs until);
  static std::int64_t units(const Day& day, std::int64_t worked_ms, Measure measure);
  static std::optional<TimeMs> reached(const Day& day, std::int64_t units, Measure measure);

  const WorkCalendar& calendar_;
  const ProductionCalendar& production_;
  ZoneOffset zone_;
};

}  // namespace opora::protocol
