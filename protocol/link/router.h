// The listening end of the link: many CURVE connections, frames as opaque bytes, each with the key
// that its connection proved. Belongs to one thread. Nothing here is reliable (dealer.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/link/socket.h"

namespace opora::protocol {

class ZapHandler;

// One connection as the socket names it. Never an identity: a new connection of the same peer has
// another one.
using RouteId = Bytes;

struct RoutedFrame {
  RouteId route;
  LinkKey key;  // proved by the connection, as the handler confirmed it
  Bytes frame;  // empty when the message had more than one part
};

struct RouterOptions {
  std::string endpoint;  // "tcp://127.0.0.1:*": a free port
  LinkKeyPair keys;
  std::string zap_domain;
  std::size_t max_frame_bytes = 0;
};

class Router {
 public:
  // `zap` must be running: it is asked for proof first (kUnavailable without it).
  static Result<std::unique_ptr<Router>> open(const LinkContext& context, const ZapHandler& zap,
                                              const RouterOptions& options);

  SendResult send(const RouteId& route, const Bytes& frame);
  // The next frame; nothing when there is none now. Frames without a confirmed key are dropped.
  std::optional<RoutedFrame> receive();
  // Ends every connection and listens again on the same port: a revoked key is out, the others come
  // back by themselves. After an error (the port is not free yet) nothing is served: try again.
  Status rebind();
  void linger();
  Readable readable() const { return {socket_.raw(), -1}; }
  const std::string& endpoint() const { return endpoint_; }

 private:
  Router(const LinkContext& context, RouterOptions options);
  Status listen();

  const LinkContext& context_;
  RouterOptions options_;
  Socket socket_;
  std::string endpoint_;
};

}  // namespace opora::protocol
