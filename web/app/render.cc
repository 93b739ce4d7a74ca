#include "web/app/render.h"

#include "protocol/domain/call_now.h"
#include "protocol/domain/kind_texts.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/request_fields.h"
#include "sync/projection/projection.h"
#include "web/app/names.h"
#include "web/app/render_kinds.h"
#include "web/app/render_times.h"
#include "web/app/timeline_words.h"

namespace opora::app {

using protocol::CallClass;
using protocol::Entity;
using protocol::Event;
using protocol::Kind;
using protocol::PersonalField;

namespace {

// Nobody talks for longer; bounds the look back for overlapping calls.
constexpr std::int64_t kLongestCallMs = 24 * 3'600'000LL;

std::string_view class_name(CallClass call_class) {
  switch (call_class) {
    case CallClass::kWaiting: return "waiting";
    case CallClass::kTalking: return "talking";
    case CallClass::kAccepted: return "accepted";
    case CallClass::kLost: return "lost";
    case CallClass::kPhantom: return "phantom";
    case CallClass::kHandedOver: return "handed_over";
    case CallClass::kReturned: return "returned";
  }
  return "waiting";
}

// Of a call that goes on: whose it is, and what it does.
void show_now(const protocol::CallState& call, protocol::CallSummary& out) {
  protocol::CallNow now = protocol::now_of(call);
  if (out.answered() && !now.talks) {
    out.call_class = CallClass::kWaiting;
    out.ringing_at = now.agent.empty() ? std::nullopt : std::optional(now.since);
  }
  out.agent = std::move(now.agent);
}

template <class Id>
std::optional<std::string> id_or_null(const Id& id) {
  return id.is_zero() ? std::nullopt : std::optional(id.hex());
}

std::optional<TimeMs> time_or_null(Hlt time) {
  return time.v == 0 ? std::nullopt : std::optional(time.time());
}

// What only some kinds of contact have (T11, H1).
void write_kind_fields(web::JsonWriter& out, const Entity& entity) {
  out.field("phone_given", text_or_null(entity.personal.text(PersonalField::kPhoneGiven)));
  out.field("address", text_or_null(entity.personal.text(PersonalField::kAddress)));
  out.field("temperature", text_or_null(entity.personal.text(PersonalField::kTemperature)));
  out.field("email", text_or_null(entity.personal.text(PersonalField::kMail)));
  out.field("doctor", text_or_null(entity.personal.text(PersonalField::kDoctor)));
  out.field("birth_date", text_or_null(entity.personal.text(PersonalField::kBirthDate)));
}

// T11: when the call came and when it was answered, by the skill group that it waited for.
void write_call_times(web::JsonWriter& out, const sync::Reader& rows, const AggregateId& id) {
  const Entity entity = id.is_zero() ? Entity{} : sync::read_entity(rows, Kind::kCall, id);
  const auto* call = entity.as<protocol::CallState>();
  if (call == nullptr) return out.field("call", std::nullopt);
  const protocol::CallSummary summary = protocol::summarize(*call);
  out.object("call", [&] {
    out.field("line", text_or_null(summary.line));
    out.field("queued_at", summary.queued_at);
    out.field("answered_at", summary.answered_at);
    out.field("ended_at", summary.ended_at);
  });
}

void write_asking(web::JsonWriter& out, const protocol::Asking& asking) {
  out.field("applicant_role", name_or_null(asking.role));
  out.field("facility_by_code", asking.facility_by == protocol::FacilityBy::kSupportCode);
  out.field("wish_subject", name_or_null(asking.wish));
  out.field("hot_line", name_or_null(asking.hot_line));
  out.field("passed_to", name_or_null(asking.passed_to));
}

}  // namespace

std::optional<std::string_view> text_or_null(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string_view>(text);
}

const std::string& Renderer::topic_name(const std::string& topic) {
  if (!topics_loaded_) {
    topics_loaded_ = true;
    const Entity entity = sync::read_entity(rows_, Kind::kRubricator, protocol::rubricator_id());
    if (const auto* state = entity.as<protocol::RubricatorState>()) {
      for (const auto& row : state->topics) topics_[row.id] = row.group + " › " + row.name;
    }
  }
  // A topic of an older version that is gone from the rubricator shows its id.
  return topics_.try_emplace(topic, topic).first->second;
}

void Renderer::person(web::JsonWriter& out, std::string_view login, std::string_view name,
                      const AggregateId& user) {
  const People::Person& person = people_.by_id(user);
  out.field(login, text_or_null(person.login));
  out.field(name, text_or_null(person.name));
}

std::string_view Renderer::receipt(SiteNo origin, StreamPos n) const {
  if (origin != context_.site) return "region";
  return n <= context_.acked() ? "region" : "node";
}

// Telephone events are facts: two calls of one agent at once are flagged, never refused (T5).
bool Renderer::overlaps(const protocol::CallState& call, const protocol::CallSummary& summary,
                        const AggregateId& id) {
  if (!summary.answered()) return false;
  const Bytes prefix = protocol::keys::agent_calls(call.site, summary.agent);
  const std::int64_t begin = summary.answered_at->v;
  const std::int64_t end = summary.ended_at.value_or(kMaxEventTime).v;
  bool found = false;
  const Bytes from = KeyWriter().raw(prefix).i64(begin - kLongestCallMs).take();
  const Bytes to = KeyWriter().raw(prefix).i64(end).take();
  rows_.scan(sync::Table::kIndex, from, to, [&](std::string_view key, std::string_view value) {
    KeyReader other_end(value);
    found = protocol::keys::id_of(key) != id && other_end.i64() > begin;
    return !found;
  });
  return found;
}

void Renderer::call(web::JsonWriter& out, const Entity& entity) {
  const auto& state = *entity.as<protocol::CallState>();
  protocol::CallSummary summary = protocol::summarize(state);
  const bool overlapping = overlaps(state, summary, entity.id);
  if (summary.live()) show_now(state, summary);
  out.object([&] {
    out.field("id", entity.id);
    out.field("site", state.site);
    out.field("desk", summary.desk);
    out.field("line", text_or_null(summary.line));
    out.field("phone", text_or_null(entity.personal.text(PersonalField::kPhone)));
    out.field("direction", protocol::to_name(state.direction));
    out.field("queued_at", summary.queued_at);
    out.field("ringing_at", summary.ringing_at);
    out.field("answered_at", summary.answered_at);
    out.field("ended_at", summary.ended_at);
    out.field("agent", text_or_null(summary.agent));
    out.field("agent_name", text_or_null(people_.by_agent(summary.agent, state.site)));
    out.field("class", class_name(summary.call_class));
    out.field("wait_ms", summary.wait_ms());
    out.field("talk_ms", summary.talk_ms());
    out.field("answer_ms", summary.answer_ms());
    out.field("overlaps", overlapping);
    // By it the same person's call at another site is found, and that one has his number still.
    out.field("journey", entity.erased ? std::nullopt : id_or_null(state.journey));
    out.field("from_site", state.from_site.v == 0 ? std::nullopt : std::optional(state.from_site));
    out.field("erased", entity.erased);
  });
}

// The erased have nobody to be named any more.
void Renderer::note_shown(const Entity& contact) {
  if (!contact.erased) shown_.contacts.push_back(contact.id);
}

void Renderer::note_shown_ticket(const Entity& ticket) {
  if (!ticket.erased) shown_.tickets.push_back(ticket.id);
}

void Renderer::contact(web::JsonWriter& out, const Entity& entity) {
  out.object([&] { contact_fields(out, entity); });
}

void Renderer::contact_card(web::JsonWriter& out, const Entity& entity) {
  out.object([&] {
    contact_fields(out, entity);
    write_call_times(out, rows_, entity.as<protocol::ContactState>()->call);
  });
}

void Renderer::contact_fields(web::JsonWriter& out, const Entity& entity) {
  note_shown(entity);
  const auto& state = *entity.as<protocol::ContactState>();
  const auto personal = [&](PersonalField field) {
    return text_or_null(entity.personal.text(field));
  };
  std::optional<std::string> number;
  if (!state.ticket.is_zero()) {
    const Entity opened = sync::read_entity(rows_, Kind::kTicket, state.ticket);
    number = known_number(opened.as<protocol::TicketState>());
  }
  out.field("id", entity.id);
  out.field("site", state.site);
  out.field("desk", state.desk);
  out.field("channel", protocol::to_name(state.channel));
  out.field("direction", protocol::to_name(state.direction));
  out.field("occurred_at", state.occurred_at);
  out.field("registered_at", state.registered.time());
  out.field("topic", state.topic);
  out.field("topic_name", topic_name(state.topic));
  out.field("outcome", protocol::to_name(state.outcome));
  out.field("refusal_reason", name_or_null(state.refusal));
  out.field("facility", state.facility.v == 0 ? std::nullopt : std::optional(state.facility.v));
  out.field("kind", name_or_null(state.asking.kind));
  write_asking(out, state.asking);
  out.field("call_id", id_or_null(state.call));
  out.field("problem", id_or_null(state.problem));
  out.field("ticket_number", number);
  out.field("number", own_number(state));
  out.field("phone", personal(PersonalField::kPhone));
  out.field("applicant", personal(PersonalField::kApplicant));
  out.field("organisation", personal(PersonalField::kOrganisation));
  out.field("municipality", personal(PersonalField::kMunicipality));
  out.field("details", personal(PersonalField::kDetails));
  out.field("summary", personal(PersonalField::kSummary));
  out.field("note", personal(PersonalField::kNote));
  write_kind_fields(out, entity);
  out.field("erased", entity.erased);
  out.field("receipt", receipt(state.site, state.n));
  person(out, "operator", "operator_name", state.operator_id);
}

bool Renderer::duplicate_number(const protocol::TicketState& ticket) {
  int count = 0;
  rows_.scan_prefix(sync::Table::kIndex,
                    protocol::keys::ticket_by_number(ticket.site, ticket.counter),
                    [&](std::string_view, std::string_view) { return ++count < 2; });
  return count > 1;
}

void Renderer::ticket_fields(web::JsonWriter& out, const Entity& entity) {
  note_shown_ticket(entity);
  const auto& state = *entity.as<protocol::TicketState>();
  const auto personal = [&](PersonalField field) {
    return text_or_null(entity.personal.text(field));
  };
  out.field("id", entity.id);
  out.field("number", number_text(state));
  out.field("site", state.site);
  out.field("desk", state.desk);
  out.field("status", protocol::to_name(state.status));
  out.field("line", state.line);
  out.field("assignee", text_or_null(state.assignee));
  out.field("assignee_name",
            text_or_null(people_.by_login(state.assignee, protocol::owner_of(state))));
  out.field("urgency", protocol::to_name(state.urgency));
  out.field("kind", name_or_null(state.asking.kind));
  out.field("topic", state.topic);
  out.field("topic_name", topic_name(state.topic));
  out.field("applicant", personal(PersonalField::kApplicant));
  out.field("phone", personal(PersonalField::kPhone));
  out.field("summary", personal(PersonalField::kSummary));
  out.field("opened_at", state.opened.time());
  out.field("updated_at", state.updated.time());
  out.field("closed_at", time_or_null(state.closed));
  write_ticket_times(out, state, context_.clock.now());
  // What this site added last is what may still be on its way.
  const auto last = state.last.find(context_.site);
  out.field("receipt",
            receipt(context_.site, last == state.last.end() ? StreamPos{} : last->second));
  out.field("files", state.files);
  out.field("erased", entity.erased);
  out.field("duplicates_number", duplicate_number(state));
  out.field("result", name_or_null(state.result));
  write_visit(out, context_, rows_, people_, state);
  write_waiting(out, context_, rows_, people_, entity);
  ownership(out, state);
}

// Whose it is, whom it is offered to, what others did to it in vain.
void Renderer::ownership(web::JsonWriter& out, const protocol::TicketState& ticket) {
  const SiteNo owner = protocol::owner_of(ticket);
  out.field("owner", owner);
  out.field("owner_name", site_info(context_, rows_, owner).name);
  out.field("owner_since", protocol::owner_since(ticket).time());
  out.field("term", protocol::current_term(ticket).v);
  // The lease runs on the owner's clock; others cannot see it.
  out.field("lease_until", owner == context_.site
                               ? protocol::lease_until(ticket, context_.lease.heard())
                               : std::nullopt);
  out.field("late_actions", ticket.late);
  const protocol::TicketOffer* offer = protocol::pending_offer(ticket);
  if (offer == nullptr) return out.field("offer", std::nullopt);
  out.object("offer", [&] {
    out.field("to", offer->to);
    out.field("to_name", site_info(context_, rows_, offer->to).name);
    out.field("at", offer->at.time());
    out.field("until", offer->until.v == 0 ? std::nullopt : std::optional(offer->until));
    out.field("accepted", protocol::answer_to(ticket, *offer) != nullptr);
  });
}

void Renderer::ticket(web::JsonWriter& out, const Entity& entity) {
  out.object([&] { ticket_fields(out, entity); });
}

namespace {

// A contact stays where it was registered: another site, which answers for the ticket now, does not
// have it.
void how_it_came(web::JsonWriter& out, const sync::Reader& rows, const AggregateId& id) {
  const Entity found = sync::read_entity(rows, Kind::kContact, id);
  const auto* contact = found.as<protocol::ContactState>();
  if (contact == nullptr) {
    for (const char* name : {"occurred_at", "channel", "direction", "refusal_reason"})
      out.field(name, std::nullopt);
    return;
  }
  out.field("occurred_at", contact->occurred_at);
  out.field("channel", protocol::to_name(contact->channel));
  out.field("direction", protocol::to_name(contact->direction));
  out.field("refusal_reason", name_or_null(contact->refusal));
}

}  // namespace

void Renderer::ticket_card(web::JsonWriter& out, const Entity& entity) {
  const auto& state = *entity.as<protocol::TicketState>();
  const auto personal = [&](PersonalField field) {
    return text_or_null(entity.personal.text(field));
  };
  out.object([&] {
    ticket_fields(out, entity);
    out.field("contact_id", id_or_null(state.contact));
    how_it_came(out, rows_, state.contact);
    out.field("organisation", personal(PersonalField::kOrganisation));
    out.field("municipality", personal(PersonalField::kMunicipality));
    out.field("details", personal(PersonalField::kDetails));
    out.field("note", personal(PersonalField::kNote));
    write_kind_fields(out, entity);
    out.field("facility", state.facility.v == 0 ? std::nullopt : std::optional(state.facility.v));
    write_asking(out, state.asking);
    out.array("missing", [&] {
      for (const auto field : protocol::missing_fields(entity)) out.value(protocol::to_name(field));
    });
    out.field("reject_reason", name_or_null(state.reject_reason));
    write_card_times(out, state, context_.clock.now(), rows_, context_.zone);
    write_to_tell(out, context_, rows_, entity);
    timeline(out, entity);
  });
}

void Renderer::timeline(web::JsonWriter& out, const Entity& entity) {
  std::vector<Event> events = sync::read_history(rows_, context_.engine.vault(), entity.id);
  std::sort(events.begin(), events.end(),
            [](const Event& a, const Event& b) { return a.env.hlt < b.env.hlt; });
  const auto& ticket = *entity.as<protocol::TicketState>();
  std::string resolution;
  out.array("timeline", [&] {
    for (const Event& event : events) timeline_entry(out, event, ticket);
    if (entity.erased) erasure_entry(out, entity.id);
  });
  for (const Event& event : events) {
    if (!std::holds_alternative<protocol::TicketClosed>(event.facts)) continue;
    if (protocol::effect_of(ticket, event.env) != protocol::Effect::kStands) continue;
    const auto text = event.personal.find(PersonalField::kText);
    if (text != event.personal.end()) resolution = text->second;
  }
  // What was done to a ticket that is open again did not stand (A17).
  if (ticket.finished_at.v == 0) resolution.clear();
  out.field("resolution", text_or_null(resolution));
}

// «удалено»: when and on what ground; what it was is gone.
void Renderer::erasure_entry(web::JsonWriter& out, const AggregateId& target) {
  const Entity erasure = sync::read_entity(rows_, Kind::kErasure, target);
  const auto* state = erasure.as<protocol::ErasureState>();
  if (state == nullptr) return;
  out.object([&] {
    out.field("at", state->at.time());
    person(out, "actor", "actor_name", state->by);
    out.field("type", "erased");
    out.field("text", state->basis);
    out.field("line", std::nullopt);
    out.field("assignee", std::nullopt);
    out.field("assignee_name", std::nullopt);
    out.field("reason", std::nullopt);
    out.field("erased", false);
    out.field("receipt", "region");
    out.field("site", state->origin);
    out.field("to", std::nullopt);
    out.field("effective", true);
    out.field("link", std::nullopt);
    out.field("cut_since", std::nullopt);
    out.field("told", std::nullopt);
    write_of_no_kind(out);
  });
}

void Renderer::timeline_entry(web::JsonWriter& out, const Event& event,
                              const protocol::TicketState& ticket) {
  const TimelineWords words = timeline_words(event.facts);
  const std::string assignee(words.assignee);
  const auto text = event.personal.find(PersonalField::kText);
  out.object([&] {
    out.field("at", event.env.hlt.time());
    person(out, "actor", "actor_name", event.env.actor);
    out.field("type", words.type);
    out.field("text", text == event.personal.end() ? std::nullopt : text_or_null(text->second));
    out.field("line", words.line);
    out.field("assignee", text_or_null(assignee));
    out.field("assignee_name", assignee.empty()
                                   ? std::nullopt
                                   : text_or_null(people_.by_login(assignee, event.env.origin)));
    out.field("reason", words.reason);
    out.field("erased", event.sealed && event.personal.empty());
    out.field("receipt", receipt(event.env.origin, event.env.n));
    out.field("site", event.env.origin);
    out.field("to", words.to);
    out.field("effective", protocol::effect_of(ticket, event.env) == protocol::Effect::kStands);
    out.field("link", name_or_null(words.link));
    out.field("cut_since", time_or_null(words.cut_since));
    write_told(out, event, addresses_);
    write_of_kind(out, context_, rows_, event);
  });
}

void Renderer::problem(web::JsonWriter& out, const Entity& entity) {
  const auto& state = *entity.as<protocol::ProblemState>();
  const auto personal = [&](PersonalField field) {
    return text_or_null(entity.personal.text(field));
  };
  out.object([&] {
    out.field("id", entity.id);
    out.field("site", state.site.v == 0 ? std::nullopt : std::optional(state.site.v));
    out.field("site_name", state.site.v == 0
                               ? std::nullopt
                               : std::optional(site_info(context_, rows_, state.site).name));
    out.field("kind", protocol::to_name(state.kind));
    out.field("name", personal(PersonalField::kName));
    out.field("description", personal(PersonalField::kDescription));
    out.field("doctor", personal(PersonalField::kDoctor));
    out.field("started_at", state.started_at);
    out.field("closed_at", time_or_null(state.closed));
    out.field("affected", state.affected);
    person(out, "opened_by", "opened_by_name", state.opened_by);
    out.field("origin", state.origin == kHubSite ? "hub" : "node");
    out.field("origin_site", state.origin);
    out.field("kept_by", protocol::keeper_of(state));
  });
}

}  // namespace opora::app
