#include "protocol/base/clock.h"

#include <algorithm>
#include <chrono>

namespace opora {

Hlt HybridClock::next(TimeMs now) {
  const Hlt wall{static_cast<std::uint64_t>(std::max<std::int64_t>(now.v, 0)) << 16};
  last_ = wall > last_ ? wall : Hlt{last_.v + 1};
  return last_;
}

bool HybridClock::merge(Hlt peer, TimeMs now) {
  if (peer.time() - now > kMaxClockLeadMs) return false;
  last_ = std::max(last_, peer);
  return true;
}

TimeMs SystemClock::now() const {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  return TimeMs{
      duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

}  // namespace opora
