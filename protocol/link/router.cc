#include "protocol/link/router.h"

#include <utility>

#include <zmq.h>

#include "protocol/link/message_parts.h"
#include "protocol/link/zap.h"

namespace opora::protocol {
namespace {

// All sites of a region may come back in the same second.
constexpr int kBacklog = 1024;
// Frees the connection of a peer that vanished without a word; the session above has long ended by
// then.
constexpr int kHeartbeatMs = 5'000;
constexpr int kHeartbeatTimeoutMs = 15'000;

}  // namespace

Router::Router(const LinkContext& context, RouterOptions options)
    : context_(context), options_(std::move(options)) {}

Result<std::unique_ptr<Router>> Router::open(const LinkContext& context, const ZapHandler& zap,
                                             const RouterOptions& options) {
  OPORA_TRY(zap.prove());
  std::unique_ptr<Router> router(new Router(context, options));
  OPORA_TRY(router->listen());
  return router;
}

Status Router::listen() {
  socket_ = Socket(context_, ZMQ_ROUTER);
  set_common_options(socket_, options_.max_frame_bytes);
  set_curve_server(socket_, options_.keys, options_.zap_domain);
  socket_.set(ZMQ_ROUTER_MANDATORY, 1);
  socket_.set(ZMQ_BACKLOG, kBacklog);
  socket_.set(ZMQ_HEARTBEAT_IVL, kHeartbeatMs);
  socket_.set(ZMQ_HEARTBEAT_TIMEOUT, kHeartbeatTimeoutMs);
  OPORA_TRY(socket_.bind(options_.endpoint));
  endpoint_ = socket_.bound_endpoint();
  options_.endpoint = endpoint_;
  return ok_status();
}

SendResult Router::send(const RouteId& route, const Bytes& frame) {
  return send_parts(socket_.raw(), {std::string_view(route), std::string_view(frame)});
}

std::optional<RoutedFrame> Router::receive() {
  MessagePart part;
  while (part.receive(socket_.raw(), ZMQ_DONTWAIT)) {
    RoutedFrame out{part.bytes(), {}, {}};
    if (!part.more() || !part.receive(socket_.raw(), ZMQ_DONTWAIT)) continue;
    const auto key = link_key_from_z85(part.property("User-Id"));
    if (part.more()) {
      drop_rest(socket_.raw(), part);
    } else {
      out.frame = part.bytes();
    }
    if (!key) continue;
    out.key = *key;
    return out;
  }
  return std::nullopt;
}

// Unbinding would keep the connections that stand; only the end of the socket ends them.
Status Router::rebind() {
  socket_.close();
  return listen();
}

void Router::linger() { socket_.set(ZMQ_LINGER, kGoodbyeMs); }

}  // namespace opora::protocol
