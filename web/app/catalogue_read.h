// GET of a whole catalogue, for whoever may read catalogues (both daemons).
#pragma once

#include "web/app/context.h"
#include "web/server/router.h"

namespace opora::app {

// The context outlives the router.
void add_catalogue_read(web::Router& router, const Context& context, const char* path,
                        web::Response (*answer)(const Context&));

}  // namespace opora::app
