#include "node/metrics.h"

#include <algorithm>

#include "node/call_desk.h"
#include "node/call_monitor.h"
#include "node/sync_page.h"
#include "web/app/process_metrics.h"

namespace opora::node {

void add_metrics(app::MetricsPage& page, const app::Context& context, const LinkState& link) {
  const LinkView view = link.view();
  const auto rows = context.store.snapshot();
  const TimeMs now = context.clock.now();
  const StreamPos end = journal_end(*rows, context.site);
  app::LinkMetrics out{view.connected, view.ups, view.downs, view.since};
  out.unsent = unsent(end, view.acked);
  out.oldest_unsent = oldest_pending(*rows, context.site, view.acked);
  out.data_through = context.engine.settled_before();
  out.journal = end.v;
  app::add_link_metrics(page, out, now, {});
  if (view.connected) {
    page.gauge("opora_region_pending_events", "Records for this site that it does not have yet.",
               static_cast<double>(view.region_pending));
  }
  if (view.region_through) {
    page.gauge("opora_region_data_age_seconds",
               "All of the region's data for this site is here, but for the last so many seconds.",
               app::age_s(now, *view.region_through));
  }
  if (view.last_success) {
    page.gauge("opora_region_heard_age_seconds", "How long ago the region was last heard of.",
               app::age_s(now, *view.last_success));
  }
}

void add_call_metrics(app::MetricsPage& page, const app::Context& context,
                      const CallSources& calls) {
  if (calls.desk == nullptr && calls.monitor == nullptr) return;
  const bool heard = calls.desk != nullptr ? calls.desk->hears_pbx() : calls.monitor->hears_pbx();
  page.gauge("opora_pbx_connected", "1: the telephone system is heard.", heard ? 1 : 0);
  if (calls.desk == nullptr) return;
  const auto rows = telephony::read_rows(*context.store.snapshot()).rows;
  const TimeMs now = context.clock.now();
  int waiting = 0;
  double longest = 0;
  for (const telephony::Call& call : rows.calls) {
    const bool waits =
        call.phase == telephony::Phase::kWaiting || call.phase == telephony::Phase::kRinging;
    // Who asked to be called back is not on the line, and who was passed on has been served.
    if (!waits || call.person != telephony::Person::kUp || call.answered_at.v != 0) continue;
    ++waiting;
    longest = std::max(longest, app::age_s(now, call.entered_at));
  }
  page.gauge("opora_calls_waiting", "Callers for whom nobody has answered yet.", waiting);
  page.gauge("opora_calls_longest_wait_seconds", "Of them, who has waited longest.", longest);
}

}  // namespace opora::node
