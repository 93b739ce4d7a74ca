// Years of the production calendar that a promise counts on although the country may still move
// their days off: without a decree, or not here at all. Whoever is told the date is told of them,
// and of no other year. Pure.
#pragma once

#include <cstdint>
#include <set>

#include "protocol/domain/norm.h"
#include "protocol/domain/work_calendar.h"

namespace opora::protocol {

using Years = std::set<std::uint16_t>;

class UnsettledYears {
 public:
  explicit UnsettledYears(Years decreed) : decreed_(std::move(decreed)) {}

  // Of a norm that is counted from one moment to another, both included, in a calendar by the
  // clocks of a zone, which are borrowed. None where the norm runs round the clock or the calendar
  // goes by its weekdays alone.
  struct Counted {
    const Norm& norm;
    const WorkCalendar& calendar;
    const ZoneOffset& zone;
    TimeMs from;
    TimeMs to;
  };
  void count(const Counted& counted);
  // Of the country's own working days (A17) between two moments.
  void count_days(LocalDay from, LocalDay to);

  const Years& found() const { return found_; }

 private:
  Years decreed_;
  Years found_;
};

}  // namespace opora::protocol
