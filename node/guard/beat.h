// Beat: how a node says, twice a second, that it decides about its callers, and how the guard hears
// it. One short line in a small file, written over in place; it belongs in memory (/run), for a
// disk that is full or slow is no reason to take callers away from a node that lives.
//
// Who wrote, how often, and how long a silence means that the node does not decide any more: the
// guard and the node's own lease go by the same number, and the node has it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace opora::guard {

// Ten seconds is what a caller may be in silence; shorter than two, and a busy machine looks dead.
inline constexpr std::int64_t kSilenceMs = 10'000;
inline constexpr std::int64_t kLeastSilenceMs = 2'000;
inline constexpr std::int64_t kMostSilenceMs = 60'000;

struct Beat {
  std::uint64_t writer = 0;  // of one start of the node: random
  std::uint64_t count = 0;
  std::int64_t silence_ms = kSilenceMs;
  bool operator==(const Beat&) const = default;
};

// All lines are of one length, so that one written over another leaves nothing of it.
std::string write_beat(const Beat& beat);
// Nothing: half a line, another version's, a silence beyond the limits.
std::optional<Beat> read_beat(std::string_view line);

// The node's end. One thread at a time.
class BeatFile {
 public:
  // kInvalid with the path `option`: it cannot be written.
  static Result<std::unique_ptr<BeatFile>> open(const std::string& file, const char* option);
  ~BeatFile();
  BeatFile(const BeatFile&) = delete;
  BeatFile& operator=(const BeatFile&) = delete;
  bool write(const Beat& beat);

 private:
  explicit BeatFile(int fd) : fd_(fd) {}
  const int fd_;
};

// The guard's end: what the file says now.
std::optional<Beat> read_beat_file(const std::string& file);

}  // namespace opora::guard
