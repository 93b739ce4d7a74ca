#include "node/mail/letter_words.h"

#include <fmt/format.h>

#include "protocol/domain/texts.h"
#include "web/server/json_reader.h"

// By the assembler: the catalogue is data.
asm(".pushsection .rodata\n"
    ".global opora_words_ru\n"
    "opora_words_ru:\n"
    ".incbin \"" OPORA_WORDS_RU
    "\"\n"
    ".global opora_words_ru_end\n"
    "opora_words_ru_end:\n"
    ".global opora_words_en\n"
    "opora_words_en:\n"
    ".incbin \"" OPORA_WORDS_EN
    "\"\n"
    ".global opora_words_en_end\n"
    "opora_words_en_end:\n"
    ".popsection\n");
// The assembler's names, above.  NOLINTBEGIN(readability-identifier-naming)
extern "C" const char opora_words_ru[];
extern "C" const char opora_words_ru_end[];
extern "C" const char opora_words_en[];
extern "C" const char opora_words_en_end[];
// NOLINTEND(readability-identifier-naming)

namespace opora::node {

namespace {

using protocol::TellWhat;

constexpr std::array kNeeded = {
    "letter_subject",
    "letter_state_registered",
    "letter_state_asked",
    "letter_state_done",
    "letter_state_rejected",
    "letter_greeting",
    "letter_for_officer",
    "letter_registered",
    "letter_due",
    "letter_asked",
    "letter_session",
    "letter_clock_stands",
    "letter_done",
    "letter_merged",
    "letter_done_merged",
    "letter_objection",
    "letter_rejected",
    "letter_closing",
    "reject_missing_information",
    "reject_too_little_information",
    "reject_not_reproducible",
    "reject_no_remote_access",
    "reject_disrespectful",
    "reject_outside_competence",
};
// The catalogue has a thousand words; no JSON of a stranger is read here.
constexpr web::JsonLimits kLimits{8, 20'000, 200'000};
constexpr std::size_t kMaxWordChars = 2'000;

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

// "{name}" is replaced; what is put in is never looked through again.
std::string filled(std::string_view words,
                   std::initializer_list<std::pair<std::string_view, std::string_view>> holes) {
  std::string out;
  while (!words.empty()) {
    const std::size_t open = words.find('{');
    const std::size_t close = words.find('}', open);
    if (close == std::string_view::npos) break;
    out += words.substr(0, open);
    const std::string_view name = words.substr(open + 1, close - open - 1);
    for (const auto& [hole, text] : holes) {
      if (hole == name) out += text;
    }
    words.remove_prefix(close + 1);
  }
  return out + std::string(words);
}

std::string moment(TimeMs at, protocol::Language language, const protocol::ZoneOffset& zone) {
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

// Blocks of a letter stand apart by an empty line.
class Body {
 public:
  void add(std::string_view block) {
    if (block.empty()) return;
    if (!text_.empty()) text_ += "\n\n";
    text_ += block;
  }
  std::string take() { return std::move(text_) + "\n"; }

 private:
  std::string text_;
};

}  // namespace

Result<LetterCatalogue::Words> LetterCatalogue::read(std::string_view json) {
  auto document = web::JsonDocument::parse(json, kLimits);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read(web::UnknownFields::kIgnore);
  Words out;
  for (const char* key : kNeeded) out[key] = in.text(key, {1, kMaxWordChars});
  OPORA_TRY(in.finish());
  return out;
}

Result<LetterCatalogue> LetterCatalogue::shipped() {
  auto russian = read(between(opora_words_ru, opora_words_ru_end));
  if (!russian.ok()) return russian.error();
  auto english = read(between(opora_words_en, opora_words_en_end));
  if (!english.ok()) return english.error();
  LetterCatalogue out;
  out.words_ = {std::move(*russian), std::move(*english)};
  return out;
}

LetterWords LetterCatalogue::write(const LetterFacts& facts, protocol::Language language,
                                   const protocol::ZoneOffset& zone) const {
  const Words& words = words_[language == protocol::Language::kEnglish ? 1 : 0];
  const auto word = [&](std::string_view key) -> const std::string& {
    return words.find(key)->second;
  };
  const auto at = [&](TimeMs time) { return moment(time, language, zone); };
  const std::string state = fmt::format("letter_state_{}", protocol::to_name(facts.what));
  Body body;
  body.add(word("letter_greeting"));
  if (facts.whom == protocol::ToldWhom::kOfficer) body.add(word("letter_for_officer"));
  const auto said = [&](std::string_view key) {
    body.add(filled(word(key), {{"number", facts.number}}));
  };
  const bool merged = facts.end == EndedBy::kAnotherTicket;
  if (merged) said("letter_merged");
  switch (facts.what) {
    case TellWhat::kRegistered:
      said("letter_registered");
      if (facts.due.v != 0) body.add(filled(word("letter_due"), {{"due", at(facts.due)}}));
      break;
    case TellWhat::kAsked:
      said("letter_asked");
      body.add(facts.text);
      if (facts.session_at.v != 0)
        body.add(filled(word("letter_session"), {{"at", at(facts.session_at)}}));
      body.add(word("letter_clock_stands"));
      break;
    case TellWhat::kDone:
      said(merged ? "letter_done_merged" : "letter_done");
      body.add(facts.text);
      if (facts.until.v != 0)
        body.add(filled(word("letter_objection"), {{"until", at(facts.until)}}));
      break;
    case TellWhat::kRejected: {
      const std::string key = fmt::format("reject_{}", protocol::to_name(facts.reason));
      const auto reason = words.find(key);
      body.add(filled(word("letter_rejected"),
                      {{"number", facts.number},
                       {"reason", reason == words.end() ? "" : std::string_view(reason->second)}}));
      body.add(facts.text);
      break;
    }
  }
  body.add(filled(word("letter_closing"), {{"site", facts.site}, {"number", facts.number}}));
  return {filled(word("letter_subject"), {{"number", facts.number}, {"state", word(state)}}),
          body.take()};
}

}  // namespace opora::node
