// Every call to the disk fails in turn, once or from then on: what a commit answered with ok is
// there after the next start, and the next start always works. A part of the calls by default; all
// of them with OPORA_IO_CALLS=all.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <set>

#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include "sync/journal/rocks_store.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/store/harness.h"

namespace opora::sync {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

enum class Lasts { kOnce, kForEver };

// Counts the calls that change the disk and fails the one that it was told.
struct Fault {
  std::uint64_t at = 0;  // 0: none
  Lasts lasts = Lasts::kOnce;
  std::atomic<std::uint64_t> calls{0};

  bool strikes() {
    const std::uint64_t call = ++calls;
    return at != 0 && (lasts == Lasts::kOnce ? call == at : call >= at);
  }
  IOStatus status() const {
    return lasts == Lasts::kOnce ? IOStatus::IOError("the test's disk failed")
                                 : IOStatus::NoSpace("the test's disk is full");
  }
};

class File final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  File(Fault& fault, std::unique_ptr<rocksdb::FSWritableFile> below)
      : FSWritableFileOwnerWrapper(std::move(below)), fault_(fault) {}
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& o, IODebugContext* d) override {
    return fault_.strikes() ? fault_.status() : FSWritableFileOwnerWrapper::Append(data, o, d);
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& o,
                  const rocksdb::DataVerificationInfo&, IODebugContext* d) override {
    return Append(data, o, d);
  }
  IOStatus Sync(const IOOptions& o, IODebugContext* d) override {
    return fault_.strikes() ? fault_.status() : FSWritableFileOwnerWrapper::Sync(o, d);
  }
  IOStatus Fsync(const IOOptions& o, IODebugContext* d) override {
    return fault_.strikes() ? fault_.status() : FSWritableFileOwnerWrapper::Fsync(o, d);
  }
  IOStatus Close(const IOOptions& o, IODebugContext* d) override {
    const bool strikes = fault_.strikes();
    auto status = FSWritableFileOwnerWrapper::Close(o, d);
    return strikes ? fault_.status() : status;
  }

 private:
  Fault& fault_;
};

class SecondHandle final : public rocksdb::FSRandomRWFileOwnerWrapper {
 public:
  SecondHandle(Fault& fault, std::unique_ptr<rocksdb::FSRandomRWFile> below)
      : FSRandomRWFileOwnerWrapper(std::move(below)), fault_(fault) {}
  IOStatus Write(std::uint64_t at, const rocksdb::Slice& data, const IOOptions& o,
                 IODebugContext* d) override {
    return fault_.strikes() ? fault_.status() : FSRandomRWFileOwnerWrapper::Write(at, data, o, d);
  }

 private:
  Fault& fault_;
};

class Disk final : public rocksdb::FileSystemWrapper {
 public:
  explicit Disk(Fault& fault) : FileSystemWrapper(rocksdb::FileSystem::Default()), fault_(fault) {}
  const char* Name() const override { return "Disk"; }
  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& o,
                           std::unique_ptr<rocksdb::FSWritableFile>* out,
                           IODebugContext* d) override {
    if (fault_.strikes()) return fault_.status();
    auto status = FileSystemWrapper::NewWritableFile(name, o, out, d);
    if (status.ok()) *out = std::make_unique<File>(fault_, std::move(*out));
    return status;
  }
  IOStatus NewRandomRWFile(const std::string& name, const rocksdb::FileOptions& o,
                           std::unique_ptr<rocksdb::FSRandomRWFile>* out,
                           IODebugContext* d) override {
    if (fault_.strikes()) return fault_.status();
    auto status = FileSystemWrapper::NewRandomRWFile(name, o, out, d);
    if (status.ok()) *out = std::make_unique<SecondHandle>(fault_, std::move(*out));
    return status;
  }
  IOStatus NewDirectory(const std::string& name, const IOOptions& o,
                        std::unique_ptr<rocksdb::FSDirectory>* out, IODebugContext* d) override {
    return fault_.strikes() ? fault_.status() : FileSystemWrapper::NewDirectory(name, o, out, d);
  }
  IOStatus CreateDirIfMissing(const std::string& name, const IOOptions& o,
                              IODebugContext* d) override {
    return fault_.strikes() ? fault_.status() : FileSystemWrapper::CreateDirIfMissing(name, o, d);
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& o,
                      IODebugContext* d) override {
    return fault_.strikes() ? fault_.status() : FileSystemWrapper::RenameFile(from, to, o, d);
  }
  IOStatus DeleteFile(const std::string& name, const IOOptions& o, IODebugContext* d) override {
    return fault_.strikes() ? fault_.status() : FileSystemWrapper::DeleteFile(name, o, d);
  }

 private:
  Fault& fault_;
};

// One life of a store on a disk that fails somewhere, and the next on one that works.
class Life {
 public:
  void run(Fault& fault) {
    const auto env = rocksdb::NewCompositeEnv(std::make_shared<Disk>(fault));
    RocksOptions options;
    options.env = env.get();
    for (int start = 0; start < 2; ++start) {
      const auto store = RocksStore::open(path(), options);
      if (!store.ok()) continue;
      for (int i = 0; i < 6; ++i) commit(**store);
      static_cast<void>((*store)->compact(Table::kEntity, ""));
      for (int i = 0; i < 3; ++i) commit(**store);
    }
  }
  void expect_whole() {
    const auto store = RocksStore::open(path());
    ASSERT_TRUE(store.ok()) << store.error().message;
    const auto rows = (*store)->snapshot();
    for (const std::string& key : promised_) EXPECT_EQ(rows->get(Table::kEntity, key), "value");
    EXPECT_TRUE((*store)->healthy());
    commit(**store);
    EXPECT_EQ(asked_, *promised_.rbegin()) << "a store that was opened again does not save";
  }

 private:
  std::filesystem::path path() const { return folder_ / "store"; }
  void commit(RocksStore& store) {
    asked_ = std::to_string(10'000 + ++count_);
    auto txn = store.begin();
    txn->put(Table::kEntity, asked_, "value");
    const bool beside = count_ % 2 == 0;
    const Status status = beside ? store.commit_beside(std::move(txn))() : txn->commit();
    if (status.ok()) promised_.insert(asked_);
  }

  testing::TempFolder folder_;
  int count_ = 0;
  std::string asked_;
  std::set<std::string> promised_;
};

class IoCampaign : public ::testing::TestWithParam<Lasts> {
 protected:
  static std::uint64_t calls_of_a_life() {
    Fault none;
    Life().run(none);
    return none.calls;
  }
  // So many of the calls by default: a few seconds.
  static constexpr std::uint64_t kSome = 12;
};

TEST_P(IoCampaign, WhatWasPromisedIsThereWhicheverCallFails) {
  const std::uint64_t calls = calls_of_a_life();
  ASSERT_GT(calls, 50u);
  const char* wanted = std::getenv("OPORA_IO_CALLS");
  const bool all = wanted != nullptr && std::string_view(wanted) == "all";
  const std::uint64_t stride = all ? 1 : calls / kSome;
  for (std::uint64_t at = 1; at <= calls; at += stride) {
    SCOPED_TRACE("call " + std::to_string(at) + " of " + std::to_string(calls));
    Fault fault;
    fault.at = at;
    fault.lasts = GetParam();
    Life life;
    life.run(fault);
    life.expect_whole();
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Both, IoCampaign, ::testing::Values(Lasts::kOnce, Lasts::kForEver),
                         [](const auto& lasts) {
                           return lasts.param == Lasts::kOnce ? "once" : "for_ever";
                         });

}  // namespace
}  // namespace opora::sync
