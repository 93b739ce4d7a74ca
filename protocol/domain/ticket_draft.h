// Drafts of a ticket's events with their place in the owner's order. Pure; for decisions only.
#pragma once

#include "protocol/domain/decide.h"

namespace opora::protocol {

// A change of state: the owner's next in the current term.
Draft ticket_draft(const Entity& ticket, Facts facts, std::string_view text);
// What anyone entitled may add: no place in the order.
Draft ticket_addition(const Entity& ticket, Facts facts, std::string_view text);

// What commands begin stands in their order when their keys carry a time. The same command, the
// same id, at every site and whenever it is repeated: a recall depends on it.
AggregateId begun_by(const DecideContext& context, std::string_view what);

// Nothing for a topic that is not there.
const Topic* find_topic(const RubricatorState* rubricator, std::string_view topic);

// When something happens to a ticket, and where it waits from then on: its last times with another
// `at` and queue. A clock that was set back does not go behind the ticket's last.
DueTimes times_now(const TicketState& ticket, std::uint8_t line, const DecideContext& context);
// The draft with the moments that follow from it (ticket_times.h): of the state that it makes.
Draft with_moments(Draft draft, const Entity& ticket, const DecideContext& context);

}  // namespace opora::protocol
