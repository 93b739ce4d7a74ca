#include "tests/sim/region/disk_logs.h"

#include <algorithm>
#include <iterator>

#include "protocol/base/check.h"
#include "sync/journal/crc32c.h"
#include "sync/journal/log_scan.h"

namespace opora::sim {
namespace {

constexpr std::size_t kSectorBytes = 512;
enum Fragment : std::uint8_t { kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

Bytes little_endian(std::uint64_t value, std::size_t bytes) {
  Bytes out;
  for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> 8 * i));
  return out;
}

std::uint64_t from_little_endian(std::string_view bytes) {
  std::uint64_t out = 0;
  for (std::size_t i = bytes.size(); i > 0; --i)
    out = out << 8 | static_cast<std::uint8_t>(bytes[i - 1]);
  return out;
}

Bytes fragment(Fragment type, std::string_view payload) {
  const Bytes covered = Bytes(1, static_cast<char>(type)).append(payload);
  const std::uint32_t crc = sync::crc32c(covered);
  const std::uint32_t masked = ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
  return little_endian(masked, 4) + little_endian(payload.size(), 2) + covered;
}

// A commit as it goes into a log that has `at` bytes.
Bytes fragments(std::size_t at, std::string_view payload) {
  Bytes out;
  bool begun = false;
  do {
    const std::size_t left = sync::kLogBlockBytes - (at + out.size()) % sync::kLogBlockBytes;
    if (left < sync::kLogHeaderBytes) {
      out.append(left, '\0');
      continue;
    }
    const std::string_view part = payload.substr(0, left - sync::kLogHeaderBytes);
    payload.remove_prefix(part.size());
    const bool ends = payload.empty();
    out += fragment(begun ? (ends ? kLast : kMiddle) : (ends ? kFull : kFirst), part);
    begun = true;
    if (ends) return out;
  } while (true);
}

Bytes body_of(const Changes& changes) {
  KeyWriter out;
  for (const Change& change : changes) {
    out.u8(static_cast<std::uint8_t>(change.table)).u8(change.value ? 1 : 0);
    out.u32(static_cast<std::uint32_t>(change.key.size())).raw(change.key);
    const std::string_view value = change.value ? std::string_view(*change.value) : "";
    out.u32(static_cast<std::uint32_t>(value.size())).raw(value);
  }
  return out.take();
}

Changes changes_in(std::string_view body) {
  Changes out;
  KeyReader in(body);
  while (in.ok() && !in.at_end()) {
    Change change{static_cast<sync::Table>(in.u8() % sync::kTableCount), {}, {}};
    const bool put = in.u8() != 0;
    change.key = Bytes(in.raw(in.u32()));
    Bytes value(in.raw(in.u32()));
    if (put) change.value = std::move(value);
    if (in.ok()) out.push_back(std::move(change));
  }
  return out;
}

struct Commit {
  std::uint64_t seq;
  Bytes body;
};

// Without a look at checksums: whoever calls knows how far they are right.
std::vector<Commit> commits_in(std::string_view log) {
  std::vector<Commit> out;
  Bytes payload;
  std::size_t at = 0;
  while (at < log.size()) {
    const std::size_t left = sync::kLogBlockBytes - at % sync::kLogBlockBytes;
    if (left < sync::kLogHeaderBytes) {
      at += left;
      continue;
    }
    const std::string_view head = log.substr(at, sync::kLogHeaderBytes);
    if (head.size() < sync::kLogHeaderBytes || head[6] < kFull || head[6] > kLast) break;
    const std::size_t size = from_little_endian(head.substr(4, 2));
    if (head[6] == kFull || head[6] == kFirst) payload.clear();
    payload += log.substr(at + sync::kLogHeaderBytes, size);
    at += sync::kLogHeaderBytes + size;
    if ((head[6] == kFull || head[6] == kLast) && payload.size() >= 12)
      out.push_back({from_little_endian(payload.substr(0, 8)), payload.substr(12)});
  }
  return out;
}

std::uint64_t hash_of(const Changes& changes) {
  return std::hash<std::string_view>()(body_of(changes));
}

}  // namespace

DiskLogs::DiskLogs(Dice& dice) : dice_(dice) { open(); }

Bytes DiskLogs::encoded(const Changes& changes) const {
  return fragments(
      logs_.rbegin()->second.size(),
      little_endian(next_seq_, 8) + little_endian(changes.size(), 4) + body_of(changes));
}

void DiskLogs::append(const Changes& changes, Told told) {
  auto& [no, log] = *logs_.rbegin();
  log += encoded(changes);
  next_seq_ += changes.size();
  written_.push_back(hash_of(changes));
  if (told == Told::kUnsynced) return;
  promised_ = written_.size();
  book_->synced(no, log.size());
}

