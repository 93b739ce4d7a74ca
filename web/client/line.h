// Internal: one TCP connection of a client, driven by the thread that uses it. Each step ends by
// itself: with its result, late, or stopped.
#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "protocol/base/result.h"
#include "web/client/remote.h"

namespace opora::web {

class Line {
 public:
  using Stream = boost::beast::tcp_stream;
  using Failure = boost::system::error_code;

  // kUnavailable: no such name, refused, late, stopped.
  Status connect(const Remote& remote, const ClientLimits& limits);
  // Runs one asynchronous step, which the stream's own deadline ends.
  template <class Begin>
  Failure run(Begin&& begin) {
    Failure result = boost::asio::error::operation_aborted;
    if (stopped_) return result;
    begin([&result](Failure failure, auto&&...) { result = failure; });
    io_.restart();
    io_.run();
    return result;
  }
  void deadline(int ms) { stream_.expires_after(std::chrono::milliseconds(ms)); }
  void no_deadline() { stream_.expires_never(); }
  void close();
  // Any thread: the step under way ends, and no other begins.
  void stop();

  Stream& stream() { return stream_; }
  boost::asio::io_context& io() { return io_; }

 private:
  boost::asio::io_context io_{1};
  Stream stream_{io_};
  std::atomic<bool> stopped_{false};
};

// The value of an Authorization field; empty without a user.
std::string basic_auth(const Remote& remote);

}  // namespace opora::web
