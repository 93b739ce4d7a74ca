#include "sync/journal/log_check.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>

#include "sync/journal/log_scan.h"
#include "sync/journal/store_folder.h"

namespace opora::sync {

namespace {

namespace fs = std::filesystem;

class LogFolder final : public LogSource {
 public:
  explicit LogFolder(const fs::path& store) : store_(store) {}

  Result<std::set<std::uint64_t>> logs() const override {
    std::set<std::uint64_t> out;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(store_, error)) {
      const std::string name = entry.path().filename();
      std::uint64_t log = 0;
      const auto [end, bad] = std::from_chars(name.data(), name.data() + name.size(), log);
      if (bad == std::errc{} && std::string_view(end) == ".log") out.insert(log);
    }
    if (error) return disk_error(store_, error.value());
    return out;
  }

  Result<Bytes> read(std::uint64_t log) const override {
    const fs::path path = name(log);
    std::ifstream in(path, std::ios::binary | std::ios::ate);
    if (!in) return disk_error(path, EIO);
    Bytes out(static_cast<std::size_t>(in.tellg()), '\0');
    in.seekg(0);
    in.read(out.data(), static_cast<std::streamsize>(out.size()));
    if (!in) return disk_error(path, EIO);
    return out;
  }

  std::string name(std::uint64_t log) const override {
    const std::string digits = std::to_string(log);
    const std::string zeros(6 - std::min<std::size_t>(6, digits.size()), '0');
    return (store_ / (zeros + digits + ".log")).string();
  }

 private:
  const fs::path& store_;
};

class Checker {
 public:
  Checker(const LogSource& source, const std::optional<LogRows>& book)
      : source_(source), book_(book.value_or(LogRows{})), has_book_(book.has_value()) {}

  Result<LogsReport> run() {
    const auto there = source_.logs();
    if (!there.ok()) return there.error();
    if (!there->empty()) out_.last = *there->rbegin();
    auto wanted = *there;
    for (const auto& [log, bytes] : book_.synced) {
      if (bytes > 0) wanted.insert(log);
    }
    for (const std::uint64_t log : wanted) {
      if (log <= book_.floor) continue;
      OPORA_TRY(there->contains(log) ? look_at(log) : missing(log));
      if (out_.state == LogsReport::State::kDamaged) break;
    }
    return std::move(out_);
  }

 private:
  Status missing(std::uint64_t log) {
    damaged(log, 0, "the log is missing");
    return ok_status();
  }

  Status look_at(std::uint64_t log) {
    auto file = source_.read(log);
    if (!file.ok()) return file.error();
    out_.bytes += file->size();
    const LogScan scan = scan_log(*file);
    const bool gap = scan.first_seq && next_seq_ && *scan.first_seq != *next_seq_;
    if (gap && has_book_) {
      damaged(log, 0, "commits are missing in front of it");
      return ok_status();
    }
    if (scan.next_seq) next_seq_ = scan.next_seq;
    if (scan.first_seq) forgive();
    const auto row = book_.synced.find(log);
    const std::uint64_t synced = row == book_.synced.end() ? 0 : row->second;
    if (scan.end == LogScan::End::kDamaged) {
      damaged(log, scan.bad_at, scan.why);
    } else if (scan.whole_bytes < synced) {
      damaged(log, scan.whole_bytes, "it was synced up to " + std::to_string(synced));
    } else if (scan.end == LogScan::End::kTorn) {
      out_.state = LogsReport::State::kTorn;
      say(log, scan.bad_at, scan.why);
    }
    return ok_status();
  }

  // A log that was torn at an earlier start, and went on in the next.
  void forgive() {
    out_.state = LogsReport::State::kWhole;
    out_.what.clear();
  }

  void damaged(std::uint64_t log, std::uint64_t offset, const std::string& why) {
    out_.state = LogsReport::State::kDamaged;
    out_.stop_seq = next_seq_.value_or(0);
    say(log, offset, why);
  }

  void say(std::uint64_t log, std::uint64_t offset, const std::string& why) {
    out_.what = source_.name(log) + ", offset " + std::to_string(offset) + ": " + why;
  }

  const LogSource& source_;
  const LogRows book_;
  const bool has_book_;
  LogsReport out_;
  std::optional<std::uint64_t> next_seq_;
};

}  // namespace

Result<LogsReport> check_logs(const LogSource& source, const std::optional<LogRows>& book) {
  return Checker(source, book).run();
}

Result<LogsReport> check_logs(const fs::path& store, const std::optional<LogRows>& book) {
  return check_logs(LogFolder(store), book);
}

}  // namespace opora::sync
