#include "sync/journal/store_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace opora::sync {

namespace fs = std::filesystem;

Error disk_error(const fs::path& path, int error) {
  return Error{Code::kUnavailable, "", path.string() + ": " + std::strerror(error)};
}

Status sync_folder(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return disk_error(folder, errno);
  const int error = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  return error == 0 ? ok_status() : Status(disk_error(folder, error));
}

FolderLock::~FolderLock() {
  if (fd_ >= 0) ::close(fd_);
}

Status FolderLock::take(const fs::path& folder) {
  const fs::path file = folder / "owner.lock";
  fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd_ < 0) return disk_error(file, errno);
  if (::flock(fd_, LOCK_EX | LOCK_NB) == 0) return ok_status();
  if (errno != EWOULDBLOCK) return disk_error(file, errno);
  return Error{Code::kConflict, "", folder.string() + ": the store is open already"};
}

Status make_folder(const fs::path& folder) {
  std::error_code error;
  if (fs::is_directory(folder, error)) return ok_status();
  fs::create_directories(folder, error);
  if (error) return disk_error(folder, error.value());
  fs::permissions(folder, fs::perms::owner_all, error);
  if (error) return disk_error(folder, error.value());
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
  return error ? Status(disk_error(folder, error.value())) : ok_status();
}

Status keep_aside(const fs::path& folder, const fs::path& into, std::string_view ending) {
  OPORA_TRY(make_folder(into));
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() != ending) continue;
    fs::copy_file(entry.path(), into / entry.path().filename(),
                  fs::copy_options::overwrite_existing, error);
    if (error) return disk_error(into, error.value());
  }
  return error ? Status(disk_error(folder, error.value())) : ok_status();
}

}  // namespace opora::sync
