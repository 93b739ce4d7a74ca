// What the rules of facts have in common: bounds of the protocol, and who takes note of the first
// rule that is broken. For facts_rules only.
#pragma once

#include <limits>
#include <string>
#include <type_traits>

#include "protocol/base/utf8.h"
#include "protocol/codec/facts_rules.h"

namespace opora::protocol {

// Lengths in bytes, as bounds of the protocol: four times the letters that domain/texts.h lets
// people type, so that a site of another version may be more generous, and still nothing that could
// swell a row.
inline constexpr std::size_t kMaxSource = 64;
inline constexpr std::size_t kMaxCallId = 128;
inline constexpr std::size_t kMaxWord = 256;  // a login, a line, a topic's id
inline constexpr std::size_t kMaxName = 800;
inline constexpr std::size_t kMaxBasis = 2000;
inline constexpr std::size_t kMaxClause = 8000;
inline constexpr std::size_t kMaxTemplate = 16'000;
inline constexpr std::size_t kMaxTemplateFields = 20;
inline constexpr std::size_t kMaxTemplateChoices = 50;
// Of the longest: within kMaxFactsBytes beside the text.
inline constexpr std::size_t kMaxTemplateItems = 100;
inline constexpr std::size_t kLinkKeyBytes = 32;
inline constexpr std::uint16_t kMaxDeskNo = 99;  // DeskNo in ids.h
inline constexpr std::int16_t kMaxZoneOffsetMin = 14 * 60;
// The first and last day of kMinEventTime … kMaxEventTime.
inline constexpr LocalDay kFirstDay{static_cast<std::int32_t>(kMinEventTime.v / kDayMs)};
inline constexpr LocalDay kEndDay{static_cast<std::int32_t>(kMaxEventTime.v / kDayMs)};
// Four times what a queue of domain/decide.h may have.
inline constexpr std::size_t kMaxReactions = 400;
// Four times what domain/decide.h lets a user have.
inline constexpr std::size_t kMaxSkills = 400;
// More than a region will ever have; the encoded size bounds them as well.
inline constexpr std::size_t kMaxSites = kMaxSiteNo + 1;
inline constexpr std::size_t kMaxTopics = 2000;

// Takes note of the first broken rule.
class Judge {
 public:
  FactsVerdict verdict;

  void require(bool good, const char* path, const char* message) {  // bool: the rule itself
    if (!good && !verdict.error) verdict.error = invalid(path, message);
  }
  void text(const char* path, const std::string& value, std::size_t min, std::size_t max) {
    require(value.size() >= min, path, "missing");
    require(value.size() <= max, path, "too long");
    require(is_utf8(value), path, "not UTF-8");
  }
  void time(const char* path, TimeMs at) {
    require(at >= kMinEventTime && at < kMaxEventTime, path, "not between 2000 and 2100");
  }
  void zone(std::int16_t offset_min) {
    require(offset_min >= -kMaxZoneOffsetMin && offset_min <= kMaxZoneOffsetMin, "zone_offset_min",
            "beyond 14 hours");
  }
  void site(const char* path, SiteNo site) {
    require(site.v <= kMaxSiteNo, path, "not a site number");
  }
  void desk(const char* path, DeskNo desk) {
    require(desk.v <= kMaxDeskNo, path, "not a desk number");
  }
  void day(const char* path, LocalDay day) {
    require(day >= kFirstDay && day < kEndDay, path, "not between 2000 and 2100");
  }
  // What the domain's own check says of a whole value.
  void rule(const Status& status) {
    if (!status.ok() && !verdict.error) verdict.error = status.error();
  }
  void norm(const char* path, const Norm& norm) {
    known(norm.unit, NormUnit::kHours, NormUnit::kWeeks);
    known(norm.running, Running::kRoundTheClock, Running::kWorkingTime);
    require(norm.minutes <= kMaxNormMinutes, path, "over a year");
  }
  void line(std::uint8_t line) { require(line >= 1 && line <= 3, "line", "not 1 to 3"); }
  void place(OwnerTerm term, OwnerSeq seq) {
    require(term.v != 0 && seq.v != 0, "seq", "no place in the owner's order");
  }
  void tell(const TellTimes& tell) {
    time_or_none("tell", tell.warn);
    time_or_none("tell", tell.due);
    require(tell.warn <= tell.due, "tell", "the warning comes first");
  }
  void time_or_none(const char* path, TimeMs at) {
    if (at.v != 0) time(path, at);
  }
  void times(const DueTimes& times) {
    time_or_none("times.at", times.at);
    text("times.queue", times.queue, 0, kMaxWord);
    time_or_none("times.registration_due", times.registration_due);
    time_or_none("times.reaction_warn", times.reaction_warn);
    time_or_none("times.reaction_due", times.reaction_due);
    time_or_none("times.completion_warn", times.completion_warn);
    time_or_none("times.completion_due", times.completion_due);
    time_or_none("times.silence_at", times.silence_at);
  }
  void absence(const Absence& absence) {
    text("substitute", absence.substitute, 0, kMaxWord);
    if (absence.from.v == 0 && absence.to.v == 0) return;
    day("absent_from", absence.from);
    day("absent_to", absence.to);
    require(absence.from <= absence.to, "absent_to", "ends before it begins");
  }
  void asking(const Asking& asking) {
    known(asking.kind, ContactKind::kNone, ContactKind::kWish);
    known(asking.role, ApplicantRole::kNone, ApplicantRole::kHead);
    known(asking.facility_by, FacilityBy::kName, FacilityBy::kSupportCode);
    known(asking.wish, WishSubject::kNone, WishSubject::kOther);
    known(asking.hot_line, HotLine::kNone, HotLine::kForwarded);
    known(asking.passed_to, PassedTo::kNobody, PassedTo::kMinistry);
  }
  template <class E>
  void known(E value, E first, E last) {
    if (value < first || value > last) verdict.unknown_enumerator = true;
  }
};

}  // namespace opora::protocol
