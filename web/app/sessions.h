// Sign-in sessions. A session is a random token in the browser's cookie; here only its hash is
// kept, in memory and as a row of kMeta ("session" | hash), so that a restart of the node signs
// nobody out. What a session may do is read from the user's current state at every request: a
// revocation ends it at once.
//
// Any thread. Expiry: kSessionIdleMs without a request, kSessionMaxMs in all. Guessing passwords is
// slowed down by login_guard.h.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/base/ids.h"
#include "sync/journal/kv.h"

namespace opora::app {

inline constexpr std::int64_t kSessionIdleMs = 12 * 3'600'000LL;  // a shift
inline constexpr std::int64_t kSessionMaxMs =
    24 * 3'600'000LL;  // a double shift; then the password again
// A site has at most tens of users with a few tabs each; more is a fault, the oldest go.
inline constexpr std::size_t kMaxSessions = 5'000;

struct Session {
  std::string csrf;
  AggregateId user;
  TimeMs created;
  TimeMs last_seen;
  // Fingerprint of the password hash that it was opened with: a password changed anywhere (at the
  // hub, say) ends it here as soon as the change arrives.
  std::string credential;
  template <class V>
  void visit(V&& v) {
    v(csrf, user, created, last_seen, credential);
  }
};

class Sessions {
 public:
  // Reads the rows that an earlier run left.
  explicit Sessions(const sync::Reader& rows);

  // The live session of a token; notes the time.
  std::optional<Session> find(const std::string& token_hash, TimeMs now);
  // The same without a note: asking by itself keeps no session alive.
  std::optional<Session> peek(const std::string& token_hash, TimeMs now) const;
  void add(const std::string& token_hash, const Session& session);
  void remove(const std::string& token_hash);
  std::size_t count() const;  // those that nobody asked for since they expired too
  // Of one user, all but `keep` (empty: all): after a change of password or a revocation.
  std::vector<std::string> remove_user(const AggregateId& user, const std::string& keep);

  static Bytes row_key(const std::string& token_hash);

 private:
  static bool expired(const Session& session, TimeMs now);
  mutable std::mutex mutex_;
  std::map<std::string, Session> sessions_;
};

}  // namespace opora::app
