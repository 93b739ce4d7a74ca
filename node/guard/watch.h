// Watch: whether the node that a guard stands behind still decides about its callers. Pure: what
// the beat says and when → what is so.
//
//   kNothing ──a beat──▶ kLives ──no other beat for its silence──▶ kDead ──another beat──▶ kLives
//
// Without a beat there was never a node to stand in for: a guard whose file is named wrongly does
// nothing. Silence counts only as far as the guard itself was looking: what stops both (a machine
// that is paused or overloaded) makes no node dead.
#pragma once

#include <algorithm>
#include <optional>

#include "node/guard/beat.h"
#include "protocol/base/clock.h"

namespace opora::guard {

enum class Sight : std::uint8_t { kNothing = 0, kLives = 1, kDead = 2 };

class Watch {
 public:
  // How often the guard looks, and how much of the time between two looks counts at the most.
  static constexpr int kEveryMs = 250;
  static constexpr std::int64_t kMostMs = 1'000;

  // Times of a clock that only goes forward. A beat that cannot be read is no other beat.
  Sight see(const std::optional<Beat>& beat, TimeMs now) {
    const std::int64_t passed = std::clamp<std::int64_t>(now - looked_at_, 0, kMostMs);
    looked_at_ = now;
    if (beat && beat != last_) {
      last_ = beat;
      silent_ms_ = 0;
      return Sight::kLives;
    }
    if (!last_) return Sight::kNothing;
    silent_ms_ = std::min(silent_ms_ + passed, kMostSilenceMs);
    return silent_ms_ >= last_->silence_ms ? Sight::kDead : Sight::kLives;
  }

 private:
  std::optional<Beat> last_;
  TimeMs looked_at_{};
  std::int64_t silent_ms_ = 0;
};

}  // namespace opora::guard
