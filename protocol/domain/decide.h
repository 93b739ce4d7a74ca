// Decisions: (state, command, now) → events or one error. Pure; everything that a decision reads is
// an argument, and every value that it used goes into its events. The caller (the engine) gives
// drafts their position and time.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocol/base/result.h"
#include "protocol/domain/access.h"
#include "protocol/domain/files.h"
#include "protocol/domain/local_day.h"
#include "protocol/domain/state.h"

namespace opora::protocol {

using Drafts = std::vector<Draft>;

class Timetable;  // timetable.h

// Typed-in times may be ahead of the node's clock by this much (a paper form dated by a fast wall
// clock).
inline constexpr std::int64_t kMaxFutureMs = 5 * 60'000;
// Telephone events: the PBX has a clock of its own; a day covers a wrong zone, not a wrong year.
inline constexpr std::int64_t kMaxCallFutureMs = 24 * 3'600'000LL;

// The region is not heard of for so long, and the place is cut off: longer than a restart takes
// with all that it forgets of the last minute, shorter than anybody would wait.
inline constexpr std::int64_t kSilenceMs = 2 * 60'000;
// The region was not heard of between these moments, of the place's own clock.
struct Silence {
  TimeMs from;
  TimeMs to;
  template <class V>
  void visit(V&& v) {
    v(from, to);
  }
};

struct DecideContext {
  SiteNo site;
  TimeMs now;
  ZoneOffset zone_offset;
  CommandId command;
  // When a site last heard of the region, on its own clock: leases on routed work run from there
  // (ownership.h). Nothing: not known.
  std::optional<TimeMs> region_heard{};
  // The time that the command's key carries, the same whenever it is repeated. Nothing: none.
  std::optional<TimeMs> key_time{};
  // What deadlines are worked out from. Null: they are not, and what is done is never reopened.
  const Timetable* times = nullptr;
  // The region's last silence of kSilenceMs and more that is over. Nothing: not known.
  std::optional<Silence> region_silent{};
};

// ---- Calls

struct ObserveCall {
  std::string source;
  std::string call_id;
  std::uint32_t seq = 0;
  CallStep step = CallStep::kQueued;
  TimeMs at;
  DeskNo desk;  // 0: not said; the call keeps the last that was
  std::string line;
  std::string agent;
  std::string phone;
  Direction direction = Direction::kIn;
  JourneyId journey{};
  SiteNo from_site{};
};

// No draft when (source, call_id, seq) was seen before: the first telling stands. `call` may be
// absent. kInvalid "at", "agent", "from_site".
Result<Drafts> decide(const ObserveCall& command, const CallState* call, std::uint32_t phantom_ms,
                      const DecideContext& context);

// ---- Contacts and tickets

// Whether the facility's IT officer can be written to (A15).
enum class Officer : std::uint8_t { kUnknown, kHasAddress };

struct RegisterContact {
  Channel channel = Channel::kPhone;
  Direction direction = Direction::kIn;
  std::optional<TimeMs> occurred_at;  // default: now
  DeskNo desk{1};
  AggregateId call;
  SiteNo facility;
  std::string topic;
  Refusal refusal = Refusal::kNone;
  Outcome outcome = Outcome::kSolved;
  std::optional<Urgency> urgency;  // needed for a ticket
  AggregateId problem;             // «+1» on a current problem
  Asking asking{};
  Language language = Language::kOfRegion;
  Officer officer = Officer::kUnknown;  // of `facility`
  bool numbered = false;  // A7b: the site gives a number to a call that was answered at once too
  std::optional<TicketWaitsFor> waits_for{};  // needed for a ticket of the waiting list
  // Nobody said what it is about, not even that it is nothing in particular: the topic says it.
  bool kind_of_topic = false;
  std::vector<std::string> items{};  // what there is to do on the way of a ticket, in its order
  // Phone, applicant, organisation, municipality, details, summary, note; address and temperature
  // of a house call; the doctor that is waited for; the phone that was given; the mail address; the
  // date of birth.
  Personal personal;
};

struct Registered {
  Drafts drafts;
  AggregateId contact;
  AggregateId ticket;         // zero when solved on the line (A12)
  std::uint32_t counter = 0;  // of the number that is told: the ticket's or the call's; 0: none
};

// kInvalid "topic", "occurred_at", "urgency", "summary", "address", "temperature", "problem",
// "email", "speciality", "doctor", "birth_date", "wish_subject", "hot_line", "passed_to",
// "items", "items[i]".
// `next_counter` is used for a ticket, and for a call that gets a number (A7b).
Result<Registered> decide(const RegisterContact& command, const RubricatorState* rubricator,
                          const ProblemState* problem, std::uint32_t next_counter,
                          const DecideContext& context);

// A ticket that another is to be merged into, as it stands here.
struct MergeTarget {
  AggregateId id;  // zero: there is none here
  Hlt opened;
  SiteNo owner;
  TicketStatus status{};
  std::size_t merged = 0;  // tickets that are merged into it already
};

struct TicketAction {
  enum class What : std::uint8_t {
    kAssign,
    kComment,
    kComplete,
    kReject,
    kStart,       // somebody works on it
    kWait,        // for the applicant (V10)
    kResume,      // he answered
    kReclassify,  // another urgency or topic
    kReopen,      // he objected (A17)
    kClose,       // he agreed: closed for ever
    kMerge,       // into a ticket that was opened before it
    kUnmerge,     // takes that back
    kAddItem,     // of what there is to do on the way
    kTickItem,
    kUntickItem,
    kRemoveItem,
    kLinkProblem,  // to the current problem that has caused it (T9)
    kUnlinkProblem,
  } what = What::kComment;
  std::uint8_t line = 1;  // assign: 1…3 (A9)
  std::string assignee;   // assign: a login, empty for the line's queue; start: who starts
  RejectReason reason{};  // reject (V11)
  // Required but for start, resume and passing on; of wait: what is asked for; of reclassify,
  // reopen, close and of assign to a higher line: the reason.
  std::string text;
  // assign: an id of that line; empty: where it waits, or the line's first
  std::string queue{};
  WaitReason wait{};              // wait: required
  std::optional<TimeMs> until{};  // wait for a remote session: required
  std::optional<Urgency> urgency{};
  std::string topic{};     // reclassify: empty as before
  MergeTarget into{};      // merge
  std::uint16_t item = 0;  // tick, untick, remove
  AggregateId problem{};   // link
  // complete: of a house call and of the waiting list required, as are the next two
  TicketResult result{};
  std::string by{};            // a login
  std::uint32_t attempts = 0;  // calls without an answer before somebody is out of reach (H2)
  // assign to somebody, start: the line of that person by his roles (V3); 0: not said
  std::uint8_t holder_line = 0;
};
inline constexpr std::size_t kTicketActions = 18;

// V6: a file whose chunks are in the store already. An addition: anybody who may comment.
struct AttachFile {
  TicketAttached file;
  std::string name;
  std::string key_hex;
};
// kNotFound "number", kConflict "number" (erased) and "files" (kMaxTicketFiles), kInvalid "name".
Result<Drafts> decide(const AttachFile& command, const Entity& ticket);

// Who may (access.h).
Action right_for(TicketAction::What what);
// Whether a ticket in this state may be so acted on, by its owner. The table is in README.md.
bool possible(TicketAction::What what, TicketStatus status);

// kConflict "action" when the ticket's state does not allow it, "reopen_until" when the time to
// object is over, "assignee" when it was given to another, "history" when it was moved or paused
// too often; "owner" or "lease" when this site may not change it (ownership.h; it may comment).
// kInvalid "line", "queue", "text", "reason", "until", "urgency", "topic". `rubricator` is looked
// at for a topic. Of merging: kInvalid "into", kConflict "into_owner", "into_status", "into_order",
// "into_merged", "undo_until"; of things to do kInvalid "item", kConflict "items", "item"; of a
// problem kConflict "problem". Of completing: as check_end() of waiting_list.h.
Result<Drafts> decide(const TicketAction& command, const Entity& ticket,
                      const DecideContext& context, const RubricatorState* rubricator = nullptr);

// What the owner says by itself, because a moment has passed by: a threshold was reached, or the
// ticket is closed for ever; that only by a clock that is known to be right. No draft: nothing yet.
enum class ClockTrust : std::uint8_t { kOwn, kConfirmed };
Drafts decide_moment(const Entity& ticket, ClockTrust trust, const DecideContext& context);

// The moments worked out again, when the catalogues here are others than those that they were
// worked out from, or an earlier owner did. No draft: they are as they were.
Drafts decide_times(const Entity& ticket, const DecideContext& context);

// ---- Current problems (T9)

struct OpenProblem {
  ProblemKind kind = ProblemKind::kOther;
  SiteNo site;
  TimeMs started_at;
  Personal personal;  // name (required), description, doctor
};

// Opens (problem absent) or edits: kConflict anywhere but where it was opened, and once it is
// closed.
Result<Drafts> decide(const OpenProblem& command, const AggregateId& id,
                      const ProblemState* problem, const DecideContext& context);

struct AffectProblem {
  AggregateId contact;
  Personal personal;  // phone, to call back when it is fixed
};
Result<Drafts> decide(const AffectProblem& command, const AggregateId& id,
                      const ProblemState* problem, const DecideContext& context);

struct CloseProblem {};  // kConflict, as for an edit
Result<Drafts> decide(const CloseProblem& command, const AggregateId& id,
                      const ProblemState* problem, const DecideContext& context);

// ---- Directory and catalogues

// `user` absent: a new one. Only where it was made (kDenied elsewhere). kInvalid "login", "roles",
// "skills…", "from", "to", "substitute".
struct ChangeUser {
  UserChanged facts;
  Personal personal;  // name; password hash and token hash only when they change
};
Result<Drafts> decide(const ChangeUser& command, const AggregateId& id, const UserState* user,
                      const DecideContext& context);

// A site's own word on a user of the region: shut out at this site, or let in by another password.
// It holds until the site says otherwise; the password also ends when the region sets a new one.
// kDenied for a user of the site itself, who is changed instead.
struct OverruleUser {
  std::optional<bool> disabled;      // nothing: as before
  Personal personal;                 // a password hash, when it changes
  std::optional<Absence> absence{};  // nothing: as before; an empty one: there again
};
Result<Drafts> decide(const OverruleUser& command, const AggregateId& user_id,
                      const UserState& user, const OverruleState* overrule,
                      const DecideContext& context);

// At the hub only (kDenied). kInvalid "no", "name", "zone", "desks", "support_code",
// "officer_email".
struct ChangeSite {
  SiteChanged facts;
  // The mail address of the facility's IT officer (A15), when it changes; empty: none any more.
  Personal personal{};
};
Result<Drafts> decide(const ChangeSite& command, const SiteState* site,
                      const DecideContext& context);

// At the hub only (kDenied). `base` is the version that the writer saw, 0 when there was none:
// kConflict "version" when it is another by now. kInvalid "topics[i].…".
struct PublishRubricator {
  std::vector<Topic> topics;
  std::uint32_t base = 0;
  // Ids of topics of which the writer did not say the kind of contact, not even that it is none:
  // they keep what they have, and new ones get what topic_kinds.h knows; so do all of a region
  // whose rubricator says it of no topic yet.
  std::set<std::string, std::less<>> unsaid{};
};
Result<Drafts> decide(const PublishRubricator& command, const RubricatorState* rubricator,
                      const DecideContext& context);

// Calendars and queues: at the hub only (kDenied), each whole. `base` is the version that the
// writer saw, 0 for a new record: kConflict "version" when it is another by now.

// kInvalid "year", "days[N]…".
struct PublishProductionYear {
  ProductionYearPublished facts;
  OwnerSeq base;
};
Result<Drafts> decide(const PublishProductionYear& command, const ProductionYearState* year,
                      const DecideContext& context);

// kInvalid "id", "name_ru", "name_en", "zone", "week[N]", "own_days[N]".
struct ChangeCalendar {
  CalendarChanged facts;
  OwnerSeq base;
};
Result<Drafts> decide(const ChangeCalendar& command, const CalendarState* calendar,
                      const DecideContext& context);

// `calendar` is the one that the queue names: kInvalid "calendar" without it. Also "id", "name_ru",
// "name_en", "line", "norms[N]…", "reactions[N]…", "topics…", "sites…".
struct ChangeQueue {
  QueueChanged facts;
  OwnerSeq base;
};
Result<Drafts> decide(const ChangeQueue& command, const QueueState* queue,
                      const CalendarState* calendar, const DecideContext& context);

// A clause of the list of competence (V9b). kInvalid "id", "name", "text".
struct ChangeCompetence {
  CompetenceChanged facts;
  OwnerSeq base;
};
Result<Drafts> decide(const ChangeCompetence& command, const CompetenceState* clause,
                      const DecideContext& context);

// Words with fields, for answers and new tickets. kInvalid "id", "name", "text", "fields",
// "fields[i]…", "use", "topic", "items", "items[i]".
struct ChangeTemplate {
  TemplateChanged facts;
  OwnerSeq base;
};
Result<Drafts> decide(const ChangeTemplate& command, const TemplateState* known,
                      const RubricatorState* rubricator, const DecideContext& context);

struct SetAgentState {
  std::string agent;
  AgentState state = AgentState::kReady;
  BreakReason reason = BreakReason::kNone;
  DeskNo desk;
};
// kInvalid "agent", "reason" (T13: a break has a reason).
Result<Drafts> decide(const SetAgentState& command, const DecideContext& context);

// ---- Audit

// That the actor saw these records. Nothing to say for none; kTooLarge over kMaxReadRecords.
struct NoteRead {
  RecordsRead facts;
};
Result<Drafts> decide(const NoteRead& command, const DecideContext& context);

// ---- Erasure

struct Erase {
  std::vector<AggregateId> targets;  // a contact with its ticket, say
  std::string basis;
};
// kInvalid "basis".
Result<Drafts> decide(const Erase& command, const DecideContext& context);

}  // namespace opora::protocol