// Its first bytes; or all of them but some sectors.
void DiskLogs::append_torn(const Changes& changes) {
  Bytes& log = logs_.rbegin()->second;
  Bytes bytes = encoded(changes);
  const auto last = static_cast<std::int64_t>(bytes.size()) - 1;
  const auto at = static_cast<std::size_t>(dice_.between(0, last));
  if (dice_.percent(70)) {
    log += bytes.substr(0, at);
    return;
  }
  // At least this byte did not come, whatever stood there before.
  const std::size_t end = std::min(bytes.size(), (at / kSectorBytes + 1) * kSectorBytes);
  for (std::size_t i = at; i < end; ++i) bytes[i] = bytes[i] == '\0' ? '\x55' : '\0';
  log += bytes;
}

void DiskLogs::roll() { logs_[logs_.rbegin()->first + 1]; }

void DiskLogs::flush() {
  const std::uint64_t last = logs_.rbegin()->first;
  OPORA_CHECK(book_->retire(last).ok());
  logs_.clear();
  logs_[last + 1];
  written_.clear();
  promised_ = 0;
}

void DiskLogs::open() {
  book_ = std::make_unique<sync::LogBook>(book_disk_.open());
  if (logs_.empty()) logs_[1];
  else roll();
}

void DiskLogs::power_cut() { book_disk_.power_cut(dice_); }

void DiskLogs::put_back(const Image& image) {
  for (auto& [no, log] : logs_) {
    const auto then = image.find(no);
    if (then == image.end()) log.clear();
    else log = then->second;
  }
}

bool DiskLogs::damage() {
  book_disk_.settle();
  std::vector<std::uint64_t> some;
  for (const auto& [no, log] : logs_) {
    if (!log.empty()) some.push_back(no);
  }
  if (some.empty()) return false;
  const std::uint64_t no = some[dice_.next() % some.size()];
  Bytes& log = logs_[no];
  const auto at = static_cast<std::size_t>(dice_.next() % log.size());
  switch (dice_.between(0, 4)) {
    case 0: log[at] = static_cast<char>(log[at] ^ 1 << dice_.between(0, 7)); break;
    case 1: log.resize(at); break;
    case 2: {  // where a commit ends
      const std::size_t end = sync::scan_log(std::string_view(log).substr(0, at)).whole_bytes;
      log.resize(end);
      break;
    }
    case 3: {
      const std::size_t size = std::min<std::size_t>(log.size() - at, kSectorBytes);
      log.replace(at, size, size, '\0');
      break;
    }
    default:
      if (some.size() > 1 || dice_.percent(50)) logs_.erase(no);
      else log.clear();
      if (logs_.empty()) logs_[no + 1];
  }
  return true;
}

sync::LogsReport DiskLogs::check() const {
  const auto content = book_disk_.read();
  auto report = sync::check_logs(*this, content ? sync::decode_log_rows(*content) : std::nullopt);
  OPORA_CHECK(report.ok());
  return *report;
}

std::vector<Changes> DiskLogs::replay(const sync::LogsReport& report, Trust trust) {
  std::vector<Changes> out;
  const auto content = book_disk_.read();
  const auto rows = content ? sync::decode_log_rows(*content) : std::nullopt;
  for (const auto& [no, log] : logs_) {
    if (rows && no <= rows->floor) continue;
    const std::size_t whole =
        trust == Trust::kChecked ? sync::scan_log(log).whole_bytes : log.size();
    for (const Commit& commit : commits_in(std::string_view(log).substr(0, whole))) {
      const bool stop = report.stop_seq && commit.seq >= *report.stop_seq;
      if (stop && trust == Trust::kChecked) return out;
      out.push_back(changes_in(commit.body));
      next_seq_ = commit.seq + out.back().size();
    }
  }
  return out;
}

DiskLogs::Replayed DiskLogs::compare(const std::vector<Changes>& replayed) const {
  if (replayed.size() > written_.size()) return Replayed::kOther;
  for (std::size_t i = 0; i < replayed.size(); ++i) {
    if (hash_of(replayed[i]) != written_[i]) return Replayed::kOther;
  }
  return replayed.size() < promised_ ? Replayed::kLess : Replayed::kAll;
}

Result<std::set<std::uint64_t>> DiskLogs::logs() const {
  std::set<std::uint64_t> out;
  for (const auto& [no, log] : logs_) out.insert(no);
  return out;
}

}  // namespace opora::sim
