// Where a client connects to, and its limits. Values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace opora::web {

struct Remote {
  std::string host;  // a name or an address
  std::uint16_t port = 80;
  // Sent with each request as HTTP Basic; empty: none. Not encrypted: for loopback, or a network
  // that is.
  std::string user;
  std::string password;
};

struct ClientLimits {
  int connect_ms = 3'000;  // a host of the same building
  // From the request to the whole answer. Whoever waits for a telephone to be rung waits no longer.
  int answer_ms = 3'000;
  std::size_t answer_bytes = std::size_t{8} * 1024 * 1024;  // a list of 4 000 channels
  std::size_t message_bytes = std::size_t{256} * 1024;      // of a WebSocket
};

}  // namespace opora::web
