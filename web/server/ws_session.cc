#include "web/server/ws_session.h"

#include <boost/asio/dispatch.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "web/server/io_thread.h"
#include "web/server/ws_outbox.h"

namespace opora::web {
namespace {

namespace beast = boost::beast;
namespace ws = boost::beast::websocket;

constexpr std::uint16_t kAbnormal = 1006;   // RFC 6455 §7.1.5: the end came without a close frame
constexpr std::uint16_t kGoingAway = 1001;  // we stop
constexpr std::uint16_t kUnknownData = 1003;    // binary messages
constexpr std::uint16_t kPolicy = 1008;         // over the rate
constexpr std::uint16_t kInternalError = 1011;  // a callback threw

// The request as Beast wants it for its answer; what matters of it was judged before.
beast::http::request<beast::http::empty_body> handshake_request(std::string_view key) {
  beast::http::request<beast::http::empty_body> request;
  request.method(beast::http::verb::get);
  request.target("/");
  request.version(11);
  request.set(beast::http::field::host, "-");
  request.set(beast::http::field::connection, "Upgrade");
  request.set(beast::http::field::upgrade, "websocket");
  request.set(beast::http::field::sec_websocket_version, "13");
  request.set(beast::http::field::sec_websocket_key, beast::string_view(key.data(), key.size()));
  return request;
}

ws::stream_base::timeout timeouts(const Limits& limits) {
  ws::stream_base::timeout timeout{};
  timeout.handshake_timeout =
      std::chrono::milliseconds(limits.ws_close_ms);  // of opening and of closing
  timeout.idle_timeout = std::chrono::milliseconds(limits.ws_idle_ms);
  timeout.keep_alive_pings = true;
  return timeout;
}

template <class Stream>
class Session final : public Client, public std::enable_shared_from_this<Session<Stream>> {
 public:
  Session(Stream stream, WsStart start)
      : thread_(*start.thread),
        id_(start.id),
        lease_(std::move(start.lease)),
        callbacks_(std::move(start.callbacks)),
        request_(handshake_request(start.key)),
        outbox_(std::make_shared<WsOutbox>(thread_.mailbox(), id_, limits())),
        stream_(std::move(stream)),
        in_(limits().ws_message_bytes) {}

  void start() {
    stream_.set_option(timeouts(limits()));
    stream_.set_option(ws::stream_base::decorator(
        [](ws::response_type& response) { response.erase(beast::http::field::server); }));
    stream_.read_message_max(limits().ws_message_bytes);
    stream_.text(true);
    stream_.async_accept(
        request_, [self = this->shared_from_this()](error_code ec) { self->on_accepted(ec); });
  }

  void tick(Millis now) override {
    // Beast's part of a close waits for the peer to hang up, for as long as a session may be
    // silent: too long.
    if (end_deadline_ == 0 && open_ && !stream_.is_open())
      end_deadline_ = now + limits().ws_close_ms;
    if (end_deadline_ != 0 && now >= end_deadline_) finish(end_code());
  }
  void deliver(Letter letter) override {
    if (std::holds_alternative<WsWake>(letter.content)) pump();
  }
  void drain() override {
    outbox_->close(kGoingAway, "stopping");
    pump();
  }
  void abort() override { finish(end_code()); }

 private:
  void on_accepted(error_code ec) {
    if (ec || done_) return finish(kAbnormal);
    open_ = true;
    call([this] {
      if (callbacks_.on_open) callbacks_.on_open(handle());
    });
    pump();
    read();
  }

  void read() {
    stream_.async_read(
        in_, [self = this->shared_from_this()](error_code ec, std::size_t) { self->on_read(ec); });
  }

  void on_read(error_code ec) {
    if (done_) return;
    if (ec) return finish(end_code(ec));
    if (stream_.got_binary()) outbox_->close(kUnknownData, "text only");
    else if (!lease_.take_request(thread_.now())) outbox_->close(kPolicy, "too many messages");
    else
      call([this] {
        if (callbacks_.on_message)
          callbacks_.on_message(handle(), beast::buffers_to_string(in_.data()));
      });
    in_.consume(in_.size());
    pump();
    if (!done_) read();
  }

