// What letters say, in both languages, as reviewable files.
#include "node/mail/letter_words.h"

#include <set>

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
  return text(write_letter(facts, language, moscow));
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

// Of each letter: what must have a place in its text. The subject has the number alone.
const std::map<LetterKind, std::set<std::string_view>> kHolesOfLetters = {
    {LetterKind::kRegistered, {"number", "site", "officer", "due"}},
    {LetterKind::kAsked, {"number", "site", "officer", "text", "session"}},
    {LetterKind::kDone, {"number", "site", "officer", "text", "until"}},
    {LetterKind::kRejected, {"number", "site", "officer", "text", "reason"}},
    {LetterKind::kMergedDone, {"number", "site", "officer", "until"}},
    {LetterKind::kMergedRejected, {"number", "site", "officer", "reason"}},
};

TEST(LetterWords, ATemplateHasTheHolesOfItsLetterInBothLanguages) {
  ASSERT_EQ(kLetters.size(), kHolesOfLetters.size());
  for (const NamedLetter& one : kLetters) {
    for (const Language language : {Language::kRussian, Language::kEnglish}) {
      const LetterTemplate words = letter_template(one.kind, language);
      const auto names = holes_of(words.text);
      const std::set<std::string_view> text(names.begin(), names.end());
      EXPECT_EQ(text, kHolesOfLetters.at(one.kind)) << one.key;
      EXPECT_EQ(holes_of(words.subject), std::vector<std::string_view>{"number"}) << one.key;
    }
  }
}

TEST(LetterWords, AParagraphWhoseHoleHasNothingIsLeftOut) {
  const std::string_view text = "Начало.\n\n{due}\n\nДо {until},\nне позже.\n\nКонец {number}.";
  EXPECT_EQ(fill(text, {{"due", ""}, {"number", "7"}}), "Начало.\n\nКонец 7.\n");
  EXPECT_EQ(fill(text, {{"due", "срок"}, {"until", "вечера"}, {"number", "7"}}),
            "Начало.\n\nсрок\n\nДо вечера,\nне позже.\n\nКонец 7.\n");
}

TEST(LetterWords, SayNothingOfMomentsThatThereAreNot) {
  LetterFacts registered = facts(TellWhat::kRegistered);
  registered.due = TimeMs{};
  EXPECT_EQ(written(registered, Language::kEnglish).find("To be completed"), std::string::npos);
  LetterFacts done = facts(TellWhat::kDone);
  done.until = TimeMs{};
  EXPECT_EQ(written(done, Language::kEnglish).find("If you do not agree"), std::string::npos);
}

// H1, H2: what came of it may be all that is said.
TEST(LetterWords, ACompletionWithoutWordsAnnouncesNoAnswer) {
  LetterFacts done = facts(TellWhat::kDone);
  done.text.clear();
  const std::string russian = written(done, Language::kRussian);
  EXPECT_EQ(russian.find("Ответ"), std::string::npos);
  EXPECT_NE(russian.find("17-004198-9 выполнена.\n\nЕсли вы не согласны"), std::string::npos);
  EXPECT_EQ(written(done, Language::kEnglish).find("answer"), std::string::npos);
}

TEST(LetterWords, ATextOfManyParagraphsStaysWhole) {
  LetterFacts done = facts(TellWhat::kDone);
  done.text = "Первое.\n\nВторое {due}.";
  EXPECT_NE(written(done, Language::kRussian).find("\n\nОтвет:\nПервое.\n\nВторое {due}.\n\n"),
            std::string::npos);
}

TEST(LetterWords, WhatIsPutInIsNotLookedThroughAgain) {
  LetterFacts tricky = facts(TellWhat::kDone);
  tricky.text = "{number} {site} {";
  EXPECT_NE(written(tricky, Language::kRussian).find("\n{number} {site} {\n"), std::string::npos);
}

}  // namespace
}  // namespace opora::node
