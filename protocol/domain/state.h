// The states that events fold into, one struct a kind of aggregate. Plain values; rows of them are
// derived from the journal (visit() is their coding, protocol/base/archive.h) and rebuilt when
// kProjectionVersion changes.
//
// Facts only. What belongs to a person stands in PersonalState beside it, in a row of its own that
// erasure deletes.
#pragma once

#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "protocol/domain/call_back_state.h"
#include "protocol/domain/events.h"
#include "protocol/domain/kind_state.h"
#include "protocol/domain/tell_state.h"
#include "protocol/domain/ticket_parts.h"

namespace opora::protocol {

// Raise it when a state, a facet key or a fold changes meaning: stores rebuild their projections at
// the next start.
inline constexpr std::uint32_t kProjectionVersion = 27;

enum class Kind : std::uint8_t {
  kCall = 1,
  kContact = 2,
  kTicket = 3,
  kProblem = 4,
  kUser = 5,
  kSite = 6,
  kRubricator = 7,
  kAgent = 8,
  kErasure = 9,
  kOverrule = 10,
  kRead = 11,
  kProductionYear = 12,
  kCalendar = 13,
  kQueue = 14,
  kCompetence = 15,
  kTemplate = 16,
  kFacilityNotice = 17,
  kCallBack = 18,
  kRecording = 19,
};

struct Observation {
  Hlt heard;  // of two tellings of one seq (a restored site heard it again) the earlier stands
  CallStep step = CallStep::kQueued;
  TimeMs at;
  DeskNo desk;
  std::string line;
  std::string agent;
  std::int16_t zone_offset_min = 0;
  std::uint32_t phantom_ms = 0;
  template <class V>
  void visit(V&& v) {
    v(heard, step, at, desk, line, agent, zone_offset_min, phantom_ms);
  }
};

struct CallState {
  SiteNo site;
  std::string source;
  std::string call_id;
  Direction direction = Direction::kIn;  // out once any telling said so: "in" is also the default
  std::map<std::uint32_t, Observation> seen;  // by seq
  Hlt journey_told;                           // the first time; zero: it has none
  JourneyId journey;
  SiteNo from_site;  // zero: he came in here
  template <class V>
  void visit(V&& v) {
    v(site, source, call_id, direction, seen, journey_told, journey, from_site);
  }
};

struct ContactState {
  SiteNo site;
  StreamPos n;
  Hlt registered;
  AggregateId operator_id;
  Channel channel = Channel::kPhone;
  Direction direction = Direction::kIn;
  TimeMs occurred_at;
  DeskNo desk;
  AggregateId call;
  std::string topic;
  std::uint32_t catalogue_version = 0;
  SiteNo facility;
  Outcome outcome = Outcome::kSolved;
  Refusal refusal = Refusal::kNone;
  AggregateId ticket;
  std::int16_t zone_offset_min = 0;
  AggregateId problem;
  Asking asking;
  std::uint32_t counter = 0;
  template <class V>
  void visit(V&& v) {
    v(site, n, registered, operator_id, channel, direction, occurred_at, desk, call, topic,
      catalogue_version, facility, outcome, refusal, ticket, zone_offset_min, problem, asking,
      counter);
  }
};

// The life cycle (README.md) hangs on `status`, folded in the order (term, seq).
struct TicketState {
  SiteNo site;  // where it was opened; with counter it makes the number
  std::uint32_t counter = 0;
  std::map<SiteNo, StreamPos> last;  // of each site's last event on it
  OwnerTerm term;                    // with seq: the last event that took effect
  OwnerSeq seq;
  std::map<OwnerTerm, Tenure> tenures;  // from term 2 on
  TicketOffer offer;
  std::vector<OfferAnswer> answers;  // one a site and offer, ordered by both; an addition each
  std::uint32_t late = 0;            // actions without effect: of somebody who was not the owner
  std::uint32_t early = 0;           // events of a term whose beginning is not here yet
  AggregateId contact;
  AggregateId opened_by;
  TicketStatus status = TicketStatus::kRegistered;
  RejectReason reject_reason = RejectReason::kNone;
  std::uint8_t line = 1;
  std::string assignee;  // of this owner (README.md); empty: nobody
  Urgency urgency = Urgency::kLow;
  std::string topic;
  std::uint32_t catalogue_version = 0;
  SiteNo facility;
  DeskNo desk;
  TimeMs received_at;
  Hlt opened;
  Hlt updated;
  Hlt closed;  // zero while open
  std::uint32_t comments = 0;
  std::uint32_t files = 0;  // V6; they stand in its history
  std::int16_t zone_offset_min = 0;
  std::string category;
  DueTimes times;              // as the owner said last; at zero: it never did
  std::vector<Stay> stays;     // each in another queue, or at another site, than the one before
  std::vector<Wait> waits;     // in their order
  TimeMs session_at;           // while it waits for a remote session: when that is
  TimeMs registered_at;        // reaction and completion run from here
  TimeMs reacted_at;           // given to a specialist (V3); zero: not yet
  TimeMs finished_at;          // done or rejected; zero while open
  TimeMs reopen_until;         // A17; zero: it cannot be reopened
  std::uint32_t reopened = 0;  // so often
  std::vector<Reached> told;   // thresholds that the owner has spoken of, each once
  Asking asking;
  TellRule telling = TellRule::kNobody;  // A15
  Language language = Language::kOfRegion;
  std::vector<Telling> tellings;
  AggregateId merged_into;  // while it is merged
  TargetEnd target_end;     // likewise
  TicketStatus before_merge = TicketStatus::kRegistered;
  TimeMs undo_until;    // while it is merged: up to when that is taken back; zero: never
  AggregateId part_of;  // the ticket that it was split from
  AggregateId problem;  // T9
  std::vector<ChecklistItem> items;           // in their order
  std::uint16_t items_added = 0;              // so many ever: the highest number that was given
  TicketResult result = TicketResult::kNone;  // while it is done or closed
  HouseVisit house_visit;
  TicketWaitsFor waits_for;
  ListCalls list_calls;
  // The reaction is line 1's: passed up, its clock runs on as if it had never stopped.
  bool reacted_on_line_1 = false;
  std::vector<TicketHolder> holders;  // all who had it, each once; at most kMaxHolders
  std::vector<TicketNews> news;       // the last of each, in the order of their numbers
  template <class V>
  void visit(V&& v) {
    v(site, counter, last, term, seq, tenures, offer, answers, late, early, contact, opened_by,
      status, reject_reason, line, assignee, urgency, topic, catalogue_version, facility, desk,
      received_at, opened, updated, closed, comments, files, zone_offset_min, category, times,
      stays, waits, session_at, registered_at, reacted_at, finished_at, reopen_until, reopened,
      told, asking, telling, language, tellings, merged_into, target_end, before_merge, undo_until,
      part_of, problem, items, items_added, result, house_visit, waits_for, list_calls,
      reacted_on_line_1, holders, news);
  }
};

// What was said last of calling somebody back (T9).
struct CalledBack {
  CallOutcome outcome = CallOutcome::kReached;
  Hlt at;
  SiteNo site;
  AggregateId by;
  std::uint32_t calls = 0;
  template <class V>
  void visit(V&& v) {
    v(outcome, at, site, by, calls);
  }
};

struct ProblemState {
  SiteNo origin;
  OwnerTerm term;
  OwnerSeq seq;
  ProblemKind kind = ProblemKind::kOther;
  SiteNo site;
  TimeMs started_at;
  AggregateId opened_by;
  Hlt opened;
  Hlt closed;                  // zero while open; closing is for good
  std::uint32_t affected = 0;  // «Ещё один такой звонок»: additions, each event counts once
  std::map<AggregateId, CalledBack> called_back;  // by the caller
  template <class V>
  void visit(V&& v) {
    v(origin, term, seq, kind, site, started_at, opened_by, opened, closed, affected, called_back);
  }
};

struct UserState {
  SiteNo origin;
  OwnerTerm term;
  OwnerSeq seq;
  std::string login;
  std::uint32_t roles = 0;
  std::vector<SiteNo> sites;
  bool disabled = false;
  std::string agent;
  DeskNo desk;
  std::vector<std::string> skills;
  Absence absence;
  template <class V>
  void visit(V&& v) {
    v(origin, term, seq, login, roles, sites, disabled, agent, desk, skills, absence);
  }
};

// A site's own word on a user of the region; beside it, in the personal part, the password hash.
struct OverruleState {
  SiteNo origin;
  OwnerTerm term;
  OwnerSeq seq;
  AggregateId user;
  bool disabled = false;
  TimeMs password_at;  // zero: none
  OwnerTerm over_term;
  OwnerSeq over_seq;
  Absence absence;
  template <class V>
  void visit(V&& v) {
    v(origin, term, seq, user, disabled, password_at, over_term, over_seq, absence);
  }
};

struct SiteState {
  OwnerTerm term;
  OwnerSeq seq;
  SiteNo site;
  std::string name;
  std::string zone;
  std::vector<Desk> desks;
  Bytes link_key;
  bool disabled = false;
  std::string support_code;  // V2
  bool numbers_every_call = false;
  template <class V>
  void visit(V&& v) {
    v(term, seq, site, name, zone, desks, link_key, disabled, support_code, numbers_every_call);
  }
};

struct RubricatorState {
  std::uint32_t version = 0;
  Hlt published;
  std::vector<Topic> topics;
  template <class V>
  void visit(V&& v) {
    v(version, published, topics);
  }
};

// A record of a catalogue that the region keeps: what was said last. Its number (seq) is the
// version that people see.
template <class Changed>
struct CatalogueState {
  OwnerTerm term;
  OwnerSeq seq;
  Hlt changed;
  Changed facts;
  template <class V>
  void visit(V&& v) {
    v(term, seq, changed, facts);
  }
};
using ProductionYearState = CatalogueState<ProductionYearPublished>;
using CalendarState = CatalogueState<CalendarChanged>;
using QueueState = CatalogueState<QueueChanged>;
using CompetenceState = CatalogueState<CompetenceChanged>;
using TemplateState = CatalogueState<TemplateChanged>;

struct AgentRowState {
  SiteNo site;
  Hlt order;
  AggregateId user;
  std::string agent;
  AgentState state = AgentState::kOffline;
  BreakReason reason = BreakReason::kNone;
  TimeMs since;
  DeskNo desk;
  template <class V>
  void visit(V&& v) {
    v(site, order, user, agent, state, reason, since, desk);
  }
};

struct ErasureState {
  SiteNo origin;
  Hlt at;
  AggregateId by;
  std::string basis;
  template <class V>
  void visit(V&& v) {
    v(origin, at, by, basis);
  }
};

// Who saw which records of patients, and when.
struct ReadState {
  SiteNo origin;
  Hlt at;
  AggregateId by;
  ReadFrom from = ReadFrom::kContact;
  std::vector<AggregateId> contacts;
  std::vector<AggregateId> tickets;
  std::vector<AggregateId> recordings;
  ListenPurpose purpose = ListenPurpose::kNone;
  template <class V>
  void visit(V&& v) {
    v(origin, at, by, from, contacts, tickets, recordings, purpose);
  }
};

using State =
    std::variant<std::monostate, CallState, ContactState, TicketState, ProblemState, UserState,
                 SiteState, RubricatorState, AgentRowState, ErasureState, OverruleState, ReadState,
                 ProductionYearState, CalendarState, QueueState, CompetenceState, TemplateState,
                 FacilityNoticeState, CallBackState, RecordingState>;

// Each field keeps the order of the event that wrote it; the highest wins, and of one order the
// lesser text, so that events (and keys that open them later) may come in any order.
struct PersonalValue {
  std::uint64_t order = 0;
  std::string text;
  template <class V>
  void visit(V&& v) {
    v(order, text);
  }
};
struct PersonalState {
  std::map<PersonalField, PersonalValue> fields;
  const std::string& text(PersonalField field) const;  // empty when absent
  template <class V>
  void visit(V&& v) {
    v(fields);
  }
};

struct Entity {
  Kind kind{};
  AggregateId id;
  State state;  // monostate: no such aggregate
  PersonalState personal;
  bool erased = false;  // its personal part was erased: whatever arrives later stays closed

  bool exists() const { return state.index() != 0; }
  template <class T>
  const T* as() const {
    return std::get_if<T>(&state);
  }
};

// The aggregates with one well-known id.
AggregateId rubricator_id();
AggregateId site_aggregate(SiteNo site);
AggregateId production_year_aggregate(std::uint16_t year);
AggregateId calendar_aggregate(std::string_view id);
AggregateId queue_aggregate(std::string_view id);
AggregateId competence_aggregate(std::string_view id);
AggregateId template_aggregate(std::string_view id);
AggregateId agent_aggregate(SiteNo site, std::string_view agent);
AggregateId overrule_aggregate(SiteNo site, const AggregateId& user);
AggregateId call_aggregate(SiteNo site, std::string_view source, std::string_view call_id);

}  // namespace opora::protocol
