// Whose a ticket is to read: who may be sent what happens to it.
#pragma once

#include "protocol/domain/state.h"

namespace opora::protocol {

// Where it was opened, whoever owns or owned it, and whom it is offered to while the offer stands.
bool reads(const TicketState& ticket, SiteNo site);

}  // namespace opora::protocol
