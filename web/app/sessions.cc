#include "web/app/sessions.h"

#include <algorithm>

#include "protocol/base/archive.h"

namespace opora::app {

namespace {
const Bytes& row_prefix() {
  static const Bytes kPrefix = KeyWriter().text("session").take();
  return kPrefix;
}
}  // namespace

Sessions::Sessions(const sync::Reader& rows) {
  rows.scan_prefix(
      sync::Table::kMeta, row_prefix(), [&](std::string_view key, std::string_view value) {
        if (auto session = from_row<Session>(value)) {
          sessions_[std::string(key.substr(row_prefix().size()))] = std::move(*session);
        }
        return true;
      });
}

Bytes Sessions::row_key(const std::string& token_hash) { return row_prefix() + token_hash; }

bool Sessions::expired(const Session& session, TimeMs now) {
  return now - session.last_seen > kSessionIdleMs || now - session.created > kSessionMaxMs;
}

std::optional<Session> Sessions::find(const std::string& token_hash, TimeMs now) {
  const std::lock_guard lock(mutex_);
  const auto it = sessions_.find(token_hash);
  if (it == sessions_.end()) return std::nullopt;
  if (expired(it->second, now)) {
    sessions_.erase(it);
    return std::nullopt;
  }
  it->second.last_seen = std::max(it->second.last_seen, now);
  return it->second;
}

std::optional<Session> Sessions::peek(const std::string& token_hash, TimeMs now) const {
  const std::lock_guard lock(mutex_);
  const auto it = sessions_.find(token_hash);
  if (it == sessions_.end() || expired(it->second, now)) return std::nullopt;
  return it->second;
}

void Sessions::add(const std::string& token_hash, const Session& session) {
  const std::lock_guard lock(mutex_);
  if (sessions_.size() >= kMaxSessions) {
    const auto oldest = std::min_element(
        sessions_.begin(), sessions_.end(),
        [](const auto& a, const auto& b) { return a.second.last_seen < b.second.last_seen; });
    sessions_.erase(oldest);
  }
  sessions_[token_hash] = session;
}

void Sessions::remove(const std::string& token_hash) {
  const std::lock_guard lock(mutex_);
  sessions_.erase(token_hash);
}

std::vector<std::string> Sessions::remove_user(const AggregateId& user, const std::string& keep) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> removed;
  for (auto it = sessions_.begin(); it != sessions_.end();) {
    if (it->second.user == user && it->first != keep) {
      removed.push_back(it->first);
      it = sessions_.erase(it);
    } else {
      ++it;
    }
  }
  return removed;
}

std::size_t Sessions::count() const {
  const std::lock_guard lock(mutex_);
  return sessions_.size();
}

}  // namespace opora::app
