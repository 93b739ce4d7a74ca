// The moments of a ticket (A14, A17, A-esc): by when it is given to a specialist and completed,
// when somebody is to be told, up to when the applicant may object. Pure. The owner works them out
// from the ticket's state, which holds its history, and says them in its events; a fold copies
// them.
#pragma once

#include <array>
#include <optional>

#include "protocol/domain/decide.h"
#include "protocol/domain/ticket_deadlines.h"
#include "protocol/domain/timetable.h"

namespace opora::protocol {

// Deadlines: with a norm, both thresholds, and figures of what was late.
inline constexpr std::array kDueClocks = {DueClock::kReaction, DueClock::kCompletion};
bool is_deadline(DueClock clock);
// With the moments of a ticket that waits for its applicant (V10), each of kMissed alone.
inline constexpr std::array kAllClocks = {DueClock::kReaction, DueClock::kCompletion,
                                          DueClock::kSession, DueClock::kSilence};
inline constexpr std::array kThresholds = {Threshold::kWarned, Threshold::kMissed};

// What the owner said of this threshold, which lies behind; nullptr: nothing. Borrows the ticket.
const Reached* reached(const TicketState& ticket, DueClock clock, Threshold threshold);
// Of the deadlines that stand, by what happened and by what the owner said; of all times together.
Missed missed(const TicketState& ticket);
TimeMs moment_of(const TicketState& ticket, DueClock clock, Threshold threshold);

// A ticket has so few moves and pauses, or it is not worked on but pushed around; each costs a look
// through its days whenever its moments are worked out.
inline constexpr std::size_t kMaxStays = 100;
inline constexpr std::size_t kMaxWaits = kMaxPauses;
// A17.
inline constexpr int kReopenDays = 3;

// Whether this clock of the ticket has not stopped for good: it is open, and not yet what the
// clock counts to. Those of a wait run as long as it waits.
bool runs(const TicketState& ticket, DueClock clock);

// The ticket's times with the moments of all clocks, as of `ticket.times`: where it waits and since
// when stand in the state already. Of a clock that has stopped, by what is known of the ticket now,
// from what was up to there: so another urgency or topic counts for it as well.
DueTimes worked_out(const TicketState& ticket, const Timetable& timetable);

// What is told (A15) from this moment on: three quarters and all of the norm of registration of its
// urgency, in the calendar of the queue that holds it, whatever its own clocks do; zeros without
// a queue here.
TellTimes registration_norm_from(const TicketState& ticket, TimeMs since,
                                 const Timetable& timetable);

// Whether they are the word of the owner. Else he that had it before said them last, and holds it
// until the owner speaks.
bool said_by_owner(const TicketState& ticket);
// Whether they were worked out here, from these catalogues.
bool from_catalogues(const TicketState& ticket, const Timetable& timetable);

// What of the norm is used at this moment, of kWholeNorm; nothing without a norm or a queue here.
std::optional<std::int64_t> share_used(const TicketState& ticket, DueClock clock, TimeMs at,
                                       const Timetable& timetable);

// From when on the region is told of a deadline that was missed then (A-esc): the supervisor had
// his time. Zero: at once, or the queue is not here.
TimeMs region_told_at(const TicketState& ticket, TimeMs missed_at, const Timetable& timetable);

// A17: the end of the third working day after the day on which it was done.
TimeMs reopen_until(TimeMs done_at, SiteNo site, const Timetable& timetable);

// What the owner has to say next because time passes, and when.
struct NextMoment {
  TimeMs at;
  DueClock clock = DueClock::kCompletion;
  Threshold threshold = Threshold::kWarned;
  // With kTelling: the place of what is to be told.
  OwnerTerm term{};
  OwnerSeq seq{};
};
std::optional<NextMoment> next_moment(const Entity& entity);
// A17: when a ticket that is done is closed for ever. Apart from the moments above, since it waits
// for a clock that is confirmed, and what there is to tell does not.
std::optional<TimeMs> closing_at(const TicketState& ticket);

}  // namespace opora::protocol
