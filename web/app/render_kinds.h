// What the API says of house calls (H1) and of the waiting list (H2): members of a ticket and of
// its timeline. Any thread.
#pragma once

#include "protocol/domain/kind_state.h"
#include "protocol/domain/state.h"
#include "sync/journal/kv.h"
#include "web/app/context.h"
#include "web/app/people.h"
#include "web/server/json_writer.h"

namespace opora::app {

// "visit": null for whatever is no house call.
void write_visit(web::JsonWriter& out, const Context& context, const sync::Reader& rows,
                 People& people, const protocol::TicketState& ticket);
// "waiting": null for whatever is not of the waiting list.
void write_waiting(web::JsonWriter& out, const Context& context, const sync::Reader& rows,
                   People& people, const protocol::Entity& ticket);
// "who", "result", "until", "slot" of an entry of a timeline.
void write_of_kind(web::JsonWriter& out, const Context& context, const sync::Reader& rows,
                   const protocol::Event& event);
void write_of_no_kind(web::JsonWriter& out);

}  // namespace opora::app
