// Rows of open tickets in the order of time (A14, A17, A-esc), so that what comes next is found by
// one look, however many tickets are open; and how many each person has. Part of what an entity
// contributes (facets.h):
//   M owner moment ticket -> closes it?        what the owner has to say next, and when; of what is
//                                              done also when it is closed for ever
//   V due ticket -> TicketListRow              the nearest deadline that is still to be met
//   i owner line turn ticket -> TicketListRow  open, nobody's, on offer to nobody: to be taken next
//   h login ~opened ticket -> TicketListRow    open, of whoever has it, the newest first
// turn: what has stopped a whole system (A2b) ahead of all, then by the nearest deadline, then the
// higher urgency, then who came first. Integers are big-endian. A ticket has at most one row of
// each, but for the closing; one whose line has no queue has none of its clocks in M and V, and
// stands behind all others of i. One that waits for its applicant stands where somebody has to look
// after him (V10).
#pragma once

#include "protocol/domain/facets.h"

namespace opora::protocol {

// The nearest of the deadlines that this ticket has not met yet; nothing as things stand.
struct NextDue {
  TimeMs at;
  DueClock clock = DueClock::kCompletion;
};
std::optional<NextDue> next_due(const TicketState& ticket);

void add_due_rows(Facets& out, const Entity& entity, const TicketState& ticket);

// Of a row of moments: the applicant's time to object is over then.
bool closes(std::string_view row);

namespace keys {
Bytes moments(SiteNo owner);
// Of an owner's rows, the first that is later than `at`.
Bytes moments_after(SiteNo owner, TimeMs at);
SiteNo owner_of_moment(std::string_view key);
// Rows from this due moment on.
Bytes dues();
Bytes dues_from(TimeMs at);
Bytes free_tickets(SiteNo owner, std::uint8_t line);
// At whichever site: a login means one person at each.
Bytes tickets_of(std::string_view login);
// The cell that counts (as received) the open tickets of whom they are assigned to.
Bytes load_of(SiteNo owner, std::string_view login);
// Of a row of theirs, to compare with one of another line: the smaller is taken first.
std::string_view turn_of_free(std::string_view key);
}  // namespace keys

}  // namespace opora::protocol
