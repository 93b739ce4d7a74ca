#include "sync/journal/slot_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <utility>

#include "protocol/base/check.h"
#include "sync/journal/crc32c.h"
#include "sync/journal/store_folder.h"

namespace opora::sync {

namespace {

namespace fs = std::filesystem;

Bytes read_both(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  Bytes file(2 * kSlotBytes, '\0');
  in.read(file.data(), static_cast<std::streamsize>(file.size()));
  file.resize(static_cast<std::size_t>(in.gcount()));
  return file;
}

}  // namespace

Bytes encode_slot(std::uint64_t version, std::string_view content) {
  OPORA_CHECK(content.size() <= kMaxSlotContent);
  Bytes slot =
      KeyWriter().u64(version).u16(static_cast<std::uint16_t>(content.size())).raw(content).take();
  slot.resize(kSlotBytes - sizeof(std::uint32_t));
  return KeyWriter().raw(slot).u32(crc32c(slot)).take();
}

std::optional<Slot> decode_slot(std::string_view bytes) {
  if (bytes.size() != kSlotBytes) return std::nullopt;
  const std::size_t covered = kSlotBytes - sizeof(std::uint32_t);
  if (KeyReader(bytes.substr(covered)).u32() != crc32c(bytes.substr(0, covered)))
    return std::nullopt;
  KeyReader in(bytes);
  Slot out;
  out.version = in.u64();
  const std::size_t size = in.u16();
  if (size > kMaxSlotContent) return std::nullopt;
  out.content = Bytes(in.raw(size));
  return out;
}

std::optional<Slot> newest_slot(std::string_view file) {
  std::optional<Slot> best;
  for (std::size_t at = 0; at + kSlotBytes <= file.size(); at += kSlotBytes) {
    auto slot = decode_slot(file.substr(at, kSlotBytes));
    if (slot && (!best || slot->version > best->version)) best = std::move(slot);
  }
  return best;
}

std::optional<Bytes> read_slots(const fs::path& path) {
  auto slot = newest_slot(read_both(path));
  if (!slot) return std::nullopt;
  return std::move(slot->content);
}

Result<SlotFile> SlotFile::open(const fs::path& path) {
  std::error_code ignored;
  const bool fresh = !fs::exists(path, ignored);
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return disk_error(path, errno);
  SlotFile file(path, fd);
  // Its room is taken now: a full disk later does not stop it.
  const int refused = ::posix_fallocate(fd, 0, 2 * kSlotBytes);
  if (refused == ENOSPC) return disk_error(path, refused);
  if (fresh) OPORA_TRY(sync_folder(path.parent_path()));
  if (auto slot = newest_slot(read_both(path))) {
    file.version_ = slot->version;
    file.content_ = std::move(slot->content);
  }
  return file;
}

SlotFile::SlotFile(SlotFile&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      version_(other.version_),
      content_(std::move(other.content_)) {}

SlotFile::~SlotFile() {
  if (fd_ >= 0) ::close(fd_);
}

Status SlotFile::write(std::string_view content) {
  const Bytes slot = encode_slot(version_ + 1, content);
  const auto place = static_cast<off_t>(slot_place(version_ + 1));
  const ssize_t written = ::pwrite(fd_, slot.data(), slot.size(), place);
  if (written != static_cast<ssize_t>(slot.size())) {
    return disk_error(path_, written < 0 ? errno : ENOSPC);
  }
  ++version_;
  content_ = Bytes(content);
  return ok_status();
}

Status SlotFile::sync() {
  return ::fdatasync(fd_) == 0 ? ok_status() : Status(disk_error(path_, errno));
}

}  // namespace opora::sync
