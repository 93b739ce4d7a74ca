// LogBook: which of a store's logs there must be and how far each was synced, in a small file in
// the store's folder. A log that vanished, or that was cut where a record ends, looks whole by
// itself; the book shows it. Owned by the store; any thread.
//
// What must hold: a log's row never says more than was synced; a log leaves the book, synced,
// before its file is deleted. The rows are not synced with every commit (a process that is killed
// leaves them, a machine without power may leave older ones): older rows say less, never something
// wrong.
//
// Format (in a SlotFile): version u8 = 1 | floor u64 | n u8 | n × (number u64 | synced bytes u64).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "sync/journal/slot_file.h"

namespace opora::sync {

struct LogRows {
  std::uint64_t floor = 0;                        // logs up to this number are no longer needed
  std::map<std::uint64_t, std::uint64_t> synced;  // number → bytes
  bool operator==(const LogRows&) const = default;
};
// More logs than a store of 16 MiB of them ever has; of more, the newest are written down.
inline constexpr std::size_t kMaxLogRows = 28;

Bytes encode_log_rows(const LogRows& rows);
std::optional<LogRows> decode_log_rows(std::string_view bytes);

class LogBook {
 public:
  static Result<std::unique_ptr<LogBook>> open(const std::filesystem::path& store);
  // Goes on with what the note says.
  explicit LogBook(std::unique_ptr<Note> note);
  // As it was left, without owning it. Nothing: there is none.
  static std::optional<LogRows> read(const std::filesystem::path& store);

  // Its bytes up to here are synced. A failure is not one of the commit: the row stays older.
  void synced(std::uint64_t log, std::uint64_t bytes);
  // It and all before it are not needed any more. kUnavailable: it must not be deleted yet.
  Status retire(std::uint64_t log);
  Status sync();

 private:
  std::mutex mutex_;
  const std::unique_ptr<Note> note_;
  LogRows rows_;
};

}  // namespace opora::sync
