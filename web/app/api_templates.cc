// Words with fields, for answers and new tickets: kept by the region, read everywhere.
#include "protocol/domain/decide.h"
#include "protocol/domain/links.h"
#include "sync/projection/catalogues.h"
#include "sync/projection/projection.h"
#include "web/app/catalogue_edit.h"
#include "web/app/catalogue_read.h"
#include "web/app/names.h"

namespace opora::app {

using protocol::Filling;
using protocol::Kind;
using protocol::TemplateField;
using protocol::TemplateState;
using protocol::TemplateUse;

namespace {

constexpr std::size_t kNameChars = 200;
constexpr std::size_t kTextChars = 4'000;
constexpr std::size_t kFieldNameChars = 40;
constexpr std::size_t kChoiceChars = 100;
constexpr std::size_t kTopicChars = 64;
// decide() refuses fewer, and says how many may be.
constexpr std::size_t kMaxItems = 100;

TemplateField read_field(web::JsonReader& in) {
  TemplateField out;
  out.name = in.line("name", {1, kFieldNameChars});
  out.filling = in.required_enum<Filling>("filling", enum_names<Filling>());
  out.choices = in.lines("choices", {0, kMaxItems}, {1, kChoiceChars});
  return out;
}

Result<protocol::ChangeTemplate> read_template(std::string_view id, const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  protocol::ChangeTemplate out;
  out.base = read_version(in);
  out.facts.id = id;
  out.facts.name = in.line("name", {1, kNameChars});
  out.facts.use = in.required_enum<TemplateUse>("use", enum_names<TemplateUse>());
  out.facts.text = in.text("text", {1, kTextChars});
  in.array("fields", {0, kMaxItems},
           [&](web::JsonReader& field) { out.facts.fields.push_back(read_field(field)); });
  out.facts.kind =
      in.optional_enum<protocol::ContactKind>("kind", enum_names<protocol::ContactKind>())
          .value_or(protocol::ContactKind::kNone);
  out.facts.topic = in.optional_line("topic", {1, kTopicChars}).value_or("");
  out.facts.urgency =
      in.optional_enum<protocol::Urgency>("urgency", enum_names<protocol::Urgency>());
  out.facts.items = in.lines("items", {0, kMaxItems}, {1, protocol::kMaxItemLetters});
  out.facts.disabled = in.boolean("disabled");
  OPORA_TRY(in.finish());
  return out;
}

void write_field(web::JsonWriter& out, const TemplateField& field) {
  out.object([&] {
    out.field("name", field.name);
    out.field("filling", protocol::to_name(field.filling));
    out.array("choices", [&] {
      for (const std::string& choice : field.choices) out.value(choice);
    });
  });
}

void write_template(web::JsonWriter& out, const TemplateState& known) {
  const protocol::TemplateChanged& facts = known.facts;
  out.object([&] {
    out.field("id", facts.id);
    write_version(out, known.seq, known.changed);
    out.field("name", facts.name);
    out.field("use", protocol::to_name(facts.use));
    out.field("text", facts.text);
    out.array("fields", [&] {
      for (const TemplateField& field : facts.fields) write_field(out, field);
    });
    out.field("kind", name_or_null(facts.kind));
    out.field("topic", facts.topic.empty() ? std::nullopt : std::optional(facts.topic));
    out.field("urgency", facts.urgency ? name_or_null(*facts.urgency) : std::nullopt);
    out.array("items", [&] {
      for (const std::string& item : facts.items) out.value(item);
    });
    out.field("disabled", facts.disabled);
  });
}

web::Response list_templates(const Context& context) {
  web::JsonWriter out(16 * 1024);
  out.object([&] {
    out.array("items", [&] {
      for (const auto& known : sync::read_templates(*context.store.snapshot()))
        write_template(out, known);
    });
  });
  return web::json_response(200, out.take());
}

web::Response show_template(const Context& context, std::string_view id) {
  const auto rows = context.store.snapshot();
  const auto entity = sync::read_entity(*rows, Kind::kTemplate, protocol::template_aggregate(id));
  web::JsonWriter out;
  write_template(out, *entity.as<TemplateState>());
  return web::json_response(200, out.take());
}

Result<sync::Answer> change(sync::Decision& decision, const protocol::ChangeTemplate& command) {
  const auto id = protocol::template_aggregate(command.facts.id);
  const auto* before = decision.load(Kind::kTemplate, id).as<TemplateState>();
  const auto* rubricator =
      decision.load(Kind::kRubricator, protocol::rubricator_id()).as<protocol::RubricatorState>();
  return emitted(decision, protocol::decide(command, before, rubricator, decision.context()));
}

void put_template(const Context& context, const web::Request& request, const std::string& id,
                  const web::Respond& respond) {
  edit_catalogue(
      context, request, respond, [&] { return read_template(id, request.body); },
      [](auto& decision, const auto& command) { return change(decision, command); },
      [&context, id] { return show_template(context, id); });
}

}  // namespace

void add_template_routes(web::Router& router, const Context& context) {
  add_catalogue_read(router, context, "/api/v1/catalogues/templates", list_templates);
  if (context.place != protocol::Place::kHub) return;
  router.on(web::Method::kPut, "/api/v1/catalogues/templates/{id}",
            [&context](const web::Request& request, const web::PathParams& params,
                       const web::Respond& respond) {
              put_template(context, request, std::string(params["id"]), respond);
            });
}

}  // namespace opora::app
