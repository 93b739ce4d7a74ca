#include "protocol/domain/authority.h"

#include <algorithm>

#include "protocol/base/hash.h"
#include "protocol/domain/call_back.h"
#include "protocol/domain/links.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/recording.h"

namespace opora::protocol {

namespace {

Error denied(const char* field, const char* why) { return Error{Code::kDenied, field, why}; }

Status only(bool rule, const char* field, const char* why) {
  if (rule) return ok_status();
  return denied(field, why);
}

// Derived ids carry the place in them: a site cannot name another's.
Status has_id(const Envelope& env, const AggregateId& derived) {
  return only(env.aggregate == derived, "aggregate", "not the id of such a record of this site");
}

Status ever(const Envelope&, const std::monostate&) { return ok_status(); }
Status ever(const Envelope& env, const CallObserved& e) {
  return has_id(env, call_aggregate(env.origin, e.source, e.call_id));
}
Status ever(const Envelope&, const ContactRegistered&) { return ok_status(); }
Status ever(const Envelope& env, const TicketOpened& e) {
  OPORA_TRY(
      only(e.site == env.origin, "site", "a ticket has the number of the site that opens it"));
  return only(env.term == kFirstTerm, "term", "a ticket begins in the first term");
}
Status ever(const Envelope&, const TicketCommented&) { return ok_status(); }
Status ever(const Envelope&, const TicketAttached&) { return ok_status(); }
// What the owner may say is for the fold to judge: anybody else's is late.
template <class F>
requires is_owners_fact<F> Status ever(const Envelope&, const F&) { return ok_status(); }
Status ever(const Envelope&, const TicketOfferAnswered&) { return ok_status(); }
Status ever(const Envelope&, const TicketOwnerChanged&) {
  return denied("type", "the region alone changes owners");
}
Status ever(const Envelope& env, const ProblemOpened&) {
  return only(env.term == kFirstTerm, "term", "the later terms of a problem are the region's");
}
Status ever(const Envelope&, const ProblemAffected&) { return ok_status(); }
Status ever(const Envelope&, const ProblemCalledBack&) { return ok_status(); }
Status ever(const Envelope&, const ProblemClosed&) { return ok_status(); }
Status ever(const Envelope& env, const UserChanged& e) {
  const bool here =
      std::all_of(e.sites.begin(), e.sites.end(), [&](SiteNo site) { return site == env.origin; });
  return only(here, "sites", "a user of a site works there alone");
}
Status ever(const Envelope& env, const UserOverruled& e) {
  return has_id(env, overrule_aggregate(env.origin, e.user));
}
Status ever(const Envelope&, const SiteChanged&) {
  return denied("type", "sites are kept at the region");
}
Status ever(const Envelope&, const RubricatorPublished&) {
  return denied("type", "the rubricator is kept at the region");
}
Status ever(const Envelope&, const ProductionYearPublished&) {
  return denied("type", "the production calendar is kept at the region");
}
Status ever(const Envelope&, const CalendarChanged&) {
  return denied("type", "calendars are kept at the region");
}
Status ever(const Envelope&, const QueueChanged&) {
  return denied("type", "queues are kept at the region");
}
Status ever(const Envelope&, const CompetenceChanged&) {
  return denied("type", "the list of competence is kept at the region");
}
Status ever(const Envelope&, const TemplateChanged&) {
  return denied("type", "templates are kept at the region");
}
Status ever(const Envelope& env, const FacilityNoticeChanged& e) {
  OPORA_TRY(only(e.facility == env.origin, "facility", "a site speaks of its own facility"));
  return only(env.term == kFirstTerm, "term", "the later terms of a notice are the region's");
}
Status ever(const Envelope& env, const AgentStateChanged& e) {
  return has_id(env, agent_aggregate(env.origin, e.agent));
}
Status ever(const Envelope& env, const CallBackOpened& e) {
  OPORA_TRY(has_id(env, call_back_aggregate(env.origin, e.call)));
  return only(env.term == kFirstTerm, "term", "it begins in the first term");
}
Status ever(const Envelope&, const CallBackAsked&) { return ok_status(); }
// Whose turn it is the fold judges.
Status ever(const Envelope&, const CallBackClaimed&) { return ok_status(); }
Status ever(const Envelope&, const CallBackTried&) { return ok_status(); }
Status ever(const Envelope&, const CallBackMet&) { return ok_status(); }
Status ever(const Envelope& env, const CallBackRouted&) {
  return only(env.term > kFirstTerm && env.term.v <= kMaxCallBackTerms, "term",
              "it begins another term");
}
Status ever(const Envelope&, const Erased&) { return ok_status(); }
Status ever(const Envelope& env, const RecordsRead&) {
  return has_id(env, id_from("read", {env.command.view()}));
}

Status ever(const Envelope& env, const RecordingKept& e) { return has_id(env, recording_id(e.of)); }
Status ever(const Envelope& env, const RecordingMissed& e) {
  return has_id(env, recording_id(e.of));
}
// It destroys a key, and so may name nothing else.
Status ever(const Envelope& env, const RecordingErased&) {
  return only(may_be_recording(env.aggregate), "aggregate", "no recording");
}

// Where an entity was begun; nothing when that is not known here.
std::optional<SiteNo> home_of(const Entity& entity) {
  if (const auto* call = entity.as<CallState>()) return call->site;
  if (const auto* contact = entity.as<ContactState>()) return contact->site;
  if (const auto* user = entity.as<UserState>()) return user->origin;
  if (const auto* overrule = entity.as<OverruleState>()) return overrule->origin;
  if (const auto* read = entity.as<ReadState>()) return read->origin;
  if (const auto* notice = entity.as<FacilityNoticeState>()) return notice->origin;
  if (const auto* recording = entity.as<RecordingState>())
    return recording->site.v != 0 ? std::optional(recording->site) : std::nullopt;
  // Additions may be here before the beginning.
  if (const auto* task = entity.as<CallBackState>())
    return task->opened.v != 0 ? std::optional(task->site) : std::nullopt;
  if (const auto* ticket = entity.as<TicketState>())
    return ticket->opened.v != 0 ? std::optional(ticket->site) : std::nullopt;
  if (const auto* problem = entity.as<ProblemState>())
    return problem->seq.v != 0 ? std::optional(problem->origin) : std::nullopt;
  return std::nullopt;
}

bool begun_elsewhere(const Entity& entity, SiteNo origin) {
  const auto home = home_of(entity);
  return home && *home != origin;
}

// Whoever had the ticket in any term; that it can be read, by an offer, is not enough.
bool had(const TicketState& ticket, SiteNo site) {
  if (ticket.opened.v == 0 || ticket.site == site) return true;
  return std::ranges::any_of(ticket.tenures,
                             [&](const auto& tenure) { return tenure.second.owner == site; });
}

// Said of what is there already; the others' aggregates are their own by id, or take additions.
bool changes_what_was_begun(EventType type) {
  switch (type) {
    case EventType::kContactRegistered:
    case EventType::kTicketOpened:
    case EventType::kProblemOpened:
    case EventType::kProblemClosed:
    case EventType::kUserChanged:
    case EventType::kFacilityNoticeChanged:
    case EventType::kCallBackOpened:
    case EventType::kCallBackRouted:
    case EventType::kRecordingKept:
    case EventType::kRecordingMissed:
    case EventType::kRecordsRead: return true;
    default: return false;
  }
}

// Of a problem with more of them, the state alone would stop the region.
Status check_called_back(const Event& event, const KnownEntity& known) {
  const auto* said = std::get_if<ProblemCalledBack>(&event.facts);
  if (said == nullptr) return ok_status();
  const auto* problem = known(Kind::kProblem, event.env.aggregate).as<ProblemState>();
  const bool room = problem == nullptr || problem->called_back.size() < 2 * kMaxCalledBack ||
                    problem->called_back.contains(said->caller);
  return only(room, "caller", "too many of one problem");
}

}  // namespace

Status may_ever_say(const Event& event) {
  if (event.env.origin == kHubSite) return ok_status();
  return std::visit([&](const auto& facts) { return ever(event.env, facts); }, event.facts);
}

Status may_erase(SiteNo origin, const AggregateId& aggregate, const KnownEntity& known) {
  if (origin == kHubSite) return ok_status();
  for (const Kind kind : {Kind::kCall, Kind::kContact, Kind::kProblem, Kind::kUser,
                          Kind::kFacilityNotice, Kind::kCallBack, Kind::kRecording}) {
    if (begun_elsewhere(known(kind, aggregate), origin))
      return denied("aggregate", "erased only where it was made, or by the region");
  }
  const auto* ticket = known(Kind::kTicket, aggregate).as<TicketState>();
  if (ticket != nullptr && !had(*ticket, origin))
    return denied("aggregate", "erased only where the ticket was at work, or by the region");
  return ok_status();
}

bool began(SiteNo site, const AggregateId& aggregate, const KnownEntity& known) {
  bool here = false;
  for (const Kind kind :
       {Kind::kCall, Kind::kContact, Kind::kTicket, Kind::kProblem, Kind::kUser, Kind::kOverrule,
        Kind::kFacilityNotice, Kind::kCallBack, Kind::kRecording}) {
    const Entity& entity = known(kind, aggregate);
    if (entity.exists() && home_of(entity) != site) return false;
    here = here || entity.exists();
  }
  return here;
}

Status may_say(const Event& event, const KnownEntity& known) {
  const Envelope& env = event.env;
  if (env.origin == kHubSite) return ok_status();
  OPORA_TRY(may_ever_say(event));
  const bool erases = env.type == EventType::kErased || env.type == EventType::kRecordingErased;
  if (erases) return may_erase(env.origin, env.aggregate, known);
  OPORA_TRY(check_called_back(event, known));
  const auto kind = kind_of(env.type);
  if (!kind || !changes_what_was_begun(env.type)) return ok_status();
  return only(!begun_elsewhere(known(*kind, env.aggregate), env.origin), "aggregate",
              "begun by another site");
}

}  // namespace opora::protocol
