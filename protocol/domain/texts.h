// The texts that an event carries: how long each may be, and the name of every enumeration's value
// as the API, the exports and the logs write it. Pure, compile-time tables.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "protocol/base/result.h"
#include "protocol/domain/event_names.h"
#include "protocol/domain/events.h"

namespace opora::protocol {

// ---- limits ----

enum class CountedIn : std::uint8_t {
  kLetters,  // code points: what people type
  kBytes,    // identifiers that other systems made
};

struct TextLimit {
  std::size_t min = 0;
  std::size_t max = 0;
  CountedIn unit = CountedIn::kLetters;
};

// A full name, an organisation with its legal form, a doctor with speciality: real ones stay under
// 150.
inline constexpr TextLimit kNameLimit{0, 200};
// A page of text. Longer accounts are files; this also bounds what one event can weigh (six such
// texts, 96 KB).
inline constexpr TextLimit kFreeTextLimit{0, 4000};
// Half a page: it is read out, or sent.
inline constexpr TextLimit kClauseLimit{1, 2000};
// What is read beside a form in a moment.
inline constexpr TextLimit kNoticeLimit{1, 500};
// A longer answer is an article, or a file.
inline constexpr TextLimit kTemplateLimit{1, 4000};
// What stands in braces, and what may be chosen for it.
inline constexpr TextLimit kFieldNameLimit{1, 40};
inline constexpr TextLimit kChoiceLimit{1, 100};
// Two numbers with an extension, or a short SIP address.
inline constexpr TextLimit kPhoneLimit{0, 40};
// "38.5".
inline constexpr TextLimit kTemperatureLimit{0, 4};
// "1970-01-31".
inline constexpr TextLimit kDateLimit{0, 10};
// RFC 5321: a path without its brackets.
inline constexpr TextLimit kMailLimit{0, 254, CountedIn::kBytes};
// What telephone systems use as names: Asterisk's unique ids and channel names fit.
inline constexpr TextLimit kSourceLimit{1, 64, CountedIn::kBytes};
inline constexpr TextLimit kCallIdLimit{1, 128, CountedIn::kBytes};
inline constexpr TextLimit kLineLimit{0, 64};
inline constexpr TextLimit kAgentLimit{0, 64};
inline constexpr TextLimit kLoginLimit{1, 64};
inline constexpr TextLimit kTopicIdLimit{1, 64, CountedIn::kBytes};
inline constexpr TextLimit kTopicNameLimit{1, 200};
inline constexpr TextLimit kSiteNameLimit{1, 200};
inline constexpr TextLimit kZoneLimit{1, 64, CountedIn::kBytes};
// The legal ground of an erasure: a word is no ground, a page is not one either.
inline constexpr TextLimit kBasisLimit{3, 500};
// libsodium's Argon2id strings have at most 128 bytes with the final zero.
inline constexpr TextLimit kPasswordHashLimit{1, 128, CountedIn::kBytes};
// BLAKE2b-256 in hexadecimal.
inline constexpr TextLimit kTokenHashLimit{64, 64, CountedIn::kBytes};

// The longest name that file systems take.
inline constexpr TextLimit kFileNameLimit{1, 255};
// 32 bytes in hexadecimal.
inline constexpr TextLimit kFileKeyLimit{64, 64, CountedIn::kBytes};
// kMaxPeaks of recording_sound.h.
inline constexpr TextLimit kPeaksLimit{1, 600, CountedIn::kBytes};

// The limit of each personal field.
TextLimit limit_of(PersonalField field);

// Error (invalid, with this path) when the text is not UTF-8, is shorter or longer than allowed, or
// has control characters other than tab and line ends.
Status check_text(std::string_view path, std::string_view text, TextLimit limit);

// Looks like an IANA name and cannot leave a folder of zones; whether it exists is for those who
// have one.
bool is_zone_name(std::string_view zone);

// ---- names ----

template <>
struct Names<CallStep> {
  static constexpr std::array kTable = {
      Named{CallStep::kQueued, "queued"},          Named{CallStep::kRinging, "ringing"},
      Named{CallStep::kAnswered, "answered"},      Named{CallStep::kEnded, "ended"},
      Named{CallStep::kHandedOver, "handed_over"},
  };
};

template <>
struct Names<Direction> {
  static constexpr std::array kTable = {Named{Direction::kIn, "in"}, Named{Direction::kOut, "out"}};
};

template <>
struct Names<Channel> {
  static constexpr std::array kTable = {
      Named{Channel::kPhone, "phone"}, Named{Channel::kEmail, "email"},
      Named{Channel::kPaper, "paper"}, Named{Channel::kPortal, "portal"},
      Named{Channel::kChat, "chat"},
  };
};

template <>
struct Names<Outcome> {
  static constexpr std::array kTable = {Named{Outcome::kSolved, "solved"},
                                        Named{Outcome::kTicket, "ticket"}};
};

template <>
struct Names<Refusal> {
  static constexpr std::array kTable = {
      Named{Refusal::kNoSlots, "no_slots"},       Named{Refusal::kDeclined, "declined"},
      Named{Refusal::kNoReferral, "no_referral"}, Named{Refusal::kNotAttached, "not_attached"},
      Named{Refusal::kTechnical, "technical"},
  };
};

template <>
struct Names<ContactKind> {
  static constexpr std::array kTable = {
      Named{ContactKind::kSupport, "support"},
      Named{ContactKind::kHotLine, "hot_line"},
      Named{ContactKind::kBooking, "booking"},
      Named{ContactKind::kHouseCall, "house_call"},
      Named{ContactKind::kWaitingList, "waiting_list"},
      Named{ContactKind::kWish, "wish"},
  };
};

template <>
struct Names<ApplicantRole> {
  static constexpr std::array kTable = {
      Named{ApplicantRole::kCitizen, "citizen"},
      Named{ApplicantRole::kUser, "user"},
      Named{ApplicantRole::kItOfficer, "it_officer"},
      Named{ApplicantRole::kHead, "head"},
  };
};

template <>
struct Names<Urgency> {
  static constexpr std::array kTable = {
      Named{Urgency::kLow, "low"},
      Named{Urgency::kMedium, "medium"},
      Named{Urgency::kHigh, "high"},
      Named{Urgency::kCritical, "critical"},
  };
};

template <>
struct Names<TicketStatus> {
  static constexpr std::array kTable = {
      Named{TicketStatus::kRegistered, "registered"},
      Named{TicketStatus::kAssigned, "assigned"},
      Named{TicketStatus::kDone, "done"},
      Named{TicketStatus::kRejected, "rejected"},
      Named{TicketStatus::kInWork, "in_work"},
      Named{TicketStatus::kWaiting, "waiting"},
      Named{TicketStatus::kClosed, "closed"},
      Named{TicketStatus::kMerged, "merged"},
  };
};

template <>
struct Names<ItemChange> {
  static constexpr std::array kTable = {
      Named{ItemChange::kAdded, "added"},
      Named{ItemChange::kTicked, "ticked"},
      Named{ItemChange::kUnticked, "unticked"},
      Named{ItemChange::kRemoved, "removed"},
  };
};

template <>
struct Names<CallOutcome> {
  static constexpr std::array kTable = {Named{CallOutcome::kReached, "reached"},
                                        Named{CallOutcome::kNoAnswer, "no_answer"},
                                        Named{CallOutcome::kNotNeeded, "not_needed"}};
};

template <>
struct Names<WaitReason> {
  static constexpr std::array kTable = {
      Named{WaitReason::kInformation, "information"},
      Named{WaitReason::kFiles, "files"},
      Named{WaitReason::kRemoteSession, "remote_session"},
  };
};

template <>
struct Names<DueClock> {
  static constexpr std::array kTable = {
      Named{DueClock::kReaction, "reaction"}, Named{DueClock::kCompletion, "completion"},
      Named{DueClock::kSession, "session"}, Named{DueClock::kSilence, "silence"},
      Named{DueClock::kTelling, "telling"}};
};

template <>
struct Names<Threshold> {
  static constexpr std::array kTable = {Named{Threshold::kWarned, "warned"},
                                        Named{Threshold::kMissed, "missed"}};
};

template <>
struct Names<LinkThen> {
  static constexpr std::array kTable = {Named{LinkThen::kThere, "there"},
                                        Named{LinkThen::kCutOff, "cut_off"}};
};

template <>
struct Names<Missed> {
  static constexpr std::array kTable = {Named{Missed::kNo, "no"}, Named{Missed::kYes, "yes"},
                                        Named{Missed::kCutOff, "cut_off"}};
};

template <>
struct Names<RejectReason> {
  static constexpr std::array kTable = {
      Named{RejectReason::kMissingInformation, "missing_information"},
      Named{RejectReason::kTooLittleInformation, "too_little_information"},
      Named{RejectReason::kNotReproducible, "not_reproducible"},
      Named{RejectReason::kNoRemoteAccess, "no_remote_access"},
      Named{RejectReason::kDisrespectful, "disrespectful"},
      Named{RejectReason::kOutsideCompetence, "outside_competence"},
  };
};

template <>
struct Names<Language> {
  static constexpr std::array kTable = {Named{Language::kRussian, "ru"},
                                        Named{Language::kEnglish, "en"}};
};

template <>
struct Names<TellWhat> {
  static constexpr std::array kTable = {
      Named{TellWhat::kRegistered, "registered"},
      Named{TellWhat::kAsked, "asked"},
      Named{TellWhat::kDone, "done"},
      Named{TellWhat::kRejected, "rejected"},
  };
};

template <>
struct Names<ToldHow> {
  static constexpr std::array kTable = {
      Named{ToldHow::kMailed, "mailed"},
      Named{ToldHow::kToPhone, "to_phone"},
      Named{ToldHow::kPhoned, "phoned"},
      Named{ToldHow::kNotReached, "not_reached"},
  };
};

template <>
struct Names<ToldWhom> {
  static constexpr std::array kTable = {Named{ToldWhom::kApplicant, "applicant"},
                                        Named{ToldWhom::kOfficer, "officer"}};
};

template <>
struct Names<TellTrouble> {
  static constexpr std::array kTable = {
      Named{TellTrouble::kNoAddress, "no_address"},
      Named{TellTrouble::kRefused, "refused"},
      Named{TellTrouble::kGivenUp, "given_up"},
  };
};

template <>
struct Names<OfferReply> {
  static constexpr std::array kTable = {Named{OfferReply::kAccepted, "accepted"},
                                        Named{OfferReply::kDeclined, "declined"}};
};

template <>
struct Names<OwnerCause> {
  static constexpr std::array kTable = {
      Named{OwnerCause::kAccepted, "accepted"},
      Named{OwnerCause::kRouted, "routed"},
      Named{OwnerCause::kTakenOver, "taken_over"},
      Named{OwnerCause::kLeaseExpired, "lease_expired"},
  };
};

template <>
struct Names<ProblemKind> {
  static constexpr std::array kTable = {
      Named{ProblemKind::kNoLink, "no_link"},      Named{ProblemKind::kSchedule, "schedule"},
      Named{ProblemKind::kEquipment, "equipment"}, Named{ProblemKind::kSystem, "system"},
      Named{ProblemKind::kOther, "other"},
  };
};

template <>
struct Names<AgentState> {
  static constexpr std::array kTable = {
      Named{AgentState::kOffline, "offline"},
      Named{AgentState::kReady, "ready"},
      Named{AgentState::kBreak, "break"},
  };
};

template <>
struct Names<BreakReason> {
  static constexpr std::array kTable = {
      Named{BreakReason::kRest, "rest"},
      Named{BreakReason::kSupervisorWork, "supervisor_work"},
      Named{BreakReason::kOutgoing, "outgoing"},
      Named{BreakReason::kOther, "other"},
      Named{BreakReason::kNoAnswer, "no_answer"},
  };
};

template <>
struct Names<YearStatus> {
  static constexpr std::array kTable = {Named{YearStatus::kDecreed, "decreed"},
                                        Named{YearStatus::kPreliminary, "preliminary"}};
};

template <>
struct Names<DayKind> {
  static constexpr std::array kTable = {Named{DayKind::kOff, "off"},
                                        Named{DayKind::kShort, "short"},
                                        Named{DayKind::kWorking, "working"}};
};

template <>
struct Names<DayReason> {
  static constexpr std::array kTable = {Named{DayReason::kWeek, "week"},
                                        Named{DayReason::kProduction, "production"},
                                        Named{DayReason::kOwn, "own"}};
};

template <>
struct Names<Holidays> {
  static constexpr std::array kTable = {Named{Holidays::kObserved, "observed"},
                                        Named{Holidays::kIgnored, "ignored"}};
};

template <>
struct Names<NormUnit> {
  static constexpr std::array kTable = {Named{NormUnit::kHours, "hours"},
                                        Named{NormUnit::kWeeks, "weeks"}};
};

template <>
struct Names<Running> {
  static constexpr std::array kTable = {Named{Running::kRoundTheClock, "round_the_clock"},
                                        Named{Running::kWorkingTime, "working_time"}};
};

template <>
struct Names<TemplateUse> {
  static constexpr std::array kTable = {Named{TemplateUse::kAnswer, "answer"},
                                        Named{TemplateUse::kTicket, "ticket"}};
};

template <>
struct Names<Filling> {
  static constexpr std::array kTable = {
      Named{Filling::kAsked, "asked"},         Named{Filling::kNumber, "number"},
      Named{Filling::kApplicant, "applicant"}, Named{Filling::kOrganisation, "organisation"},
      Named{Filling::kTopic, "topic"},         Named{Filling::kCompletion, "completion"},
      Named{Filling::kToday, "today"},
  };
};

template <>
struct Names<FileKind> {
  static constexpr std::array kTable = {Named{FileKind::kJpeg, "jpeg"},
                                        Named{FileKind::kPng, "png"}, Named{FileKind::kPdf, "pdf"}};
};

template <>
struct Names<PersonalField> {
  static constexpr std::array kTable = {
      Named{PersonalField::kPhone, "phone"},
      Named{PersonalField::kApplicant, "applicant"},
      Named{PersonalField::kOrganisation, "organisation"},
      Named{PersonalField::kMunicipality, "municipality"},
      Named{PersonalField::kDetails, "details"},
      Named{PersonalField::kSummary, "summary"},
      Named{PersonalField::kNote, "note"},
      Named{PersonalField::kText, "text"},
      Named{PersonalField::kName, "name"},
      Named{PersonalField::kDescription, "description"},
      Named{PersonalField::kDoctor, "doctor"},
      Named{PersonalField::kPasswordHash, "password_hash"},
      Named{PersonalField::kTokenHash, "token_hash"},
      Named{PersonalField::kPhoneGiven, "phone_given"},
      Named{PersonalField::kAddress, "address"},
      Named{PersonalField::kTemperature, "temperature"},
      Named{PersonalField::kFileName, "file_name"},
      Named{PersonalField::kFileKey, "file_key"},
      Named{PersonalField::kMail, "email"},
      Named{PersonalField::kSentTo, "sent_to"},
      Named{PersonalField::kBirthDate, "birth_date"},
      Named{PersonalField::kPeaks, "peaks"},
  };
};

}  // namespace opora::protocol
