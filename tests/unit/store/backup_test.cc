// OFF, A7: what a backup promises.
#include "sync/journal/backup.h"

#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "protocol/base/check.h"
#include "protocol/base/hash.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/store/harness.h"

namespace opora::sync {
namespace {

namespace fs = std::filesystem;

class BackupTest : public ::testing::Test {
 protected:
  BackupTest() : store(must(RocksStore::open(temp.path() / "store"))) {}

  template <class T>
  static T must(Result<T> result) {
    OPORA_CHECK(result.ok());
    return std::move(*result);
  }
  std::unique_ptr<BackupFolder> folder() { return must(BackupFolder::open(path())); }
  fs::path path() const { return temp.path() / "backups"; }
  void put(const std::string& key, const std::string& value) {
    auto txn = store->begin();
    txn->put(Table::kJournal, key, value);
    txn->put(Table::kMeta, key, value);
    ASSERT_TRUE(txn->commit().ok());
  }
  static std::string incompressible(std::size_t size) {
    std::string out(size, '\0');
    SystemRandom().fill(out.data(), out.size());
    return out;
  }
  // What a store at `where` has in its journal.
  RowList journal_at(const fs::path& where) {
    const auto restored = must(RocksStore::open(where));
    return rows(*restored->snapshot(), Table::kJournal);
  }
  // The largest file under the folder of shared tables.
  fs::path some_shared_file() const {
    fs::path found;
    for (const auto& entry : fs::recursive_directory_iterator(path() / "shared_checksum"))
      if (entry.is_regular_file()) found = entry.path();
    return found;
  }

  testing::TempFolder temp;
  std::unique_ptr<RocksStore> store;
};

TEST_F(BackupTest, BringsBackEveryCommitBeforeItAndNoneAfter) {
  auto backups = folder();
  put("a", "1");
  const BackupInfo first = must(backups->take(*store, "first"));
  put("b", "2");
  const BackupInfo second = must(backups->take(*store, "second"));
  put("c", "3");

  ASSERT_TRUE(backups->restore(first.no, temp.path() / "one").ok());
  ASSERT_TRUE(backups->restore(second.no, temp.path() / "two").ok());
  EXPECT_EQ(journal_at(temp.path() / "one"), (RowList{{"a", "1"}}));
  EXPECT_EQ(journal_at(temp.path() / "two"), (RowList{{"a", "1"}, {"b", "2"}}));
}

TEST_F(BackupTest, IsWholeWhileTheStoreIsWrittenTo) {
  auto backups = folder();
  std::atomic<bool> stop = false;
  std::thread desk([&] {
    for (int i = 0; !stop && i < 20'000; ++i) {
      auto txn = store->begin();
      txn->put(Table::kJournal, "j" + std::to_string(i), "x");
      txn->put(Table::kMeta, "j" + std::to_string(i), "x");
      OPORA_CHECK(txn->commit().ok());
    }
  });
  const BackupInfo taken = must(backups->take(*store, ""));
  stop = true;
  desk.join();
  ASSERT_TRUE(backups->restore(taken.no, temp.path() / "copy").ok());
  const auto copy = must(RocksStore::open(temp.path() / "copy"));
  // Both rows of each transaction, or neither.
  EXPECT_EQ(rows(*copy->snapshot(), Table::kJournal), rows(*copy->snapshot(), Table::kMeta));
}

TEST_F(BackupTest, ListsWhatItHasOldestFirstWithTheirNotes) {
  {
    auto backups = folder();
    put("a", "1");
    must(backups->take(*store, "one"));
    must(backups->take(*store, "two"));
  }
  const auto backups = must(BackupFolder::open_read_only(path()));
  const auto list = backups->list();
  ASSERT_EQ(list.size(), 2u);
  EXPECT_LT(list[0].no, list[1].no);
  EXPECT_EQ(list[0].note, "one");
  EXPECT_EQ(list[1].note, "two");
  EXPECT_GT(list[0].bytes, 0u);
}

TEST_F(BackupTest, KeepsAnUnchangedFileOnce) {
  auto backups = folder();
  put("a", incompressible(1 << 20));
  must(backups->take(*store, ""));
  const auto size = [&] {
    std::uintmax_t sum = 0;
    for (const auto& entry : fs::recursive_directory_iterator(path()))
      if (entry.is_regular_file()) sum += entry.file_size();
    return sum;
  };
  const auto before = size();
  put("b", "2");
  must(backups->take(*store, ""));
  EXPECT_LT(size() - before, before / 2);
}

TEST_F(BackupTest, FindsAFlippedBitAndRestoresNothing) {
  auto backups = folder();
  put("a", std::string(100'000, 'x'));
  const BackupInfo taken = must(backups->take(*store, ""));
  {
    std::fstream file(some_shared_file(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(50);
    file.put('\x55');
  }
  EXPECT_EQ(backups->verify(taken.no).error().code, Code::kCorrupt);
  EXPECT_EQ(backups->restore(taken.no, temp.path() / "copy").error().code, Code::kCorrupt);
  EXPECT_FALSE(fs::exists(temp.path() / "copy"));
}

TEST_F(BackupTest, RefusesToRestoreOverWhatIsThere) {
  auto backups = folder();
  put("a", "1");
  const BackupInfo taken = must(backups->take(*store, ""));
  EXPECT_EQ(backups->restore(taken.no, temp.path() / "store").error().code, Code::kConflict);
  EXPECT_EQ(backups->restore(BackupNo{77}, temp.path() / "copy").error().code, Code::kNotFound);
}

TEST_F(BackupTest, RemovesTheOldestAndKeepsTheOthersWhole) {
  auto backups = folder();
  for (const char* key : {"a", "b", "c"}) {
    put(key, key);
    must(backups->take(*store, key));
  }
  ASSERT_TRUE(backups->keep(2).ok());
  const auto list = backups->list();
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].note, "b");
  for (const auto& one : list) EXPECT_TRUE(backups->verify(one.no).ok());
}

TEST_F(BackupTest, HasOneWriterAndTellsWhenThereIsNoFolder) {
  EXPECT_EQ(BackupFolder::open_read_only(path()).error().code, Code::kNotFound);
  const auto backups = folder();
  EXPECT_EQ(BackupFolder::open(path()).error().code, Code::kConflict);
}

}  // namespace
}  // namespace opora::sync
