#include "sync/search/search_index.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "protocol/base/hash.h"
#include "sync/search/sqlite.h"
#include "tests/support/temp_folder.h"

namespace opora::sync {
namespace {

namespace fs = std::filesystem;

constexpr DocumentKind kTicket{2};
constexpr DocumentKind kContact{1};
constexpr TimeMs kNow{1'790'000'000'000};
constexpr std::int64_t kHourMs = 3'600'000;

DocumentId ticket(int n) { return {kTicket, id_from("ticket", {std::to_string(n)})}; }
DocumentId contact(int n) { return {kContact, id_from("contact", {std::to_string(n)})}; }

// A folder of its own with an index in it, and a vocabulary to fill and ask it.
class Search : public ::testing::Test {
 protected:
  Search() { open(); }
  std::string path() const { return (folder_ / "search.db").string(); }

  void open(std::string dictionaries = "/usr/share/hunspell") {
    index_.reset();
    auto opened = SearchIndex::open({path(), std::move(dictionaries)});
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    index_ = std::move(*opened);
  }

  void put(DocumentId id, std::vector<std::string> texts, TimeMs at = kNow) {
    const Status status = index_->apply({{{id, at, std::move(texts)}}, {}, "c"});
    ASSERT_TRUE(status.ok()) << status.error().message;
  }

  std::vector<DocumentId> find(std::string_view text,
                               std::optional<DocumentKind> kind = std::nullopt,
                               std::size_t limit = 50) {
    auto found = index_->search(text, kind, limit);
    EXPECT_TRUE(found.ok()) << found.error().message;
    if (!found.ok()) return {};
    corrected_ = found->corrected;
    return found->ids;
  }
  bool finds(std::string_view text) { return !find(text).empty(); }

  // Is this text in any file of the index?
  bool on_disk(std::string_view text) const {
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string all(std::istreambuf_iterator<char>(file), {});
      if (all.find(text) != std::string::npos) return true;
    }
    return false;
  }

  void overwrite(std::string_view contents) {
    index_.reset();
    std::ofstream(path(), std::ios::binary | std::ios::trunc) << contents;
  }

