#include "web/app/lease.h"

namespace opora::app {

std::optional<TimeMs> CredentialLease::until() const {
  const auto heard = heard_();
  if (!heard) return std::nullopt;
  return *heard + std::chrono::milliseconds(length_).count();
}

bool CredentialLease::holds(TimeMs now) const {
  const auto end = until();
  return end && now <= *end;
}

}  // namespace opora::app
