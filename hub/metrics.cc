#include "hub/metrics.h"

#include "sync/journal/streams.h"
#include "web/app/process_metrics.h"

namespace opora::hub {

namespace {

app::LinkMetrics of_site(const Region& region, SiteNo site) {
  const SiteLink link = region.link(site);
  app::LinkMetrics out{link.connected, link.ups, link.downs, link.since};
  // What waits at a site that is cut off grows there unseen: what it last said is no answer.
  if (link.connected) out.unsent = link.pending;
  if (link.connected) out.oldest_unsent = link.oldest_unsent;
  out.data_through = link.data_through;
  out.journal = region.held(site).durable.v;
  return out;
}

}  // namespace

void add_metrics(app::MetricsPage& page, const app::Context& context, const Region& region) {
  const auto rows = context.store.snapshot();
  const TimeMs now = context.clock.now();
  std::size_t enrolled = 0;
  for (const app::SiteInfo& site : app::reporting_sites(context, *rows)) {
    if (!site.enrolled) continue;
    ++enrolled;
    app::add_link_metrics(page, of_site(region, site.no), now,
                          {{"site", std::to_string(site.no.v)}});
  }
  page.gauge("opora_sites_enrolled", "Sites that have enrolled.", static_cast<double>(enrolled));
  page.gauge("opora_sites_connected", "Sites whose link stands.",
             static_cast<double>(region.connected_count()));
  const auto last = sync::last_record(*rows, kHubSite);
  page.gauge("opora_own_journal_events", "Records of the region's own journal.",
             last ? static_cast<double>(last->ref.n.v) : 0.0);
}

}  // namespace opora::hub
