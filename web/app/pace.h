// How fast a stream goes over, measured over the last minute: what the pages Sync and Sites say of
// "when". A value; one thread at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "protocol/base/clock.h"
#include "protocol/base/ids.h"

namespace opora::app {

class Pace {
 public:
  // Long enough to smooth over a checkpoint of the store, short enough to follow the line.
  static constexpr std::int64_t kWindowMs = 60'000;
  // One a second is plenty; a catch-up confirms hundreds of times a second.
  static constexpr std::int64_t kEveryMs = 1'000;

  void note(TimeMs now, StreamPos confirmed);
  // Seconds until `waiting` more are confirmed; nothing while that cannot be said.
  std::optional<std::int64_t> seconds_for(std::uint64_t waiting, TimeMs now) const;

 private:
  struct Sample {
    TimeMs at;
    StreamPos confirmed;
  };
  std::deque<Sample> samples_;  // oldest first
};

}  // namespace opora::app
