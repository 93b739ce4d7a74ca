// Numbers as people say them: of tickets, and of calls that were answered at once (A7b).
#pragma once

#include <optional>
#include <string>

#include "protocol/domain/state.h"

namespace opora::app {

std::string number_text(const protocol::TicketState& ticket);
// None: nothing of it is here, or only what came before its opening or in the place of it.
std::optional<std::string> known_number(const protocol::TicketState* ticket);

// None: the site gives a call without a ticket no number.
std::optional<std::string> own_number(const protocol::ContactState& contact);

}  // namespace opora::app
