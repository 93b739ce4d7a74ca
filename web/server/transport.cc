#include "web/server/transport.h"

#include <boost/asio/ssl/stream.hpp>

#include "web/server/connection.h"

namespace opora::web {
namespace {

void close_quietly(Socket& socket) {
  error_code ignored;
  socket.close(ignored);  // NOLINT(bugprone-unused-return-value): there is nobody to tell
}

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(Socket socket) : socket_(std::move(socket)) {}
  void handshake(Completion done) override {
    asio::post(socket_.get_executor(), [done] { done(error_code()); });
  }
  void read_some(asio::mutable_buffer into, Completion done) override {
    socket_.async_read_some(into, std::move(done));
  }
  std::size_t write_now(const WriteBuffers& from, error_code& ec) override {
    return socket_.write_some(from, ec);
  }
  void write_some(const WriteBuffers& from, Completion done) override {
    socket_.async_write_some(from, std::move(done));
  }
  void finish_sending(Completion done) override {
    error_code ec;
    socket_.shutdown(Socket::shutdown_send, ec);
    asio::post(socket_.get_executor(), [done, ec] { done(ec); });
  }
  void close() override { close_quietly(socket_); }
  std::shared_ptr<Client> into_websocket(WsStart start) override {
    return make_ws_session(std::move(socket_), std::move(start));
  }

 private:
  Socket socket_;
};

class TlsTransport final : public Transport {
 public:
  TlsTransport(Socket socket, asio::ssl::context& tls) : stream_(std::move(socket), tls) {}
  void handshake(Completion done) override {
    stream_.async_handshake(asio::ssl::stream_base::server, std::move(done));
  }
  void read_some(asio::mutable_buffer into, Completion done) override {
    stream_.async_read_some(into, std::move(done));
  }
  std::size_t write_now(const WriteBuffers&, error_code& ec) override {
    ec = asio::error::would_block;
    return 0;
  }
  void write_some(const WriteBuffers& from, Completion done) override {
    stream_.async_write_some(from, std::move(done));
  }
  // close_notify waits for the peer's own and would stop us from reading on: the answer's
  // Content-Length ends it as well.
  void finish_sending(Completion done) override {
    asio::post(stream_.get_executor(), [done] { done(error_code()); });
  }
  void close() override { close_quietly(stream_.next_layer()); }
  std::shared_ptr<Client> into_websocket(WsStart start) override {
    return make_ws_session(std::move(stream_), std::move(start));
  }

 private:
  asio::ssl::stream<Socket> stream_;
};

}  // namespace

std::unique_ptr<Transport> make_plain_transport(Socket socket) {
  return std::make_unique<PlainTransport>(std::move(socket));
}

std::unique_ptr<Transport> make_tls_transport(Socket socket, asio::ssl::context& tls) {
  return std::make_unique<TlsTransport>(std::move(socket), tls);
}

}  // namespace opora::web
