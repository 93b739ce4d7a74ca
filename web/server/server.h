// The HTTP/1.1 + WebSocket + TLS server of both daemons.
//
// Owned by main(); runs `io_threads` threads of its own from start() to stop(). Handlers run on
// those threads; answers may come from any thread. One connection is served by one thread, one
// request at a time, in order. Guarantee: whatever a peer sends, the process lives; what is refused
// is refused with a 4xx/5xx or a close.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/base/result.h"
#include "web/server/limits.h"
#include "web/server/router.h"

namespace opora::web {

struct ServerOptions {
  std::string listen = "127.0.0.1:0";  // "IP:PORT" or "[IPv6]:PORT"; port 0 takes a free one
  std::string tls_cert_file{};  // PEM chain; with it and the key the server speaks HTTPS only
  std::string tls_key_file{};   // PEM
  int io_threads =
      1;  // one moves tens of thousands of requests a second; the engine wants the rest
  Limits limits{};
  // Rare events (accept failures, caught exceptions); any thread.
  std::function<void(std::string_view)> log{};
};

// Why a request or a connection was refused.
enum class Refusal : std::uint8_t {
  kBadRequest,  // malformed in any way
  kHeaderTooLarge,
  kBodyTooLarge,
  kTooSlow,  // a deadline or the rate floor
  kConnectionCap,
  kRateLimit,
  kMemory,        // Limits::bodies_bytes
  kTls,           // handshake failed
  kWebSocket,     // handshake or Origin
  kSlowConsumer,  // WebSocket closed with 1013
  kAcceptFailed,  // no descriptors
};
inline constexpr std::size_t kRefusals = 11;
std::string_view refusal_name(Refusal reason);  // "bad_request"…, the label in /metrics

struct ServerMetrics {
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_open = 0;
  std::uint64_t websockets_open = 0;
  std::uint64_t requests = 0;
  std::array<std::uint64_t, 6> answers_by_class{};  // [2]: 2xx …
  std::array<std::uint64_t, kCodes> problems{};     // by Code
  std::array<std::uint64_t, kRefusals> refused{};   // by Refusal
  std::uint64_t exceptions_caught = 0;  // by a handler or on an I/O thread: a bug, but not a crash
};

// What can be wrong with them before a port is taken. Errors name the daemons' option: "listen"
// (bad, or plain HTTP beyond loopback), "tls-cert", "tls-key", "io-threads".
Status check_server_options(const ServerOptions& options);

class Server {
 public:
  // Listens and serves when it returns. Errors as of check_server_options(), and "listen" when the
  // address is taken.
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Router router);
  ~Server();  // stop()
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Accepts no more, answers what is in flight (≤ Limits::drain_ms), closes WebSockets with 1001,
  // joins the threads. Must not be called on an I/O thread. A second call does nothing.
  void stop();

  std::uint16_t port() const;
  std::string url() const;  // "http://127.0.0.1:8081"
  ServerMetrics metrics() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace opora::web
