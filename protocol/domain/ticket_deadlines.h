// A ticket's three deadlines in one queue: registered and completed by its urgency (A14), given to
// a specialist by its category (V3). Pure; the site's answer and the region's are this function's.
#pragma once

#include "protocol/domain/deadlines.h"

namespace opora::protocol {

struct TicketClock {
  Urgency urgency = Urgency::kLow;
  std::string category;  // the kind of the topic
  TimeMs received_at;
  // Not yet: reaction and completion have not begun to run.
  std::optional<TimeMs> registered_at;
  std::vector<Pause> pauses;  // V10; in their order, not overlapping
};

// More than a ticket sees in its life; each costs a look through its days.
inline constexpr std::size_t kMaxPauses = 100;
// kInvalid "registered_at" (before it was received), "pauses[N].from", "pauses[N].to" (ends before
// it begins, overlaps the one before, goes on although another follows), "pauses" (too many).
Status check(const TicketClock& clock);

struct Deadline {
  Norm norm;
  // Nothing, of both: never, as things stand (a pause goes on, the queue does not work so much in
  // ten years).
  std::optional<TimeMs> warn_at;  // 75 % are used (A-esc)
  std::optional<TimeMs> due_at;
  std::vector<SkippedDay> skipped;
};
// Nothing: no norm, or it has not begun to run.
struct TicketDeadlines {
  std::optional<Deadline> registration;
  std::optional<Deadline> reaction;
  std::optional<Deadline> completion;
};

// The norm of the category, else of all others; none has 0 minutes.
Norm reaction_norm(const QueueChanged& queue, std::string_view category);

// `clock` is as check() wants it; `time` is that of the queue's calendar.
TicketDeadlines deadlines_of(const TicketClock& clock, const QueueChanged& queue,
                             const WorkingTime& time);

}  // namespace opora::protocol
