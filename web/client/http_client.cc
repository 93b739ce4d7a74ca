#include "web/client/http_client.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "web/client/line.h"

namespace opora::web {

namespace http = boost::beast::http;

namespace {

http::verb verb_of(HttpClient::Method method) {
  switch (method) {
    case HttpClient::Method::kGet: return http::verb::get;
    case HttpClient::Method::kPost: return http::verb::post;
    case HttpClient::Method::kPut: return http::verb::put;
    case HttpClient::Method::kDelete: return http::verb::delete_;
  }
  return http::verb::get;
}

}  // namespace

struct HttpClient::Impl {
  static constexpr std::uint32_t kMaxHeader = 16 * 1024;
  // Unread at once: an unbounded one lets a trailer grow until Beast throws.
  static constexpr std::size_t kBuffered = std::size_t{64} * 1024;

  Remote remote;
  ClientLimits limits;
  std::string auth;
  Line line;
  boost::beast::flat_buffer buffer{kBuffered};
  bool connected = false;

  Status connect() {
    buffer.clear();
    OPORA_TRY(line.connect(remote, limits));
    connected = true;
    return ok_status();
  }

  http::request<http::string_body> request(Method method, const std::string& target,
                                           const std::string& json) const {
    http::request<http::string_body> out{verb_of(method), target, 11};
    out.set(http::field::host, remote.host + ":" + std::to_string(remote.port));
    if (!auth.empty()) out.set(http::field::authorization, auth);
    if (!json.empty()) out.set(http::field::content_type, "application/json");
    out.body() = json;
    out.prepare_payload();
    return out;
  }

  // What goes wrong once the answer has begun is not tried again.
  struct Tried {
    Line::Failure failure{};
    bool begun = false;
    Reply reply{};
  };
  Tried attempt(const http::request<http::string_body>& request) {
    Tried out;
    line.deadline(limits.answer_ms);
    out.failure = line.run([&](auto done) { http::async_write(line.stream(), request, done); });
    if (out.failure) return out;
    http::response_parser<http::string_body> parser;
    parser.body_limit(limits.answer_bytes);
    parser.header_limit(kMaxHeader);
    out.failure =
        line.run([&](auto done) { http::async_read(line.stream(), buffer, parser, done); });
    out.begun = parser.got_some();
    if (out.failure) return out;
    out.reply = {static_cast<int>(parser.get().result_int()), std::move(parser.get().body())};
    connected = parser.keep_alive();
    return out;
  }
};

HttpClient::HttpClient(Remote remote, ClientLimits limits) : impl_(std::make_unique<Impl>()) {
  impl_->auth = basic_auth(remote);
  impl_->remote = std::move(remote);
  impl_->limits = limits;
}
HttpClient::~HttpClient() = default;

void HttpClient::stop() { impl_->line.stop(); }

Result<Reply> HttpClient::send(Method method, const std::string& target, const std::string& json) {
  const auto request = impl_->request(method, target, json);
  const bool was_idle = impl_->connected;
  if (!was_idle) OPORA_TRY(impl_->connect());
  auto tried = impl_->attempt(request);
  if (was_idle && tried.failure && !tried.begun && tried.failure != boost::beast::error::timeout) {
    OPORA_TRY(impl_->connect());
    tried = impl_->attempt(request);
  }
  if (!tried.failure) return std::move(tried.reply);
  impl_->connected = false;
  impl_->line.close();
  const bool large = tried.failure == http::error::body_limit;
  return Error{large ? Code::kTooLarge : Code::kUnavailable, "", tried.failure.message()};
}

}  // namespace opora::web
