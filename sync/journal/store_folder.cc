#include "sync/journal/store_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace opora::sync {
namespace {

namespace fs = std::filesystem;

Error system_error(const fs::path& path, int error) {
  return Error{Code::kUnavailable, "", path.string() + ": " + std::strerror(error)};
}

// So that a new name in it survives a power cut.
Status sync_folder(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return system_error(folder, errno);
  const int error = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  return error == 0 ? ok_status() : Status(system_error(folder, error));
}

}  // namespace

FolderLock::~FolderLock() {
  if (fd_ >= 0) ::close(fd_);
}

Status FolderLock::take(const fs::path& folder) {
  const fs::path file = folder / "owner.lock";
  fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd_ < 0) return system_error(file, errno);
  if (::flock(fd_, LOCK_EX | LOCK_NB) == 0) return ok_status();
  if (errno != EWOULDBLOCK) return system_error(file, errno);
  return Error{Code::kConflict, "", folder.string() + ": the store is open already"};
}

Status make_folder(const fs::path& folder) {
  std::error_code error;
  if (fs::is_directory(folder, error)) return ok_status();
  fs::create_directories(folder, error);
  if (error) return system_error(folder, error.value());
  fs::permissions(folder, fs::perms::owner_all, error);
  if (error) return system_error(folder, error.value());
  return sync_folder(fs::absolute(folder).parent_path());
}

Status check_not_beheaded(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder / "CURRENT", error)) return ok_status();
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const auto extension = entry.path().extension();
    if (extension == ".sst" || extension == ".log") {
      return Error{Code::kCorrupt, "", folder.string() + ": CURRENT is missing beside data files"};
    }
  }
  return error ? Status(system_error(folder, error.value())) : ok_status();
}

}  // namespace opora::sync
