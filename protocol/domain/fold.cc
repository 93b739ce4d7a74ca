#include "protocol/domain/fold.h"

#include <algorithm>
#include <tuple>

#include "protocol/base/hash.h"
#include "protocol/domain/fold_call_back.h"
#include "protocol/domain/ownership.h"

namespace opora::protocol {

const std::string& PersonalState::text(PersonalField field) const {
  static const std::string kEmpty;
  const auto it = fields.find(field);
  return it == fields.end() ? kEmpty : it->second.text;
}

AggregateId rubricator_id() { return id_from("rubricator", {}); }

AggregateId site_aggregate(SiteNo site) {
  return id_from("site", {KeyWriter().u32(site.v).take()});
}

AggregateId production_year_aggregate(std::uint16_t year) {
  return id_from("production_year", {KeyWriter().u16(year).take()});
}

AggregateId calendar_aggregate(std::string_view id) { return id_from("calendar", {id}); }

AggregateId queue_aggregate(std::string_view id) { return id_from("queue", {id}); }

AggregateId competence_aggregate(std::string_view id) { return id_from("competence", {id}); }

AggregateId template_aggregate(std::string_view id) { return id_from("template", {id}); }

AggregateId agent_aggregate(SiteNo site, std::string_view agent) {
  return id_from("agent", {KeyWriter().u32(site.v).take(), agent});
}

AggregateId overrule_aggregate(SiteNo site, const AggregateId& user) {
  return id_from("overrule", {KeyWriter().u32(site.v).take(), user.view()});
}

AggregateId call_aggregate(SiteNo site, std::string_view source, std::string_view call_id) {
  return id_from("call", {KeyWriter().u32(site.v).take(), source, call_id});
}

std::optional<Kind> kind_of(EventType type) {
  switch (type) {
    case EventType::kCallObserved: return Kind::kCall;
    case EventType::kContactRegistered: return Kind::kContact;
    case EventType::kTicketOpened:
    case EventType::kTicketAssigned:
    case EventType::kTicketCommented:
    case EventType::kTicketAttached:
    case EventType::kTicketClosed:
    case EventType::kTicketOffered:
    case EventType::kTicketOfferCancelled:
    case EventType::kTicketOfferAnswered:
    case EventType::kTicketOwnerChanged:
    case EventType::kTicketStarted:
    case EventType::kTicketPaused:
    case EventType::kTicketResumed:
    case EventType::kTicketReclassified:
    case EventType::kTicketReopened:
    case EventType::kTicketFinished:
    case EventType::kTicketRetimed:
    case EventType::kTicketDueReached:
    case EventType::kTicketApplicantTold:
    case EventType::kTicketMerged:
    case EventType::kTicketUnmerged:
    case EventType::kTicketPartOf:
    case EventType::kTicketItemChanged:
    case EventType::kTicketVisitTold:
    case EventType::kTicketWaitsFor:
    case EventType::kTicketListCalled:
    case EventType::kTicketOfProblem:
    case EventType::kTicketTargetChanged:
    case EventType::kTicketCallTried:
    case EventType::kTicketTellingDue: return Kind::kTicket;
    case EventType::kProblemOpened:
    case EventType::kProblemAffected:
    case EventType::kProblemCalledBack:
    case EventType::kProblemClosed: return Kind::kProblem;
    case EventType::kUserChanged: return Kind::kUser;
    case EventType::kSiteChanged: return Kind::kSite;
    case EventType::kRubricatorPublished: return Kind::kRubricator;
    case EventType::kProductionYearPublished: return Kind::kProductionYear;
    case EventType::kCalendarChanged: return Kind::kCalendar;
    case EventType::kQueueChanged: return Kind::kQueue;
    case EventType::kCompetenceChanged: return Kind::kCompetence;
    case EventType::kTemplateChanged: return Kind::kTemplate;
    case EventType::kAgentStateChanged: return Kind::kAgent;
    case EventType::kErased: return Kind::kErasure;
    case EventType::kUserOverruled: return Kind::kOverrule;
    case EventType::kFacilityNoticeChanged: return Kind::kFacilityNotice;
    case EventType::kRecordsRead: return Kind::kRead;
    case EventType::kCallBackOpened:
    case EventType::kCallBackAsked:
    case EventType::kCallBackClaimed:
    case EventType::kCallBackTried:
    case EventType::kCallBackMet:
    case EventType::kCallBackRouted: return Kind::kCallBack;
    case EventType::kRecordingKept:
    case EventType::kRecordingErased:
    case EventType::kRecordingMissed: return Kind::kRecording;
  }
  return std::nullopt;
}

bool is_ordered(Kind kind) {
  switch (kind) {
    case Kind::kTicket:
    case Kind::kProblem:
    case Kind::kUser:
    case Kind::kSite:
    case Kind::kOverrule:
    case Kind::kProductionYear:
    case Kind::kCalendar:
    case Kind::kQueue:
    case Kind::kCompetence:
    case Kind::kTemplate:
    case Kind::kFacilityNotice:
    case Kind::kCallBack: return true;
    default: return false;
  }
}

namespace {

template <class T>
T& state_of(Entity& entity) {
  if (!std::holds_alternative<T>(entity.state)) entity.state.emplace<T>();
  return std::get<T>(entity.state);
}

// True when the event comes after all that are folded; takes note of it.
template <class T>
bool advance(T& state, const Envelope& env) {
  if (std::tie(env.term, env.seq) <= std::tie(state.term, state.seq)) return false;
  state.term = env.term;
  state.seq = env.seq;
  return true;
}

FoldResult fold_one(Entity& entity, const Envelope& env, const CallObserved& e) {
  auto& s = state_of<CallState>(entity);
  s.site = env.origin;
  s.source = e.source;
  s.call_id = e.call_id;
  if (e.direction == Direction::kOut) s.direction = Direction::kOut;
  const auto [seen, fresh] = s.seen.try_emplace(e.seq);
  if (fresh || env.hlt < seen->second.heard) {
    seen->second = {env.hlt,           e.step,      e.at, e.desk, e.line, e.agent,
                    e.zone_offset_min, e.phantom_ms};
  }
  const bool first = s.journey_told.v == 0 || env.hlt < s.journey_told;
  if (!e.journey.is_zero() && first) {
    s.journey_told = env.hlt;
    s.journey = e.journey;
    s.from_site = e.from_site;
  }
  return FoldResult::kFolded;
}

// One command registers one contact; a restored site may have done it twice: the earlier stands.
FoldResult fold_one(Entity& entity, const Envelope& env, const ContactRegistered& e) {
  const auto* before = entity.as<ContactState>();
  if (before != nullptr && before->registered <= env.hlt) return FoldResult::kFolded;
  entity.state = ContactState{env.origin,          env.n,         env.hlt,   env.actor, e.channel,
                              e.direction,         e.occurred_at, e.desk,    e.call,    e.topic,
                              e.catalogue_version, e.facility,    e.outcome, e.refusal, e.ticket,
                              e.zone_offset_min,   e.problem,     e.asking,  e.counter};
  return FoldResult::kFolded;
}

// Tickets: fold_ticket.cc.
template <class F>
requires is_ticket_fact<F> FoldResult fold_one(Entity& entity, const Envelope& env, const F& e) {
  return fold_ticket(state_of<TicketState>(entity), env, e);
}

// Calls back: fold_call_back.cc.
template <class F>
requires is_call_back_fact<F> FoldResult fold_one(Entity& entity, const Envelope& env, const F& e) {
  return fold_call_back(state_of<CallBackState>(entity), env, e);
}

FoldResult fold_one(Entity& entity, const Envelope& env, const ProblemOpened& e) {
  auto& s = state_of<ProblemState>(entity);
  const bool first = s.seq.v == 0;
  if (!advance(s, env)) return FoldResult::kRefold;
  s.kind = e.kind;
  s.site = e.site;
  s.started_at = e.started_at;
  if (first) {
    s.origin = env.origin;
    s.opened_by = env.actor;
    s.opened = env.hlt;
  }
  return FoldResult::kFolded;
}

FoldResult fold_one(Entity& entity, const Envelope&, const ProblemAffected&) {
  ++state_of<ProblemState>(entity).affected;
  return FoldResult::kFolded;
}

// A caller that two places call at once: what was said last stands, and both calls count.
FoldResult fold_one(Entity& entity, const Envelope& env, const ProblemCalledBack& e) {
  CalledBack& told = state_of<ProblemState>(entity).called_back[e.caller];
  if (std::tie(told.at, told.site) < std::tie(env.hlt, env.origin))
    told = {e.outcome, env.hlt, env.origin, env.actor, told.calls};
  ++told.calls;
  return FoldResult::kFolded;
}

// Several sites may close at once: the earliest stands.
FoldResult fold_one(Entity& entity, const Envelope& env, const ProblemClosed&) {
  auto& s = state_of<ProblemState>(entity);
  if (s.closed.v == 0 || env.hlt < s.closed) s.closed = env.hlt;
  return FoldResult::kFolded;
}

FoldResult fold_one(Entity& entity, const Envelope& env, const UserChanged& e) {
  auto& s = state_of<UserState>(entity);
  if (!advance(s, env)) return FoldResult::kRefold;
  s.origin = env.origin;
  s.login = e.login;
  s.roles = e.roles;
  s.sites = e.sites;
  s.disabled = e.disabled;
  s.agent = e.agent;
  s.desk = e.desk;
  s.skills = e.skills;
  s.absence = e.absence;
  return FoldResult::kFolded;
}

FoldResult fold_one(Entity& entity, const Envelope& env, const SiteChanged& e) {
  auto& s = state_of<SiteState>(entity);
  if (!advance(s, env)) return FoldResult::kRefold;
  s.site = e.site;
  s.name = e.name;
  s.zone = e.zone;
  s.desks = e.desks;
  s.link_key = e.link_key;
  s.disabled = e.disabled;
  s.support_code = e.support_code;
  s.numbers_every_call = e.numbers_every_call;
  return FoldResult::kFolded;
}

FoldResult fold_one(Entity& entity, const Envelope& env, const RubricatorPublished& e) {
  auto& s = state_of<RubricatorState>(entity);
  const bool earlier = e.version == s.version && env.hlt < s.published;
  if (e.version > s.version || earlier) s = RubricatorState{e.version, env.hlt, e.topics};
  return FoldResult::kFolded;
}

template <class Changed>
FoldResult fold_catalogue(Entity& entity, const Envelope& env, const Changed& e) {
  auto& s = state_of<CatalogueState<Changed>>(entity);
  if (!advance(s, env)) return FoldResult::kRefold;
  s.changed = env.hlt;
  s.facts = e;
  return FoldResult::kFolded;
}

FoldResult fold_one(Entity& entity, const Envelope& env, const ProductionYearPublished& e) {
  return fold_catalogue(entity, env, e);
}

FoldResult fold_one(Entity& entity, const Envelope& env, const CalendarChanged& e) {
  return fold_catalogue(entity, env, e);
}

FoldResult fold_one(Entity& entity, const Envelope& env, const QueueChanged& e) {
  return fold_catalogue(entity, env, e);
}

FoldResult fold_one(Entity& entity, const Envelope& env, const CompetenceChanged& e) {
  return fold_catalogue(entity, env, e);
}

FoldResult fold_one(Entity& entity, const Envelope& env, const TemplateChanged& e) {
  return fold_catalogue(entity, env, e);
}

FoldResult fold_one(Entity& entity, const Envelope& env, const AgentStateChanged& e) {
  auto& s = state_of<AgentRowState>(entity);
  if (env.hlt > s.order)
    s = AgentRowState{env.origin, env.hlt, env.actor, e.agent, e.state, e.reason, e.at, e.desk};
  return FoldResult::kFolded;
}

// Two erasures of one aggregate: the earlier stands.
FoldResult fold_one(Entity& entity, const Envelope& env, const Erased& e) {
  auto& s = state_of<ErasureState>(entity);
  if (s.at.v == 0 || std::tie(env.hlt, env.origin) < std::tie(s.at, s.origin))
    s = ErasureState{env.origin, env.hlt, env.actor, e.basis};
  return FoldResult::kFolded;
}

FoldResult fold_one(Entity& entity, const Envelope& env, const UserOverruled& e) {
  auto& s = state_of<OverruleState>(entity);
  if (!advance(s, env)) return FoldResult::kRefold;
  s.origin = env.origin;
  s.user = e.user;
  s.disabled = e.disabled;
  s.password_at = e.password_at;
  s.over_term = e.over_term;
  s.over_seq = e.over_seq;
  s.absence = e.absence;
  return FoldResult::kFolded;
}

FoldResult fold_one(Entity& entity, const Envelope& env, const FacilityNoticeChanged& e) {
  auto& s = state_of<FacilityNoticeState>(entity);
  const bool first = s.seq.v == 0;
  if (!advance(s, env)) return FoldResult::kRefold;
  if (first) s.origin = env.origin;
  s.changed = env.hlt;
  s.by = env.actor;
  s.facility = e.facility;
  s.from = e.from;
  s.until = e.until;
  s.withdrawn = e.withdrawn;
  return FoldResult::kFolded;
}

// Told once; of two tellings (a restored site) the earlier stands.
FoldResult fold_one(Entity& entity, const Envelope& env, const RecordsRead& e) {
  const auto* before = entity.as<ReadState>();
  if (before == nullptr || std::tie(env.hlt, env.origin) < std::tie(before->at, before->origin))
    entity.state = ReadState{env.origin, env.hlt,   env.actor,    e.from,
                             e.contacts, e.tickets, e.recordings, e.purpose};
  return FoldResult::kFolded;
}

// Recordings: fold_recording.cc.
template <class F>
requires is_recording_fact<F> FoldResult fold_one(Entity& entity, const Envelope& env, const F& e) {
  fold_recording(entity, env, e);
  return FoldResult::kFolded;
}

FoldResult fold_one(Entity&, const Envelope&, const std::monostate&) { return FoldResult::kFolded; }

std::uint64_t order_of(OwnerTerm term, OwnerSeq seq) { return std::uint64_t{term.v} << 32 | seq.v; }

// Calls: the first sight of a number wins (lowest seq). Others: the latest writer in canonical
// order.
std::uint64_t personal_order(const Event& event) {
  if (const auto* call = std::get_if<CallObserved>(&event.facts)) return ~std::uint64_t{call->seq};
  return order_of(event.env.term, event.env.seq);
}

void take_text(Entity& entity, PersonalField field, const PersonalValue& told) {
  const auto [it, fresh] = entity.personal.fields.try_emplace(field, told);
  PersonalValue& value = it->second;
  if (!fresh && std::tie(value.order, told.text) < std::tie(told.order, value.text)) value = told;
}

// The doctor of the last word on what somebody waits for (H2); none there is none any more. What is
// sealed and not open yet says nothing.
void fold_doctor(Entity& entity, const Event& event) {
  if (event.sealed && event.personal.empty()) return;
  const auto doctor = event.personal.find(PersonalField::kDoctor);
  take_text(entity, PersonalField::kDoctor,
            {personal_order(event), doctor == event.personal.end() ? "" : doctor->second});
}

}  // namespace

FoldResult fold(Entity& entity, const Event& event) {
  const FoldResult result = std::visit(
      [&](const auto& facts) { return fold_one(entity, event.env, facts); }, event.facts);
  fold_personal(entity, event);
  return result;
}

void fold_personal(Entity& entity, const Event& event) {
  if (entity.erased) return;
  if (std::holds_alternative<TicketWaitsFor>(event.facts)) return fold_doctor(entity, event);
  // A comment's text belongs to the timeline, which reads the event itself; the state keeps the
  // subject's own data.
  const bool of_ticket = kind_of(event.env.type) == Kind::kTicket;
  if (of_ticket && !std::holds_alternative<TicketOpened>(event.facts)) return;
  if (std::holds_alternative<ProblemAffected>(event.facts)) return;
  if (std::holds_alternative<ProblemCalledBack>(event.facts)) return;
  const std::uint64_t order = personal_order(event);
  for (const auto& [field, text] : event.personal) take_text(entity, field, {order, text});
}

bool password_stands(const OverruleState& overrule, const PersonalState& user) {
  if (overrule.password_at.v == 0) return false;
  const auto regional = user.fields.find(PersonalField::kPasswordHash);
  return regional == user.fields.end() ||
         regional->second.order <= order_of(overrule.over_term, overrule.over_seq);
}

namespace {

// Who owned a ticket decides what its other events mean, so that is known first.
enum class Rank : std::uint8_t { kOwner, kFirstOwner, kOrdered, kAddition };
Rank rank(const Event& event) {
  switch (event.env.type) {
    case EventType::kTicketOwnerChanged:
    case EventType::kCallBackRouted: return Rank::kOwner;
    case EventType::kTicketOpened:
    case EventType::kCallBackOpened: return Rank::kFirstOwner;
    default: break;
  }
  return event.env.seq.v != 0 ? Rank::kOrdered : Rank::kAddition;
}

}  // namespace

bool canonical_order(const Event& a, const Event& b) {
  const Rank rank_a = rank(a);
  const Rank rank_b = rank(b);
  if (rank_a != rank_b) return rank_a < rank_b;
  if (rank_a != Rank::kAddition &&
      std::tie(a.env.term, a.env.seq) != std::tie(b.env.term, b.env.seq))
    return std::tie(a.env.term, a.env.seq) < std::tie(b.env.term, b.env.seq);
  return std::tie(a.env.hlt, a.env.origin, a.env.n) < std::tie(b.env.hlt, b.env.origin, b.env.n);
}

Entity refold(const Entity& entity, const std::vector<Event>& history) {
  Entity fresh;
  fresh.kind = entity.kind;
  fresh.id = entity.id;
  fresh.erased = entity.erased;
  for (const Event& event : history) {
    // In this order only a second event with the same place is left out, at every site alike.
    if (fold(fresh, event) == FoldResult::kRefold) continue;
  }
  return fresh;
}

}  // namespace opora::protocol
