#include "web/server/listener.h"

#include <charconv>

#include <boost/asio/post.hpp>

namespace opora::web {

Result<asio::ip::tcp::endpoint> parse_listen(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return invalid("listen", "must be IP:PORT");
  std::string host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + colon + 1, end, port);
  if (parsed.ec != std::errc() || parsed.ptr != end)
    return invalid("listen", "must end with a port, 0 to 65535");
  error_code ec;
  const auto address = asio::ip::make_address(host, ec);
  if (ec) return invalid("listen", "must begin with an IP address");
  return asio::ip::tcp::endpoint(address, port);
}

Listener::Listener(std::vector<std::unique_ptr<IoThread>>& threads)
    : threads_(threads), acceptor_(threads.front()->io()), timer_(threads.front()->io()) {}

Status Listener::open(const asio::ip::tcp::endpoint& endpoint) {
  error_code ec;
  const auto fault = [&](const char* what) {
    return Error{Code::kUnavailable, "listen", std::string(what) + ": " + ec.message()};
  };
  if (acceptor_.open(endpoint.protocol(), ec); ec) return fault("cannot open a socket");
  acceptor_.set_option(asio::socket_base::reuse_address(true),
                       ec);  // restart without waiting for old connections
  if (acceptor_.bind(endpoint, ec); ec) return fault("cannot bind");
  if (acceptor_.listen(asio::socket_base::max_listen_connections, ec); ec)
    return fault("cannot listen");
  local_ = acceptor_.local_endpoint(ec);
  return ok_status();
}

void Listener::start() {
  asio::post(acceptor_.get_executor(), [this] { accept(); });
}

void Listener::accept() {
  if (!acceptor_.is_open()) return;
  IoThread& thread = *threads_[next_];
  acceptor_.async_accept(thread.io().get_executor(), [this, &thread](error_code ec, Socket socket) {
    if (ec == asio::error::operation_aborted) return;
    if (ec) return back_off(ec);
    next_ = (next_ + 1) % threads_.size();
    thread.adopt_later(std::move(socket));
    accept();
  });
}

// Out of descriptors, accept() fails at once and for ever while the connection stays in the queue:
// trying again without a pause would take the whole thread.
void Listener::back_off(error_code why) {
  SharedState& shared = threads_.front()->shared();
  shared.counters.refuse(Refusal::kAcceptFailed);
  shared.say("web: accept failed: " + why.message());
  timer_.expires_after(std::chrono::milliseconds(shared.limits.accept_backoff_ms));
  timer_.async_wait([this](error_code) { accept(); });
}

void Listener::request_stop() {
  asio::post(acceptor_.get_executor(), [this] {
    error_code ignored;
    acceptor_.close(ignored);
    timer_.cancel();
  });
}

}  // namespace opora::web
