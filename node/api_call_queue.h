// The call queue over HTTP: what it looks like now, and what agents and supervisors ask of it.
// There are no such routes at a site whose calls the node does not drive but one that says so.
#pragma once

#include "node/api.h"
#include "web/app/context.h"
#include "web/server/router.h"

namespace opora::node {

// What is there outlives the routes.
void add_call_queue_routes(web::Router& router, const app::Context& context, CallSources calls);

}  // namespace opora::node
