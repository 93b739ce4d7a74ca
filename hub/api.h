// The routes that only the region has.
#pragma once

#include "hub/directory.h"
#include "hub/region.h"
#include "web/app/context.h"
#include "web/server/router.h"

namespace opora::hub {

// GET/POST sites, PUT sites/{no}, POST sites/{no}/enrolment.
void add_site_routes(web::Router& router, const app::Context& context, const Region& region,
                     const LinkKey& hub_key);
// GET sync, and the live stream's "sync" message.
void add_sync_route(web::Router& router, const app::Context& context, const Region& region);
// POST tickets/{number}/actions: what the region decides about owners.
void add_ticket_decisions(web::Router& router, const app::Context& context);
std::string sync_message(const app::Context& context, const Region& region);

}  // namespace opora::hub
