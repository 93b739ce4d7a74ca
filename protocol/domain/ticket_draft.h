// Drafts of a ticket's events with their place in the owner's order. Pure; for decisions only.
#pragma once

#include "protocol/domain/decide.h"

namespace opora::protocol {

// A change of state: the owner's next in the current term.
Draft ticket_draft(const Entity& ticket, Facts facts, std::string_view text);
// What anyone entitled may add: no place in the order.
Draft ticket_addition(const Entity& ticket, Facts facts, std::string_view text);

}  // namespace opora::protocol
