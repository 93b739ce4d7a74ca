// The lease on the region's credentials: how long a site goes on believing what the region said of
// its users when it hears nothing more. A user whom the region has disabled meanwhile must not work
// on for ever where the word does not arrive; an outage of days must not stop a desk (OFF). The
// site's own users have no lease, so the local administrator always gets in.
//
// A value, pure but for what it is told. Any thread.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "protocol/base/clock.h"

namespace opora::app {

using Days = std::chrono::duration<int, std::ratio<86'400>>;

// Longer than the long holidays of January, when nobody may be there to mend a line.
inline constexpr Days kDefaultLease{14};

class CredentialLease {
 public:
  // When the region was last heard of; nothing: never.
  using Heard = std::function<std::optional<TimeMs>()>;

  CredentialLease(Days length, Heard heard) : length_(length), heard_(std::move(heard)) {}

  // Up to when the region's users sign in and go on working here if nothing more is heard. Nothing:
  // the region never spoke, so there is nothing to believe.
  std::optional<TimeMs> until() const;
  bool holds(TimeMs now) const;
  // When the region was last heard of; nothing: never.
  std::optional<TimeMs> heard() const { return heard_(); }
  // The same for a word of the site itself, given then.
  bool holds_since(TimeMs vouched, TimeMs now) const;

 private:
  Days length_;
  Heard heard_;
};

}  // namespace opora::app
