// What only the store on disk has: files, damage, a second process.
#include "sync/journal/rocks_store.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "sync/journal/rocks_options.h"
#include "tests/support/files.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/store/faulty_disk.h"
#include "tests/unit/store/harness.h"

namespace opora::sync {
namespace {

namespace fs = std::filesystem;

using testing::read_file;
using testing::write_file;

class RocksStoreTest : public ::testing::Test {
 protected:
  RocksStoreTest() { options_.env = env_.get(); }

  std::unique_ptr<RocksStore> open() {
    auto opened = RocksStore::open(path(), options_);
    OPORA_CHECK(opened.ok());
    return *std::move(opened);
  }
  Code error_of_opening() {
    auto opened = RocksStore::open(path(), options_);
    return opened.ok() ? Code::kInternal : opened.error().code;
  }
  static Status put(Store& store, std::string_view key, std::string_view value) {
    auto t = store.begin();
    t->put(Table::kEntity, key, value);
    return t->commit();
  }
  // The power goes while the store is open; what is left is at path() from here on.
  void cut_power(std::unique_ptr<RocksStore> store) {
    const fs::path old = path();
    name_ += "+";
    disk_->copy_after_power_cut(old, path());
    store.reset();
  }
  // The process dies while the store is open. The store may clear a file away that it needs no more
  // while it is copied: then that moment is gone, and a later one is taken.
  void kill(std::unique_ptr<RocksStore> store) {
    const fs::path old = path();
    name_ += "+";
    std::error_code gone = std::make_error_code(std::errc::no_such_file_or_directory);
    for (int tries = 0; gone && tries < 100; ++tries) {
      fs::remove_all(path());
      fs::copy(old, path(), fs::copy_options::recursive, gone);
    }
    OPORA_CHECK(!gone);
    store.reset();
  }
  fs::path path() const { return folder_ / name_; }

  // The files with this ending that are not empty.
  std::set<fs::path> files(const std::string& ending) const {
    std::set<fs::path> out;
    for (const auto& entry : fs::directory_iterator(path())) {
      if (entry.path().extension() == ending && entry.file_size() > 0) out.insert(entry.path());
    }
    return out;
  }
  fs::path only_file(const std::string& ending) const {
    const auto found = files(ending);
    OPORA_CHECK(found.size() == 1);
    return *found.begin();
  }
  bool any_file_contains(const std::string& text) const {
    for (const auto& entry : fs::directory_iterator(path())) {
      if (read_file(entry.path()).find(text) != std::string::npos) return true;
    }
    return false;
  }

