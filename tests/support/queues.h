// A queue of the first line that works round the clock: what deadlines need at the least.
#pragma once

#include <cstdint>

#include "protocol/domain/events.h"

namespace opora::testing {

inline protocol::CalendarChanged round_the_clock() {
  protocol::CalendarChanged out;
  out.id = "always";
  out.name_ru = out.name_en = "Круглосуточно";
  out.hours.week.fill({{0, 24 * 60}});
  out.hours.holidays = protocol::Holidays::kIgnored;
  return out;
}

// So many hours for registration and for completion, whatever the urgency.
inline protocol::QueueChanged first_line(std::uint32_t hours) {
  protocol::QueueChanged out;
  out.id = "first";
  out.name_ru = out.name_en = "Первая линия";
  out.line = 1;
  out.calendar = "always";
  const protocol::Norm norm{hours * 60, protocol::NormUnit::kHours,
                            protocol::Running::kRoundTheClock};
  out.norms.fill({norm, norm});
  return out;
}

}  // namespace opora::testing
