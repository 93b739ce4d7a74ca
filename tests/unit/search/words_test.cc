#include <unistd.h>

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/search/analyzer.h"
#include "sync/search/lemmatizer.h"
#include "sync/search/letters.h"
#include "sync/search/query.h"

namespace opora::sync {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

constexpr const char* kDictionaries = "/usr/share/hunspell";

std::vector<std::string> tokens(std::string_view text, Lemmatizer& lemmatizer) {
  std::vector<std::string> out;
  analyze(text, lemmatizer,
          [&](std::string_view token, Span, TokenPlace) { out.emplace_back(token); });
  return out;
}

std::vector<std::string> tokens(std::string_view text) {
  static Lemmatizer lemmatizer{std::string(kDictionaries)};
  return tokens(text, lemmatizer);
}

bool meet(std::string_view a, std::string_view b) {
  const auto left = tokens(a);
  const auto right = tokens(b);
  return std::any_of(left.begin(), left.end(), [&](const auto& t) {
    return std::find(right.begin(), right.end(), t) != right.end();
  });
}

TEST(Letters, FoldCaseYoAndAccentsOfEveryKind) {
  EXPECT_EQ(fold("Ёлка ПРИЁМ"), "елка прием");
  EXPECT_EQ(fold("Е\u0308лка"), "елка");
  EXPECT_EQ(fold("И\u0306од"), "йод");
  EXPECT_EQ(fold("за\u0301мок"), "замок");
  EXPECT_EQ(fold("пе\u00ADре\u200Bнос"), "перенос");
  EXPECT_EQ(fold("ÄÉŽ Ș ΩΣ ІЇЄ Ґ Ә"), "äéž ș ωσ іїє ґ ә");
}

TEST(Letters, SignsAndBrokenBytesEndAWord) {
  for (const char32_t c : {U'«', U'—', U'№', U'…', U'😀', U'\uFFFD', U'_', U'\'', U'\u3000', U'€'}) {
    EXPECT_EQ(class_of(c), LetterClass::kOther) << static_cast<std::uint32_t>(c);
  }
  for (const char32_t c : {U'z', U'я', U'Ё', U'é', U'ß', U'ა', U'中'}) {
    EXPECT_EQ(class_of(c), LetterClass::kLetter) << static_cast<std::uint32_t>(c);
  }
}

TEST(Letters, TheOtherLayoutIsTheSameKeys) {
  EXPECT_EQ(other_layout("ghbdtn"), "привет");
  EXPECT_EQ(other_layout("GHBDTN"), "ПРИВЕТ");
  EXPECT_EQ(other_layout("k.,bvsq ,jkmybxysq"), "любимый больничный");
  EXPECT_EQ(other_layout("[bhehu"), "хирург");
  EXPECT_EQ(other_layout("цштвщцы"), "windows");
  EXPECT_EQ(other_layout("123"), "123");
  EXPECT_EQ(other_layout(""), "");
}

TEST(Lemmas, FormsOfAWordMeetWhereStemsAlonePartThem) {
  EXPECT_TRUE(meet("запись", "записи"));
  EXPECT_TRUE(meet("запись", "записью"));
  EXPECT_TRUE(meet("ребёнок", "ребенка"));
  EXPECT_TRUE(meet("приём", "приема"));
  EXPECT_TRUE(meet("ёлка", "елки"));
  EXPECT_TRUE(meet("врач", "ВРАЧУ"));
  EXPECT_TRUE(meet("дети", "детей"));
  EXPECT_TRUE(meet("Петровна", "петровне"));
  EXPECT_TRUE(meet("printers", "printer"));
  EXPECT_FALSE(meet("запись", "запах"));
  EXPECT_FALSE(meet("врач", "брат"));
}

TEST(Lemmas, WithoutADictionaryStemsDoWhatTheyCan) {
  Lemmatizer plain("/nonexistent");
  EXPECT_THAT(tokens("записи", plain), ElementsAre("запис"));
  EXPECT_THAT(tokens("запись", plain), ElementsAre("зап"));
  EXPECT_FALSE(plain.dictionary_loaded());
  EXPECT_NE(plain.fingerprint(), Lemmatizer(kDictionaries).fingerprint());
}

TEST(Lemmas, AFolderInPlaceOfTheDictionaryIsNoDictionary) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / ("opora-words-" + std::to_string(getpid()));
  fs::create_directories(folder / "ru_RU.aff");
  fs::create_directories(folder / "ru_RU.dic");
  Lemmatizer plain(folder.string());
  EXPECT_EQ(plain.fingerprint(), Lemmatizer("/nonexistent").fingerprint());
  EXPECT_THAT(tokens("записи", plain), ElementsAre("запис"));
  fs::remove_all(folder);
}

TEST(Lemmas, TheDictionaryIsReadAtTheFirstRussianWordOnly) {
  Lemmatizer lazy{std::string(kDictionaries)};
  tokens("123 45", lazy);
  EXPECT_FALSE(lazy.dictionary_loaded());
  tokens("запись", lazy);
  EXPECT_TRUE(lazy.dictionary_loaded());
}

