#include "tests/unit/store/faulty_disk.h"

#include <string_view>
#include <utility>

namespace opora::sync {
namespace {

namespace fs = std::filesystem;

rocksdb::IOStatus failure() { return rocksdb::IOStatus::IOError("the test's disk failed"); }

}  // namespace

class FaultyDisk::File final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  File(FaultyDisk& disk, std::string name, std::unique_ptr<rocksdb::FSWritableFile> target)
      : FSWritableFileOwnerWrapper(std::move(target)), disk_(disk), name_(std::move(name)) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    if (disk_.refuses(Fails::kLogAppend, name_)) return failure();
    size_ += data.size();
    return FSWritableFileOwnerWrapper::Append(data, options, debug);
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo&,
                           rocksdb::IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* debug) override {
    if (disk_.refuses(Fails::kLogSync, name_) || disk_.refuses(Fails::kTableSync, name_))
      return failure();
    const std::uint64_t size = size_;
    auto status = FSWritableFileOwnerWrapper::Sync(options, debug);
    if (status.ok()) disk_.synced(name_, size);
    return status;
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override {
    return Sync(options, debug);
  }

 private:
  FaultyDisk& disk_;
  const std::string name_;
  std::uint64_t size_ = 0;
};

bool FaultyDisk::refuses(Fails what, const std::string& name) const {
  const std::string_view ending = what == Fails::kTableSync ? ".sst" : ".log";
  return fails_ == what && name.ends_with(ending);
}

void FaultyDisk::synced(const std::string& name, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  synced_[fs::path(name).filename()] = size;
}

rocksdb::IOStatus FaultyDisk::NewWritableFile(const std::string& name,
                                              const rocksdb::FileOptions& options,
                                              std::unique_ptr<rocksdb::FSWritableFile>* out,
                                              rocksdb::IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSWritableFile> target;
  auto status = FileSystemWrapper::NewWritableFile(name, options, &target, debug);
  if (status.ok()) {
    synced(name, 0);
    *out = std::make_unique<File>(*this, name, std::move(target));
  }
  return status;
}

rocksdb::IOStatus FaultyDisk::DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                                         rocksdb::IODebugContext* debug) {
  const std::lock_guard lock(mutex_);
  return FileSystemWrapper::DeleteFile(name, options, debug);
}

rocksdb::IOStatus FaultyDisk::RenameFile(const std::string& from, const std::string& to,
                                         const rocksdb::IOOptions& options,
                                         rocksdb::IODebugContext* debug) {
  const std::lock_guard lock(mutex_);
  return FileSystemWrapper::RenameFile(from, to, options, debug);
}

void FaultyDisk::copy_after_power_cut(const fs::path& from, const fs::path& to) const {
  fs::create_directories(to);
  const std::lock_guard lock(mutex_);
  for (const auto& entry : fs::directory_iterator(from)) {
    if (!entry.is_regular_file()) continue;
    const fs::path target = to / entry.path().filename();
    fs::copy_file(entry.path(), target);
    const auto known = synced_.find(entry.path().filename());
    if (known != synced_.end() && known->second < fs::file_size(target)) {
      fs::resize_file(target, known->second);
    }
  }
}

}  // namespace opora::sync
