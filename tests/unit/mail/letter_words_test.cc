// What letters say, in both languages, as reviewable files.
#include "node/mail/letter_words.h"

#include <gtest/gtest.h>

#include "protocol/domain/texts.h"
#include "tests/unit/domain/golden.h"

namespace opora::node {
namespace {

using protocol::Language;
using protocol::TellWhat;

constexpr TimeMs kAt{1'795'152'667'250};  // 2026-11-20T05:31:07Z

std::int16_t moscow(TimeMs) { return 180; }

LetterFacts facts(TellWhat what) {
  LetterFacts out;
  out.what = what;
  out.number = "17-004198-9";
  out.site = "Городская больница № 17";
  if (what == TellWhat::kRegistered) out.due = kAt + 8 * 3'600'000;
  if (what == TellWhat::kAsked) out.text = "Пришлите снимок экрана с ошибкой.";
  if (what == TellWhat::kDone) {
    out.text = "Принтер подключён заново.";
    out.until = kAt + 72 * 3'600'000;
  }
  if (what == TellWhat::kRejected) out.reason = protocol::RejectReason::kOutsideCompetence;
  return out;
}

std::string text(const LetterWords& words) {
  return "Subject: " + words.subject + "\n\n" + words.body;
}

std::string written(const LetterFacts& facts, Language language) {
  return text(LetterCatalogue::shipped().value().write(facts, language, moscow));
}

TEST(LetterWords, SayWhatHappenedInBothLanguages) {
  for (const TellWhat what :
       {TellWhat::kRegistered, TellWhat::kAsked, TellWhat::kDone, TellWhat::kRejected}) {
    for (const Language language : {Language::kRussian, Language::kEnglish}) {
      const std::string name = std::string(protocol::to_name(what)) + "." +
                               std::string(protocol::to_name(language)) + ".txt";
      protocol::expect_golden(name, written(facts(what), language));
    }
  }
}

TEST(LetterWords, SayToTheOfficerWhyHeIsWrittenTo) {
  LetterFacts to_officer = facts(TellWhat::kAsked);
  to_officer.whom = protocol::ToldWhom::kOfficer;
  to_officer.session_at = kAt;
  protocol::expect_golden("asked_officer.ru.txt", written(to_officer, Language::kRussian));
}

TEST(LetterWords, SayToWhomeverADuplicateWasOfNothingThatWasWrittenToAnother) {
  for (const TellWhat what : {TellWhat::kDone, TellWhat::kRejected}) {
    LetterFacts merged = facts(what);
    merged.text.clear();
    merged.end = EndedBy::kAnotherTicket;
    for (const Language language : {Language::kRussian, Language::kEnglish}) {
      const std::string name = "merged_" + std::string(protocol::to_name(what)) + "." +
                               std::string(protocol::to_name(language)) + ".txt";
      protocol::expect_golden(name, written(merged, language));
    }
  }
}

TEST(LetterWords, EveryReasonOfARejectionHasItsWords) {
  for (const auto& [reason, name] : protocol::Names<protocol::RejectReason>::kTable) {
    LetterFacts rejected = facts(TellWhat::kRejected);
    rejected.reason = reason;
    for (const Language language : {Language::kRussian, Language::kEnglish})
      EXPECT_EQ(written(rejected, language).find(": .\n"), std::string::npos) << name;
  }
}

TEST(LetterWords, WhatIsPutInIsNotLookedThroughAgain) {
  LetterFacts tricky = facts(TellWhat::kDone);
  tricky.text = "{number} {site} {";
  EXPECT_NE(written(tricky, Language::kRussian).find("\n{number} {site} {\n"), std::string::npos);
}

}  // namespace
}  // namespace opora::node
