#include "web/app/known_users.h"

namespace opora::app {

KnownUsers::Generation KnownUsers::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

std::optional<User> KnownUsers::find(const std::string& token_hash) const {
  const std::lock_guard lock(mutex_);
  const auto it = by_token_.find(token_hash);
  return it == by_token_.end() ? std::nullopt : std::optional(it->second);
}

void KnownUsers::remember(Generation generation, const std::string& token_hash, const User& user) {
  const std::lock_guard lock(mutex_);
  if (generation != generation_) return;
  // More programs than a site has: start over rather than grow.
  if (by_token_.size() >= kMaxKnown) by_token_.clear();
  by_token_[token_hash] = user;
}

void KnownUsers::changed(protocol::Kind kind) {
  if (kind != protocol::Kind::kUser && kind != protocol::Kind::kOverrule) return;
  const std::lock_guard lock(mutex_);
  ++generation_;
  by_token_.clear();
}

}  // namespace opora::app
