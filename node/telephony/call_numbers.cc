#include "node/telephony/call_numbers.h"

#include <algorithm>

namespace opora::telephony {

std::uint64_t CallNumbers::open(std::uint64_t used_below, TimeMs now) {
  const std::lock_guard lock(mutex_);
  const std::int64_t seconds = std::max<std::int64_t>(now.v / 1'000, 0);
  next_ = std::max({used_below, static_cast<std::uint64_t>(seconds) * kASecond, std::uint64_t{1}});
  below_ = next_;  // none is granted
  return next_ + kBlock;
}

std::optional<std::uint64_t> CallNumbers::wants() const {
  const std::lock_guard lock(mutex_);
  if (below_ - next_ >= kBlock / 2) return std::nullopt;
  return below_ + kBlock;
}

void CallNumbers::grant(std::uint64_t below) {
  const std::lock_guard lock(mutex_);
  below_ = std::max(below_, below);
}

std::optional<CallNo> CallNumbers::take() {
  const std::lock_guard lock(mutex_);
  if (next_ >= below_) return std::nullopt;
  return CallNo{next_++};
}

}  // namespace opora::telephony
