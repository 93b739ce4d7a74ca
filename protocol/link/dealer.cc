#include "protocol/link/dealer.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include <zmq.h>

#include "protocol/base/check.h"
#include "protocol/link/message_parts.h"

namespace opora::protocol {
namespace {

// The first attempt follows at once, so that a short cut costs nothing; and later ones so soon that
// the first acknowledgement comes within 100 ms of a hub's return. A refused attempt is one packet
// each way: 1 000 sites cost a machine on which no hub runs a tenth of a core.
constexpr int kReconnectMs = 20;
constexpr int kReconnectMaxMs = 45;
// A lost SYN would otherwise be repeated by the kernel after 1, 3, 7 s… and miss the link's return.
constexpr int kConnectTimeoutMs = 2'000;

constexpr int kMonitored = ZMQ_EVENT_CLOSED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
                           ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                           ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_DISCONNECTED;

std::string monitor_endpoint() {
  static std::atomic<std::uint64_t> next{0};
  return "inproc://opora.monitor." + std::to_string(next.fetch_add(1));
}

// Who does not hold the key that we expect cannot read what we say, and closes. A network in
// between that breaks a connection resets it.
DealerEvent broken_handshake(std::uint32_t error) {
  if (error != EPIPE) return {DealerEvent::Kind::kFailed, "no answer"};
  return {DealerEvent::Kind::kForeign,
          "closed during the handshake: it goes away, or another key or program answers there"};
}

// `value` is what libzmq tells beside the event: for a broken handshake the error of the
// connection.
std::optional<DealerEvent> event_of(std::uint16_t event, std::uint32_t value) {
  using Kind = DealerEvent::Kind;
  switch (event) {
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: return DealerEvent{Kind::kConnected, ""};
    case ZMQ_EVENT_DISCONNECTED: return DealerEvent{Kind::kDisconnected, "the connection broke"};
    case ZMQ_EVENT_CLOSED: return DealerEvent{Kind::kFailed, "no answer"};
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: return DealerEvent{Kind::kRefused, "our key was refused"};
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: return broken_handshake(value);
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
      return DealerEvent{Kind::kForeign,
                         "the handshake failed: another key or another program answers there"};
    default: return std::nullopt;
  }
}

}  // namespace

Dealer::Dealer(Socket socket, Socket monitor)
    : socket_(std::move(socket)), monitor_(std::move(monitor)) {}

// First the events: with nobody at the other end of its pair the I/O thread would wait for ever to
// tell one.
Dealer::~Dealer() { zmq_socket_monitor(socket_.raw(), nullptr, 0); }

Result<std::unique_ptr<Dealer>> Dealer::open(const LinkContext& context,
                                             const DealerOptions& options) {
  Socket socket(context, ZMQ_DEALER);
  set_common_options(socket, options.max_frame_bytes);
  set_curve_client(socket, options.keys, options.server_key);
  socket.set(ZMQ_IMMEDIATE, 1);
  socket.set(ZMQ_RECONNECT_IVL, kReconnectMs);
  socket.set(ZMQ_RECONNECT_IVL_MAX, kReconnectMaxMs);
  socket.set(ZMQ_CONNECT_TIMEOUT, kConnectTimeoutMs);
  const std::string events = monitor_endpoint();
  OPORA_CHECK(zmq_socket_monitor(socket.raw(), events.c_str(), kMonitored) == 0);
  Socket monitor(context, ZMQ_PAIR);
  OPORA_CHECK(monitor.connect(events).ok());
  OPORA_TRY(socket.connect(options.endpoint));
  return std::unique_ptr<Dealer>(new Dealer(std::move(socket), std::move(monitor)));
}

SendResult Dealer::send(const Bytes& frame) { return send_part(socket_.raw(), frame, 0); }

std::optional<Bytes> Dealer::receive() {
  MessagePart part;
  if (!part.receive(socket_.raw(), ZMQ_DONTWAIT)) return std::nullopt;
  if (!part.more()) return part.bytes();
  drop_rest(socket_.raw(), part);
  return Bytes();
}

std::optional<DealerEvent> Dealer::next_event() {
  while (auto parts = receive_parts(monitor_.raw(), ZMQ_DONTWAIT, 2)) {
    std::uint16_t number = 0;
    std::uint32_t value = 0;
    if (parts->front().size() < sizeof number + sizeof value) continue;
    std::memcpy(&number, parts->front().data(), sizeof number);
    std::memcpy(&value, parts->front().data() + sizeof number, sizeof value);
    auto event = event_of(number, value);
    if (!event) continue;
    // The end of a connection whose handshake failed is no news.
    const bool was_up = std::exchange(up_, event->kind == DealerEvent::Kind::kConnected);
    if (event->kind == DealerEvent::Kind::kDisconnected && !was_up) continue;
    return event;
  }
  return std::nullopt;
}

void Dealer::linger() { socket_.set(ZMQ_LINGER, kGoodbyeMs); }

std::array<Readable, 2> Dealer::readables() const {
  return {Readable{socket_.raw(), -1}, Readable{monitor_.raw(), -1}};
}

}  // namespace opora::protocol
