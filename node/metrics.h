// What a site adds to GET /metrics: its link to the region and what waits to be sent.
#pragma once

#include "node/link_state.h"
#include "web/app/context.h"
#include "web/app/metrics_page.h"

namespace opora::node {

void add_metrics(app::MetricsPage& page, const app::Context& context, const LinkState& link);

}  // namespace opora::node
