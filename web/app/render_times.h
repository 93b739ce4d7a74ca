// What the API says of a ticket's deadlines (A14, A17). Any thread.
#pragma once

#include <optional>

#include "protocol/domain/state.h"
#include "protocol/domain/timetable.h"
#include "web/server/json_writer.h"

namespace opora::app {

std::optional<TimeMs> time_or_null(TimeMs time);

// Members of a ticket in lists and on its card: as its owner worked them out.
void write_ticket_times(web::JsonWriter& out, const protocol::TicketState& ticket, TimeMs now);
// Members of the card alone: how much is used by now, in the catalogues as they are here.
void write_ticket_shares(web::JsonWriter& out, const protocol::TicketState& ticket, TimeMs now,
                         const protocol::Timetable& timetable);

}  // namespace opora::app
