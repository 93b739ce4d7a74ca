// SlotFile: a few bytes in a file of two slots that are written in turn, so that one whole version
// is there whatever happens in a write. A write is one pwrite without a sync: it survives the end
// of the process, not of the machine; sync() makes it last. Owned by one process, one thread at a
// time.
//
// Format of a slot (512 bytes): number of the version u64 | length u16 | content | zeros | CRC-32C
// of all before it u32. The newest version that checks counts.
#pragma once

#include <filesystem>
#include <optional>

#include "sync/journal/note.h"

namespace opora::sync {

inline constexpr std::size_t kSlotBytes = 512;  // a sector: written whole or not by most disks
inline constexpr std::size_t kMaxSlotContent = kSlotBytes - 8 - 2 - 4;

// Pure; for tests and for reading without owning.
Bytes encode_slot(std::uint64_t version, std::string_view content);
struct Slot {
  std::uint64_t version;
  Bytes content;
};
std::optional<Slot> decode_slot(std::string_view bytes);
// The newest whole version among the slots of a file.
std::optional<Slot> newest_slot(std::string_view file);
// Where in the file a version goes: never over the one before it.
constexpr std::size_t slot_place(std::uint64_t version) { return version % 2 * kSlotBytes; }
// The newest whole version; nothing when no file is there or no slot checks.
std::optional<Bytes> read_slots(const std::filesystem::path& path);

class SlotFile final : public Note {
 public:
  // Makes the file (mode 0600) at need, its name synced. kUnavailable when the disk refuses.
  static Result<SlotFile> open(const std::filesystem::path& path);
  SlotFile(SlotFile&& other) noexcept;
  SlotFile& operator=(SlotFile&&) = delete;
  ~SlotFile() override;

  const std::optional<Bytes>& content() const override { return content_; }
  Status write(std::string_view content) override;  // at most kMaxSlotContent bytes
  Status sync() override;

 private:
  SlotFile(std::filesystem::path path, int fd) : path_(std::move(path)), fd_(fd) {}

  std::filesystem::path path_;
  int fd_;
  std::uint64_t version_ = 0;
  std::optional<Bytes> content_;
};

}  // namespace opora::sync
