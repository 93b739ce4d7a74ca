#include "node/api.h"
#include "protocol/domain/phone.h"
#include "protocol/domain/ticket_number.h"
#include "web/app/command.h"
#include "web/app/declared.h"
#include "web/app/names.h"
#include "web/app/render_times.h"
#include "web/server/json_reader.h"
#include "web/server/json_writer.h"
#include "web/server/problem.h"

namespace opora::node {

using protocol::Kind;
using protocol::PersonalField;
using protocol::RegisterContact;

namespace {

constexpr std::size_t kNameChars = 200;
constexpr std::size_t kPhoneChars = 40;
constexpr std::size_t kTextChars = 4'000;

AggregateId read_id(web::JsonReader& in, std::string_view name) {
  const auto text = in.optional_line(name, {32, 32});
  if (!text) return {};
  const auto id = AggregateId::from_hex(*text);
  if (!id || id->is_zero()) in.fail(name, "32 hexadecimal digits, not all of them zeros");
  return id.value_or(AggregateId{});
}

void keep(protocol::Personal& personal, PersonalField field, std::optional<std::string> text) {
  if (text && !text->empty()) personal[field] = std::move(*text);
}

void read_personal(web::JsonReader& in, protocol::Personal& out) {
  auto phone = in.optional_line("phone", {0, kPhoneChars});
  if (phone && !phone->empty() && protocol::phone_key(*phone).empty())
    in.fail("phone", "no telephone number in it");
  keep(out, PersonalField::kPhone, std::move(phone));
  keep(out, PersonalField::kApplicant, in.optional_line("applicant", {0, kNameChars}));
  keep(out, PersonalField::kOrganisation, in.optional_line("organisation", {0, kNameChars}));
  keep(out, PersonalField::kMunicipality, in.optional_line("municipality", {0, kNameChars}));
  keep(out, PersonalField::kDetails, in.optional_text("details", {0, kTextChars}));
  keep(out, PersonalField::kSummary, in.optional_text("summary", {0, kTextChars}));
  keep(out, PersonalField::kNote, in.optional_text("note", {0, kTextChars}));
}

// T10.
Result<RegisterContact> read_contact(const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  RegisterContact out;
  out.channel =
      in.required_enum<protocol::Channel>("channel", app::enum_names<protocol::Channel>());
  out.direction =
      in.required_enum<protocol::Direction>("direction", app::enum_names<protocol::Direction>());
  out.occurred_at = in.optional_time("occurred_at");
  out.desk = DeskNo{
      static_cast<std::uint16_t>(in.optional_integer("desk", {1, app::kMaxDeskNo}).value_or(1))};
  out.call = read_id(in, "call_id");
  out.facility = SiteNo{
      static_cast<std::uint32_t>(in.optional_integer("facility", {1, kMaxSiteNo}).value_or(0))};
  out.topic = in.line("topic", {1, 64});
  out.refusal =
      in.optional_enum<protocol::Refusal>("refusal_reason", app::enum_names<protocol::Refusal>())
          .value_or(protocol::Refusal::kNone);
  out.outcome =
      in.required_enum<protocol::Outcome>("outcome", app::enum_names<protocol::Outcome>());
  out.urgency =
      in.optional_enum<protocol::Urgency>("urgency", app::enum_names<protocol::Urgency>());
  out.problem = read_id(in, "problem");
  read_personal(in, out.personal);
  OPORA_TRY(in.finish());
  return out;
}

std::string answer_json(const protocol::Registered& registered, const RegisterContact& command,
                        SiteNo site) {
  web::JsonWriter out;
  out.object([&] {
    out.field("contact_id", registered.contact);
    if (registered.ticket.is_zero()) {
      out.field("ticket", std::nullopt);
      return;
    }
    const auto& opened = std::get<protocol::TicketOpened>(registered.drafts[1].facts);
    out.object("ticket", [&] {
      out.field("number", to_text(protocol::TicketNumber{site, registered.counter}));
      out.field("id", registered.ticket);
      out.field("urgency", protocol::to_name(*command.urgency));
      out.field("completion_due", app::time_or_null(opened.times.completion_due));
    });
  });
  return out.take();
}

Result<sync::Answer> register_contact(sync::Decision& decision, const RegisterContact& command,
                                      app::Timetables& timetables) {
  const auto* rubricator =
      decision.load(Kind::kRubricator, protocol::rubricator_id()).as<protocol::RubricatorState>();
  const protocol::ProblemState* problem = nullptr;
  if (!command.problem.is_zero()) {
    problem = decision.load(Kind::kProblem, command.problem).as<protocol::ProblemState>();
  }
  const protocol::DecideContext context = timetables.context(decision);
  OPORA_TRY(app::check_desk(app::declared_desks(decision, context.site), command.desk, "desk"));
  OPORA_TRY(app::check_site(decision, command.facility, "facility"));
  auto registered =
      protocol::decide(command, rubricator, problem, decision.next_ticket_counter(), context);
  if (!registered.ok()) return registered.error();
  const std::string answer = answer_json(*registered, command, context.site);
  decision.emit(std::move(registered->drafts));
  return app::json_answer(201, answer);
}

}  // namespace

void add_contact_intake(web::Router& router, const app::Context& context,
                        app::Timetables& timetables) {
  router.on(
      web::Method::kPost, "/api/v1/contacts",
      [&context, &timetables](const web::Request& request, const web::PathParams&,
                              const web::Respond& respond) {
        auto user = app::authorize(context, request, protocol::Action::kRegisterContact);
        if (!user.ok()) return respond(web::problem(user.error()));
        auto command = read_contact(request.body);
        if (!command.ok()) return respond(web::problem(command.error()));
        auto decide = [command = std::make_shared<const RegisterContact>(std::move(*command)),
                       &timetables](sync::Decision& decision) {
          return register_contact(decision, *command, timetables);
        };
        app::submit(context, {request, *user, app::KeyRule::kRequired, std::move(decide)}, respond);
      });
}

}  // namespace opora::node
