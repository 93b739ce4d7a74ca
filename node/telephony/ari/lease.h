// Lease: for how long this process may act on callers without telling anybody that it lives. A
// guard (node/guard) hands callers over when the node has been silent; a node that was stopped or
// starved for as long must not go on where it was. Pure; whoever has it locks.
//
//   holds ──not renewed for its length──▶ in doubt ──renewed, and all looked at──▶ holds
//
// It runs out before the guard acts. What a node has sent by then is done; what it has not, waits
// until the PBX was looked at.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "protocol/base/clock.h"

namespace opora::telephony::ari {

class Lease {
 public:
  Lease() = default;  // nobody stands behind this node: it holds for ever
  explicit Lease(std::int64_t lasts_ms) : lasts_ms_(lasts_ms) {}

  // Before the guard is told. Times of a clock that only goes forward.
  void begins(TimeMs now) {
    begun_ = now;
    was_fresh_ = is_fresh(now);
  }
  // The guard was told. True: it may have acted until then, and all is to be looked at.
  bool told() {
    renewed_ = begun_;
    if (was_fresh_) return false;
    ++doubts_;
    return true;
  }
  // Before a look at the PBX, and after it with what this said.
  std::uint64_t doubts() const { return doubts_; }
  void looked(std::uint64_t doubts) { looked_ = std::max(looked_, doubts); }

  bool holds(TimeMs now) const { return is_fresh(now) && looked_ == doubts_; }

 private:
  bool is_fresh(TimeMs now) const {
    return lasts_ms_ == 0 || (renewed_ && now - *renewed_ < lasts_ms_);
  }

  std::int64_t lasts_ms_ = 0;
  TimeMs begun_{};
  bool was_fresh_ = true;
  std::optional<TimeMs> renewed_;
  std::uint64_t doubts_ = 0;
  std::uint64_t looked_ = 0;
};

}  // namespace opora::telephony::ari
