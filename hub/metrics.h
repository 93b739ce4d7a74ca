// What the region adds to GET /metrics: each enrolled site's link and how far its data is here.
#pragma once

#include "hub/region.h"
#include "web/app/context.h"
#include "web/app/metrics_page.h"

namespace opora::hub {

void add_metrics(app::MetricsPage& page, const app::Context& context, const Region& region);

}  // namespace opora::hub
