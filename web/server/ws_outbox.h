// Internal: what waits to be sent in one WebSocket session, and the handle that any thread holds on
// it. Knows no socket: the session on its I/O thread takes from here, so that a handle may outlive
// session, thread and server.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>

#include "web/server/limits.h"
#include "web/server/mailbox.h"
#include "web/server/websocket.h"

namespace opora::web {

class WsOutbox final : public WsConnection {
 public:
  struct Close {
    std::uint16_t code = 1000;
    std::string reason;
  };
  using Text = std::shared_ptr<const std::string>;
  using Next = std::variant<std::monostate, Text, Close>;

  WsOutbox(std::shared_ptr<Mailbox> mailbox, std::uint64_t client, const Limits& limits)
      : mailbox_(std::move(mailbox)), client_(client), limits_(limits) {}

  // Any thread.
  WsSend send(Text text) override;
  void close(std::uint16_t code, std::string_view reason) override;

  // The session's thread. Nothing there: the next send wakes the session.
  Next next();
  // The queue overflowed: the session must close now, whatever it is writing.
  bool overflowed() const;
  // No more is sent; further sends return kClosed.
  void shut();

 private:
  bool wake_needed();  // under the lock
  const std::shared_ptr<Mailbox> mailbox_;
  const std::uint64_t client_;
  const Limits limits_;
  mutable std::mutex mutex_;
  std::deque<Text> queue_;
  std::size_t bytes_ = 0;
  std::optional<Close> close_;
  bool overflowed_ = false;
  bool shut_ = false;
  bool asleep_ = false;  // the session found nothing and waits for a wake
};

}  // namespace opora::web
