// Logs of real stores, damaged in every way: what was promised is never lost in silence, and what
// was under way when the power failed never stops a start.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include "sync/journal/log_book.h"
#include "sync/journal/log_scan.h"
#include "sync/journal/rocks_store.h"
#include "tests/support/files.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/store/harness.h"

namespace opora::sync {
namespace {

namespace fs = std::filesystem;

using testing::read_file;
using testing::write_file;

class LogDamage : public ::testing::Test {
 protected:
  fs::path path() const { return folder_ / ("store" + std::to_string(life_)); }
  void open() { store_ = opened().value(); }
  Result<std::unique_ptr<RocksStore>> opened() { return RocksStore::open(path(), options_); }

  void put(int key, std::size_t bytes = 100) {
    auto t = store_->begin();
    t->put(Table::kJournal, std::to_string(1000 + key), std::string(bytes, 'v'));
    t->put(Table::kMeta, "last", std::to_string(key));
    ASSERT_TRUE(t->commit().ok());
  }
  void put_many(int from, int to, std::size_t bytes = 100) {
    for (int key = from; key < to; ++key) put(key, bytes);
  }
  // The process is killed: the next one finds the folder as it is.
  void kill() {
    const fs::path old = path();
    ++life_;
    // A compaction that ends meanwhile takes its tables away: then none of it was copied at one
    // moment.
    for (auto tables = tables_of(old);; tables = tables_of(old)) {
      copy_as_it_is(old);
      if (tables_of(old) == tables) break;
    }
    store_.reset();
  }
  // The tables, and what is written down about them.
  static std::map<std::string, std::string> tables_of(const fs::path& store) {
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::directory_iterator(store)) {
      const std::string name = entry.path().filename();
      if (name.ends_with(".sst")) out[name];
      else if (name.starts_with("MANIFEST") || name == "CURRENT")
        out[name] = read_file(entry.path());
    }
    return out;
  }
  void copy_as_it_is(const fs::path& old) {
    fs::remove_all(path());
    fs::create_directory(path());
    // By reading: a log that RocksDB is done with gives back its length meanwhile.
    for (const auto& entry : fs::directory_iterator(old)) {
      write_file(path() / entry.path().filename(), read_file(entry.path()));
    }
  }
  std::vector<fs::path> logs() const {
    std::set<fs::path> out;
    for (const auto& entry : fs::directory_iterator(path())) {
      if (entry.path().extension() == ".log" && entry.file_size() > 0) out.insert(entry.path());
    }
    return {out.begin(), out.end()};
  }
  fs::path log() const {
    OPORA_CHECK(logs().size() == 1);
    return logs().front();
  }
  // Without the length that it has beforehand.
  void change(const fs::path& file, const std::function<void(std::string&)>& how) {
    std::string bytes = read_file(file);
    bytes.resize(scan_log(bytes).whole_bytes);
    how(bytes);
    write_file(file, bytes);
  }
  void without_book() { fs::remove(path() / "logs.book"); }
  std::size_t records() const { return rows(*store_->snapshot(), Table::kJournal).size(); }

  void expect_refused(const fs::path& file) {
    const auto refused = opened();
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, Code::kCorrupt);
    EXPECT_NE(refused.error().message.find(file.filename()), std::string::npos)
        << refused.error().message;
    EXPECT_NE(refused.error().message.find("offset"), std::string::npos);
    EXPECT_FALSE(RocksStore::open_read_only(path(), options_).ok());
  }
  // Served up to the damage, and said so.
  void expect_stops_after(std::size_t kept) {
    options_.on_damage = OnDamage::kStop;
    open();
    ASSERT_TRUE(store_->damage().has_value());
    EXPECT_EQ(records(), kept);
    EXPECT_TRUE(fs::exists(path().string() + ".damaged"));
    put_many(500, 510);
    kill();
    options_.on_damage = OnDamage::kRefuse;
    open();
    EXPECT_EQ(store_->damage(), std::nullopt) << "an old damage is not found twice";
    EXPECT_EQ(records(), kept + 10);
  }

