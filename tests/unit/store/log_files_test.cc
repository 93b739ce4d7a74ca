// Zeros ahead of a log: never over what was appended, and a log without them is as good.
#include "sync/journal/log_files.h"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/files.h"
#include "tests/support/temp_folder.h"

namespace opora::sync {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

struct Zeros {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

enum class Second { kWorks, kIsRefused, kDoesNotWrite };

// Tells where a file was written by its second handle, which is the one for zeros.
class Disk final : public rocksdb::FileSystemWrapper {
 public:
  explicit Disk(Second second)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), second_(second) {}
  const char* Name() const override { return "Disk"; }
  const std::vector<Zeros>& zeros() const { return zeros_; }
  int writes() const { return writes_; }

  IOStatus NewRandomRWFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSRandomRWFile>* out,
                           IODebugContext* debug) override {
    if (second_ == Second::kIsRefused) return IOStatus::IOError("the test's disk failed");
    auto status = FileSystemWrapper::NewRandomRWFile(name, options, out, debug);
    if (status.ok()) *out = std::make_unique<Handle>(*this, std::move(*out));
    return status;
  }

 private:
  class Handle final : public rocksdb::FSRandomRWFileOwnerWrapper {
   public:
    Handle(Disk& disk, std::unique_ptr<rocksdb::FSRandomRWFile> below)
        : FSRandomRWFileOwnerWrapper(std::move(below)), disk_(disk) {}
    IOStatus Write(std::uint64_t at, const rocksdb::Slice& bytes, const IOOptions& options,
                   IODebugContext* debug) override {
      ++disk_.writes_;
      if (disk_.second_ == Second::kDoesNotWrite) return IOStatus::NoSpace("full");
      EXPECT_EQ(bytes.ToStringView().find_first_not_of('\0'), std::string_view::npos);
      disk_.zeros_.push_back({at, at + bytes.size()});
      return FSRandomRWFileOwnerWrapper::Write(at, bytes, options, debug);
    }

   private:
    Disk& disk_;
  };

  const Second second_;
  std::vector<Zeros> zeros_;
  int writes_ = 0;
};

class Nobody final : public LogWatcher {
 public:
  void on_log_synced(std::uint64_t /*log*/, std::uint64_t bytes) override { synced = bytes; }
  Status before_log_deleted(std::uint64_t /*log*/) override { return ok_status(); }
  std::uint64_t synced = 0;
};

class LogFilesTest : public ::testing::Test {
 protected:
  void open(Second second, const std::string& name = "000001.log") {
    disk_ = std::make_shared<Disk>(second);
    files_ = watch_logs(disk_, nobody_);
    path_ = (folder_ / name).string();
    ASSERT_TRUE(files_->NewWritableFile(path_, {}, &log_, nullptr).ok());
  }
  void append(int bytes) {
    const std::string data(static_cast<std::size_t>(bytes),
                           static_cast<char>('a' + appends_++ % 26));
    ASSERT_TRUE(log_->Append(data, {}, nullptr).ok());
    ASSERT_TRUE(log_->Sync({}, nullptr).ok());
    content_ += data;
  }
  void expect_content() const {
    const std::string found = testing::read_file(path_);
    EXPECT_EQ(found.substr(0, content_.size()), content_);
    EXPECT_EQ(found.find_first_not_of('\0', content_.size()), std::string::npos);
    EXPECT_EQ(nobody_.synced, content_.size());
  }

  testing::TempFolder folder_;
  Nobody nobody_;
  std::shared_ptr<Disk> disk_;
  std::shared_ptr<rocksdb::FileSystem> files_;
  std::unique_ptr<rocksdb::FSWritableFile> log_;
  std::string path_;
  std::string content_;
  int appends_ = 0;
};

TEST_F(LogFilesTest, ACommitFallsOnBytesThatWereWrittenBefore) {
  open(Second::kWorks);
  append(1'500);
  for (int i = 0; i < 400; ++i) {
    append(1'500);
    ASSERT_LE(content_.size(), disk_->zeros().back().end);
  }
  EXPECT_LT(disk_->zeros().size(), 5u) << "a hundred and more commits share the zeros";
  expect_content();
}

TEST_F(LogFilesTest, ZerosBeginBehindEverythingThatWasAppended) {
  open(Second::kWorks);
  for (const int bytes : {1, 300'000, 100'000, 200'000, 70'000, 5, 1'000'000, 7}) {
    const std::size_t before = disk_->zeros().size();
    append(bytes);
    for (std::size_t i = before; i < disk_->zeros().size(); ++i)
      EXPECT_GE(disk_->zeros()[i].begin, content_.size());
  }
  expect_content();
}

TEST_F(LogFilesTest, ALargeCommitHasNoZerosBehindIt) {
  open(Second::kWorks);
  append(1'000'000);
  append(1'000'000);
  EXPECT_TRUE(disk_->zeros().empty());
  expect_content();
}

TEST_F(LogFilesTest, ALogThatCannotBeOpenedTwiceIsAsGood) {
  open(Second::kIsRefused);
  for (int i = 0; i < 300; ++i) append(1'500);
  EXPECT_TRUE(disk_->zeros().empty());
  expect_content();
}

TEST_F(LogFilesTest, ADiskWithoutRoomForZerosIsAskedOnce) {
  open(Second::kDoesNotWrite);
  for (int i = 0; i < 300; ++i) append(1'500);
  EXPECT_EQ(disk_->writes(), 1);
  expect_content();
}

TEST_F(LogFilesTest, OnlyALogHasZeros) {
  open(Second::kWorks, "MANIFEST-000001");
  ASSERT_TRUE(log_->Append("rows", {}, nullptr).ok());
  EXPECT_EQ(disk_->writes(), 0);
}

}  // namespace
}  // namespace opora::sync
