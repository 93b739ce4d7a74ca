#include "web/client/line.h"

#include <boost/asio/post.hpp>
#include <boost/beast/core/detail/base64.hpp>

namespace opora::web {

Status Line::connect(const Remote& remote, const ClientLimits& limits) {
  close();
  boost::asio::ip::tcp::resolver resolver(io_);
  Failure failure;
  // Blocks as long as the system's resolver does; an address is not looked up.
  const auto found = resolver.resolve(remote.host, std::to_string(remote.port), failure);
  if (!failure) {
    deadline(limits.connect_ms);
    failure = run([&](auto done) { stream_.async_connect(found, done); });
  }
  if (failure) return Error{Code::kUnavailable, "", failure.message()};
  stream_.socket().set_option(boost::asio::ip::tcp::no_delay(true), failure);
  return ok_status();
}

void Line::close() {
  Failure ignored;
  stream_.socket().close(ignored);
}

void Line::stop() {
  stopped_ = true;
  boost::asio::post(io_, [this] { stream_.cancel(); });
}

std::string basic_auth(const Remote& remote) {
  if (remote.user.empty()) return {};
  namespace base64 = boost::beast::detail::base64;
  const std::string plain = remote.user + ":" + remote.password;
  std::string out(base64::encoded_size(plain.size()), '\0');
  out.resize(base64::encode(out.data(), plain.data(), plain.size()));
  return "Basic " + out;
}

}  // namespace opora::web