  testing::TempFolder folder_;
  std::string name_ = "store";
  std::shared_ptr<FaultyDisk> disk_ = std::make_shared<FaultyDisk>();
  std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(disk_);
  RocksOptions options_;
};

TEST_F(RocksStoreTest, ItsFolderIsForItsOwnerOnly) {
  const auto store = open();
  struct stat info {};
  ASSERT_EQ(::stat(path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST_F(RocksStoreTest, ASecondOwnerIsRefusedUntilTheFirstIsGone) {
  auto store = open();
  EXPECT_EQ(error_of_opening(), Code::kConflict);
  store.reset();
  EXPECT_TRUE(RocksStore::open(path(), options_).ok());
}

TEST_F(RocksStoreTest, ALastingSnapshotKeepsTheDatabaseOpen) {
  auto store = open();
  ASSERT_TRUE(put(*store, "a", "1").ok());
  auto snapshot = store->snapshot();
  store.reset();
  EXPECT_EQ(snapshot->get(Table::kEntity, "a"), "1");
  EXPECT_EQ(error_of_opening(), Code::kConflict);
  snapshot.reset();
  EXPECT_TRUE(RocksStore::open(path(), options_).ok());
}

TEST_F(RocksStoreTest, APlaceThatCannotBeAFolderIsAnError) {
  write_file(path(), "a file");
  EXPECT_EQ(error_of_opening(), Code::kUnavailable);
}

TEST_F(RocksStoreTest, WithoutItsHeadFileItIsCorruptAndNotBegunAnew) {
  {
    auto store = open();
    ASSERT_TRUE(put(*store, "a", "1").ok());
  }
  const std::string head = read_file(path() / "CURRENT");
  fs::remove(path() / "CURRENT");
  EXPECT_EQ(error_of_opening(), Code::kCorrupt);
  write_file(path() / "CURRENT", head);
  EXPECT_EQ(open()->snapshot()->get(Table::kEntity, "a"), "1");
}

// Its durability hangs on older logs and on the folder, too.
TEST_F(RocksStoreTest, TheFirstCommitIntoALogIsToldOfByItsReturnAlone) {
  const auto store = open();
  const auto told = [&] {
    bool out = false;
    auto t = store->begin();
    t->put(Table::kEntity, "a", "1");
    EXPECT_TRUE(t->commit_telling([&] { out = true; }).ok());
    return out;
  };
  EXPECT_FALSE(told());
  EXPECT_TRUE(told());
  EXPECT_TRUE(store->compact(Table::kEntity, "").ok());  // begins a log
  EXPECT_FALSE(told());
  EXPECT_TRUE(told());
}

TEST_F(RocksStoreTest, ALogHasItsLengthBeforehandAndOpensAfterAKill) {
  auto store = open();
  ASSERT_TRUE(put(*store, "a", "1").ok());
  const auto length = fs::file_size(only_file(".log"));
  ASSERT_TRUE(put(*store, "b", "2").ok());
  EXPECT_EQ(fs::file_size(only_file(".log")), length);
  EXPECT_GT(length, 1'000'000u);
  kill(std::move(store));
  const auto rows = open()->snapshot();
  EXPECT_EQ(rows->get(Table::kEntity, "a"), "1");
  EXPECT_EQ(rows->get(Table::kEntity, "b"), "2");
}

TEST_F(RocksStoreTest, AFlippedBitInTheMiddleOfTheLogIsAnErrorAndNotSilence) {
  auto store = open();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(put(*store, "key" + std::to_string(i), "some value").ok());
  }
  cut_power(std::move(store));
  const fs::path log = only_file(".log");
  std::string bytes = read_file(log);
  bytes[bytes.size() / 2] ^= 1;
  write_file(log, bytes);
  EXPECT_EQ(error_of_opening(), Code::kCorrupt);
}

TEST_F(RocksStoreTest, ATornTailOfTheLogLosesOnlyTheCommitThatWasUnderWay) {
  auto store = open();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(put(*store, std::to_string(i), "value").ok());
  cut_power(std::move(store));
  const fs::path log = only_file(".log");
  const std::string bytes = read_file(log);
  write_file(log, bytes + bytes.substr(0, 15));  // a begun record
  EXPECT_EQ(rows(*open()->snapshot(), Table::kEntity).size(), 10u);
}

TEST_F(RocksStoreTest, AFailedAppendPoisonsLikeAFailedSync) {
  auto store = open();
  disk_->fail(Fails::kLogAppend);
  EXPECT_FALSE(put(*store, "a", "1").ok());
  disk_->fail(Fails::kNothing);
  EXPECT_FALSE(put(*store, "a", "1").ok()) << "the log may have a hole";
  EXPECT_NE(store->failure(), "");
}

TEST_F(RocksStoreTest, AFailedFlushInTheBackgroundPoisons) {
  auto store = open();
  ASSERT_TRUE(put(*store, "a", "1").ok());
  disk_->fail(Fails::kTableSync);
  EXPECT_FALSE(store->compact(Table::kEntity, "").ok());
  EXPECT_FALSE(store->healthy());
  disk_->fail(Fails::kNothing);
  EXPECT_FALSE(put(*store, "b", "2").ok());
}

TEST_F(RocksStoreTest, AReadOfADamagedFilePoisonsSoThatNothingIsDecidedOnIt) {
  {
    auto store = open();
    ASSERT_TRUE(put(*store, "a", std::string(2000, 'v')).ok());
    ASSERT_TRUE(store->compact(Table::kEntity, "").ok());
  }
  const fs::path table = only_file(".sst");
  std::string bytes = read_file(table);
  bytes[5] ^= 1;  // in the first data block
  write_file(table, bytes);
  auto store = open();
  EXPECT_TRUE(store->healthy());
  EXPECT_EQ(store->snapshot()->get(Table::kEntity, "a"), std::nullopt);
  EXPECT_FALSE(store->healthy());
  EXPECT_FALSE(put(*store, "b", "2").ok());
}

TEST_F(RocksStoreTest, AnErasedRowIsPhysicallyGoneAfterCompacting) {
  auto store = open();
  const std::string secret = "wrapped-key-5f1c7a";
  ASSERT_TRUE(put(*store, "person", secret).ok());
  ASSERT_TRUE(store->compact(Table::kEntity, "").ok());
  ASSERT_TRUE(any_file_contains(secret)) << "else this test sees nothing";
  {
    auto t = store->begin();
    t->erase(Table::kEntity, "person");
    t->put(Table::kJournal, "1", "erased");
    ASSERT_TRUE(t->commit().ok());
  }
  ASSERT_TRUE(store->compact(Table::kEntity, "person").ok());
  store.reset();  // files go in the background; closing waits for it
  EXPECT_FALSE(any_file_contains(secret));
  EXPECT_EQ(rows(*open()->snapshot(), Table::kJournal).size(), 1u);
}

TEST_F(RocksStoreTest, TheLogsThatAStartReplaysStaySmall) {
  options_.write_buffer_bytes = std::size_t{1} << 20;
  options_.wal_bytes = std::size_t{1} << 20;
  auto store = open();
  // One table is written a lot, another hardly ever: its rows must not keep old logs alive.
  for (int i = 0; i < 200; ++i) {
    auto t = store->begin();
    t->put(Table::kJournal, std::to_string(i), std::string(64 << 10, 'j'));
    if (i % 50 == 0) t->put(Table::kMeta, "head", std::to_string(i));
    ASSERT_TRUE(t->commit().ok());
  }
  cut_power(std::move(store));
  std::uintmax_t total = 0;
  for (const auto& log : files(".log")) total += fs::file_size(log);
  EXPECT_LT(total, std::uintmax_t{4} << 20) << "of 13 MiB written";
}

TEST_F(RocksStoreTest, ACleanStopLeavesNoLogToReplay) {
  auto store = open();
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(put(*store, std::to_string(i), "value").ok());
  store.reset();
  EXPECT_TRUE(files(".log").empty());
  EXPECT_EQ(rows(*open()->snapshot(), Table::kEntity).size(), 100u);
}

TEST_F(RocksStoreTest, ThereIsNothingToReadWhereNoStoreIs) {
  const auto opened = RocksStore::open_read_only(path());
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, Code::kNotFound);
  EXPECT_FALSE(fs::exists(path()));
}

TEST_F(RocksStoreTest, AReadOnlyStoreBesideItsOwnerSeesWhatWasCommittedAndChangesNothing) {
  auto owner = open();
  ASSERT_TRUE(put(*owner, "a", "1").ok());
  std::set<std::string> before;
  for (const auto& entry : fs::directory_iterator(path())) before.insert(entry.path().filename());
  {
    auto opened = RocksStore::open_read_only(path());
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ((*opened)->snapshot()->get(Table::kEntity, "a"), "1");
    const Status refused = put(**opened, "b", "2");
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, Code::kUnavailable);
  }
  std::set<std::string> after;
  for (const auto& entry : fs::directory_iterator(path())) after.insert(entry.path().filename());
  // The owner may still be removing what its own start replaced.
  EXPECT_TRUE(std::includes(before.begin(), before.end(), after.begin(), after.end()));
  EXPECT_TRUE(put(*owner, "b", "2").ok());
  owner.reset();
  EXPECT_EQ(rows(*open()->snapshot(), Table::kEntity).size(), 2u);
}

// What an older version left: it had no such table.
void take_a_table_away(const std::string& path, const std::string& name) {
  rocksdb::Options options;
  std::vector<std::string> names;
  ASSERT_TRUE(rocksdb::DB::ListColumnFamilies(options, path, &names).ok());
  std::vector<rocksdb::ColumnFamilyDescriptor> all;
  for (const auto& each : names) all.emplace_back(each, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, path, all, &handles, &opened).ok());
  const std::unique_ptr<rocksdb::DB> db(opened);
  for (auto* handle : handles) {
    if (handle->GetName() == name) {
      EXPECT_TRUE(db->DropColumnFamily(handle).ok());
    }
    db->DestroyColumnFamilyHandle(handle);
  }
}

TEST_F(RocksStoreTest, AStoreOfAnOlderVersionIsReadWithoutTheTablesThatItDidNotHave) {
  ASSERT_TRUE(put(*open(), "a", "1").ok());
  take_a_table_away(path(), "files");
  {
    const auto opened = RocksStore::open_read_only(path());
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    const auto seen = (*opened)->snapshot();
    EXPECT_EQ(seen->get(Table::kEntity, "a"), "1");
    EXPECT_EQ(seen->get(Table::kFiles, "a"), std::nullopt);
    EXPECT_TRUE(rows(*seen, Table::kFiles).empty());
  }
  auto owner = open();
  EXPECT_TRUE(rows(*owner->snapshot(), Table::kFiles).empty());
  EXPECT_TRUE(RocksStore::open_read_only(path()).ok());
}

TEST_F(RocksStoreTest, AReadOnlyStoreOutlivesTheFilesThatItsOwnerReplaces) {
  auto owner = open();
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(put(*owner, std::to_string(i), "value").ok());
  ASSERT_TRUE(owner->compact(Table::kEntity, "").ok());
  auto opened = RocksStore::open_read_only(path());
  ASSERT_TRUE(opened.ok());
  ASSERT_TRUE(put(*owner, "0", "changed").ok());
  ASSERT_TRUE(owner->compact(Table::kEntity, "").ok());
  owner.reset();
  const auto seen = rows(*(*opened)->snapshot(), Table::kEntity);
  EXPECT_EQ(seen.size(), 50u);
  EXPECT_EQ(seen.front().second, "value");
}

TEST_F(RocksStoreTest, ItOpensForReadingWhileTheOwnerFlushesAndCompacts) {
  options_.write_buffer_bytes = std::size_t{256} << 10;
  options_.wal_bytes = std::size_t{256} << 10;
  auto owner = open();
  std::thread reader([this] {
    for (int i = 0; i < 20; ++i) {
      const auto opened = RocksStore::open_read_only(path());
      ASSERT_TRUE(opened.ok()) << opened.error().message;
      EXPECT_TRUE((*opened)->healthy());
    }
  });
  for (int i = 0; i < 300; ++i)
    ASSERT_TRUE(put(*owner, std::to_string(i % 40), std::string(8 << 10, 'x')).ok());
  reader.join();
}

}  // namespace
}  // namespace opora::sync