  testing::TempFolder folder_;
  int life_ = 0;
  RocksOptions options_;
  std::unique_ptr<RocksStore> store_;
};

TEST_F(LogDamage, AKilledStoreOpensWithEverythingAndSoDoesAStoppedOne) {
  open();
  EXPECT_FALSE(store_->left_open());
  put_many(0, 50);
  kill();
  open();
  EXPECT_TRUE(store_->left_open());
  EXPECT_EQ(records(), 50u);
  store_.reset();
  open();
  EXPECT_FALSE(store_->left_open());
  EXPECT_EQ(records(), 50u);
}

// A commit that begins there has its head in two parts, or whole behind the first.
TEST_F(LogDamage, ACommitMayBeginInTheLastBytesOfABlock) {
  options_.write_buffer_bytes = std::size_t{64} << 20;  // nothing is flushed by itself
  options_.wal_bytes = std::size_t{64} << 20;
  open();
  int key = 100;  // three digits throughout: rows of one size
  const auto end = [&] { return scan_log(read_file(log())).whole_bytes; };
  const auto room = [&] { return kLogBlockBytes - end() % kLogBlockBytes; };
  put(key++, 1'000);
  const std::size_t before = end();
  put(key++, 1'000);
  const std::size_t frame = end() - before - 1'000;
  for (std::size_t left = kLogHeaderBytes; left < kLogHeaderBytes + 14; ++left) {
    if (room() < 1'000) put(key++, 1'000);
    // Sizes of 128 to 16 383 have one frame.
    while (room() > 16'000) put(key++, 8'000);
    put(key++, room() - left - frame);
    ASSERT_EQ(room(), left);
    put(key++);
  }
  kill();
  open();
  EXPECT_EQ(records(), static_cast<std::size_t>(key - 100));
}

TEST_F(LogDamage, ALogCutWhereARecordEndsIsFound) {
  open();
  put_many(0, 50);
  kill();
  change(log(), [](std::string& bytes) {
    bytes.resize(scan_log(std::string_view(bytes).substr(0, bytes.size() - 1)).whole_bytes);
  });
  expect_refused(log());
  expect_stops_after(49);
}

TEST_F(LogDamage, ALogCutInARecordIsFound) {
  open();
  put_many(0, 50);
  kill();
  change(log(), [](std::string& bytes) { bytes.resize(bytes.size() - 20); });
  expect_refused(log());
  expect_stops_after(49);
}

TEST_F(LogDamage, AnEmptiedLogIsFound) {
  open();
  put_many(0, 50);
  kill();
  change(log(), [](std::string& bytes) { bytes.clear(); });
  const auto refused = opened();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kCorrupt);
  options_.on_damage = OnDamage::kStop;
  open();
  EXPECT_EQ(records(), 0u);
}

TEST_F(LogDamage, AZeroedRangeIsFoundWithAndWithoutABook) {
  open();
  put_many(0, 50);
  kill();
  change(log(), [](std::string& bytes) {
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 2), 200, '\0');
  });
  expect_refused(log());
  without_book();
  expect_refused(log());
}

TEST_F(LogDamage, AZeroedTailIsFound) {
  open();
  put_many(0, 50);
  kill();
  change(log(), [](std::string& bytes) {
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 2), bytes.end(), '\0');
  });
  expect_refused(log());
}

TEST_F(LogDamage, ABitFlippedInTheMiddleIsFoundWithAndWithoutABook) {
  open();
  put_many(0, 50);
  kill();
  change(log(), [](std::string& bytes) { bytes[bytes.size() / 2] ^= 1; });
  expect_refused(log());
  without_book();
  expect_refused(log());
  options_.on_damage = OnDamage::kStop;
  open();
  EXPECT_GT(records(), 20u);
  EXPECT_LT(records(), 30u);
}

