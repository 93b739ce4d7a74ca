// Backups of a store in a folder of their own, best on another disk: incremental (a file that did
// not change is kept once), taken while the store is written to, with a checksum a file. A backup
// holds every commit that returned before take() was called. Personal parts in it are sealed under
// keys that are wrapped by the site's key, which is not in it: that one is kept apart.
//
// One process writes to a folder at a time, others may read; calls of one object from one thread at
// a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/base/ids.h"
#include "sync/journal/rocks_store.h"

namespace opora::sync {

using BackupNo = StrongInt<struct BackupNoTag, std::uint32_t>;

struct BackupInfo {
  BackupNo no;          // 1, 2…; later ones are newer
  TimeMs at;            // to the second
  std::uint64_t bytes;  // as if it stood alone
  Bytes note;           // what take() was given
};

class BackupFolder {
 public:
  // Makes the folder (mode 0700) at need. kConflict when another process writes to it, kUnavailable
  // when the disk refuses, kCorrupt when what is there is no folder of backups.
  static Result<std::unique_ptr<BackupFolder>> open(const std::filesystem::path& path);
  // For list, verify and restore; take() and keep() CHECK that they were not asked. kNotFound when
  // there is no folder, else as open().
  static Result<std::unique_ptr<BackupFolder>> open_read_only(const std::filesystem::path& path);
  ~BackupFolder();
  BackupFolder(const BackupFolder&) = delete;
  BackupFolder& operator=(const BackupFolder&) = delete;

  // Synced and read back against its checksums before it counts; one that does not pass is removed.
  Result<BackupInfo> take(const RocksStore& store, const Bytes& note);
  // Oldest first; damaged ones, which RocksDB finds by their files' sizes, are left out.
  std::vector<BackupInfo> list() const;
  // Every file again against its checksum. kNotFound, kCorrupt.
  Status verify(BackupNo no) const;
  // Into `to`, which must not exist. kNotFound, kConflict, kCorrupt (nothing is left at `to`).
  Status restore(BackupNo no, const std::filesystem::path& to) const;
  // Removes all but the newest `count`, at least one.
  Status keep(std::uint32_t count);

 private:
  struct Engine;
  explicit BackupFolder(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
};

}  // namespace opora::sync
