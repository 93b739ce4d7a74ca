// The list of competence (V9b): what the region answers and what it does not, in words that may be
// said to the applicant. Read everywhere, changed at the hub.
#include "protocol/domain/decide.h"
#include "sync/projection/catalogues.h"
#include "sync/projection/projection.h"
#include "web/app/catalogue_edit.h"
#include "web/app/catalogue_read.h"

namespace opora::app {

using protocol::CompetenceState;
using protocol::Kind;

namespace {

constexpr std::size_t kNameChars = 200;
constexpr std::size_t kTextChars = 2'000;

Result<protocol::ChangeCompetence> read_clause(std::string_view id, const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  protocol::ChangeCompetence out;
  out.base = read_version(in);
  out.facts.id = id;
  out.facts.name = in.line("name", {1, kNameChars});
  out.facts.text = in.text("text", {1, kTextChars});
  out.facts.answered = in.boolean("answered");
  out.facts.disabled = in.boolean("disabled");
  OPORA_TRY(in.finish());
  return out;
}

void write_clause(web::JsonWriter& out, const CompetenceState& clause) {
  out.object([&] {
    out.field("id", clause.facts.id);
    write_version(out, clause.seq, clause.changed);
    out.field("name", clause.facts.name);
    out.field("text", clause.facts.text);
    out.field("answered", clause.facts.answered);
    out.field("disabled", clause.facts.disabled);
  });
}

web::Response list_clauses(const Context& context) {
  web::JsonWriter out(16 * 1024);
  out.object([&] {
    out.array("items", [&] {
      for (const auto& clause : sync::read_competences(*context.store.snapshot()))
        write_clause(out, clause);
    });
  });
  return web::json_response(200, out.take());
}

web::Response show_clause(const Context& context, std::string_view id) {
  const auto rows = context.store.snapshot();
  const auto entity =
      sync::read_entity(*rows, Kind::kCompetence, protocol::competence_aggregate(id));
  web::JsonWriter out;
  write_clause(out, *entity.as<CompetenceState>());
  return web::json_response(200, out.take());
}

Result<sync::Answer> change(sync::Decision& decision, const protocol::ChangeCompetence& command) {
  const auto id = protocol::competence_aggregate(command.facts.id);
  const auto* before = decision.load(Kind::kCompetence, id).as<CompetenceState>();
  return emitted(decision, protocol::decide(command, before, decision.context()));
}

void put_clause(const Context& context, const web::Request& request, const std::string& id,
                const web::Respond& respond) {
  edit_catalogue(
      context, request, respond, [&] { return read_clause(id, request.body); },
      [](auto& decision, const auto& command) { return change(decision, command); },
      [&context, id] { return show_clause(context, id); });
}

}  // namespace

void add_competence_routes(web::Router& router, const Context& context) {
  add_catalogue_read(router, context, "/api/v1/catalogues/competence", list_clauses);
  if (context.place != protocol::Place::kHub) return;
  router.on(web::Method::kPut, "/api/v1/catalogues/competence/{id}",
            [&context](const web::Request& request, const web::PathParams& params,
                       const web::Respond& respond) {
              put_clause(context, request, std::string(params["id"]), respond);
            });
}

}  // namespace opora::app