  testing::TempFolder folder_;
  std::unique_ptr<SearchIndex> index_;
  std::string corrected_;
};

using Ids = std::vector<DocumentId>;

TEST_F(Search, FindsEveryFormOfAWordByEveryOther) {
  put(ticket(1), {"Нет записи к терапевту"});
  put(ticket(2), {"Запись на приём отменена"});
  EXPECT_EQ(find("запись").size(), 2u);
  EXPECT_EQ(find("записи").size(), 2u);
  EXPECT_EQ(find("записью").size(), 2u);
  EXPECT_EQ(find("запись терапевт"), Ids{ticket(1)});
  EXPECT_EQ(find("отмена приема"), Ids{});
  EXPECT_EQ(find("отменена приема"), Ids{ticket(2)});
}

TEST_F(Search, YoAndYeAreOneLetter) {
  put(ticket(1), {"Ребёнок, ёлка"});
  EXPECT_TRUE(finds("ребенка"));
  EXPECT_TRUE(finds("ЕЛКИ"));
  EXPECT_TRUE(finds("ёлка"));
}

TEST_F(Search, FindsPeopleInAnyCaseAndByTheBeginning) {
  put(ticket(1), {"Кузнецова Мария Петровна"});
  put(ticket(2), {"Иванов Иван Иванович"});
  EXPECT_EQ(find("кузнецовой марии"), Ids{ticket(1)});
  EXPECT_EQ(find("Мария Кузнецо"), Ids{ticket(1)});
  EXPECT_EQ(find("петровне"), Ids{ticket(1)});
  EXPECT_EQ(find("ивановой"), Ids{ticket(2)});
  EXPECT_EQ(find("Мария Иванова"), Ids{});
}

TEST_F(Search, EveryBeginningOfTheLastWordFindsIt) {
  put(ticket(1), {"Не печатает принтером, расписание поликлиники закрыто"});
  for (std::string_view whole : {"принтером", "расписание", "поликлиники", "закрыто"}) {
    for (std::size_t bytes = 6; bytes <= whole.size(); bytes += 2) {
      EXPECT_TRUE(finds(whole.substr(0, bytes))) << whole.substr(0, bytes);
    }
  }
}

TEST_F(Search, FindsTelephonesAndTicketNumbersHoweverWritten) {
  put(ticket(1), {"+7 (999) 123-45-67", "17-004198-9"});
  put(ticket(2), {"+7 (999) 765-43-21", "17-004199-7"});
  for (const char* text : {"89991234567", "+79991234567", "8 999 123 45 67", "9991234567",
                           "999 123-45-67", "8 (999) 123", "+7 999 123", "7999", "17-004198-9",
                           "170041989", "17 004198 9", "004198", "17-004198"}) {
    const Ids found = find(text);
    ASSERT_FALSE(found.empty()) << text;
    EXPECT_EQ(found.front() == ticket(1) || std::string_view(text) == "7999", true) << text;
  }
  EXPECT_EQ(find("89991234567"), Ids{ticket(1)});
  EXPECT_EQ(find("17-004198-9"), Ids{ticket(1)});
  EXPECT_EQ(find("7999").size(), 2u);
  EXPECT_EQ(find("89991234568"), Ids{});
}

TEST_F(Search, TheWrongLayoutIsTriedWhenNothingIsFound) {
  put(ticket(1), {"Привет, Windows"});
  EXPECT_EQ(find("ghbdtn"), Ids{ticket(1)});
  EXPECT_EQ(corrected_, "привет");
  EXPECT_EQ(find("Цштвщцы"), Ids{ticket(1)});
  EXPECT_EQ(corrected_, "Windows");
  EXPECT_EQ(find("привет"), Ids{ticket(1)});
  EXPECT_EQ(corrected_, "");
  EXPECT_EQ(find("qqqqqq"), Ids{});
  EXPECT_EQ(corrected_, "");
}

TEST_F(Search, TypedFormsComeFirstThenTheNewest) {
  put(ticket(1), {"запись"}, kNow);
  put(ticket(2), {"записи"}, kNow + kHourMs);
  put(ticket(3), {"запись"}, kNow + 2 * kHourMs);
  put(ticket(4), {"записей"}, kNow + 3 * kHourMs);
  put(ticket(5), {"записываться"}, kNow + 4 * kHourMs);
  EXPECT_EQ(find("запись"), (Ids{ticket(3), ticket(1), ticket(4), ticket(2)}));
  EXPECT_EQ(find("запись", std::nullopt, 2), (Ids{ticket(3), ticket(1)}));
  EXPECT_EQ(find("запис").size(), 5u);
}

TEST_F(Search, AKindCanBeAskedForAndIsNoWordOfTheText) {
  put(ticket(1), {"талон"});
  put(contact(1), {"талон"});
  EXPECT_EQ(find("талон").size(), 2u);
  EXPECT_EQ(find("талон", kTicket), Ids{ticket(1)});
  EXPECT_EQ(find("талон", kContact), Ids{contact(1)});
  EXPECT_EQ(find("талон", DocumentKind{9}), Ids{});
  EXPECT_EQ(find("#2"), Ids{});
}

TEST_F(Search, ATextCannotPretendToBeAKind) {
  put(contact(1), {"\x01#2", "талон"});
  EXPECT_EQ(find("талон", kTicket), Ids{});
}

TEST_F(Search, AChangedDocumentIsFoundByItsNewTextOnly) {
  put(ticket(1), {"принтер"});
  put(ticket(1), {"сканер"}, kNow + kHourMs);
  EXPECT_EQ(find("принтер"), Ids{});
  EXPECT_EQ(find("сканер"), Ids{ticket(1)});
}

TEST_F(Search, ARemovedDocumentIsFoundNoMore) {
  put(ticket(1), {"принтер"});
  ASSERT_TRUE(index_->apply({{}, {ticket(1), ticket(77)}, "d"}).ok());
  EXPECT_EQ(find("принтер"), Ids{});
  EXPECT_EQ(index_->cursor(), "d");
}

TEST_F(Search, NoInputIsASyntaxError) {
  put(ticket(1), {"запись к врачу"});
  const std::string long_word(10'000, 'x');
  const std::string long_text = [] {
    std::string text;
    for (int i = 0; i < 2'500; ++i) text += "\"a* ";
    return text;
  }();
  for (const std::string& text : {std::string("\"AND (*"),
                                  std::string("\""),
                                  std::string("*"),
                                  std::string("NEAR(a b, 5)"),
                                  std::string("body : запись"),
                                  std::string("{kind} : x"),
                                  std::string("a OR"),
                                  std::string("NOT"),
                                  std::string("^запись"),
                                  std::string("'; DROP TABLE words; --"),
                                  std::string("\0запись\0", 15),
                                  std::string("\xD0"),
                                  std::string("\xFF\xFE\xFD"),
                                  std::string("%_[]"),
                                  std::string("()()()()"),
                                  long_word,
                                  long_text,
                                  std::string(10'000, '"'),
                                  std::string(10'000, '('),
                                  std::string(10'000, '-')}) {
    EXPECT_TRUE(index_->search(text, std::nullopt, 50).ok()) << text.substr(0, 40);
  }
  EXPECT_TRUE(finds("\"запись* AND"
                    "(врачу") == false);
  EXPECT_TRUE(finds("\"запись\" (врачу)*"));
}

TEST_F(Search, RandomBytesAreNeverAnErrorNeitherAsTextNorAsQuestion) {
  std::mt19937 random(7);
  for (int i = 0; i < 500; ++i) {
    std::string bytes(random() % 60, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    put(ticket(i), {bytes});
    EXPECT_TRUE(index_->search(bytes, kTicket, 5).ok());
  }
}

TEST_F(Search, ManyDocumentsOfOneMinuteAllHaveAPlace) {
  SearchBatch batch{{}, {}, "c"};
  for (int i = 0; i < 5'000; ++i) batch.upserts.push_back({ticket(i), kNow, {"талон"}});
  batch.upserts.push_back({ticket(5'000), kNow + 24 * kHourMs, {"талон"}});
  ASSERT_TRUE(index_->apply(batch).ok());
  const Ids found = find("талон", kTicket, kMaxFound);
  EXPECT_EQ(found.size(), kMaxFound);
  EXPECT_EQ(found.front(), ticket(5'000));
  ASSERT_TRUE(index_->apply({{}, {ticket(0), ticket(4'999)}, "d"}).ok());
}

TEST_F(Search, TimesOutsideOfTheCalendarAreTakenToItsEnds) {
  put(ticket(1), {"талон"}, TimeMs{INT64_MIN / 2});
  put(ticket(2), {"талон"}, TimeMs{INT64_MAX / 2});
  EXPECT_EQ(find("талон"), (Ids{ticket(2), ticket(1)}));
}

TEST_F(Search, ABatchOverTheLimitIsRefusedWhole) {
  SearchBatch batch{std::vector<Document>(kMaxBatchDocuments + 1), {}, "x"};
  const Status status = index_->apply(batch);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, Code::kTooLarge);
  EXPECT_EQ(index_->cursor(), "");
}

TEST_F(Search, AVeryLongDocumentIsSearchedUpToTheLimit) {
  std::string text = "начало ";
  while (text.size() < 2 * kMaxDocumentBytes) text += "середина ";
  put(ticket(1), {text + " конец"});
  EXPECT_TRUE(finds("начало"));
  EXPECT_FALSE(finds("конец"));
}

TEST_F(Search, KeepsDocumentsAndCursorOverAReopen) {
  put(ticket(1), {"запись"});
  open();
  EXPECT_EQ(index_->cursor(), "c");
  EXPECT_EQ(find("записи"), Ids{ticket(1)});
}

TEST_F(Search, AnotherDictionaryStartsTheFileAnew) {
  put(ticket(1), {"запись"});
  open("/nonexistent");
  EXPECT_EQ(index_->cursor(), "");
  EXPECT_FALSE(finds("запись"));
  put(ticket(1), {"записи"});
  EXPECT_TRUE(finds("записей"));
}

TEST_F(Search, ErasureLeavesNoByteInTheFiles) {
  SearchBatch batch{{}, {}, "c"};
  for (int i = 0; i < 2'000; ++i) {
    batch.upserts.push_back(
        {ticket(i), kNow + i * kHourMs, {"обычный текст номер " + std::to_string(i)}});
  }
  batch.upserts.push_back(
      {ticket(9'000), kNow, {"Бжезиньская Феофания", "8 (901) 555-44-33", "hapaxlegomenon"}});
  ASSERT_TRUE(index_->apply(batch).ok());
  put(ticket(9'001), {"hapaxlegomenon"}, kNow + kHourMs);
  put(ticket(9'002), {"другой текст"});
  ASSERT_TRUE(finds("hapaxlegomenon"));
  for (const char* trace : {"Бжезиньск", "бжезиньск", "еофани", "9015554433", "555-44", "hapax"}) {
    ASSERT_TRUE(on_disk(trace)) << trace << ": the test would prove nothing";
  }
  ASSERT_TRUE(index_->erase({ticket(9'000), ticket(9'001), ticket(77'777)}).ok());
  EXPECT_FALSE(finds("Бжезиньская"));
  EXPECT_FALSE(finds("89015554433"));
  for (const char* trace :
       {"Бжезиньск", "бжезиньск", "бжезин", "еофани", "9015554433", "555-44", "hapax"}) {
    EXPECT_FALSE(on_disk(trace)) << trace;
  }
  EXPECT_EQ(find("обычный").size(), 50u);
  EXPECT_EQ(find("другой"), Ids{ticket(9'002)});
  EXPECT_EQ(index_->cursor(), "c");
}

TEST_F(Search, AnErasureOfADocumentRemovedOrChangedBeforeCleansItsTracesToo) {
  put(ticket(1), {"hapaxlegomenon"});
  put(ticket(1), {"принтер"}, kNow + kHourMs);
  put(ticket(2), {"xenolith"});
  ASSERT_TRUE(index_->apply({{}, {ticket(2)}, "d"}).ok());
  ASSERT_TRUE(index_->erase({ticket(1), ticket(2)}).ok());
  EXPECT_FALSE(on_disk("hapax"));
  EXPECT_FALSE(on_disk("xenolith"));
}

// Another connection that reads through the whole erasure keeps the log alive.
TEST_F(Search, AnErasureHeldUpByAReaderSaysSoAndIsFinishedByTheNextBatch) {
  auto opened = SearchIndex::open({.path = path(), .busy_ms = 1});
  ASSERT_TRUE(opened.ok());
  index_ = std::move(*opened);
  put(ticket(1), {"hapaxlegomenon"});
  {
    auto reader = Database::open(path(), OpenFor::kReading, 1);
    ASSERT_TRUE(reader.ok());
    auto rows = reader->prepare("SELECT name FROM meta");
    ASSERT_TRUE(rows.ok());
    ASSERT_TRUE(rows->row().ok());
    const Status held = index_->erase({ticket(1)});
    ASSERT_FALSE(held.ok());
    EXPECT_EQ(held.error().code, Code::kUnavailable);
    EXPECT_FALSE(finds("hapaxlegomenon"));
    EXPECT_TRUE(on_disk("hapax")) << "the test would prove nothing";
    put(ticket(2), {"за это время"});
    EXPECT_TRUE(finds("время"));
  }
  put(ticket(3), {"потом"});
  EXPECT_FALSE(on_disk("hapax"));
}

TEST_F(Search, AnErasureCutShortByACrashIsFinishedAfterTheReopen) {
  put(ticket(1), {"hapaxlegomenon"});
  ASSERT_TRUE(index_->apply({{}, {ticket(1)}, "d"}).ok());
  index_.reset();
  {
    auto db = Database::open(path(), OpenFor::kWriting, 1);
    ASSERT_TRUE(db.ok());
    ASSERT_TRUE(db->exec("INSERT INTO meta(name, value) VALUES('scrub', '1')").ok());
  }
  ASSERT_TRUE(on_disk("hapax")) << "the test would prove nothing";
  open();
  put(ticket(2), {"потом"});
  EXPECT_FALSE(on_disk("hapax"));
  EXPECT_TRUE(finds("потом"));
}

TEST_F(Search, ClearStartsAnewAndSearchesGoOn) {
  put(ticket(1), {"запись"});
  EXPECT_TRUE(finds("запись"));
  ASSERT_TRUE(index_->clear().ok());
  EXPECT_EQ(index_->cursor(), "");
  EXPECT_FALSE(finds("запись"));
  EXPECT_FALSE(on_disk("запись"));
  put(ticket(1), {"запись"});
  EXPECT_TRUE(finds("запись"));
}

TEST_F(Search, AFileThatIsNoneOfOursIsReplaced) {
  for (std::string_view contents :
       {"", "x", "SQLite format 3\0 and then nothing of the kind",
        "not a database at all, but long enough to be looked at as if it were one....."
        "................................................................................"}) {
    put(ticket(1), {"запись"});
    overwrite(contents);
    open();
    EXPECT_EQ(index_->cursor(), "") << contents;
    EXPECT_FALSE(finds("запись"));
    put(ticket(1), {"запись"});
    EXPECT_TRUE(finds("запись"));
  }
}

TEST_F(Search, AFileCutInHalfIsReplaced) {
  for (int i = 0; i < 200; ++i) put(ticket(i), {"запись номер " + std::to_string(i)});
  index_.reset();
  fs::resize_file(path(), fs::file_size(path()) / 2);
  open();
  EXPECT_EQ(index_->cursor(), "");
  EXPECT_FALSE(finds("запись"));
}

// Damage in the middle shows only when a page of it is read: then the owner is told, once, and
// starts over.
TEST_F(Search, DamageMetLaterIsToldAndHealed) {
  for (int i = 0; i < 300; ++i) put(ticket(i), {"запись номер " + std::to_string(i)});
  index_.reset();
  {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    const auto size = static_cast<std::int64_t>(fs::file_size(path()));
    ASSERT_GT(size, 16 * 4096);
    for (std::int64_t at = 4 * 4096; at < size; at += 512)
      file.seekp(at).write("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8);
  }
  auto opened = SearchIndex::open({path()});
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  index_ = std::move(*opened);
  const auto found = index_->search("запись", std::nullopt, 10);
  const Status told = index_->apply({{{ticket(1), kNow, {"запись"}}}, {}, "x"});
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, Code::kCorrupt);
  ASSERT_FALSE(told.ok());
  EXPECT_EQ(told.error().code, Code::kCorrupt);
  EXPECT_EQ(index_->cursor(), "");
  put(ticket(1), {"запись"});
  EXPECT_EQ(find("запись"), Ids{ticket(1)});
}

TEST_F(Search, AFolderThatIsNotThereIsAnErrorAndNoCrash) {
  const auto opened = SearchIndex::open({(folder_.path() / "none" / "search.db").string()});
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, Code::kUnavailable);
}

TEST_F(Search, AnEmptyIndexDoesNotReadTheDictionary) {
  EXPECT_FALSE(index_->dictionary_loaded());
  open();
  EXPECT_FALSE(index_->dictionary_loaded());
}

TEST_F(Search, SearchesOfManyThreadsSeeWholeBatchesWhileOneWrites) {
  put(contact(1), {"пара"});
  put(contact(2), {"пара"});
  std::atomic<bool> stop{false};
  std::atomic<int> torn{0};
  std::atomic<int> failed{0};
  std::atomic<int> searches{0};
  std::vector<std::thread> readers;
  for (int t = 0; t < 6; ++t) {
    readers.emplace_back([&] {
      while (!stop) {
        const auto found = index_->search("пара", std::nullopt, 100);
        if (!found.ok()) ++failed;
        else if (found->ids.size() % 2 != 0) ++torn;
        ++searches;
      }
    });
  }
  for (int i = 0; i < 40 || searches < 100; ++i) {
    const Status status = index_->apply(
        {{{ticket(2 * i), kNow, {"пара"}}, {ticket(2 * i + 1), kNow, {"пара"}}}, {}, "c"});
    EXPECT_TRUE(status.ok());
    if (i % 10 != 9) continue;
    // Readers without a pause may keep the log from being cut; it is cut when they let it.
    const Status erased = index_->erase({ticket(2 * i), ticket(2 * i + 1)});
    EXPECT_TRUE(erased.ok() || erased.error().code == Code::kUnavailable);
  }
  stop = true;
  for (auto& r : readers) r.join();
  EXPECT_TRUE(index_->erase({}).ok());
  EXPECT_EQ(torn, 0);
  EXPECT_EQ(failed, 0);
}

}  // namespace
}  // namespace opora::sync