TEST_F(LogDamage, ABitFlippedInTheLastRecordIsFound) {
  open();
  put_many(0, 50);
  kill();
  change(log(), [](std::string& bytes) { bytes[bytes.size() - 5] ^= 1; });
  expect_refused(log());
  expect_stops_after(49);
}

TEST_F(LogDamage, WithoutABookABadLastRecordCountsAsTheCommitThatWasUnderWay) {
  open();
  put_many(0, 50);
  kill();
  change(log(), [](std::string& bytes) { bytes[bytes.size() - 5] ^= 1; });
  without_book();
  open();
  EXPECT_EQ(records(), 49u);
}

class SeveralLogs : public LogDamage {
 protected:
  void SetUp() override {
    options_.write_buffer_bytes = std::size_t{64} << 20;  // nothing is flushed by itself
    options_.wal_bytes = std::size_t{64} << 20;
    open();
    put_many(0, 20);
    // A table that fills changes the log; the others' rows still need the old one.
    for (int i = 0; i < 3; ++i) {
      auto t = store_->begin();
      t->put(Table::kHistory, std::to_string(i), std::string(std::size_t{5} << 20, 'h'));
      ASSERT_TRUE(t->commit().ok());
      put_many(20 + 10 * i, 30 + 10 * i);
    }
    kill();
    ASSERT_GE(logs().size(), 2u);
  }
};

TEST_F(SeveralLogs, AreAllReadAgain) {
  open();
  EXPECT_EQ(records(), 50u);
}

TEST_F(SeveralLogs, ADeletedLogIsFoundWhicheverItIs) {
  const fs::path whole = path();
  for (const fs::path& victim : logs()) {
    ++life_;
    fs::copy(whole, path());
    fs::remove(path() / victim.filename());
    expect_refused(victim);
  }
}

TEST_F(SeveralLogs, ATableThatIsAheadOfTheDamageIsRefusedEvenThen) {
  fs::remove(logs().front());
  options_.on_damage = OnDamage::kStop;
  const auto refused = opened();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kCorrupt) << refused.error().message;
}

// A log that was given its length beforehand: zeros behind what was written.
class PreallocatedLog : public LogDamage {
 protected:
  void leave(const std::function<void(std::string&)>& how) {
    open();
    put_many(0, 50);
    kill();
    change(log(), [&](std::string& bytes) {
      written_ = bytes.size();
      how(bytes);
      bytes.resize(std::size_t{256} << 10);
    });
  }
  std::size_t written_ = 0;
};

TEST_F(PreallocatedLog, OpensWithEverything) {
  leave([](std::string&) {});
  open();
  EXPECT_EQ(store_->damage(), std::nullopt);
  EXPECT_EQ(records(), 50u);
  put_many(50, 60);
  kill();
  open();
  EXPECT_EQ(records(), 60u);
}

TEST_F(PreallocatedLog, OpensWhenTheCommitUnderWayIsTornInTheZeros) {
  leave([](std::string& bytes) {
    // The next commit as far as the power lasted: a copy of the last one, its end missing.
    const std::size_t start =
        scan_log(std::string_view(bytes).substr(0, bytes.size() - 1)).whole_bytes;
    std::string next = bytes.substr(start);
    next[kLogHeaderBytes] = static_cast<char>(next[kLogHeaderBytes] + 2);
    bytes += next.substr(0, next.size() / 2);
  });
  open();
  EXPECT_EQ(records(), 50u);
  put_many(50, 60);
  kill();
  open();
  EXPECT_EQ(records(), 60u);
}

TEST_F(PreallocatedLog, DamageIsStillFound) {
  leave([](std::string& bytes) { bytes[bytes.size() / 2] ^= 1; });
  expect_refused(log());
  without_book();
  expect_refused(log());
}

TEST_F(PreallocatedLog, ALastRecordThatWasSyncedAndIsZeroNowIsFound) {
  leave([](std::string& bytes) { bytes.resize(bytes.size() - 60); });
  expect_refused(log());
}