TEST(Lemmas, ASurnameIsOneInAllCasesAndBothGenders) {
  for (const char* form :
       {"Иванов", "Иванова", "Иванову", "Ивановым", "Ивановой", "Ивановых", "Ивановы", "ИВАНОВЕ"}) {
    EXPECT_THAT(tokens(form), Contains("иванов")) << form;
    EXPECT_THAT(tokens(form), Not(Contains("иван"))) << form;
  }
  EXPECT_TRUE(meet("Ковалёв", "Ковалевой"));
  EXPECT_TRUE(meet("Пушкин", "Пушкиной"));
  EXPECT_TRUE(meet("Узловская", "Узловской"));
  EXPECT_FALSE(meet("Иванов", "Ивана"));
  EXPECT_EQ(surname_key("слова"), "");
  EXPECT_EQ(surname_key(""), "");
}

TEST(Lemmas, AVeryLongWordIsTakenAsItIsAndCut) {
  std::string word;
  for (int i = 0; i < 10'000; ++i) word += "я";
  const auto found = tokens(word);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].size(), kMaxIndexedLetters * 2);
}

TEST(Analyzer, KeepsNumbersAndBringsTelephonesToOneForm) {
  EXPECT_THAT(tokens("8 (4872) 31-23-45"),
              UnorderedElementsAre("8", "4872", "31", "23", "45", "84872312345", "74872312345"));
  EXPECT_THAT(tokens("+7 999 123-45-67"), Contains("79991234567"));
  EXPECT_THAT(tokens("89991234567 12.03.2026"), Contains("79991234567"));
  EXPECT_THAT(tokens("9991234567"), UnorderedElementsAre("9991234567", "79991234567"));
  EXPECT_THAT(tokens("+375 29 123-45-67"), Contains("375291234567"));
  EXPECT_THAT(tokens("каб. 12"), Contains("12"));
  EXPECT_THAT(tokens("101, 102"), ElementsAre("101", "102"));
}

TEST(Analyzer, KeepsTicketNumbersWithAndWithoutDashes) {
  EXPECT_THAT(tokens("17-004198-9"), UnorderedElementsAre("17", "004198", "9", "170041989"));
  EXPECT_THAT(tokens("170041989"), ElementsAre("170041989"));
}

TEST(Analyzer, PartsLettersFromDigits) {
  EXPECT_THAT(tokens("кв12"), Contains("12"));
  EXPECT_THAT(tokens("covid-19"), ElementsAre("covid", "19"));
}

TEST(Analyzer, SaysWhereEachTokenStands) {
  static Lemmatizer lemmatizer{std::string(kDictionaries)};
  const std::string_view text = "ой, врачу 12-3!";
  std::vector<std::string> covered;
  analyze(text, lemmatizer, [&](std::string_view, Span at, TokenPlace place) {
    if (place == TokenPlace::kNext) covered.emplace_back(text.substr(at.begin, at.end - at.begin));
  });
  EXPECT_THAT(covered, ElementsAre("ой", "врачу", "12-3"));
}

TEST(Analyzer, NonsenseGivesNothing) {
  for (const char* text : {"", " ", "---", "\"*()", "\xFF\xFE", "№ —", "\u200B\u0301", "+"}) {
    EXPECT_THAT(tokens(text), IsEmpty()) << text;
  }
}

TEST(Analyzer, ATableOfNumbersStaysSmall) {
  std::string text;
  for (int i = 0; i < 1'000; ++i) text += "12 ";
  EXPECT_LT(tokens(text).size(), 2'000u);
}

Query query(std::string_view text) {
  static Lemmatizer lemmatizer{std::string(kDictionaries)};
  return parse_query(text, lemmatizer);
}

TEST(Query, EveryWordMustBeThereAndTheLastMayGoOn) {
  const Query q = query("талон терапевт");
  EXPECT_EQ(q.whole, "(\"талон\" AND \"терапевт\")");
  EXPECT_EQ(q.open, "(\"талон\" AND \"терапевт\" *)");
  EXPECT_THAT(q.words, ElementsAre("талон", "терапевт"));
}

TEST(Query, AShortBeginningIsAWholeWord) {
  EXPECT_EQ(query("кт").open, "\"кт\"");
  EXPECT_EQ(query("99").open, "\"99\"");
}

TEST(Query, JoiningWordsAreLeftOutUnlessTheyAreAll) {
  EXPECT_EQ(query("талон к терапевту").words, (std::vector<std::string>{"талон", "терапевту"}));
  EXPECT_EQ(query("в на").words, (std::vector<std::string>{"в", "на"}));
}

TEST(Query, APartOfATelephoneNumberIsABeginning) {
  EXPECT_THAT(query("8 999 12").open, testing::HasSubstr("\"799912\" *"));
  EXPECT_THAT(query("99912").open, testing::HasSubstr("\"799912\" *"));
  EXPECT_THAT(query("+7 999 12").open, testing::HasSubstr("\"799912\" *"));
  EXPECT_THAT(query("8 999 12").whole, Not(testing::HasSubstr("*")));
}

TEST(Query, IsBoundedHoweverMuchIsTyped) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "слово" + std::to_string(i) + " ";
  EXPECT_LE(query(text).words.size(), kMaxQueryWords);
  EXPECT_LT(query(text).open.size(), 4'000u);
}

TEST(Query, NothingToLookForIsEmpty) {
  for (const char* text : {"", "\"", "*", "AND(", "  -- ", "\xFF"}) {
    EXPECT_EQ(query(text).empty(), std::string_view(text) != "AND(") << text;
  }
}

}  // namespace
}  // namespace opora::sync
