#include "tests/unit/store/harness.h"

#include "sync/journal/memory_store.h"
#include "sync/journal/rocks_store.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/store/faulty_disk.h"

namespace opora::sync {
namespace {

class MemoryHarness final : public StoreHarness {
 public:
  Store& store() override { return store_; }
  bool healthy() const override { return store_.healthy(); }
  void cut_power_and_reopen() override { store_.reopen(); }
  void break_sync() override { store_.fail_next_commit(CommitFault::kRowsKept); }

 private:
  MemoryStore store_;
};

class RocksHarness final : public StoreHarness {
 public:
  RocksHarness() { open(); }
  Store& store() override { return *store_; }
  bool healthy() const override { return store_->healthy(); }

  void cut_power_and_reopen() override {
    const auto old = folder_ / std::to_string(starts_);
    ++starts_;
    disk_->copy_after_power_cut(old, folder_ / std::to_string(starts_));
    store_.reset();
    disk_->fail(Fails::kNothing);
    open();
  }
  void break_sync() override { disk_->fail(Fails::kLogSync); }

 private:
  void open() {
    RocksOptions options;
    options.env = env_.get();
    auto opened = RocksStore::open(folder_ / std::to_string(starts_), options);
    OPORA_CHECK(opened.ok());
    store_ = *std::move(opened);
  }

  testing::TempFolder folder_;
  std::shared_ptr<FaultyDisk> disk_ = std::make_shared<FaultyDisk>();
  std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(disk_);
  std::unique_ptr<RocksStore> store_;
  int starts_ = 0;
};

}  // namespace

std::unique_ptr<StoreHarness> memory_harness() { return std::make_unique<MemoryHarness>(); }
std::unique_ptr<StoreHarness> rocks_harness() { return std::make_unique<RocksHarness>(); }

}  // namespace opora::sync
