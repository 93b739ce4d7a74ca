#include "node/api.h"
#include "node/kind_actions.h"
#include "protocol/domain/kind_texts.h"
#include "protocol/domain/links.h"
#include "protocol/domain/phone.h"
#include "protocol/domain/telling.h"
#include "protocol/domain/ticket_number.h"
#include "web/app/command.h"
#include "web/app/declared.h"
#include "web/app/names.h"
#include "web/app/render_times.h"
#include "web/app/support_codes.h"
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
constexpr std::size_t kCodeChars = 32;
constexpr web::ArrayRule kItems{0, protocol::kMaxItems};

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

std::optional<std::string> read_phone(web::JsonReader& in, std::string_view name) {
  auto phone = in.optional_line(name, {0, kPhoneChars, web::DirectionControls::kDropped});
  if (phone && !phone->empty() && protocol::phone_key(*phone).empty())
    in.fail(name, "no telephone number in it");
  return phone;
}

void read_personal(web::JsonReader& in, protocol::Personal& out) {
  keep(out, PersonalField::kPhone, read_phone(in, "phone"));
  keep(out, PersonalField::kApplicant, in.optional_line("applicant", {0, kNameChars}));
  keep(out, PersonalField::kOrganisation, in.optional_line("organisation", {0, kNameChars}));
  keep(out, PersonalField::kMunicipality, in.optional_line("municipality", {0, kNameChars}));
  keep(out, PersonalField::kDetails, in.optional_text("details", {0, kTextChars}));
  keep(out, PersonalField::kSummary, in.optional_text("summary", {0, kTextChars}));
  keep(out, PersonalField::kNote, in.optional_text("note", {0, kTextChars}));
  keep(out, PersonalField::kPhoneGiven, read_phone(in, "phone_given"));
  keep(out, PersonalField::kAddress, in.optional_line("address", {0, kNameChars}));
  keep(out, PersonalField::kTemperature, in.optional_line("temperature", {4, 4}));
  keep(out, PersonalField::kDoctor, in.optional_line("doctor", {0, kNameChars}));
  keep(out, PersonalField::kMail, in.optional_line("email", {0, protocol::kMaxMailBytes}));
  keep(out, PersonalField::kBirthDate, in.optional_line("birth_date", {0, 10}));
}

protocol::Asking read_asking(web::JsonReader& in) {
  protocol::Asking out;
  out.kind =
      in.optional_enum<protocol::ContactKind>("kind", app::enum_names<protocol::ContactKind>())
          .value_or(protocol::ContactKind::kNone);
  out.role = in.optional_enum<protocol::ApplicantRole>("applicant_role",
                                                       app::enum_names<protocol::ApplicantRole>())
                 .value_or(protocol::ApplicantRole::kNone);
  out.wish = in.optional_enum<protocol::WishSubject>("wish_subject",
                                                     app::enum_names<protocol::WishSubject>())
                 .value_or(protocol::WishSubject::kNone);
  out.hot_line =
      in.optional_enum<protocol::HotLine>("hot_line", app::enum_names<protocol::HotLine>())
          .value_or(protocol::HotLine::kNone);
  out.passed_to =
      in.optional_enum<protocol::PassedTo>("passed_to", app::enum_names<protocol::PassedTo>())
          .value_or(protocol::PassedTo::kNobody);
  return out;
}

// What a body says.
struct Form {
  RegisterContact contact;
  std::string support_code;  // as typed; empty: none
};

// T10.
Result<Form> read_contact(const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  Form form;
  RegisterContact& out = form.contact;
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
  out.kind_of_topic = !in.names("kind");
  out.asking = read_asking(in);
  out.language =
      in.optional_enum<protocol::Language>("language", app::enum_names<protocol::Language>())
          .value_or(protocol::Language::kOfRegion);
  out.waits_for = read_waits_for(in);
  out.items = in.lines("items", kItems, {1, protocol::kMaxItemLetters});
  form.support_code = in.optional_line("support_code", {0, kCodeChars}).value_or("");
  read_personal(in, out.personal);
  OPORA_TRY(in.finish());
  return form;
}

// The facility that the code is of (V2); one that was chosen by name as well must be the same.
Result<RegisterContact> with_facility(sync::Decision& decision, const Form& form) {
  const auto facility = app::facility_by_code(decision.rows(), form.support_code);
  if (!facility.ok()) return facility.error();
  RegisterContact out = form.contact;
  if (out.facility.v != 0 && out.facility != *facility)
    return invalid("support_code", "the code of another facility");
  out.facility = *facility;
  out.asking.facility_by = protocol::FacilityBy::kSupportCode;
  return out;
}

std::string answer_json(const protocol::Registered& registered, const RegisterContact& command,
                        SiteNo site) {
  std::optional<std::string> number;
  if (registered.counter != 0) number = to_text(protocol::TicketNumber{site, registered.counter});
  web::JsonWriter out;
  out.object([&] {
    out.field("contact_id", registered.contact);
    out.field("number", number);
    if (registered.ticket.is_zero()) {
      out.field("ticket", std::nullopt);
      return;
    }
    const auto& opened = std::get<protocol::TicketOpened>(registered.drafts[1].facts);
    out.object("ticket", [&] {
      out.field("number", number);
      out.field("id", registered.ticket);
      out.field("urgency", protocol::to_name(*command.urgency));
      out.field("completion_due", app::time_or_null(opened.times.completion_due));
    });
  });
  return out.take();
}

Result<sync::Answer> register_contact(sync::Decision& decision, RegisterContact command,
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
  if (command.waits_for) {
    OPORA_TRY(app::check_site(decision, command.waits_for->facility, "waits_at"));
  }
  command.numbered = app::numbers_every_call(decision, context.site);
  auto registered =
      protocol::decide(command, rubricator, problem, decision.next_ticket_counter(), context);
  if (!registered.ok()) return registered.error();
  const std::string answer = answer_json(*registered, command, context.site);
  decision.emit(std::move(registered->drafts));
  return app::json_answer(201, answer);
}

// Whether its facility has somebody to be written to in the applicant's place (A15).
bool has_officer(sync::Decision& decision, const RegisterContact& contact) {
  if (contact.facility.v == 0 || contact.outcome != protocol::Outcome::kTicket) return false;
  const auto& site = decision.load(Kind::kSite, protocol::site_aggregate(contact.facility));
  return !site.personal.text(PersonalField::kMail).empty();
}

Result<sync::Answer> register_knowing(sync::Decision& decision, RegisterContact contact,
                                      app::Timetables& timetables) {
  contact.officer = protocol::Officer::kHasAddress;
  return register_contact(decision, contact, timetables);
}

// Only who said a code pays for looking it up.
Result<sync::Answer> register_form(sync::Decision& decision, const Form& form,
                                   app::Timetables& timetables) {
  if (!form.support_code.empty()) {
    const auto contact = with_facility(decision, form);
    if (!contact.ok()) return contact.error();
    if (has_officer(decision, *contact)) return register_knowing(decision, *contact, timetables);
    return register_contact(decision, *contact, timetables);
  }
  if (has_officer(decision, form.contact))
    return register_knowing(decision, form.contact, timetables);
  return register_contact(decision, form.contact, timetables);
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
        auto form = read_contact(request.body);
        if (!form.ok()) return respond(web::problem(form.error()));
        auto decide = [form = std::make_shared<const Form>(std::move(*form)),
                       &timetables](sync::Decision& decision) {
          return register_form(decision, *form, timetables);
        };
        app::submit(context, {request, *user, app::KeyRule::kRequired, std::move(decide)}, respond);
      });
}

}  // namespace opora::node
