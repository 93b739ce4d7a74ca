#include "web/app/pace.h"

namespace opora::app {

void Pace::note(TimeMs now, StreamPos confirmed) {
  // The clock was set back, or another stream stands under this name: begin anew.
  if (!samples_.empty() && (now < samples_.back().at || confirmed < samples_.back().confirmed))
    samples_.clear();
  const bool close = samples_.size() > 1 && now - samples_[samples_.size() - 2].at < kEveryMs;
  if (close) samples_.back() = {now, confirmed};
  else samples_.push_back({now, confirmed});
  while (samples_.size() > 1 && now - samples_.front().at > kWindowMs) samples_.pop_front();
}

std::optional<std::int64_t> Pace::seconds_for(std::uint64_t waiting, TimeMs now) const {
  if (samples_.size() < 2 || now - samples_.back().at > kWindowMs) return std::nullopt;
  const auto confirmed =
      static_cast<std::int64_t>(samples_.back().confirmed.v - samples_.front().confirmed.v);
  const std::int64_t took_ms = samples_.back().at - samples_.front().at;
  if (confirmed <= 0 || took_ms <= 0) return std::nullopt;
  const double per_ms = static_cast<double>(confirmed) / static_cast<double>(took_ms);
  return static_cast<std::int64_t>(static_cast<double>(waiting) / per_ms / 1'000.0) + 1;
}

}  // namespace opora::app
