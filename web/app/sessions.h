// Sign-in sessions. A session is a random token in the browser's cookie; here only its hash is
// kept, in memory and as a row of kMeta ("session" | hash), so that a restart of the node signs
// nobody out. What a session may do is read from the user's current state at every request: a
// revocation ends it at once.
//
// Any thread. Expiry: kSessionIdleMs without a request, kSessionMaxMs in all.
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
  // Of one user, all but `keep` (empty: all): after a change of password or a revocation.
  std::vector<std::string> remove_user(const AggregateId& user, const std::string& keep);

  static Bytes row_key(const std::string& token_hash);

 private:
  static bool expired(const Session& session, TimeMs now);
  mutable std::mutex mutex_;
  std::map<std::string, Session> sessions_;
};

// Slows guessing: failed sign-ins by login and by address. It never locks out for long, so that
// nobody can keep a colleague out by guessing in their name.
class LoginGuard {
 public:
  // How long the pause after the last failure still lasts; 0: try. There is none for the first
  // kFreeFailures, then 1 s and twice as long each time up to kMaxPauseMs.
  std::int64_t wait_ms(const std::string& key, TimeMs now);
  void failed(const std::string& key, TimeMs now);
  void succeeded(const std::string& key);

 private:
  static constexpr int kFreeFailures = 10;  // typing errors of one shift change
  // At most 1 440 guesses a day at one login: years for any password that is not the first guess.
  static constexpr std::int64_t kMaxPauseMs = 60'000;
  static constexpr std::int64_t kForgetMs = 15 * 60'000;  // after the last failure
  static constexpr std::size_t kMaxKeys =
      10'000;  // then the table starts afresh: memory stays bounded
  static std::int64_t pause_ms(int failures);
  struct Row {
    int failures = 0;
    TimeMs last;
  };
  std::mutex mutex_;
  std::map<std::string, Row> rows_;
};

}  // namespace opora::app
