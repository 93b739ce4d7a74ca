#include "web/client/text_client.h"

#include <array>
#include <atomic>
#include <chrono>

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

namespace opora::web {

namespace asio = boost::asio;

struct TextClient::Impl {
  using Failure = boost::system::error_code;

  Remote remote;
  ClientLimits limits;
  asio::io_context io{1};
  std::optional<asio::ip::tcp::socket> socket;
  std::array<char, std::size_t{16} * 1024> buffer{};
  // A read may end while something is sent: what came waits for next().
  enum class Read { kNone, kUnderWay, kDone } read = Read::kNone;
  std::size_t came = 0;
  Failure read_end{};
  std::atomic<bool> stopped{false};

  // Steps under way end before what they use goes.
  void close() {
    if (!socket) return;
    Failure ignored;
    socket->close(ignored);
    io.restart();
    io.run();
    socket.reset();
  }

  // One step beside a read that may be under way; an overdue one closes the connection.
  template <class Begin>
  Failure run(int ms, Begin&& begin) {
    if (stopped) return asio::error::operation_aborted;
    std::optional<Failure> result;
    begin([&result](Failure failure, auto&&...) { result = failure; });
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
    io.restart();
    while (!result && std::chrono::steady_clock::now() < until && !stopped)
      if (io.run_one_until(until) == 0) break;
    if (result) return *result;
    close();
    return asio::error::timed_out;
  }
};

TextClient::TextClient(Remote remote, ClientLimits limits) : impl_(std::make_unique<Impl>()) {
  impl_->remote = std::move(remote);
  impl_->limits = limits;
}
TextClient::~TextClient() { impl_->close(); }

Status TextClient::open() {
  Impl& own = *impl_;
  own.close();
  own.read = Impl::Read::kNone;
  own.socket.emplace(own.io);
  asio::ip::tcp::resolver resolver(own.io);
  Impl::Failure failure;
  const auto found = resolver.resolve(own.remote.host, std::to_string(own.remote.port), failure);
  if (!failure)
    failure = own.run(own.limits.connect_ms,
                      [&](auto done) { asio::async_connect(*own.socket, found, done); });
  if (!failure) return ok_status();
  own.close();
  return Error{Code::kUnavailable, "", failure.message()};
}

Status TextClient::send(const std::string& text) {
  Impl& own = *impl_;
  if (!own.socket || own.stopped) return Error{Code::kUnavailable, "", "not connected"};
  const auto failure = own.run(own.limits.answer_ms, [&](auto done) {
    asio::async_write(*own.socket, asio::buffer(text), done);
  });
  if (!failure) return ok_status();
  own.close();
  return Error{Code::kUnavailable, "", failure.message()};
}

Result<std::optional<std::string>> TextClient::next(int wait_ms) {
  Impl& own = *impl_;
  if (!own.socket || own.stopped) return Error{Code::kUnavailable, "", "not connected"};
  using Read = Impl::Read;
  if (own.read == Read::kNone) {
    own.read = Read::kUnderWay;
    own.socket->async_read_some(asio::buffer(own.buffer),
                                [&own](Impl::Failure failure, std::size_t bytes) {
                                  own.read = Read::kDone;
                                  own.read_end = failure;
                                  own.came = bytes;
                                });
  }
  if (own.read == Read::kUnderWay) {
    own.io.restart();
    own.io.run_for(std::chrono::milliseconds(wait_ms));
  }
  if (own.read == Read::kUnderWay) return std::optional<std::string>();
  own.read = Read::kNone;
  if (own.read_end) {
    const std::string why = own.read_end.message();
    own.close();
    return Error{Code::kUnavailable, "", why};
  }
  return std::optional(std::string(own.buffer.data(), own.came));
}

void TextClient::stop() {
  impl_->stopped = true;
  asio::post(impl_->io, [own = impl_.get()] {
    Impl::Failure ignored;
    if (own->socket) own->socket->cancel(ignored);
  });
}

}  // namespace opora::web
