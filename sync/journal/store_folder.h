// The folder of a store on disk: made for its owner only, held by one process, checked before the
// database may touch it. Used by rocks_store.cc, one thread.
#pragma once

#include <filesystem>
#include <string_view>

#include "protocol/base/result.h"

namespace opora::sync {

// One owner a folder, until destroyed. RocksDB has a lock of its own; this one gives an error of
// its own, told apart from every other error of opening.
class FolderLock {
 public:
  FolderLock() = default;
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  // kConflict when it is held already, by this process or another; kUnavailable when the disk
  // refuses.
  Status take(const std::filesystem::path& folder);

 private:
  int fd_ = -1;
};

// kUnavailable with the path and what errno says.
Error disk_error(const std::filesystem::path& path, int error);
// So that a new name in it survives a power cut.
Status sync_folder(const std::filesystem::path& folder);

// With mode 0700 unless it is there; a new one survives a power cut. kUnavailable when the disk
// refuses.
Status make_folder(const std::filesystem::path& folder);

// kCorrupt when CURRENT is missing beside data: RocksDB would start an empty database and delete
// the files of the old.
Status check_not_beheaded(const std::filesystem::path& folder);

// Copies the files with this ending into a folder of their own, for whoever wants to look.
Status keep_aside(const std::filesystem::path& folder, const std::filesystem::path& into,
                  std::string_view ending);

}  // namespace opora::sync
