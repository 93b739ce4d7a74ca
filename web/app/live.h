// What every open browser learns without asking: GET /api/v1/live. One thread gathers what changed
// and tells all sessions at most five times a second; the state of the link goes out on change and
// every second.
//
// changed() and call_changed() come from the engine's thread and never block; sessions come and go
// on I/O threads.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "protocol/domain/state.h"
#include "web/server/websocket.h"

namespace opora::app {

// A push per change would be thousands a second in a catch-up; people see five a second as "at
// once".
inline constexpr int kPushIntervalMs = 200;
// The status line must tell the truth within 3 s (ux): the browser takes 3 s of silence for a lost
// node.
inline constexpr int kSyncIntervalMs = 1000;

class Live {
 public:
  // sync_message makes the {"type":"sync",…} text as of now; called on Live's own thread.
  Live();
  ~Live();
  Live(const Live&) = delete;
  Live& operator=(const Live&) = delete;

  void start(std::function<std::string()> sync_message);
  void stop();

  void add(const web::WsSession& session);
  void remove(const web::WsSession& session);

  void changed(protocol::Kind kind);
  void changed(const std::string& topic);
  // The link came or went: push the sync state now.
  void link_changed();

 private:
  void loop();
  void push(const std::string& text);

  std::function<std::string()> sync_message_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<web::WsSession> sessions_;
  std::set<std::string> topics_;
  bool link_changed_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

// The API's topic of a kind ("calls", "tickets"…); empty for kinds that no screen watches.
std::string_view topic_of(protocol::Kind kind);

}  // namespace opora::app
