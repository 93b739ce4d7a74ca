#include "web/app/disk_room.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include <spdlog/spdlog.h>

namespace opora::app {

namespace fs = std::filesystem;

namespace {

// What a process without special rights may still write; plenty when nobody knows.
std::uint64_t free_bytes(const fs::path& folder) {
  struct statvfs info {};
  if (::statvfs(folder.c_str(), &info) != 0) return ~std::uint64_t{0};
  return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

}  // namespace

DiskRoom::DiskRoom(const fs::path& data, RoomLimits limits, FreeBytes free)
    : reserve_(data / "reserve"),
      limits_(limits),
      free_(free ? std::move(free) : FreeBytes(free_bytes)) {
  look();
}

void DiskRoom::look() {
  const std::uint64_t there = free_(reserve_.parent_path());
  std::error_code error;
  const bool made = fs::exists(reserve_, error);
  if (there < limits_.low_bytes) {
    if (!low_.exchange(true)) spdlog::critical("the disk is full: only calls are taken down");
    fs::remove(reserve_, error);
    return;
  }
  const std::uint64_t wanted = 2 * limits_.low_bytes + (made ? 0 : limits_.reserve_bytes);
  if (low_ && there < wanted) return;
  if (!made && there >= wanted && !make_reserve()) return;
  if (low_.exchange(false)) spdlog::warn("the disk has room again");
}

std::uint64_t DiskRoom::reserve_bytes() const {
  std::error_code error;
  const auto size = fs::file_size(reserve_, error);
  return error ? 0 : static_cast<std::uint64_t>(size);
}

bool DiskRoom::make_reserve() const {
  const int fd = ::open(reserve_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  const int refused = ::posix_fallocate(fd, 0, static_cast<off_t>(limits_.reserve_bytes));
  ::close(fd);
  if (refused == 0) return true;
  std::error_code ignored;
  fs::remove(reserve_, ignored);
  return false;
}

bool finishes_a_call(const web::Request& request) {
  constexpr std::array<std::string_view, 3> kPaths{"/api/v1/contacts", "/api/v1/telephony/events",
                                                   "/api/v1/agents/me"};
  const std::string_view target = request.target;
  return std::find(kPaths.begin(), kPaths.end(), target.substr(0, target.find('?'))) !=
         kPaths.end();
}

Error disk_full() {
  return Error{Code::kUnavailable, "disk",
               "the disk is full: only calls are taken down (диск заполнен: записываются только "
               "звонки)"};
}

}  // namespace opora::app
