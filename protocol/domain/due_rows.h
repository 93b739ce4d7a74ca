// Rows of open tickets in the order of time (A14, A17, A-esc), so that what comes next is found by
// one look, however many tickets are open. Part of what an entity contributes (facets.h):
//   M owner moment ticket -> closes it?        what the owner has to say next, and when
//   V due ticket -> TicketListRow              the nearest deadline that is still to be met
// Integers are big-endian. A ticket has at most one row of each; one that waits for its applicant,
// or whose line has no queue, has none.
#pragma once

#include "protocol/domain/facets.h"

namespace opora::protocol {

// The nearest of the deadlines that this ticket has not met yet; nothing as things stand.
std::optional<TimeMs> nearest_due(const TicketState& ticket);

void add_due_rows(Facets& out, const AggregateId& id, const TicketState& ticket);

// Of a row of moments: the applicant's time to object is over then.
bool closes(std::string_view row);

namespace keys {
Bytes moments(SiteNo owner);
// Of an owner's rows, the first that is later than `at`.
Bytes moments_after(SiteNo owner, TimeMs at);
// Rows from this due moment on.
Bytes dues();
Bytes dues_from(TimeMs at);
}  // namespace keys

}  // namespace opora::protocol
