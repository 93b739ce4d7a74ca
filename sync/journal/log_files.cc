#include "sync/journal/log_files.h"

#include <charconv>
#include <optional>
#include <string>
#include <utility>

namespace opora::sync {

namespace {

// Some 170 commits of a desk; a sync that carries so many zeros takes half a millisecond more.
constexpr std::size_t kZerosAhead = 256 * 1024;
// What a larger one waits for the conversion is little beside itself, and zeros would be a tenth
// and more of what a catch-up writes.
constexpr std::size_t kLargeCommit = 128 * 1024;

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

// "…/000123.log"; RocksDB's own notes are called LOG.
std::optional<std::uint64_t> log_number(const std::string& path) {
  const std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
  std::uint64_t log = 0;
  const auto [end, bad] = std::from_chars(name.data(), name.data() + name.size(), log);
  const std::string_view rest = name.substr(static_cast<std::size_t>(end - name.data()));
  if (bad != std::errc{} || rest != ".log") return std::nullopt;
  return log;
}

// Writes zeros into a file ahead of what is appended to it. Blocks that a file only has reserved
// are converted at their first write, and the sync behind that write waits for the file system's
// own journal: every third commit of a desk, at twice the time. Zeros behind the last commit are no
// damage (log_scan.h), and without them a log is as good, only slower: a failure ends them.
class ZerosAhead {
 public:
  // Null: none.
  explicit ZerosAhead(std::unique_ptr<rocksdb::FSRandomRWFile> file) : file_(std::move(file)) {}

  // Before the bytes from `begin` to `end` are appended; what is there already ends at `begin`.
  void before_append(std::uint64_t begin, std::uint64_t end) {
    if (!file_ || end <= written_) return;
    written_ = end;
    if (end - begin > kLargeCommit) return;
    const std::string zeros(kZerosAhead, '\0');
    if (!file_->Write(end, zeros, {}, nullptr).ok()) file_.reset();
    written_ += kZerosAhead;
  }

 private:
  std::unique_ptr<rocksdb::FSRandomRWFile> file_;
  std::uint64_t written_ = 0;  // everything in front of it was written once
};

class LogFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  LogFile(std::unique_ptr<rocksdb::FSWritableFile> below, ZerosAhead zeros, std::uint64_t log,
          LogWatcher& watcher)
      : FSWritableFileOwnerWrapper(std::move(below)),
        zeros_(std::move(zeros)),
        log_(log),
        watcher_(watcher) {}

  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  IODebugContext* debug) override {
    zeros_.before_append(bytes_, bytes_ + data.size());
    return note(FSWritableFileOwnerWrapper::Append(data, options, debug), data);
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& info, IODebugContext* debug) override {
    zeros_.before_append(bytes_, bytes_ + data.size());
    return note(FSWritableFileOwnerWrapper::Append(data, options, info, debug), data);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    const std::uint64_t bytes = bytes_;
    return tell(FSWritableFileOwnerWrapper::Sync(options, debug), bytes);
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    const std::uint64_t bytes = bytes_;
    return tell(FSWritableFileOwnerWrapper::Fsync(options, debug), bytes);
  }

 private:
  IOStatus note(IOStatus status, const rocksdb::Slice& data) {
    if (status.ok()) bytes_ += data.size();
    return status;
  }
  IOStatus tell(IOStatus status, std::uint64_t bytes) {
    if (status.ok()) watcher_.on_log_synced(log_, bytes);
    return status;
  }

  ZerosAhead zeros_;
  const std::uint64_t log_;
  LogWatcher& watcher_;
  std::uint64_t bytes_ = 0;  // RocksDB writes to a log from one thread at a time
};

class LogFiles final : public rocksdb::FileSystemWrapper {
 public:
  LogFiles(const std::shared_ptr<rocksdb::FileSystem>& below, LogWatcher& watcher)
      : FileSystemWrapper(below), watcher_(watcher) {}
  const char* Name() const override { return "LogFiles"; }

  // A log gets its length some megabytes ahead: a sync then has no length to write, which is a
  // third of it. Zeros behind the last commit are no damage (log_scan.h).
  rocksdb::FileOptions OptimizeForLogWrite(const rocksdb::FileOptions& options,
                                           const rocksdb::DBOptions& db) const override {
    auto out = FileSystemWrapper::OptimizeForLogWrite(options, db);
    out.fallocate_with_keep_size = false;
    return out;
  }
  IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* out,
                           IODebugContext* debug) override {
    auto status = FileSystemWrapper::NewWritableFile(path, options, out, debug);
    const auto log = log_number(path);
    if (!status.ok() || !log) return status;
    std::unique_ptr<rocksdb::FSRandomRWFile> again;
    if (!FileSystemWrapper::NewRandomRWFile(path, options, &again, debug).ok()) again.reset();
    *out = std::make_unique<LogFile>(std::move(*out), ZerosAhead(std::move(again)), *log, watcher_);
    return status;
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions& options,
                      IODebugContext* debug) override {
    if (const auto log = log_number(path)) {
      const Status ready = watcher_.before_log_deleted(*log);
      if (!ready.ok()) return IOStatus::IOError(ready.error().message);
    }
    return FileSystemWrapper::DeleteFile(path, options, debug);
  }

 private:
  LogWatcher& watcher_;
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> watch_logs(const std::shared_ptr<rocksdb::FileSystem>& below,
                                                LogWatcher& watcher) {
  return std::make_shared<LogFiles>(below, watcher);
}

}  // namespace opora::sync
