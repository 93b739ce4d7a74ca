#include "web/client/ws_client.h"

#include <atomic>
#include <chrono>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/websocket.hpp>

#include "web/client/line.h"

namespace opora::web {

namespace beast = boost::beast;
namespace websocket = beast::websocket;

struct WsClient::Impl {
  Remote remote;
  ClientLimits limits;
  std::string auth;
  boost::asio::io_context io{1};
  std::optional<websocket::stream<beast::tcp_stream>> ws;
  beast::flat_buffer buffer;
  bool reading = false;
  Line::Failure read_end{};
  std::atomic<bool> stopped{false};

  template <class Begin>
  Line::Failure run(Begin&& begin) {
    Line::Failure result = boost::asio::error::operation_aborted;
    if (stopped) return result;
    begin([&result](Line::Failure failure, auto&&...) { result = failure; });
    io.restart();
    io.run();
    return result;
  }

  // The read that was under way ends before its buffer goes.
  void close() {
    if (!ws) return;
    beast::get_lowest_layer(*ws).close();
    io.restart();
    io.run();
    ws.reset();
  }

  Line::Failure shake_hands(const std::string& target) {
    beast::get_lowest_layer(*ws).expires_after(std::chrono::milliseconds(limits.connect_ms));
    ws->set_option(websocket::stream_base::decorator([this](websocket::request_type& request) {
      if (!auth.empty()) request.set(beast::http::field::authorization, auth);
    }));
    ws->read_message_max(limits.message_bytes);
    const std::string host = remote.host + ":" + std::to_string(remote.port);
    return run([&](auto done) { ws->async_handshake(host, target, done); });
  }
};

WsClient::WsClient(Remote remote, ClientLimits limits) : impl_(std::make_unique<Impl>()) {
  impl_->auth = basic_auth(remote);
  impl_->remote = std::move(remote);
  impl_->limits = limits;
}
WsClient::~WsClient() { impl_->close(); }

Status WsClient::open(const std::string& target) {
  Impl& own = *impl_;
  own.close();
  own.ws.emplace(own.io);
  boost::asio::ip::tcp::resolver resolver(own.io);
  Line::Failure failure;
  const auto found = resolver.resolve(own.remote.host, std::to_string(own.remote.port), failure);
  if (!failure) {
    beast::get_lowest_layer(*own.ws).expires_after(
        std::chrono::milliseconds(own.limits.connect_ms));
    failure =
        own.run([&](auto done) { beast::get_lowest_layer(*own.ws).async_connect(found, done); });
  }
  if (!failure) failure = own.shake_hands(target);
  if (failure) {
    own.close();
    return Error{Code::kUnavailable, "", failure.message()};
  }
  beast::get_lowest_layer(*own.ws).expires_never();
  return ok_status();
}

Result<std::optional<std::string>> WsClient::next(int wait_ms) {
  Impl& own = *impl_;
  if (!own.ws || own.stopped) return Error{Code::kUnavailable, "", "not connected"};
  if (!std::exchange(own.reading, true)) {
    own.buffer.clear();
    own.ws->async_read(own.buffer, [&own](Line::Failure failure, std::size_t) {
      own.reading = false;
      own.read_end = failure;
    });
  }
  own.io.restart();
  own.io.run_for(std::chrono::milliseconds(wait_ms));
  if (own.reading) return std::optional<std::string>();
  if (own.read_end) {
    const std::string why = own.read_end.message();
    own.close();
    return Error{Code::kUnavailable, "", why};
  }
  return std::optional(beast::buffers_to_string(own.buffer.data()));
}

void WsClient::stop() {
  impl_->stopped = true;
  boost::asio::post(impl_->io, [own = impl_.get()] {
    if (own->ws) beast::get_lowest_layer(*own->ws).cancel();
  });
}

}  // namespace opora::web
