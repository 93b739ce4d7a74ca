// CommitWatch: the moment at which a commit is on the disk, seen from inside of rocksdb::DB::Write.
// RocksDB syncs the log, then puts the rows into memory, and says nothing in between; but the file
// system under it does (log_files.h), on the writer's thread.
//
// One lives around each synced write, on the writer's thread. It tells only when the sync is all
// that durability hangs on: when it took up bytes of the log that an earlier write left synced
// whole. A write that begins a new log hangs on the older ones and on the folder as well; that one
// is told of by its return alone.
#pragma once

#include <cstdint>
#include <functional>

namespace opora::sync {

struct LogPlace {
  std::uint64_t log = 0;  // 0: none yet
  std::uint64_t bytes = 0;
};

class CommitWatch {
 public:
  // `settled` is the writer's: what its last write that returned ok has synced.
  CommitWatch(LogPlace& settled, std::function<void()> on_durable);
  ~CommitWatch();
  CommitWatch(const CommitWatch&) = delete;
  CommitWatch& operator=(const CommitWatch&) = delete;

  void returned_ok() { settled_ = synced_; }

  // True inside a write of this thread.
  static bool under_way();
  // A log is synced up to there. Any thread; counts for the write that this thread is in. May not
  // throw: RocksDB is in the middle of it.
  static void log_synced(LogPlace place) noexcept;

 private:
  LogPlace& settled_;
  const std::function<void()> on_durable_;
  LogPlace synced_;
  bool told_ = false;
};

}  // namespace opora::sync
