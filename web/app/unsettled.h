// Years without a decree that a ticket's dates count on (A10, A14, A17), in the catalogues as they
// are in these rows. Any thread.
#pragma once

#include "protocol/domain/state.h"
#include "protocol/domain/unsettled_years.h"
#include "sync/journal/kv.h"
#include "web/app/zones.h"
#include "web/server/json_writer.h"

namespace opora::app {

// Those with a decree, of all that came with the software or were published.
protocol::Years decreed_years(const sync::Reader& rows);

// Of the deadlines that still run, from where the ticket waits now, and of the applicant's time to
// object. `home` is the zone of a site that is not listed here.
protocol::Years unsettled_years(const sync::Reader& rows, const Zone& home,
                                const protocol::TicketState& ticket);

// The member `preliminary_years`.
void write_years(web::JsonWriter& out, const protocol::Years& years);

}  // namespace opora::app