TEST(LogScanTest, AHugeCommitThatReachedTheDiskWithoutItsBeginningIsTorn) {
  testing::TempFolder folder;
  const fs::path live = folder / "a";
  auto store = RocksStore::open(live).value();
  const auto put = [&](const char* key, std::size_t bytes) {
    auto t = store->begin();
    t->put(Table::kJournal, key, std::string(bytes, 'j'));
    ASSERT_TRUE(t->commit().ok());
  };
  put("small", 10);
  put("huge", std::size_t{200} << 10);
  fs::path log;
  for (const auto& entry : fs::directory_iterator(live)) {
    if (entry.path().extension() == ".log" && entry.file_size() > 0) log = entry.path();
  }
  std::string bytes = read_file(log);
  const LogScan whole = scan_log(bytes);
  ASSERT_EQ(whole.end, LogScan::End::kClean);
  std::fill_n(bytes.begin() + 2 * kLogBlockBytes, kLogBlockBytes, '\0');  // a block is missing
  const LogScan torn = scan_log(bytes);
  EXPECT_EQ(torn.end, LogScan::End::kTorn);
  EXPECT_EQ(torn.records, whole.records - 1);
}

TEST(LogBookTest, RowsSurviveAndTheNewestAreKeptWhenThereAreTooMany) {
  LogRows rows;
  rows.floor = 7;
  for (std::uint64_t log = 8; log < 8 + kMaxLogRows + 5; ++log) rows.synced[log] = log * 100;
  const auto again = decode_log_rows(encode_log_rows(rows));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->synced.size(), kMaxLogRows);
  EXPECT_EQ(again->synced.rbegin()->first, rows.synced.rbegin()->first);
  EXPECT_EQ(decode_log_rows("nonsense"), std::nullopt);
}

TEST(LogBookTest, ARetiredLogAndWhatIsBeforeItAreGoneAfterTheNextOpening) {
  testing::TempFolder folder;
  {
    auto book = LogBook::open(folder.path()).value();
    book->synced(3, 100);
    book->synced(5, 200);
    book->synced(9, 300);
    ASSERT_TRUE(book->retire(5).ok());
    book->synced(3, 150);
  }
  const auto rows = LogBook::read(folder.path());
  ASSERT_TRUE(rows);
  EXPECT_EQ(*rows, (LogRows{5, {{9, 300}}}));
}

// A power cut may tear either slot: a log whose file is gone must not be missed then.
TEST(LogBookTest, ARetiredLogIsRetiredInBothSlots) {
  const testing::TempFolder folder;
  {
    auto book = LogBook::open(folder.path()).value();
    book->synced(3, 100);
    book->synced(5, 200);
    ASSERT_TRUE(book->retire(3).ok());
  }
  const std::string whole = read_file(folder / "logs.book");
  for (const std::size_t slot : {0u, 1u}) {
    std::string torn = whole;
    torn[slot * kSlotBytes + 100] ^= 1;
    write_file(folder / "logs.book", torn);
    const auto rows = LogBook::read(folder.path());
    ASSERT_TRUE(rows) << "slot " << slot;
    EXPECT_EQ(rows->floor, 3u) << "slot " << slot;
  }
}

TEST(SlotFileTest, ATornWriteLeavesTheVersionBefore) {
  testing::TempFolder folder;
  const fs::path path = folder / "slots";
  {
    auto file = SlotFile::open(path).value();
    EXPECT_EQ(file.content(), std::nullopt);
    ASSERT_TRUE(file.write("one").ok());
    ASSERT_TRUE(file.write("two").ok());
  }
  EXPECT_EQ(read_slots(path), "two");
  std::string bytes = read_file(path);
  bytes[100] ^= 1;  // in the slot of the second version
  write_file(path, bytes);
  EXPECT_EQ(read_slots(path), "one");
  auto file = SlotFile::open(path).value();
  ASSERT_TRUE(file.write("three").ok());
  EXPECT_EQ(read_slots(path), "three");
}

}  // namespace
}  // namespace opora::sync
