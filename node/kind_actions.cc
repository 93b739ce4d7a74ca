#include "node/kind_actions.h"

#include "protocol/domain/kind_texts.h"
#include "web/app/declared.h"
#include "web/app/names.h"

namespace opora::node {

using protocol::CallFromList;
using protocol::ChangeWaitsFor;
using protocol::ListStep;
using protocol::NoteVisit;
using protocol::VisitStep;

namespace {

constexpr std::size_t kNameChars = 200;
constexpr std::size_t kTextChars = 4'000;

SiteNo read_site(web::JsonReader& in, const char* name) {
  return SiteNo{static_cast<std::uint32_t>(in.optional_integer(name, {1, kMaxSiteNo}).value_or(0))};
}

NoteVisit read_visit(web::JsonReader& in, VisitStep step) {
  NoteVisit out;
  out.step = step;
  if (step == VisitStep::kPassed) out.clinic = read_site(in, "clinic");
  out.who = in.optional_line("who", {0, kNameChars}).value_or("");
  out.text = in.optional_text("text", {0, kTextChars}).value_or("");
  return out;
}

ChangeWaitsFor read_change(web::JsonReader& in) {
  ChangeWaitsFor out;
  out.facts.speciality =
      in.required_enum<protocol::Speciality>("speciality", app::enum_names<protocol::Speciality>());
  out.facts.facility = read_site(in, "waits_at");
  out.doctor = in.optional_line("doctor", {0, kNameChars}).value_or("");
  return out;
}

void read_slot(web::JsonReader& in, protocol::Slot& out) {
  in.optional_object("slot", [&](web::JsonReader& slot) {
    out.speciality = slot.required_enum<protocol::Speciality>(
        "speciality", app::enum_names<protocol::Speciality>());
    out.facility = read_site(slot, "facility");
    out.at = slot.time("at");
  });
}

CallFromList read_call(web::JsonReader& in, ListStep step, const std::string& login) {
  CallFromList out;
  out.step = step;
  out.by = login;
  if (step == ListStep::kClaimed) read_slot(in, out.slot);
  if (step == ListStep::kNoAnswer || step == ListStep::kAgain)
    out.until = in.optional_time("until");
  out.text = in.optional_text("text", {0, kTextChars}).value_or("");
  return out;
}

Status check_named(sync::Decision& decision, const NoteVisit& said) {
  return app::check_site(decision, said.clinic, "clinic");
}
Status check_named(sync::Decision& decision, const ChangeWaitsFor& said) {
  return app::check_site(decision, said.facts.facility, "waits_at");
}
Status check_named(sync::Decision& decision, const CallFromList& said) {
  return app::check_site(decision, said.slot.facility, "slot.facility");
}

}  // namespace

KindAction read_kind_action(web::JsonReader& in, KindVerb verb, const std::string& login) {
  switch (verb) {
    case KindVerb::kPassToClinic: return read_visit(in, VisitStep::kPassed);
    case KindVerb::kClinicConfirmed: return read_visit(in, VisitStep::kConfirmed);
    case KindVerb::kWaitFor: return read_change(in);
    case KindVerb::kClaim: return read_call(in, ListStep::kClaimed, login);
    case KindVerb::kRelease: return read_call(in, ListStep::kReleased, login);
    case KindVerb::kNoAnswer: return read_call(in, ListStep::kNoAnswer, login);
    case KindVerb::kCallAgain: return read_call(in, ListStep::kAgain, login);
    case KindVerb::kDeclineSlot: return read_call(in, ListStep::kDeclinedSlot, login);
  }
  return NoteVisit{};
}

Result<protocol::Drafts> decide_kind_action(sync::Decision& decision, const KindAction& action,
                                            const protocol::Entity& ticket,
                                            const protocol::DecideContext& context) {
  return std::visit(
      [&](const auto& said) -> Result<protocol::Drafts> {
        OPORA_TRY(check_named(decision, said));
        return protocol::decide(said, ticket, context);
      },
      action);
}

std::optional<protocol::TicketWaitsFor> read_waits_for(web::JsonReader& in) {
  const auto speciality =
      in.optional_enum<protocol::Speciality>("speciality", app::enum_names<protocol::Speciality>());
  const SiteNo where = read_site(in, "waits_at");
  if (!speciality && where != kHubSite) in.fail("waits_at", "of the waiting list only");
  if (!speciality) return std::nullopt;
  return protocol::TicketWaitsFor{*speciality, where};
}

}  // namespace opora::node
