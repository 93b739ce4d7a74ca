// A disk for RocksDB that fails when told to, and whose power can be cut: it knows which bytes were
// synced. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

namespace opora::sync {

enum class Fails { kNothing, kLogSync, kLogAppend, kTableSync };

class FaultyDisk final : public rocksdb::FileSystemWrapper {
 public:
  FaultyDisk() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "FaultyDisk"; }

  void fail(Fails what) { fails_ = what; }
  // What a machine that lost its power at this moment would find: every file up to its last sync.
  // The database may be open meanwhile.
  void copy_after_power_cut(const std::filesystem::path& from,
                            const std::filesystem::path& to) const;

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* out,
                                    rocksdb::IODebugContext* debug) override;
  // Names change under the mutex: a power cut sees the folder as it is at one moment.
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

 private:
  class File;
  bool refuses(Fails what, const std::string& name) const;
  void synced(const std::string& name, std::uint64_t size);

  std::atomic<Fails> fails_{Fails::kNothing};
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t> synced_;
};

}  // namespace opora::sync
