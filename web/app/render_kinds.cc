#include "web/app/render_kinds.h"

#include "protocol/domain/house_call.h"
#include "protocol/domain/kind_texts.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/waiting_list.h"
#include "web/app/names.h"
#include "web/app/render.h"
#include "web/app/render_times.h"

namespace opora::app {

using protocol::PersonalField;
using protocol::TicketState;

namespace {

void write_site(web::JsonWriter& out, const Context& context, const sync::Reader& rows,
                const char* no, const char* name, SiteNo site) {
  const bool none = site == kHubSite;
  out.field(no, none ? std::nullopt : std::optional(site));
  out.field(name, none ? std::nullopt : text_or_null(site_info(context, rows, site).name));
}

void write_person(web::JsonWriter& out, People& people, const char* login, const char* name,
                  const AggregateId& id) {
  const People::Person& person = people.by_id(id);
  out.field(login, text_or_null(person.login));
  out.field(name, text_or_null(person.name));
}

void write_slot(web::JsonWriter& out, const Context& context, const sync::Reader& rows,
                const protocol::Slot& slot) {
  if (slot == protocol::Slot{}) return out.field("slot", std::nullopt);
  out.object("slot", [&] {
    out.field("speciality", name_or_null(slot.speciality));
    write_site(out, context, rows, "facility", "facility_name", slot.facility);
    out.field("at", time_or_null(slot.at));
  });
}

// What an event says beside its words.
struct OfKind {
  std::optional<std::string_view> result;
  TimeMs until{};
  protocol::Slot slot{};
};
OfKind of_kind(const protocol::TicketClosed& e) { return {name_or_null(e.result), {}, {}}; }
OfKind of_kind(const protocol::TicketListCalled& e) { return {{}, e.until, e.slot}; }
OfKind of_kind(const protocol::TicketWaitsFor& e) {
  return {{}, {}, {e.speciality, e.facility, {}}};
}
template <class Other>
OfKind of_kind(const Other&) {
  return {};
}

}  // namespace

void write_visit(web::JsonWriter& out, const Context& context, const sync::Reader& rows,
                 People& people, const TicketState& ticket) {
  if (ticket.asking.kind != protocol::ContactKind::kHouseCall)
    return out.field("visit", std::nullopt);
  const protocol::HouseVisit visit = protocol::visit_of(ticket);
  out.object("visit", [&] {
    out.field("stage", name_or_null(protocol::visit_stage(ticket)));
    write_site(out, context, rows, "clinic", "clinic_name", visit.clinic);
    out.field("passed_at", time_or_null(visit.passed_at));
    write_person(out, people, "passed_by", "passed_by_name", visit.passed_by);
    out.field("confirmed_at", time_or_null(visit.confirmed_at));
    write_person(out, people, "confirmed_by", "confirmed_by_name", visit.confirmed_by);
  });
}

void write_waiting(web::JsonWriter& out, const Context& context, const sync::Reader& rows,
                   People& people, const protocol::Entity& entity) {
  const auto& ticket = *entity.as<TicketState>();
  if (ticket.asking.kind != protocol::ContactKind::kWaitingList)
    return out.field("waiting", std::nullopt);
  protocol::WaitRow row = protocol::wait_row(ticket);
  const bool claimed = !row.claimed_by.empty() && row.claimed_until > context.clock.now();
  if (!claimed) row.claimed_by.clear();
  const bool booked = ticket.result == protocol::TicketResult::kBooked;
  out.object("waiting", [&] {
    out.field("speciality", name_or_null(row.waits_for.speciality));
    write_site(out, context, rows, "facility", "facility_name", row.waits_for.facility);
    out.field("doctor", text_or_null(entity.personal.text(PersonalField::kDoctor)));
    out.field("put_on", ticket.received_at);
    out.field("calls", row.calls);
    out.field("unanswered", row.unanswered);
    out.field("last_call_at", time_or_null(row.last_at));
    out.field("again_at", time_or_null(row.again_at));
    out.field("claimed_by", text_or_null(row.claimed_by));
    out.field("claimed_by_name",
              text_or_null(people.by_login(row.claimed_by, protocol::owner_of(ticket))));
    out.field("claimed_until", claimed ? std::optional(row.claimed_until) : std::nullopt);
    const protocol::Slot offered = claimed ? row.slot : protocol::Slot{};
    write_slot(out, context, rows, booked ? ticket.list_calls.slot : offered);
  });
}

void write_of_kind(web::JsonWriter& out, const Context& context, const sync::Reader& rows,
                   const protocol::Event& event) {
  const OfKind said = std::visit([](const auto& facts) { return of_kind(facts); }, event.facts);
  const bool visit = std::holds_alternative<protocol::TicketVisitTold>(event.facts);
  const bool waits = std::holds_alternative<protocol::TicketWaitsFor>(event.facts);
  const auto who = event.personal.find(waits ? PersonalField::kDoctor : PersonalField::kName);
  const bool named = (visit || waits) && who != event.personal.end();
  out.field("who", named ? text_or_null(who->second) : std::nullopt);
  out.field("result", said.result);
  out.field("until", time_or_null(said.until));
  write_slot(out, context, rows, said.slot);
}

void write_of_no_kind(web::JsonWriter& out) {
  for (const char* name : {"who", "result", "until", "slot"}) out.field(name, std::nullopt);
}

}  // namespace opora::app