  // Ours, the peer's, or what Beast has told the peer on finding `ec`.
  std::uint16_t end_code(error_code ec = {}) const {
    if (closing_) return close_code_;
    if (stream_.reason().code != ws::close_code::none) return stream_.reason().code;
    if (ec == ws::error::message_too_big || ec == ws::error::buffer_overflow)
      return ws::close_code::too_big;
    if (ec == ws::error::bad_frame_payload) return ws::close_code::bad_payload;
    if (ec == ws::condition::protocol_violation) return ws::close_code::protocol_error;
    return kAbnormal;
  }

  void pump() {
    if (!open_ || done_ || closing_) return;
    if (writing_ && !outbox_->overflowed()) return;
    auto next = outbox_->next();
    if (auto* close = std::get_if<WsOutbox::Close>(&next)) return start_close(*close);
    auto* text = std::get_if<WsOutbox::Text>(&next);
    if (!text) return;
    writing_ = true;
    current_ = std::move(*text);
    stream_.async_write(
        asio::buffer(*current_),
        [self = this->shared_from_this()](error_code ec, std::size_t) { self->on_written(ec); });
  }

  void on_written(error_code ec) {
    writing_ = false;
    current_.reset();
    if (done_) return;
    if (!ec) return pump();
    if (stream_.is_open()) finish(end_code());  // else a close is under way, and ends it
  }

  void start_close(const WsOutbox::Close& close) {
    closing_ = true;
    close_code_ = close.code;
    end_deadline_ = thread_.now() + limits().ws_close_ms;
    if (outbox_->overflowed()) thread_.shared().counters.refuse(Refusal::kSlowConsumer);
    const ws::close_reason reason(static_cast<ws::close_code>(close.code),
                                  close.reason.substr(0, 100));
    stream_.async_close(
        reason, [self = this->shared_from_this()](error_code) { self->finish(self->end_code()); });
  }

  void finish(std::uint16_t code) {
    if (done_) return;
    done_ = true;
    outbox_->shut();
    error_code ignored;
    beast::get_lowest_layer(stream_).close(ignored);
    lease_ = {};
    if (open_) {
      call([&] {
        if (callbacks_.on_close) callbacks_.on_close(handle(), code);
      });
    }
    callbacks_ = {};  // they may hold the daemon's objects
    thread_.remove(id_);
  }

  template <class F>
  void call(F&& callback) {
    try {
      callback();
    } catch (const std::exception& e) {
      Counters::add(thread_.shared().counters.exceptions_caught);
      thread_.shared().say(std::string("web: a WebSocket callback threw: ") + e.what());
      outbox_->close(kInternalError, "");
    }
  }

  WsSession handle() const { return WsSession(outbox_); }
  const Limits& limits() const { return thread_.shared().limits; }

  IoThread& thread_;
  const std::uint64_t id_;
  AddressTable::Lease lease_;
  WsCallbacks callbacks_;
  const beast::http::request<beast::http::empty_body> request_;
  const std::shared_ptr<WsOutbox> outbox_;
  ws::stream<Stream, false>
      stream_;  // without compression: messages are small, and zip bombs stay out
  beast::flat_buffer in_;
  WsOutbox::Text current_;
  Millis end_deadline_ = 0;
  std::uint16_t close_code_ = kAbnormal;
  bool open_ = false, writing_ = false, closing_ = false, done_ = false;
};

template <class Stream>
std::shared_ptr<Client> make(Stream stream, WsStart start) {
  auto session = std::make_shared<Session<Stream>>(std::move(stream), std::move(start));
  session->start();
  return session;
}

}  // namespace

std::shared_ptr<Client> make_ws_session(Socket socket, WsStart start) {
  return make(std::move(socket), std::move(start));
}

std::shared_ptr<Client> make_ws_session(asio::ssl::stream<Socket> stream, WsStart start) {
  return make(std::move(stream), std::move(start));
}

}  // namespace opora::web
