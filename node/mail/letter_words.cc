#include "node/mail/letter_words.h"

#include <algorithm>

#include <fmt/format.h>

#include "protocol/base/check.h"
#include "protocol/domain/texts.h"

namespace opora::node {

namespace {

using protocol::TellWhat;

struct Row {
  std::string_view key;
  std::string_view russian;
  std::string_view english;
};
constexpr Row kRows[] = {
#include "node/mail/letter_words.inc"
};
constexpr std::string_view kBetweenParagraphs = "\n\n";

std::string_view words_of(std::string_view key, protocol::Language language) {
  const auto* const row =
      std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& r) { return r.key == key; });
  OPORA_CHECK(row != std::end(kRows));
  return language == protocol::Language::kEnglish ? row->english : row->russian;
}

// Cuts off what stands before the next `end`, which goes too.
std::string_view cut(std::string_view& from, std::string_view end) {
  const std::size_t at = from.find(end);
  const std::string_view out = from.substr(0, at);
  from.remove_prefix(at == std::string_view::npos ? from.size() : at + end.size());
  return out;
}

std::string_view put_in(std::string_view name, const Holes& holes) {
  const auto hole =
      std::find_if(holes.begin(), holes.end(), [&](const auto& one) { return one.first == name; });
  return hole == holes.end() ? std::string_view{} : hole->second;
}

std::string filled(std::string_view words, const Holes& holes) {
  std::string out;
  while (!words.empty()) {
    out += cut(words, "{");
    out += put_in(cut(words, "}"), holes);
  }
  return out;
}

std::string moment(TimeMs at, protocol::Language language, const protocol::ZoneOffset& zone) {
  if (at.v == 0) return {};
  const std::int64_t local = at.v + zone(at) * protocol::kMinuteMs;
  const protocol::LocalDay day = protocol::local_day(at, zone);
  const auto date = protocol::date_of(day);
  const std::int64_t minute =
      (local - std::int64_t{day.v} * protocol::kDayMs) / protocol::kMinuteMs;
  const auto d = static_cast<unsigned>(date.day());
  const auto m = static_cast<unsigned>(date.month());
  const auto y = static_cast<int>(date.year());
  if (language == protocol::Language::kEnglish)
    return fmt::format("{}-{:02}-{:02} {:02}:{:02}", y, m, d, minute / 60, minute % 60);
  return fmt::format("{:02}.{:02}.{} {:02}:{:02}", d, m, y, minute / 60, minute % 60);
}

LetterKind kind_of(const LetterFacts& facts) {
  const bool merged = facts.end == EndedBy::kAnotherTicket;
  switch (facts.what) {
    case TellWhat::kRegistered: return LetterKind::kRegistered;
    case TellWhat::kAsked: return LetterKind::kAsked;
    case TellWhat::kDone: return merged ? LetterKind::kMergedDone : LetterKind::kDone;
    case TellWhat::kRejected: return merged ? LetterKind::kMergedRejected : LetterKind::kRejected;
  }
  OPORA_CHECK(!"an event of which nobody is told");
  return LetterKind::kRegistered;
}

std::string reason_words(protocol::RejectReason reason, protocol::Language language) {
  if (reason == protocol::RejectReason::kNone) return {};
  return std::string(words_of(fmt::format("reject_{}", protocol::to_name(reason)), language));
}

}  // namespace

LetterTemplate letter_template(LetterKind kind, protocol::Language language) {
  const auto* const named = std::find_if(kLetters.begin(), kLetters.end(),
                                         [&](const NamedLetter& one) { return one.kind == kind; });
  OPORA_CHECK(named != kLetters.end());
  return {words_of(fmt::format("{}_subject", named->key), language),
          words_of(fmt::format("{}_text", named->key), language)};
}

std::vector<std::string_view> holes_of(std::string_view words) {
  std::vector<std::string_view> out;
  for (cut(words, "{"); !words.empty(); cut(words, "{")) out.push_back(cut(words, "}"));
  return out;
}

std::string fill(std::string_view text, const Holes& holes) {
  std::string out;
  while (!text.empty()) {
    const std::string_view paragraph = cut(text, kBetweenParagraphs);
    const std::vector<std::string_view> names = holes_of(paragraph);
    const bool lacks = std::any_of(names.begin(), names.end(), [&](std::string_view name) {
      return put_in(name, holes).empty();
    });
    if (lacks) continue;
    if (!out.empty()) out += kBetweenParagraphs;
    out += filled(paragraph, holes);
  }
  return out + "\n";
}

LetterWords write_letter(const LetterFacts& facts, protocol::Language language,
                         const protocol::ZoneOffset& zone) {
  const bool to_officer = facts.whom == protocol::ToldWhom::kOfficer;
  const Holes holes = {
      {"number", facts.number},
      {"site", facts.site},
      {"text", facts.text},
      {"reason", reason_words(facts.reason, language)},
      {"due", moment(facts.due, language, zone)},
      {"session", moment(facts.session_at, language, zone)},
      {"until", moment(facts.until, language, zone)},
      {"officer", to_officer ? std::string(words_of("letter_for_officer", language)) : ""},
  };
  const LetterTemplate words = letter_template(kind_of(facts), language);
  return {filled(words.subject, holes), fill(words.text, holes)};
}

}  // namespace opora::node
