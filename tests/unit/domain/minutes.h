// What one minute of a queue is, of a norm: by looking at that minute alone. What the deadlines are
// held against.
#pragma once

#include "protocol/domain/norm.h"
#include "protocol/domain/working_time.h"

namespace opora::protocol::testing {

inline double minute_share(const Norm& norm, const WorkingTime& time, int east_min, TimeMs t) {
  if (norm.minutes == 0) return 0;
  if (norm.running == Running::kRoundTheClock) return 1.0 / norm.minutes;
  const LocalDay today = time.day_of(t);
  const std::int64_t minute = (t.v - today.v * kDayMs) / kMinuteMs + east_min;
  std::int64_t length = 0;
  bool open = false;
  for (const DaySpan& span : time.hours_of(today).hours) {
    length += span.to - span.from;
    open = open || (span.from <= minute && minute < span.to);
  }
  if (!open) return 0;
  if (norm.unit == NormUnit::kWeeks) return 1.0 / length / (norm.minutes / 10'080.0 * 5);
  return norm.minutes < 1'440 ? 1.0 / norm.minutes : 1.0 / length / (norm.minutes / 1'440.0);
}

}  // namespace opora::protocol::testing
