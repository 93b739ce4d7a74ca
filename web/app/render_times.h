// What the API says of a ticket's deadlines (A14, A17). Any thread.
#pragma once

#include <optional>

#include "protocol/domain/state.h"
#include "sync/journal/kv.h"
#include "web/app/zones.h"
#include "web/server/json_writer.h"

namespace opora::app {

std::optional<TimeMs> time_or_null(TimeMs time);

// Members of a ticket in lists and on its card: as its owner worked them out.
void write_ticket_times(web::JsonWriter& out, const protocol::TicketState& ticket, TimeMs now);
// Members of the card alone, by the catalogues as they are in these rows: how much is used by now,
// and on which years without a decree the dates count. `home` is the zone of this place.
void write_card_times(web::JsonWriter& out, const protocol::TicketState& ticket, TimeMs now,
                      const sync::Reader& rows, const Zone& home);

}  // namespace opora::app
