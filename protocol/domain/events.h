// The vocabulary of events: what can happen, as plain structs. Numbers are part of the protocol
// (they stand in records for ever): add, never change. The meaning of each field is in
// protocol/schema/facts.capnp.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/base/ids.h"
#include "protocol/domain/call_back_facts.h"
#include "protocol/domain/contact_facts.h"
#include "protocol/domain/kind_facts.h"
#include "protocol/domain/norm.h"
#include "protocol/domain/read_facts.h"
#include "protocol/domain/recording_facts.h"
#include "protocol/domain/ticket_facts.h"
#include "protocol/domain/work_calendar.h"

namespace opora::protocol {

enum class EventType : std::uint16_t {
  kCallObserved = 1,
  kContactRegistered = 10,
  kTicketOpened = 20,
  kTicketAssigned = 21,
  kTicketCommented = 22,
  kTicketClosed = 23,
  kTicketOffered = 24,
  kTicketOfferCancelled = 25,
  kTicketOfferAnswered = 26,
  kTicketOwnerChanged = 27,
  kTicketStarted = 28,
  kTicketPaused = 29,
  kProblemOpened = 30,  // also an edit: same aggregate, higher seq
  kProblemAffected = 31,
  kProblemClosed = 32,
  kUserChanged = 40,
  kUserOverruled = 41,
  kSiteChanged = 50,
  kRubricatorPublished = 60,
  kProductionYearPublished = 61,
  kCalendarChanged = 62,
  kQueueChanged = 63,
  kCompetenceChanged = 64,
  kTemplateChanged = 65,
  kAgentStateChanged = 70,
  kErased = 80,
  kRecordsRead = 90,
  kTicketResumed = 100,
  kTicketReclassified = 101,
  kTicketReopened = 102,
  kTicketFinished = 103,
  kTicketRetimed = 104,
  kTicketDueReached = 105,
  kTicketAttached = 110,
  kTicketApplicantTold = 111,
  kTicketMerged = 112,
  kTicketUnmerged = 113,
  kTicketPartOf = 114,
  kTicketItemChanged = 115,
  kProblemCalledBack = 116,
  kTicketOfProblem = 117,
  kTicketVisitTold = 118,
  kTicketWaitsFor = 119,
  kTicketListCalled = 120,
  kFacilityNoticeChanged = 121,  // also an edit, as a problem's
  kTicketTargetChanged = 122,
  kTicketCallTried = 123,
  kTicketTellingDue = 124,
  kCallBackOpened = 128,
  kCallBackAsked = 129,
  kCallBackClaimed = 130,
  kCallBackTried = 131,
  kCallBackMet = 132,
  kCallBackRouted = 133,
  kRecordingKept = 136,
  kRecordingErased = 137,
  kRecordingMissed = 138,
};

enum class CallStep : std::uint8_t {
  kQueued = 1,
  kRinging = 2,
  kAnswered = 3,
  kEnded = 4,
  kHandedOver = 5
};
enum class Direction : std::uint8_t { kIn = 1, kOut = 2 };
// A8, V1, T2.
enum class Channel : std::uint8_t { kPhone = 1, kEmail = 2, kPaper = 3, kPortal = 4, kChat = 5 };
enum class Outcome : std::uint8_t { kSolved = 1, kTicket = 2 };  // A12
// T11: why a booking was not made.
enum class Refusal : std::uint8_t {
  kNone = 0,
  kNoSlots = 1,
  kDeclined = 2,
  kNoReferral = 3,
  kNotAttached = 4,
  kTechnical = 5
};
// T9.
enum class ProblemKind : std::uint8_t {
  kNoLink = 1,
  kSchedule = 2,
  kEquipment = 3,
  kSystem = 4,
  kOther = 5
};
enum class AgentState : std::uint8_t { kOffline = 1, kReady = 2, kBreak = 3 };  // T13
enum class BreakReason : std::uint8_t {
  kNone = 0,
  kRest = 1,
  kSupervisorWork = 2,
  kOutgoing = 3,
  kOther = 4,
  kNoAnswer = 5,  // the queue's word, never his own: his phone rang and he did not take it
};

struct CallObserved {
  std::string source;   // 1…64 bytes
  std::string call_id;  // 1…128 bytes
  std::uint32_t seq = 0;
  CallStep step = CallStep::kQueued;
  TimeMs at;
  DeskNo desk;
  std::string line;
  std::string agent;
  Direction direction = Direction::kIn;
  std::int16_t zone_offset_min = 0;
  std::uint32_t phantom_ms = 0;
  JourneyId journey{};
  SiteNo from_site{};  // that handed him over, or tries to; zero: he came in here
  bool operator==(const CallObserved&) const = default;
};

struct ContactRegistered {
  Channel channel = Channel::kPhone;
  Direction direction = Direction::kIn;
  TimeMs occurred_at;
  DeskNo desk;
  AggregateId call;  // zero: none
  std::string topic;
  std::uint32_t catalogue_version = 0;
  SiteNo facility;  // zero: none
  Outcome outcome = Outcome::kSolved;
  Refusal refusal = Refusal::kNone;
  AggregateId ticket;  // zero: none
  std::int16_t zone_offset_min = 0;
  AggregateId problem;  // zero: none
  Asking asking{};
  std::uint32_t counter = 0;  // of its own number (A7b); 0: none, or its ticket has one
  bool operator==(const ContactRegistered&) const = default;
};

struct ProblemOpened {
  ProblemKind kind = ProblemKind::kOther;
  SiteNo site;
  TimeMs started_at;
  bool operator==(const ProblemOpened&) const = default;
};

struct ProblemAffected {
  AggregateId contact;
  bool operator==(const ProblemAffected&) const = default;
};

struct ProblemClosed {
  bool operator==(const ProblemClosed&) const = default;
};

// What came of calling somebody back when a problem was over (T9).
enum class CallOutcome : std::uint8_t { kReached = 1, kNoAnswer = 2, kNotNeeded = 3 };

struct ProblemCalledBack {
  AggregateId caller;  // his contact; of a ticket without one, the ticket
  CallOutcome outcome = CallOutcome::kReached;
  bool operator==(const ProblemCalledBack&) const = default;
};

// Not at work on these days, the last one included; whoever stands in meanwhile, by login.
struct Absence {
  LocalDay from;  // of the place where the user works; zero: not absent
  LocalDay to;
  std::string substitute;  // empty: nobody in particular
  bool operator==(const Absence&) const = default;
  template <class V>
  void visit(V&& v) {
    v(from, to, substitute);
  }
};

struct UserChanged {
  std::string login;
  std::uint32_t roles = 0;
  std::vector<SiteNo> sites;
  bool disabled = false;
  std::string agent;
  DeskNo desk;
  std::vector<std::string> skills{};  // groups of topics; none is all of them (A3)
  Absence absence{};
  bool operator==(const UserChanged&) const = default;
};

struct UserOverruled {
  AggregateId user;
  bool disabled = false;
  TimeMs password_at;  // zero: no password of the site's own
  OwnerTerm over_term;
  OwnerSeq over_seq;
  Absence absence{};  // beside the region's word on it: away by either is away
  bool operator==(const UserOverruled&) const = default;
};

struct Desk {
  DeskNo no;
  std::string name;
  auto operator<=>(const Desk&) const = default;
  template <class V>
  void visit(V&& v) {
    v(no, name);
  }
};

struct SiteChanged {
  SiteNo site;
  std::string name;
  std::string zone;
  std::vector<Desk> desks;
  Bytes link_key;  // 32 bytes or empty
  bool disabled = false;
  std::string support_code{};       // V2; empty: none yet
  bool numbers_every_call = false;  // A7b: a call that was answered at once gets a number too
  bool operator==(const SiteChanged&) const = default;
};

struct Topic {
  std::string id;
  std::string kind;
  std::string group;
  std::string name;
  ContactKind contact_kind = ContactKind::kNone;  // of who turns to a desk with it
  bool operator==(const Topic&) const = default;
  template <class V>
  void visit(V&& v) {
    v(id, kind, group, name, contact_kind);
  }
};

struct RubricatorPublished {
  std::uint32_t version = 0;
  std::vector<Topic> topics;
  bool operator==(const RubricatorPublished&) const = default;
};

// Whether the government has said how the days off of a year move.
enum class YearStatus : std::uint8_t {
  kDecreed = 1,
  kPreliminary = 2,  // only what the law itself says
};

// The days of a year that are not what their weekday says (A10).
struct ProductionYearPublished {
  std::uint16_t year = 0;
  YearStatus status = YearStatus::kDecreed;
  ProductionCalendar days;
  bool operator==(const ProductionYearPublished&) const = default;
  template <class V>
  void visit(V&& v) {
    v(year, status, days);
  }
};

// When queues work (A10). Named in both languages: users read it.
struct CalendarChanged {
  std::string id;
  std::string name_ru;
  std::string name_en;
  std::string zone;  // IANA name; empty: of the place that holds the ticket
  WorkCalendar hours;
  bool disabled = false;
  bool operator==(const CalendarChanged&) const = default;
  template <class V>
  void visit(V&& v) {
    v(id, name_ru, name_en, zone, hours, disabled);
  }
};

// V3: until a specialist is assigned, by the kind of the topic; an empty category is all others.
struct Reaction {
  std::string category;
  Norm norm;
  bool operator==(const Reaction&) const = default;
  template <class V>
  void visit(V&& v) {
    v(category, norm);
  }
};

inline constexpr std::size_t kUrgencies = 4;

// Of a queue that says nothing else: an applicant who was asked is waited for so long, and so long
// a missed deadline is the supervisor's before it is the region's (A-esc).
inline constexpr Norm kUsualSilence{3 * 24 * 60, NormUnit::kHours, Running::kWorkingTime};
inline constexpr Norm kUsualRegionAfter{15, NormUnit::kHours, Running::kWorkingTime};

// Where tickets wait for a line (A9), and how long each may take (A14, V3).
struct QueueChanged {
  std::string id;
  std::string name_ru;
  std::string name_en;
  std::uint8_t line = 1;                // 1…3
  std::string calendar;                 // an id
  std::array<Norms, kUrgencies> norms;  // from Urgency::kLow
  std::vector<Reaction> reactions;
  bool disabled = false;
  std::vector<std::string> topics{};      // ids and groups of the rubricator; none is all of them
  std::vector<SiteNo> sites{};            // none is all of them
  Norm silence = kUsualSilence;           // 0 minutes: nobody is reminded
  Norm region_after = kUsualRegionAfter;  // 0 minutes: at once
  bool operator==(const QueueChanged&) const = default;
  template <class V>
  void visit(V&& v) {
    v(id, name_ru, name_en, line, calendar);
    for (Norms& each : norms) v(each);
    v(reactions, disabled, topics, sites, silence, region_after);
  }
};

// What the region answers and what it does not (V9b): a clause of the list that V11's last reason
// stands on.
struct CompetenceChanged {
  std::string id;
  std::string name;  // the question, as somebody asks it
  std::string text;  // what is said to the applicant; where to turn when it is not answered here
  bool answered = false;
  bool disabled = false;
  bool operator==(const CompetenceChanged&) const = default;
  template <class V>
  void visit(V&& v) {
    v(id, name, text, answered, disabled);
  }
};

// What a template is inserted into.
enum class TemplateUse : std::uint8_t { kAnswer = 1, kTicket = 2 };

// What stands in the place of a field.
enum class Filling : std::uint8_t {
  kAsked = 1,  // what the operator says
  kNumber = 2,
  kApplicant = 3,
  kOrganisation = 4,
  kTopic = 5,
  kCompletion = 6,  // by when the ticket is promised to be completed
  kToday = 7,
};

struct TemplateField {
  std::string name;
  Filling filling = Filling::kAsked;
  std::vector<std::string> choices;  // of what is asked for; none is free text
  bool operator==(const TemplateField&) const = default;
  template <class V>
  void visit(V&& v) {
    v(name, filling, choices);
  }
};

// Words that are needed again and again. The text names a field by its name in braces.
struct TemplateChanged {
  std::string id;
  std::string name;
  TemplateUse use = TemplateUse::kAnswer;
  std::string text;
  std::vector<TemplateField> fields;
  ContactKind kind = ContactKind::kNone;  // of a new ticket, as are the next two
  std::string topic;                      // an id; empty is none
  std::optional<Urgency> urgency;
  bool disabled = false;
  std::vector<std::string> items{};  // of a new ticket: what there is to do on its way
  bool operator==(const TemplateChanged&) const = default;
  template <class V>
  void visit(V&& v) {
    v(id, name, use, text, fields, kind, topic, urgency, disabled, items);
  }
};

struct AgentStateChanged {
  std::string agent;
  AgentState state = AgentState::kOffline;
  BreakReason reason = BreakReason::kNone;
  TimeMs at;
  DeskNo desk;
  bool operator==(const AgentStateChanged&) const = default;
};

struct Erased {
  std::string basis;
  bool operator==(const Erased&) const = default;
};

// monostate: a type or a number that this version does not know; kept raw, folded after the
// upgrade.
using Facts = std::variant<
    std::monostate, CallObserved, ContactRegistered, TicketOpened, TicketAssigned, TicketCommented,
    TicketClosed, ProblemOpened, ProblemAffected, ProblemClosed, UserChanged, SiteChanged,
    RubricatorPublished, AgentStateChanged, Erased, UserOverruled, RecordsRead, TicketOffered,
    TicketOfferCancelled, TicketOfferAnswered, TicketOwnerChanged, ProductionYearPublished,
    CalendarChanged, QueueChanged, TicketStarted, TicketPaused, TicketResumed, TicketReclassified,
    TicketReopened, TicketFinished, TicketRetimed, TicketDueReached, TicketAttached,
    TicketApplicantTold, CompetenceChanged, TemplateChanged, TicketMerged, TicketUnmerged,
    TicketPartOf, TicketItemChanged, ProblemCalledBack, TicketOfProblem, TicketVisitTold,
    TicketWaitsFor, TicketListCalled, FacilityNoticeChanged, TicketTargetChanged, TicketCallTried,
    TicketTellingDue, CallBackOpened, CallBackAsked, CallBackClaimed, CallBackTried, CallBackMet,
    CallBackRouted, RecordingKept, RecordingErased, RecordingMissed>;

EventType type_of(const Facts& facts);  // CHECKs that facts are not monostate

// What names, reaches or describes a person. Free text is always here.
enum class PersonalField : std::uint16_t {
  kPhone = 1,      // as typed or as the telephone system gave it
  kApplicant = 2,  // full name
  kOrganisation = 3,
  kMunicipality = 4,
  kDetails = 5,
  kSummary = 6,
  kNote = 7,
  kText = 8,  // comment, resolution, reason of a hand-over
  kName = 9,  // of a problem or of a user
  kDescription = 10,
  kDoctor = 11,        // of a problem; that somebody of the waiting list waits for (H2)
  kPasswordHash = 12,  // Argon2id string; sent only to sites where the user works
  kTokenHash = 13,     // BLAKE2b-256 of a program's bearer token, hex
  kPhoneGiven = 14,    // T11: that the caller named, beside the one that was shown
  kAddress = 15,       // H1: where the doctor is to come
  kTemperature = 16,   // H1: degrees Celsius with one decimal, "38.5"
  kFileName = 17,      // as the browser gave it
  kFileKey = 18,       // the key of that file alone, hex: it goes with the ticket's own
  kMail = 19,          // address: of the applicant; of a site, its IT officer's (A15)
  kSentTo = 20,        // the address that a letter went to
  kBirthDate = 21,     // of the applicant, "1970-01-31": tells namesakes apart
  kPeaks = 30,         // the waveform of a recording: it goes with its key (recording_sound.h)
};
using Personal = std::map<PersonalField, std::string>;

struct Envelope {
  SiteNo origin;
  IncarnationId incarnation;
  StreamPos n;
  CommandId command;
  ChainHash prev;
  Hlt hlt;
  AggregateId actor;
  EventType type{};
  std::uint16_t schema_version = 1;
  AggregateId aggregate;
  OwnerTerm term;
  OwnerSeq seq;  // 0: an addition
  bool operator==(const Envelope&) const = default;
};

// What a decision wants to happen; the engine gives it position, time and chain.
struct Draft {
  AggregateId aggregate;
  OwnerTerm term{1};
  OwnerSeq seq;
  Facts facts;
  Personal personal;
};

// An event as the fold sees it. `personal` is empty when there was none, when its key is not here
// (yet) and when it was erased; `sealed` says that there is ciphertext.
struct Event {
  Envelope env;
  Facts facts;
  Personal personal;
  bool sealed = false;
};

}  // namespace opora::protocol
