#include <algorithm>

#include "hub/api.h"
#include "web/app/attachments.h"
#include "web/app/auth.h"
#include "web/app/store_alarms.h"
#include "web/server/json_writer.h"
#include "web/server/problem.h"

namespace opora::hub {

namespace {

struct Summary {
  std::size_t sites = 0;  // enrolled
  std::size_t connected = 0;
  std::optional<TimeMs> through;  // of the site that is furthest behind, silent ones left out
};

Summary summarize(const app::Context& context, const Region& region) {
  Summary out;
  const auto rows = context.store.snapshot();
  for (const auto& site : app::reporting_sites(context, *rows)) {
    if (!site.enrolled) continue;
    const SiteLink link = region.link(site.no);
    ++out.sites;
    if (!link.connected) continue;
    ++out.connected;
    if (link.data_through)
      out.through = std::min(out.through.value_or(*link.data_through), *link.data_through);
  }
  return out;
}

void write_summary(web::JsonWriter& out, const Summary& summary) {
  out.field("sites", summary.sites);
  out.field("connected", summary.connected);
  out.field("data_through", summary.through);
}

}  // namespace

void add_sync_route(web::Router& router, const app::Context& context, const Region& region) {
  router.on(web::Method::kGet, "/api/v1/sync",
            [&context, &region](const web::Request& request, const web::PathParams&,
                                const web::Respond& respond) {
              auto user = app::authorize(context, request, protocol::Action::kReadSync);
              if (!user.ok()) return respond(web::problem(user.error()));
              web::JsonWriter out;
              out.object([&] {
                write_summary(out, summarize(context, region));
                app::write_file_counts(out, *context.store.snapshot());
                out.array("alarms", [&] {
                  app::write_store_alarms(out, *context.store.snapshot());
                  app::write_disk_alarm(out, context.disk_room, context.clock.now());
                });
              });
              respond(web::json_response(200, out.take()));
            });
}

std::string sync_message(const app::Context& context, const Region& region) {
  web::JsonWriter out;
  out.object([&] {
    // The members of a site's message too: the region is always with itself.
    const Summary summary = summarize(context, region);
    out.field("type", "sync");
    out.field("connected", true);
    out.field("since", std::nullopt);
    out.field("pending", 0);
    out.field("sending", std::nullopt);
    out.field("data_through", summary.through);
    out.field("sites", summary.sites);
    out.field("sites_connected", summary.connected);
  });
  return out.take();
}

}  // namespace opora::hub
