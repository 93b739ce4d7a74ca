// The deadlines of a ticket (A14, V3): by when it is registered, given to a specialist and
// completed. Pure: computed from what has happened, never counted down; so a change of urgency,
// queue or site computes again from the history, and nothing is reset.
//
// A norm is used up interval by interval, in the calendar of the queue that holds the ticket then
// (the time of a handover is its sender's); the share of the norm that is used goes on to the next.
// While the ticket waits for its applicant (V10) nothing is used.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "protocol/domain/events.h"
#include "protocol/domain/norm.h"
#include "protocol/domain/working_time.h"

namespace opora::protocol {

// A14's table: norms of up to 8 h in working time, the others round the clock.
Norms default_norms(Urgency urgency);

// What the norm is in the measure of working time.
struct Budget {
  std::int64_t units = 0;
  Measure measure = Measure::kTime;
};
Budget budget_of(const Norm& norm);

// From this moment on, until the next: the queue that holds the ticket, with the norm that it has
// there. `time` is borrowed.
struct Held {
  TimeMs from;
  const WorkingTime* time = nullptr;
  Norm norm;
};
struct Pause {
  TimeMs from;
  std::optional<TimeMs> to;  // nothing: it goes on
};
// Times never fall within `held` and within `pauses`; the first queue holds it from `start` on.
// Pauses do not overlap.
struct DeadlineHistory {
  TimeMs start;
  std::span<const Held> held;
  std::span<const Pause> pauses;
};

// Of a norm, in parts of kWholeNorm.
inline constexpr std::int64_t kWholeNorm = std::int64_t{1} << 40;
// The thresholds at which somebody is told (A-esc).
inline constexpr std::int64_t kWarnedNorm = kWholeNorm / 4 * 3;

// How much was used at this moment; over kWholeNorm when it is missed.
std::int64_t used(const DeadlineHistory& history, TimeMs at);
// The first moment at which so much is used, as things stand: when nothing changes any more.
// Nothing: never, because a pause goes on, the norm is none, or the queue does not work so much in
// ten years.
std::optional<TimeMs> when_used(const DeadlineHistory& history, std::int64_t share);

// A day on which less or nothing was used, for people who check the date.
struct SkippedDay {
  LocalDay day;
  DayReason reason = DayReason::kWeek;
  bool shortened = false;  // else nothing of it counted
  bool operator==(const SkippedDay&) const = default;
};
// In their order, from the day of `history.start` to that of `due`; only where the norm runs in
// working time.
std::vector<SkippedDay> skipped_days(const DeadlineHistory& history, TimeMs due);

}  // namespace opora::protocol
