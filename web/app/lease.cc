#include "web/app/lease.h"

namespace opora::app {

namespace {

TimeMs end_of(TimeMs start, Days length) {
  return start + std::chrono::milliseconds(length).count();
}

}  // namespace

std::optional<TimeMs> CredentialLease::until() const {
  const auto heard = heard_();
  return heard ? std::optional(end_of(*heard, length_)) : std::nullopt;
}

bool CredentialLease::holds_since(TimeMs vouched, TimeMs now) const {
  return now <= end_of(vouched, length_);
}

bool CredentialLease::holds(TimeMs now) const {
  const auto end = until();
  return end && now <= *end;
}

}  // namespace opora::app
