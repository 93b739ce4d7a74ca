#include "sync/projection/digest.h"
#include "sync/projection/projection.h"
#include "web/app/api.h"
#include "web/app/auth.h"
#include "web/server/json_writer.h"
#include "web/server/problem.h"
#include "web/server/query_reader.h"

namespace opora::app {

namespace {

// A node has only its own site whole; the hub has those of its list.
bool has_site(const Context& context, SiteNo site) {
  if (site == context.site) return true;
  if (context.place == protocol::Place::kNode) return false;
  const auto rows = context.store.snapshot();
  return sync::read_entity(*rows, protocol::Kind::kSite, protocol::site_aggregate(site)).exists();
}

Result<SiteNo> read_site(const Context& context, const web::Query& query) {
  web::QueryReader in(query);
  const auto no = in.integer("site", {0, kMaxSiteNo});
  OPORA_TRY(in.finish());
  const SiteNo site = no ? SiteNo{static_cast<std::uint32_t>(*no)} : context.site;
  if (!has_site(context, site)) return Error{Code::kNotFound, "site", "no such site here"};
  return site;
}

web::Response digest(const Context& context, SiteNo site) {
  const auto rows = context.store.snapshot();
  const sync::SiteDigest found = sync::site_digest(*rows, site);
  web::JsonWriter out;
  out.object([&] {
    out.field("site", found.site);
    out.field("through", found.through);
    out.field("aggregates", found.aggregates);
    out.field("digest", found.hash);
  });
  return web::json_response(200, out.take());
}

}  // namespace

void add_digest_route(web::Router& router, const Context& context) {
  router.on(
      web::Method::kGet, "/api/v1/digest",
      [&context](const web::Request& request, const web::PathParams&, const web::Respond& respond) {
        auto user = authorize(context, request, protocol::Action::kReadDigest);
        if (!user.ok()) return respond(web::problem(user.error()));
        auto site = read_site(context, request.query);
        if (!site.ok()) return respond(web::problem(site.error()));
        // A pass over every row of a site: not on a thread that serves others.
        auto work = [&context, site = *site, respond] { respond(digest(context, site)); };
        if (!context.worker.submit(std::move(work)))
          respond(web::problem(Error{Code::kTooMany, "", "busy; try again"}));
      });
}

}  // namespace opora::app
