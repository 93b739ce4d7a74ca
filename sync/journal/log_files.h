// A file system for RocksDB that tells of the database's log files, writes them zeros ahead so that
// a sync has nothing but the commit to write, and is the one below in all else. Included by
// rocks_store.cc and tests only.
#pragma once

#include <cstdint>
#include <memory>

#include <rocksdb/file_system.h>

#include "protocol/base/result.h"

namespace opora::sync {

// Called on the thread that does it, in the middle of it: be quick.
class LogWatcher {
 public:
  virtual ~LogWatcher() = default;
  // All its bytes so far, without any length it was given beforehand, are synced.
  virtual void on_log_synced(std::uint64_t log, std::uint64_t bytes) = 0;
  // An error: the file stays.
  virtual Status before_log_deleted(std::uint64_t log) = 0;
};

// The watcher outlives the file system.
std::shared_ptr<rocksdb::FileSystem> watch_logs(const std::shared_ptr<rocksdb::FileSystem>& below,
                                                LogWatcher& watcher);

}  // namespace opora::sync
