// WebSocket sessions as seen by the daemons.
//
// The server itself refuses (before any handler runs) a malformed handshake, an Origin that is not
// this host, a cookie without an Origin, and too many sessions of one address. The route's
// WsHandler then decides, at once or later from another thread, by WsUpgrade::accept or refuse.
//
// Delivery: texts arrive in the order of send(), or the session ends; nothing is dropped in
// between. A consumer that lets more than Limits::ws_queue_messages or ws_queue_bytes pile up is
// closed with 1013 ("try again later").
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "web/server/http.h"

namespace opora::web {

enum class WsSend : std::uint8_t {
  kQueued,
  kClosed,   // the session is over (or was never opened): nothing was queued
  kTooSlow,  // the queue is full: the session is being closed with 1013
};

// Implemented by the server; any thread.
class WsConnection {
 public:
  virtual ~WsConnection() = default;
  virtual WsSend send(std::shared_ptr<const std::string> text) = 0;
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
};

// A handle on one session: cheap to copy, callable from any thread, safe after the session's end.
class WsSession {
 public:
  WsSession() = default;
  explicit WsSession(std::shared_ptr<WsConnection> connection)
      : connection_(std::move(connection)) {}
  WsSend send(std::string text) const;
  // One text for many sessions without copies.
  WsSend send(std::shared_ptr<const std::string> text) const;
  void close(std::uint16_t code, std::string_view reason) const;
  bool operator==(const WsSession&) const = default;

 private:
  std::shared_ptr<WsConnection> connection_;
};

// Called on the I/O thread that owns the session, one at a time; must not block. Any of them may be
// empty.
struct WsCallbacks {
  std::function<void(WsSession)> on_open;
  std::function<void(WsSession, std::string)>
      on_message;  // whole text messages, valid UTF-8, ≤ Limits::ws_message_bytes
  std::function<void(WsSession, std::uint16_t code)>
      on_close;  // exactly once after on_open; 1006: without a close frame
};

class WsUpgradeSink {
 public:
  virtual ~WsUpgradeSink() = default;
  virtual void accept(WsCallbacks callbacks) = 0;
  virtual void refuse(Response response) = 0;
};

// The right to decide on one upgrade: once, from any thread. Dropped undecided, it is refused with
// 500.
class WsUpgrade {
 public:
  explicit WsUpgrade(std::unique_ptr<WsUpgradeSink> sink);
  void accept(WsCallbacks callbacks) const;
  void refuse(Response response) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

using WsHandler = std::function<void(Request, PathParams, WsUpgrade)>;

}  // namespace opora::web
