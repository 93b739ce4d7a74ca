// What every open browser learns without asking: GET /api/v1/live. One thread gathers what changed
// and tells all sessions at most five times a second; the state of the link goes out on change and
// every second.
//
// A session is good for as long as what it was opened with is: when users change, when somebody
// signs out and every kRecheckMs all are asked again, and those that would be refused now are
// closed with kSignedOut before they hear anything more.
//
// changed() and recheck() may come from any thread, the engine's too, and never block; sessions
// come and go on I/O threads.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "protocol/domain/access.h"
#include "protocol/domain/state.h"
#include "web/server/websocket.h"

namespace opora::app {

// A push per change would be thousands a second in a catch-up; people see five a second as "at
// once".
inline constexpr int kPushIntervalMs = 200;
// The status line must tell the truth within 3 s (ux): the browser takes 3 s of silence for a lost
// node.
inline constexpr int kSyncIntervalMs = 1000;
// What nobody tells of: a session that is too old, a lease that ran out.
inline constexpr int kRecheckMs = 30'000;
// RFC 6455: the end comes from a rule of this server. Browsers show it to scripts as it is.
inline constexpr std::uint16_t kSignedOut = 1008;

// What a session was opened with; the same again, or it ends.
struct LivePass {
  AggregateId user;
  protocol::Roles roles;
  std::string session;  // hash of the cookie's token; empty for a program
  std::string token;    // hash of a program's bearer token; empty for a browser
};

class Live {
 public:
  // Makes the {"type":"sync",…} text as of now.
  using SyncMessage = std::function<std::string()>;
  using StillGood = std::function<bool(const LivePass&)>;

  Live();
  ~Live();
  Live(const Live&) = delete;
  Live& operator=(const Live&) = delete;

  // Both are called on Live's own thread.
  void start(SyncMessage sync_message, StillGood still_good);
  void stop();

  void add(const web::WsSession& session, LivePass pass);
  void remove(const web::WsSession& session);
  std::size_t sessions() const;
  // Who listens, each once.
  std::set<AggregateId> listeners() const;

  void changed(protocol::Kind kind);
  void changed(const std::string& topic);
  // The link came or went: push the sync state now.
  void link_changed();
  // Somebody may have lost the right to listen: ask all again now.
  void recheck();

 private:
  struct Guest {
    web::WsSession session;
    LivePass pass;
  };
  struct News {
    std::set<std::string> topics;
    bool sync = false;
    bool recheck = false;
  };
  void loop();
  bool wait_for(News& news, std::chrono::steady_clock::time_point until);  // false: stop
  void push(const std::string& text);
  void push_topics(const std::set<std::string>& topics);
  void close_refused();
  std::vector<Guest> guests();

  SyncMessage sync_message_;
  StillGood still_good_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Guest> guests_;
  std::set<std::string> topics_;
  bool link_changed_ = false;
  bool recheck_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

// The API's topic of a kind ("calls", "tickets"…); empty for kinds that no screen watches.
std::string_view topic_of(protocol::Kind kind);

}  // namespace opora::app
