// Internal: a byte stream under a connection, plain or TLS, behind one interface, so that the HTTP
// machine is compiled once. One read and one write may be under way at a time.
#pragma once

#include <array>
#include <memory>
#include <utility>

#include <boost/asio/ssl/context.hpp>

#include "web/server/asio.h"
#include "web/server/ws_session.h"

namespace opora::web {

class Connection;

// A completion that keeps its connection alive and calls one of its members.
struct Completion {
  std::shared_ptr<Connection> connection;
  void (Connection::*member)(error_code, std::size_t);
  void operator()(error_code ec, std::size_t bytes) const { ((*connection).*member)(ec, bytes); }
  void operator()(error_code ec) const { ((*connection).*member)(ec, 0); }
};

using WriteBuffers = std::array<asio::const_buffer, 2>;

class Transport {
 public:
  virtual ~Transport() = default;
  virtual void handshake(Completion done) = 0;
  virtual void read_some(asio::mutable_buffer into, Completion done) = 0;
  // What can be written without waiting; would_block when nothing can, or when this stream has no
  // such way.
  virtual std::size_t write_now(const WriteBuffers& from, error_code& ec) = 0;
  virtual void write_some(const WriteBuffers& from, Completion done) = 0;
  // Tells the peer that no more comes, after which it may still send.
  virtual void finish_sending(Completion done) = 0;
  virtual void close() = 0;
  // Hands the stream over to a new WebSocket session. The transport is empty afterwards.
  virtual std::shared_ptr<Client> into_websocket(WsStart start) = 0;
};

std::unique_ptr<Transport> make_plain_transport(Socket socket);
std::unique_ptr<Transport> make_tls_transport(Socket socket, asio::ssl::context& tls);

}  // namespace opora::web
