// What both daemons say of themselves in GET /metrics: web server, sign-ins, engine, store, disk.
// Any thread.
#pragma once

#include "sync/journal/rocks_store.h"
#include "web/app/context.h"
#include "web/app/metrics_page.h"
#include "web/server/server.h"

namespace opora::app {

void add_server_metrics(MetricsPage& page, const web::ServerMetrics& server);
void add_process_metrics(MetricsPage& page, const Context& context, const sync::RocksStore& store);

// One link: at a site that with the region (no label), at the hub one of each site.
struct LinkMetrics {
  bool connected = false;
  std::uint64_t ups = 0;
  std::uint64_t downs = 0;
  std::optional<TimeMs> since{};          // of the present state
  std::optional<std::uint64_t> unsent{};  // nothing: not known
  std::optional<TimeMs> oldest_unsent{};
  std::optional<TimeMs> data_through{};    // all that happened at the site until then is here
  std::optional<std::uint64_t> journal{};  // the site's records that are here
};
void add_link_metrics(MetricsPage& page, const LinkMetrics& link, TimeMs now,
                      const MetricsPage::Labels& labels);

}  // namespace opora::app
