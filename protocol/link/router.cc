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

Router::Router(Socket socket, std::string endpoint)
    : socket_(std::move(socket)), endpoint_(std::move(endpoint)) {}

Result<std::unique_ptr<Router>> Router::open(const LinkContext& context, const ZapHandler& zap,
                                             const RouterOptions& options) {
  OPORA_TRY(zap.prove());
  Socket socket(context, ZMQ_ROUTER);
  set_common_options(socket, options.max_frame_bytes);
  set_curve_server(socket, options.keys, options.zap_domain);
  socket.set(ZMQ_ROUTER_MANDATORY, 1);
  socket.set(ZMQ_BACKLOG, kBacklog);
  socket.set(ZMQ_HEARTBEAT_IVL, kHeartbeatMs);
  socket.set(ZMQ_HEARTBEAT_TIMEOUT, kHeartbeatTimeoutMs);
  OPORA_TRY(socket.bind(options.endpoint));
  std::string endpoint = socket.bound_endpoint();
  return std::unique_ptr<Router>(new Router(std::move(socket), std::move(endpoint)));
}

SendResult Router::send(const RouteId& route, const Bytes& frame) {
  return send_parts(socket_.raw(), {std::string_view(route), std::string_view(frame)});
}

std::optional<RoutedFrame> Router::receive() {
  MessagePart part;
  while (part.receive(socket_.raw(), ZMQ_DONTWAIT)) {
    RoutedFrame out{RouteId(part.view()), {}, {}};
    if (!part.more() || !part.receive(socket_.raw(), ZMQ_DONTWAIT)) continue;
    const auto key = link_key_from_z85(part.property("User-Id"));
    if (part.more()) {
      drop_rest(socket_.raw(), part);
    } else {
      out.frame = Bytes(part.view());
    }
    if (!key) continue;
    out.key = *key;
    return out;
  }
  return std::nullopt;
}

Status Router::rebind() {
  zmq_unbind(socket_.raw(), endpoint_.c_str());
  return socket_.bind(endpoint_);
}

void Router::linger() { socket_.set(ZMQ_LINGER, kGoodbyeMs); }

}  // namespace opora::protocol
