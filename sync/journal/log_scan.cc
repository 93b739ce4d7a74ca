#include "sync/journal/log_scan.h"

#include <algorithm>

#include "sync/journal/crc32c.h"

namespace opora::sync {

namespace {

enum Type : std::uint8_t { kZero = 0, kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

// Sequence and number of rows, in front of every commit.
constexpr std::size_t kBatchHeaderBytes = 12;

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t out = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) {
    out = out << 8 | static_cast<std::uint8_t>(bytes[i - 1]);
  }
  return out;
}

// As stored: a checksum of bytes that hold checksums is weak.
std::uint32_t masked(std::uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8u; }

bool only_zeros(std::string_view bytes) { return bytes.find_first_not_of('\0') == bytes.npos; }

struct Fragment {
  Type type;
  std::string_view payload;
};

std::size_t left_in_block(std::size_t at) { return kLogBlockBytes - at % kLogBlockBytes; }

// The fragment at this place when it is whole; it never reaches into the next block.
std::optional<Fragment> fragment_at(std::string_view file, std::size_t at) {
  const std::string_view block = file.substr(at, left_in_block(at));
  if (block.size() < kLogHeaderBytes) return std::nullopt;
  const auto type = static_cast<std::uint8_t>(block[6]);
  const std::size_t size = little_endian(block.substr(4, 2));
  if (type < kFull || type > kLast || kLogHeaderBytes + size > block.size()) return std::nullopt;
  const std::string_view covered = block.substr(6, 1 + size);
  if (masked(crc32c(covered)) != little_endian(block.substr(0, 4))) return std::nullopt;
  return Fragment{static_cast<Type>(type), block.substr(kLogHeaderBytes, size)};
}

// Where a commit later than `seq` begins, from this place on. Fragments that only go on with one
// are no such thing: of a commit that was never synced, its later blocks may be on the disk and its
// first not.
std::optional<std::size_t> later_commit(std::string_view file, std::size_t from,
                                        std::uint64_t seq) {
  for (std::size_t at = from; at + kLogHeaderBytes + kBatchHeaderBytes <= file.size(); ++at) {
    const char type = file[at + 6];
    if (type != kFull && type != kFirst) continue;
    const auto fragment = fragment_at(file, at);
    if (!fragment || fragment->payload.size() < kBatchHeaderBytes) continue;
    if (little_endian(fragment->payload.substr(0, 8)) >= seq) return at;
  }
  return std::nullopt;
}

class Scanner {
 public:
  explicit Scanner(std::string_view file) : file_(file) {}

  LogScan run() {
    while (at_ < file_.size() && step()) {
    }
    if (out_.why.empty() && open_) bad(begun_, "the last commit is cut");
    if (!out_.why.empty()) judge();
    return std::move(out_);
  }

 private:
  // False: the end, or a bad place.
  bool step() {
    if (left_in_block(at_) < kLogHeaderBytes) {
      at_ += left_in_block(at_);
      return true;
    }
    const auto fragment = fragment_at(file_, at_);
    if (!fragment) {
      if (!only_zeros(file_.substr(at_))) bad(open_ ? begun_ : at_, "a record does not check");
      else if (open_) bad(begun_, "the last commit is cut");
      return false;
    }
    const bool begins = fragment->type == kFull || fragment->type == kFirst;
    if (begins == open_) {
      bad(open_ ? begun_ : at_, "a part of a commit is missing");
      return false;
    }
    if (begins) begin();
    if (!gather_head(fragment->payload)) return false;
    at_ += kLogHeaderBytes + fragment->payload.size();
    open_ = fragment->type == kFirst || fragment->type == kMiddle;
    return open_ || finish();
  }

  void begin() {
    begun_ = at_;
    head_.clear();
  }

  // At the end of a block there may be room for a part of the head alone, or for nothing of it.
  bool gather_head(std::string_view payload) {
    if (head_.size() == kBatchHeaderBytes) return true;
    head_ += payload.substr(0, kBatchHeaderBytes - head_.size());
    if (head_.size() < kBatchHeaderBytes) return true;
    const std::string_view head = head_;
    seq_ = little_endian(head.substr(0, 8));
    rows_ = little_endian(head.substr(8, 4));
    if (!out_.next_seq || seq_ == *out_.next_seq) return true;
    bad(begun_, "commits are missing in front of it");
    return false;
  }

  bool finish() {
    if (head_.size() < kBatchHeaderBytes) {
      bad(begun_, "a commit without a head");
      return false;
    }
    if (!out_.first_seq) out_.first_seq = seq_;
    out_.next_seq = seq_ + rows_;
    out_.whole_bytes = at_;
    ++out_.records;
    return true;
  }

  void bad(std::size_t at, const char* why) {
    out_.bad_at = at;
    out_.why = why;
  }

  // The commit that is bad may be read from again when only its place is wrong: a gap.
  void judge() {
    const std::uint64_t seq = out_.next_seq.value_or(0);
    const auto later = later_commit(file_, out_.bad_at, seq);
    const bool itself = later == out_.bad_at && out_.bad_at == begun_ && open_;
    const auto found = itself ? later_commit(file_, out_.bad_at + 1, seq) : later;
    out_.end = found ? LogScan::End::kDamaged : LogScan::End::kTorn;
    if (found) out_.why += "; a whole one begins at " + std::to_string(*found);
  }

  std::string_view file_;
  LogScan out_;
  std::size_t at_ = 0;
  bool open_ = false;      // in a commit of several fragments
  std::size_t begun_ = 0;  // where it began
  std::string head_;       // of the commit that is read, as far as it was met
  std::uint64_t seq_ = 0;  // of that commit
  std::uint64_t rows_ = 0;
};

}  // namespace

LogScan scan_log(std::string_view file) { return Scanner(file).run(); }

}  // namespace opora::sync
