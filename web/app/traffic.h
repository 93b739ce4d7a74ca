// Reads the report of calls by hour of day and weekday (O7b) from one snapshot: the quarter cells
// of the desks that are asked for, whatever the number of calls in them.
#pragma once

#include <optional>

#include "protocol/domain/traffic.h"
#include "web/app/context.h"
#include "web/server/router.h"

namespace opora::app {

struct TrafficQuestion {
  LocalDay from;  // of each desk's own calendar
  LocalDay to;
  std::optional<SiteNo> site;  // always at a node
  std::optional<DeskNo> desk;  // only with a site
};

struct TrafficReport {
  protocol::WeekTraffic traffic;
  std::optional<TimeMs> data_through;  // the oldest
  bool behind = false;
};

TrafficReport read_traffic(const Context& context, const sync::Reader& rows,
                           const TrafficQuestion& asked);

void add_traffic_route(web::Router& router, const Context& context);

}  // namespace opora::app
