// The routes that only the region has.
#pragma once

#include <functional>

#include "hub/directory.h"
#include "hub/region.h"
#include "web/app/context.h"
#include "web/server/router.h"

namespace opora::hub {

// What the handlers of sites do to the link.
struct SiteLinks {
  LinkKey hub_key;
  std::function<void(SiteNo)> renew;  // ends the session of a site about which was decided
};
// GET/POST sites, PUT sites/{no}, POST sites/{no}/enrolment, POST sites/{no}/fork.
void add_site_routes(web::Router& router, const app::Context& context, const Region& region,
                     SiteLinks links);
// GET sync, and the live stream's "sync" message.
void add_sync_route(web::Router& router, const app::Context& context, const Region& region);
// POST tickets/{number}/actions: what the region decides about owners.
void add_ticket_decisions(web::Router& router, const app::Context& context);
std::string sync_message(const app::Context& context, const Region& region);

}  // namespace opora::hub
