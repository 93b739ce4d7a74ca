#include <limits>

#include "protocol/domain/decide.h"
#include "sync/projection/projection.h"
#include "web/app/api.h"
#include "web/app/catalogue_read.h"
#include "web/app/command.h"
#include "web/app/names.h"
#include "web/app/support_codes.h"
#include "web/server/json_reader.h"
#include "web/server/json_writer.h"
#include "web/server/problem.h"

namespace opora::app {

using protocol::Action;
using protocol::ContactKind;
using protocol::Kind;
using protocol::RubricatorState;

namespace {

web::Response rubricator(const Context& context) {
  const auto rows = context.store.snapshot();
  const auto entity = sync::read_entity(*rows, Kind::kRubricator, protocol::rubricator_id());
  const auto* found = entity.as<RubricatorState>();
  // Nothing published yet: version 0 and no topics.
  const RubricatorState state = found == nullptr ? RubricatorState{} : *found;
  web::JsonWriter out(16 * 1024);
  out.object([&] {
    out.field("version", state.version);
    out.field("published_at",
              state.published.v == 0 ? std::nullopt : std::optional(state.published.time()));
    out.array("topics", [&] {
      for (const auto& topic : state.topics) {
        out.object([&] {
          out.field("id", topic.id);
          out.field("kind", topic.kind);
          out.field("group", topic.group);
          out.field("name", topic.name);
          out.field("contact_kind", name_or_null(topic.contact_kind));
        });
      }
    });
  });
  return web::json_response(200, out.take());
}

Result<protocol::PublishRubricator> read_rubricator(const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  protocol::PublishRubricator out;
  out.base = static_cast<std::uint32_t>(
      in.integer("version", {0, std::numeric_limits<std::uint32_t>::max()}));
  in.array("topics", {1, 2'000}, [&](web::JsonReader& row) {
    protocol::Topic topic;
    topic.id = row.line("id", {1, 64});
    topic.kind = row.line("kind", {1, 200});
    topic.group = row.line("group", {1, 200});
    topic.name = row.line("name", {1, 200});
    if (!row.names("contact_kind")) out.unsaid.insert(topic.id);
    topic.contact_kind = row.optional_enum<ContactKind>("contact_kind", enum_names<ContactKind>())
                             .value_or(ContactKind::kNone);
    out.topics.push_back(std::move(topic));
  });
  OPORA_TRY(in.finish());
  return out;
}

void publish(const Context& context, const web::Request& request, const web::Respond& respond) {
  auto user = authorize(context, request, Action::kEditRubricator);
  if (!user.ok()) return respond(web::problem(user.error()));
  auto command = read_rubricator(request.body);
  if (!command.ok()) return respond(web::problem(command.error()));
  auto decide = [command = std::make_shared<const protocol::PublishRubricator>(
                     std::move(*command))](sync::Decision& decision) -> Result<sync::Answer> {
    const auto* state =
        decision.load(Kind::kRubricator, protocol::rubricator_id()).as<RubricatorState>();
    return emitted(decision, protocol::decide(*command, state, decision.context()));
  };
  auto render = [&context](const sync::Answer&) { return rubricator(context); };
  submit(context, {request, *user, KeyRule::kRequired, std::move(decide), std::move(render)},
         respond);
}

web::Response sites(const Context& context) {
  const auto rows = context.store.snapshot();
  web::JsonWriter out(8 * 1024);
  out.object([&] {
    out.array("items", [&] {
      rows->scan_prefix(sync::Table::kIndex, protocol::keys::sites(),
                        [&](std::string_view key, std::string_view) {
                          const auto entity =
                              sync::read_entity(*rows, Kind::kSite, protocol::keys::id_of(key));
                          const auto& site = *entity.as<protocol::SiteState>();
                          if (site.disabled || site.site == kHubSite) return true;
                          out.object([&] {
                            out.field("no", site.site);
                            out.field("name", site.name);
                            out.field("zone", site.zone);
                            out.array("desks", [&] {
                              for (const auto& desk : site.desks) {
                                out.object([&] {
                                  out.field("no", desk.no);
                                  out.field("name", desk.name);
                                });
                              }
                            });
                          });
                          return true;
                        });
    });
  });
  return web::json_response(200, out.take());
}

// V2: which facility somebody speaks for.
void by_support_code(const Context& context, const web::Request& request, const std::string& code,
                     const web::Respond& respond) {
  auto user = authorize(context, request, Action::kReadCatalogues);
  if (!user.ok()) return respond(web::problem(user.error()));
  const auto rows = context.store.snapshot();
  const auto facility = facility_by_code(*rows, code);
  if (!facility.ok()) return respond(web::problem(facility.error()));
  const SiteInfo site = site_info(context, *rows, *facility);
  web::JsonWriter out;
  out.object([&] {
    out.field("no", site.no);
    out.field("name", site.name);
    out.field("support_code", support_code_or_null(site.support_code));
  });
  respond(web::json_response(200, out.take()));
}

}  // namespace

void add_catalogue_read(web::Router& router, const Context& context, const char* path,
                        web::Response (*answer)(const Context&)) {
  router.on(web::Method::kGet, path,
            [&context, answer](const web::Request& request, const web::PathParams&,
                               const web::Respond& respond) {
              auto user = authorize(context, request, Action::kReadCatalogues);
              if (!user.ok()) return respond(web::problem(user.error()));
              respond(answer(context));
            });
}

void add_catalogue_routes(web::Router& router, const Context& context) {
  add_catalogue_read(router, context, "/api/v1/catalogues/rubricator", rubricator);
  add_catalogue_read(router, context, "/api/v1/catalogues/sites", sites);
  router.on(web::Method::kGet, "/api/v1/catalogues/support_codes/{code}",
            [&context](const web::Request& request, const web::PathParams& params,
                       const web::Respond& respond) {
              by_support_code(context, request, params["code"], respond);
            });
  if (context.place != protocol::Place::kHub) return;
  router.on(web::Method::kPut, "/api/v1/catalogues/rubricator",
            [&context](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { publish(context, request, respond); });
}

}  // namespace opora::app
