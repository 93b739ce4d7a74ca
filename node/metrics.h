// What a site adds to GET /metrics: its link to the region, what waits to be sent, its
// telephones.
#pragma once

#include "node/api.h"
#include "node/link_state.h"
#include "web/app/context.h"
#include "web/app/metrics_page.h"

namespace opora::node {

// Where the node drives or watches a telephone system: whether it hears it, and, where it drives
// it, who waits.
void add_call_metrics(app::MetricsPage& page, const app::Context& context,
                      const CallSources& calls);
void add_metrics(app::MetricsPage& page, const app::Context& context, const LinkState& link);

}  // namespace opora::node
