#include "protocol/domain/facets.h"

#include "protocol/base/archive.h"
#include "protocol/domain/call_back.h"
#include "protocol/domain/call_summary.h"
#include "protocol/domain/contact_figures.h"
#include "protocol/domain/due_rows.h"
#include "protocol/domain/facility_notice.h"
#include "protocol/domain/house_call.h"
#include "protocol/domain/links.h"
#include "protocol/domain/local_day.h"
#include "protocol/domain/notice_rows.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/person_key.h"
#include "protocol/domain/phone.h"
#include "protocol/domain/recording.h"
#include "protocol/domain/telling.h"
#include "protocol/domain/ticket_figures.h"
#include "protocol/domain/ticket_times.h"
#include "protocol/domain/waiting_list.h"

namespace opora::protocol {

namespace {

std::int64_t& at(Counters& counters, Counter counter) {
  return counters[static_cast<std::size_t>(counter)];
}

void add_row(Facets& out, const Bytes& key, const AggregateId& id, Bytes value = {}) {
  out.index.push_back({KeyWriter().raw(key).raw(id.view()).take(), std::move(value)});
}

// Of one person, the newest first.
void add_person_row(Facets& out, const Entity& entity, TimeMs when, const Bytes& whose) {
  const auto time = static_cast<std::uint64_t>(when.v);
  add_row(out, KeyWriter().raw(whose).u64(keys::descending(time)).take(), entity.id);
}

void add_phone_row(Facets& out, const Entity& entity, TimeMs when, std::string_view phone) {
  add_person_row(out, entity, when, keys::by_phone(phone, entity.kind));
}

// By the number that was shown, and by the one that was given (T11): a person is found by both.
void add_phone(Facets& out, const Entity& entity, TimeMs when) {
  const Bytes phone = phone_key(entity.personal.text(PersonalField::kPhone));
  if (!phone.empty()) add_phone_row(out, entity, when, phone);
  const std::string& typed = entity.personal.text(PersonalField::kPhoneGiven);
  if (typed.empty()) return;
  const Bytes given = phone_key(typed);
  if (!given.empty() && given != phone) add_phone_row(out, entity, when, given);
}

// By all that tells who it was; who said none of it has no row.
void add_person(Facets& out, const Entity& entity, TimeMs when) {
  add_phone(out, entity, when);
  const PersonalState& said = entity.personal;
  const std::string mail = mail_key(said.text(PersonalField::kMail));
  if (!mail.empty()) add_person_row(out, entity, when, keys::by_mail(mail, entity.kind));
  const std::string person =
      person_key(said.text(PersonalField::kApplicant), said.text(PersonalField::kBirthDate));
  if (!person.empty()) add_person_row(out, entity, when, keys::by_person(person, entity.kind));
}

Counters call_counters(const CallSummary& call) {
  Counters out{};
  switch (call.call_class) {
    case CallClass::kAccepted:
    case CallClass::kTalking:
      at(out, Counter::kAccepted) = 1;
      at(out, Counter::kWaitMs) = call.wait_ms().value_or(0);
      at(out, Counter::kTalkMs) = call.talk_ms().value_or(0);
      at(out, Counter::kAnswerMs) = call.answer_ms().value_or(0);
      break;
    case CallClass::kLost: at(out, Counter::kLost) = 1; break;
    case CallClass::kPhantom: at(out, Counter::kPhantom) = 1; break;
    case CallClass::kHandedOver: at(out, Counter::kHandedOver) = 1; return out;
    case CallClass::kReturned: return out;
    case CallClass::kWaiting: return out;  // nothing is received before it is known how it went
  }
  at(out, Counter::kReceived) = 1;
  return out;
}

// T5 counts calls that came in; a call that a desk made has its rows but no cell.
void add_call(Facets& out, const Entity& entity, const CallState& state) {
  const CallSummary call = summarize(state);
  const std::int32_t day = local_day(call.queued_at, call.zone_offset_min);
  if (state.direction == Direction::kIn) {
    const Bytes row = KeyWriter().u8(static_cast<std::uint8_t>(call.call_class)).take();
    add_row(out,
            KeyWriter()
                .raw(keys::calls_of_day(day, state.site, call.desk))
                .i64(call.queued_at.v)
                .take(),
            entity.id, row);
    const Counters counters = call_counters(call);
    if (counters != Counters{}) {
      out.cubes.push_back({keys::day_cube(day, state.site, call.desk), counters});
      out.cubes.push_back(
          {keys::quarter_cube(state.site, call.desk, call.queued_at, call.line), counters});
    }
    for (const std::string& agent : call.agents) {
      Counters one{};
      at(one, Counter::kAccepted) = 1;
      out.cubes.push_back({keys::agent_day(day, state.site, call.desk, agent), one});
    }
  }
  if (call.live()) add_row(out, keys::live_calls(state.site), entity.id);
  if (call.answered()) {
    const TimeMs end = call.ended_at.value_or(kMaxEventTime);
    add_row(
        out,
        KeyWriter().raw(keys::agent_calls(state.site, call.agent)).i64(call.answered_at->v).take(),
        entity.id, KeyWriter().i64(end.v).take());
  }
  add_phone(out, entity, call.queued_at);
}

// Found by the number as long as he is to be called: the next lost call is one more of it.
void add_call_back(Facets& out, const Entity& entity, const CallBackState& s) {
  if (s.opened.v == 0) return;
  const std::int32_t day = local_day(s.lost_at, s.zone_offset_min);
  const CallBackEnd end = end_of(s);
  Counters counters{};
  at(counters, Counter::kToCallBack) = 1;
  if (end == CallBackEnd::kReached || end == CallBackEnd::kGotThrough)
    at(counters, Counter::kCalledBack) = 1;
  out.cubes.push_back({keys::day_cube(day, s.site, s.desk), counters});
  if (entity.erased) return;
  add_call_back_rows(out, entity.id, s);
  if (is_open(s)) add_phone(out, entity, s.lost_at);
}

// «промаркировано входящих»: by telephone, incoming, by the time they occurred (T5).
bool counts_as_registered(const ContactState& s) {
  return s.channel == Channel::kPhone && s.direction == Direction::kIn;
}

void add_contact(Facets& out, const Entity& entity, const ContactState& s) {
  const std::int32_t day = local_day(s.occurred_at, s.zone_offset_min);
  const bool registered = counts_as_registered(s);
  add_row(out,
          KeyWriter().raw(keys::contacts_of_day(day, s.site, s.desk)).i64(s.occurred_at.v).take(),
          entity.id, KeyWriter().u8(registered ? 1 : 0).take());
  add_row(out,
          KeyWriter().raw(keys::latest_contacts()).u64(keys::descending(s.registered.v)).take(),
          entity.id);
  if (registered) {
    Counters one{};
    at(one, Counter::kRegistered) = 1;
    out.cubes.push_back({keys::day_cube(day, s.site, s.desk), one});
    out.cubes.push_back({keys::quarter_cube(s.site, s.desk, s.occurred_at, ""), one});
  }
  if (s.counter != 0) add_row(out, keys::contact_by_number(s.site, s.counter), entity.id);
  add_contact_figures(out, entity.id, s);
  add_caller_row(out, entity.id, s);
  add_person(out, entity, s.occurred_at);
}

keys::Openness openness(TicketStatus status) {
  switch (status) {
    case TicketStatus::kDone: return keys::Openness::kDone;
    case TicketStatus::kRejected: return keys::Openness::kRejected;
    case TicketStatus::kClosed: return keys::Openness::kClosed;
    case TicketStatus::kMerged: return keys::Openness::kMerged;
    default: return keys::Openness::kOpen;
  }
}

void add_ticket(Facets& out, const Entity& entity, const TicketState& s) {
  if (s.opened.v == 0) return;  // a comment overtook the opening: no number yet
  add_row(out, keys::ticket_by_number(s.site, s.counter), entity.id);
  add_row(
      out,
      KeyWriter().raw(keys::tickets(openness(s.status))).u64(keys::descending(s.opened.v)).take(),
      entity.id, to_row(list_row(s)));
  const bool leased = !s.tenures.empty() && s.tenures.rbegin()->second.lease_ms != 0;
  if (leased && s.closed.v == 0) add_row(out, keys::leased_tickets(owner_of(s)), entity.id);
  add_due_rows(out, entity, s);
  add_notice_rows(out, entity, s);
  add_figures(out, entity.id, s);
  add_tell_rows(out, entity, s);
  add_link_rows(out, entity.id, s);
  add_wait_rows(out, entity.id, s);
  add_person(out, entity, s.received_at);
}

void add_problem(Facets& out, const Entity& entity, const ProblemState& s) {
  if (s.opened.v == 0) return;  // a +1 overtook the opening
  const auto which = s.closed.v == 0 ? keys::ProblemRows::kCurrent : keys::ProblemRows::kClosed;
  const auto started = static_cast<std::uint64_t>(s.started_at.v);
  add_row(out, KeyWriter().raw(keys::problems(which)).u64(keys::descending(started)).take(),
          entity.id);
}

void add_user(Facets& out, const Entity& entity, const UserState& s) {
  add_row(out, keys::user_by_login(s.login), entity.id);
  const std::string& token = entity.personal.text(PersonalField::kTokenHash);
  if (!token.empty() && !s.disabled) add_row(out, keys::user_by_token(token), entity.id);
}

void add_site(Facets& out, const Entity& entity, const SiteState& s) {
  add_row(out, keys::site(s.site), entity.id);
  if (!s.support_code.empty() && !s.disabled)
    add_row(out, keys::support_code(s.support_code), entity.id);
}

}  // namespace

TicketListRow list_row(const TicketState& ticket) {
  const TicketOffer* offer = pending_offer(ticket);
  return {ticket.site,
          owner_of(ticket),
          offer == nullptr ? std::nullopt : std::optional(offer->to),
          ticket.status,
          ticket.line,
          ticket.urgency,
          ticket.assignee,
          ticket.topic,
          ticket.asking.kind,
          missed(ticket),
          visit_stage(ticket),
          ticket.result,
          ticket.times.queue,
          ticket.opened_by,
          ticket.holders,
          ticket.asking.wish,
          ticket.asking.hot_line};
}

Facets facets(const Entity& entity) {
  Facets out;
  if (const auto* call = entity.as<CallState>()) add_call(out, entity, *call);
  if (const auto* contact = entity.as<ContactState>()) add_contact(out, entity, *contact);
  if (const auto* ticket = entity.as<TicketState>()) add_ticket(out, entity, *ticket);
  if (const auto* problem = entity.as<ProblemState>()) add_problem(out, entity, *problem);
  if (const auto* user = entity.as<UserState>()) add_user(out, entity, *user);
  if (const auto* site = entity.as<SiteState>()) add_site(out, entity, *site);
  if (const auto* year = entity.as<ProductionYearState>())
    add_row(out, keys::production_year(year->facts.year), entity.id);
  if (const auto* calendar = entity.as<CalendarState>())
    add_row(out, keys::calendar(calendar->facts.id), entity.id);
  if (const auto* queue = entity.as<QueueState>())
    add_row(out, keys::queue(queue->facts.id), entity.id);
  if (const auto* clause = entity.as<CompetenceState>())
    add_row(out, keys::competence(clause->facts.id), entity.id);
  if (const auto* text = entity.as<TemplateState>())
    add_row(out, keys::text_template(text->facts.id), entity.id);
  if (const auto* notice = entity.as<FacilityNoticeState>())
    add_facility_notice_rows(out, entity.id, *notice);
  if (const auto* task = entity.as<CallBackState>()) add_call_back(out, entity, *task);
  if (const auto* recording = entity.as<RecordingState>())
    add_recording_rows(out, entity, *recording);
  if (const auto* agent = entity.as<AgentRowState>())
    add_row(out, keys::agents(agent->site), entity.id);
  if (const auto* erasure = entity.as<ErasureState>()) {
    add_row(out, KeyWriter().raw(keys::erasures()).u64(keys::descending(erasure->at.v)).take(),
            entity.id);
  }
  if (const auto* read = entity.as<ReadState>()) {
    add_row(out, KeyWriter().raw(keys::reads()).u64(keys::descending(read->at.v)).take(),
            entity.id);
  }
  return out;
}

}  // namespace opora::protocol
