// What can happen to a ticket, as plain structs: a part of the vocabulary of events (events.h). The
// meaning of each field is in protocol/schema/facts.capnp.
#pragma once

#include <string>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/base/ids.h"
#include "protocol/domain/contact_facts.h"

namespace opora::protocol {

enum class Urgency : std::uint8_t { kLow = 1, kMedium = 2, kHigh = 3, kCritical = 4 };  // A14
enum class TicketStatus : std::uint8_t {
  kRegistered = 1,
  kAssigned = 2,
  kDone = 3,  // the applicant may object (A17)
  kRejected = 4,
  kInWork = 5,
  kWaiting = 6,  // for the applicant (V10)
  kClosed = 7,   // for ever (A17)
  kMerged = 8,   // a duplicate of another, which goes on for both
};
// V11: the fixed reasons of a rejection.
enum class RejectReason : std::uint8_t {
  kNone = 0,
  kMissingInformation = 1,
  kTooLittleInformation = 2,
  kNotReproducible = 3,
  kNoRemoteAccess = 4,
  kDisrespectful = 5,
  kOutsideCompetence = 6,
};
// V10: what the applicant is waited for; the clock stands meanwhile.
enum class WaitReason : std::uint8_t {
  kNone = 0,
  kInformation = 1,
  kFiles = 2,          // screenshots, documents
  kRemoteSession = 3,  // at an agreed time
};
// What a ticket must be by a due moment (A14, V3); or, while it waits for its applicant (V10), what
// somebody is reminded of then.
enum class DueClock : std::uint8_t {
  kReaction = 1,    // given to a specialist
  kCompletion = 2,  // done or rejected
  kSession = 3,     // the agreed time of a remote session has come
  kSilence = 4,     // the applicant has been silent for too long
  kTelling = 5,     // the applicant knows (A15); of notices alone, no clock of the ticket's
};
// How much of the norm is used (A-esc).
enum class Threshold : std::uint8_t {
  kWarned = 1,  // 75 %: the assignee is told
  kMissed = 2,  // all: the supervisor and the region are told
};
// Whether the owner's site had a line to the region when a moment was reached: who breached a
// deadline while he was cut off could not be helped.
enum class LinkThen : std::uint8_t {
  kNotSaid = 0,  // by an older version
  kThere = 1,
  kCutOff = 2,
};
// Whether a deadline of a ticket was missed, and whether one of those while its site was cut off.
enum class Missed : std::uint8_t { kNo = 0, kYes = 1, kCutOff = 2 };
// Telling the applicant (A15; telling.h).
enum class TellRule : std::uint8_t {
  kNobody = 0,       // as before there were letters; or the kind of contact asks for none
  kEverything = 1,   // registration, request for information, completion, rejection
  kWhatFollows = 2,  // all but the registration: the number was said in the call (A7b)
};
enum class Language : std::uint8_t { kOfRegion = 0, kRussian = 1, kEnglish = 2 };
enum class TellWhat : std::uint8_t { kRegistered = 1, kAsked = 2, kDone = 3, kRejected = 4 };
enum class ToldHow : std::uint8_t {
  kMailed = 1,
  kToPhone = 2,  // not by mail: somebody has to call
  kPhoned = 3,
  kNotReached = 4,  // given up: nobody answers at that number, or there is none
};
enum class ToldWhom : std::uint8_t { kNobody = 0, kApplicant = 1, kOfficer = 2 };
// Why somebody has to be called.
enum class TellTrouble : std::uint8_t {
  kNone = 0,
  kNoAddress = 1,  // neither of the applicant nor of the facility's IT officer
  kRefused = 2,    // the relay or the mailbox will never take it
  kGivenUp = 3,    // not taken for too long
};
// What came of a call that did not tell him.
enum class CallTry : std::uint8_t {
  kNoAnswer = 1,
  kAskedLater = 2,  // he asked to be called at another time
};
enum class OfferReply : std::uint8_t { kAccepted = 1, kDeclined = 2 };
// Why the region gave a ticket another owner.
enum class OwnerCause : std::uint8_t {
  kAccepted = 1,      // the site that it was offered to took it
  kRouted = 2,        // offered to the region, which chose the site
  kTakenOver = 3,     // a person at the region decided so
  kLeaseExpired = 4,  // routed work whose owner was not heard of for its lease
};
// By when a ticket must be what it is to become, as its owner worked it out when something
// happened: from the ticket's history and the catalogues that the owner had then. A zero moment:
// none, as things stand.
struct DueTimes {
  TimeMs at;          // of what happened, on the owner's clock; never before the ticket's last
  std::string queue;  // where it waits, an id; empty: there is none for its line
  std::uint32_t queue_version = 0;
  std::uint32_t calendar_version = 0;
  std::uint32_t production_version = 0;  // how many years had been published
  TimeMs registration_due;
  TimeMs reaction_warn;
  TimeMs reaction_due;
  TimeMs completion_warn;
  TimeMs completion_due;
  TimeMs silence_at{};  // while it waits: when the applicant has been silent for too long
  bool operator==(const DueTimes&) const = default;
  template <class V>
  void visit(V&& v) {
    v(at, queue, queue_version, calendar_version, production_version, registration_due,
      reaction_warn, reaction_due, completion_warn, completion_due, silence_at);
  }
};

// Up to when the applicant is told (A15), as the owner worked it out; zeros: it did not.
struct TellTimes {
  TimeMs warn;
  TimeMs due;
  bool operator==(const TellTimes&) const = default;
  template <class V>
  void visit(V&& v) {
    v(warn, due);
  }
};

struct TicketOpened {
  SiteNo site;
  std::uint32_t counter = 0;
  AggregateId contact;
  std::string topic;
  std::uint32_t catalogue_version = 0;
  Urgency urgency = Urgency::kLow;
  std::uint8_t line = 1;  // 1…3 (A9)
  SiteNo facility;
  TimeMs received_at;
  std::int16_t zone_offset_min = 0;
  DeskNo desk;
  std::string category{};  // the kind of the topic (V3)
  DueTimes times{};
  Asking asking{};
  TellRule telling = TellRule::kNobody;
  Language language = Language::kOfRegion;
  TellTimes tell{};
  bool operator==(const TicketOpened&) const = default;
};

struct TicketApplicantTold {
  OwnerTerm term;  // with seq: the place of what he was told of
  OwnerSeq seq;
  TellWhat what = TellWhat::kRegistered;
  ToldHow how = ToldHow::kMailed;
  ToldWhom whom = ToldWhom::kNobody;
  TellTrouble why = TellTrouble::kNone;
  TellTimes tell{};  // of the call that is to be made; zeros: as before
  bool operator==(const TicketApplicantTold&) const = default;
};

struct TicketCallTried {
  OwnerTerm term;  // with seq: the place of what he was to be told of
  OwnerSeq seq;
  CallTry result = CallTry::kNoAnswer;
  TimeMs at;
  TimeMs again;      // zero: not said
  TellTimes tell{};  // of the time that he asked for; zeros: as before
  bool operator==(const TicketCallTried&) const = default;
};

struct TicketTellingDue {
  OwnerTerm term;  // with seq: the place of what he is to be told of
  OwnerSeq seq;
  Threshold threshold = Threshold::kWarned;
  TimeMs moment;
  TimeMs region_at{};  // as of TicketDueReached
  bool operator==(const TicketTellingDue&) const = default;
};

struct TicketAssigned {
  std::uint8_t line = 1;
  std::string assignee;
  DueTimes times{};
  std::uint8_t holder_line = 0;  // of the assignee by his roles (V3); 0: not said
  bool operator==(const TicketAssigned&) const = default;
};

struct TicketCommented {
  bool operator==(const TicketCommented&) const = default;
};

struct TicketClosed {
  TicketStatus status = TicketStatus::kDone;
  RejectReason reason = RejectReason::kNone;
  TimeMs at{};            // zero: as of the envelope
  TimeMs reopen_until{};  // zero: it is never reopened
  TicketResult result = TicketResult::kNone;
  TellTimes tell{};
  bool operator==(const TicketClosed&) const = default;
};

struct TicketStarted {
  std::string assignee;  // a login
  DueTimes times{};
  std::uint8_t holder_line = 0;
  bool operator==(const TicketStarted&) const = default;
};

struct TicketPaused {
  WaitReason reason = WaitReason::kInformation;
  TimeMs until;  // of a remote session; zero: none was agreed
  DueTimes times{};
  TellTimes tell{};
  bool operator==(const TicketPaused&) const = default;
};

struct TicketResumed {
  DueTimes times{};
  bool operator==(const TicketResumed&) const = default;
};

struct TicketReclassified {
  Urgency urgency = Urgency::kLow;
  std::string topic;
  std::uint32_t catalogue_version = 0;
  std::string category;
  DueTimes times{};
  bool operator==(const TicketReclassified&) const = default;
};

struct TicketReopened {
  DueTimes times{};
  bool operator==(const TicketReopened&) const = default;
};

struct TicketFinished {
  TimeMs at;
  bool operator==(const TicketFinished&) const = default;
};

// It is a duplicate of a ticket that was opened before it.
struct TicketMerged {
  AggregateId into;
  Hlt into_opened;  // with `into`: its place in the order of tickets, so that no ring can close
  TimeMs at;
  TimeMs undo_until;  // zero: it is never taken back
  bool operator==(const TicketMerged&) const = default;
};

struct TicketUnmerged {
  DueTimes times{};
  bool operator==(const TicketUnmerged&) const = default;
};

// What became of the ticket that it is merged into.
struct TicketTargetChanged {
  AggregateId into;
  Hlt ended;  // which end; zero: it is open again
  TicketStatus status = TicketStatus::kDone;
  RejectReason reason = RejectReason::kNone;
  TimeMs at;            // learned, on the clock of this one's owner
  TimeMs reopen_until;  // zero: it is never reopened
  TellTimes tell{};
  bool operator==(const TicketTargetChanged&) const = default;
};

// It was a part of another ticket's request.
struct TicketPartOf {
  AggregateId origin;
  TimeMs since;  // reaction and completion run from here
  DueTimes times{};
  bool operator==(const TicketPartOf&) const = default;
};

enum class ItemChange : std::uint8_t { kAdded = 1, kTicked = 2, kUnticked = 3, kRemoved = 4 };

// A thing to do on the way; what it is stands in the personal part of the event that added it.
struct TicketItemChanged {
  std::uint16_t item = 0;  // from 1, never used again
  ItemChange change = ItemChange::kAdded;
  bool operator==(const TicketItemChanged&) const = default;
};

// One of those that a current problem has caused (T9); zero: it is none any more.
struct TicketOfProblem {
  AggregateId problem;
  bool operator==(const TicketOfProblem&) const = default;
};

struct TicketRetimed {
  DueTimes times{};
  bool operator==(const TicketRetimed&) const = default;
};

struct TicketDueReached {
  DueClock clock = DueClock::kCompletion;
  Threshold threshold = Threshold::kWarned;
  TimeMs moment;
  LinkThen link = LinkThen::kNotSaid;
  TimeMs cut_since{};  // with kCutOff: when the region had last been heard of; zero: never
  TimeMs region_at{};  // of a missed deadline: from when on the region is told; zero: at once
  bool operator==(const TicketDueReached&) const = default;
};

// V6: what its content is, whatever its name says.
enum class FileKind : std::uint8_t { kJpeg = 1, kPng = 2, kPdf = 3 };

// A file (files.h). Its name and its key are the personal part.
struct TicketAttached {
  FileHash hash;
  std::uint64_t bytes = 0;  // in the clear
  FileKind kind = FileKind::kPdf;
  std::vector<FileHash> chunks;
  bool operator==(const TicketAttached&) const = default;
};

// Ownership (ownership.h): what the owner says, what the other site says, what the region decides.
struct TicketOffered {
  SiteNo to;     // kHubSite: the region may choose a site
  TimeMs until;  // zero: no end
  bool operator==(const TicketOffered&) const = default;
};

struct TicketOfferCancelled {
  OwnerSeq offer;  // of this term
  bool operator==(const TicketOfferCancelled&) const = default;
};

struct TicketOfferAnswered {
  OwnerTerm term;  // of the offer
  OwnerSeq offer;
  OfferReply reply = OfferReply::kAccepted;
  bool operator==(const TicketOfferAnswered&) const = default;
};

struct TicketOwnerChanged {
  SiteNo to;
  SiteNo from;              // the owner of the term before
  StreamPos valid_through;  // in the journal of `from`: what it did later is a late action
  OwnerCause cause = OwnerCause::kAccepted;
  std::uint32_t lease_ms = 0;  // 0: no lease
  bool operator==(const TicketOwnerChanged&) const = default;
};

}  // namespace opora::protocol
