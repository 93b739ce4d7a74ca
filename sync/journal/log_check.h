// The logs that a store was left with, checked before the database may touch them: whole, torn in
// the commit that was under way, or damaged. Reads the folder, changes nothing.
//
// Decisions. Torn is what lies behind everything that the book says was synced, and behind which no
// later commit begins, in this log and in the next ones. Damaged is everything else that is not
// whole: a bad place in what was synced, a commit behind a bad place, a log that the book has and
// the folder has not, a gap between two logs. Without a book (a store of an earlier version) only a
// commit behind a bad place shows.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include "protocol/base/result.h"
#include "sync/journal/log_book.h"

namespace opora::sync {

struct LogsReport {
  enum class State { kWhole, kTorn, kDamaged };
  State state = State::kWhole;
  std::string what;         // not kWhole: file, offset and reason, in words
  std::uint64_t last = 0;   // the highest number of a log
  std::uint64_t bytes = 0;  // of the logs that are still needed
  // The first commit that cannot be trusted: everything before it is whole.
  std::optional<std::uint64_t> stop_seq;
};

// The logs that are there, by number. kUnavailable when the disk does not read.
class LogSource {
 public:
  virtual ~LogSource() = default;
  virtual Result<std::set<std::uint64_t>> logs() const = 0;
  virtual Result<Bytes> read(std::uint64_t log) const = 0;
  virtual std::string name(std::uint64_t log) const = 0;
};
// kUnavailable when the disk does not read.
Result<LogsReport> check_logs(const LogSource& source, const std::optional<LogRows>& book);
// The same for a store's folder.
Result<LogsReport> check_logs(const std::filesystem::path& store,
                              const std::optional<LogRows>& book);

}  // namespace opora::sync
