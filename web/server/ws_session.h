// Internal: a WebSocket session on its I/O thread, made from an upgraded connection.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/ssl/stream.hpp>

#include "web/server/address_table.h"
#include "web/server/asio.h"
#include "web/server/client.h"
#include "web/server/websocket.h"

namespace opora::web {

class IoThread;

struct WsStart {
  IoThread* thread = nullptr;
  std::uint64_t id = 0;
  AddressTable::Lease lease;
  std::string key;  // Sec-WebSocket-Key of the handshake, which is judged already (upgrade_rules.h)
  WsCallbacks callbacks;
};

// The session is under way when it returns; the caller registers it with the thread.
std::shared_ptr<Client> make_ws_session(Socket socket, WsStart start);
std::shared_ptr<Client> make_ws_session(asio::ssl::stream<Socket> stream, WsStart start);

}  // namespace opora::web
