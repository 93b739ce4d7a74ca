#include "web/server/server.h"

#include <atomic>

#include "web/server/listener.h"
#include "web/server/tls_context.h"

namespace opora::web {

std::string_view refusal_name(Refusal reason) {
  switch (reason) {
    case Refusal::kBadRequest: return "bad_request";
    case Refusal::kHeaderTooLarge: return "header_too_large";
    case Refusal::kBodyTooLarge: return "body_too_large";
    case Refusal::kTooSlow: return "too_slow";
    case Refusal::kConnectionCap: return "connection_cap";
    case Refusal::kRateLimit: return "rate_limit";
    case Refusal::kMemory: return "memory";
    case Refusal::kTls: return "tls";
    case Refusal::kWebSocket: return "websocket";
    case Refusal::kSlowConsumer: return "slow_consumer";
    case Refusal::kAcceptFailed: return "accept_failed";
  }
  return "unknown";
}

struct Server::Impl {
  Impl(const Limits& limits, Router router, std::function<void(std::string_view)> log)
      : shared(limits, std::move(router), std::move(log)) {}

  // In this order: threads go before what they use.
  SharedState shared;
  std::unique_ptr<asio::ssl::context> tls;
  std::vector<std::unique_ptr<IoThread>> threads;
  std::unique_ptr<Listener> listener;
  std::atomic<bool> stopped{false};
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

namespace {

bool wants_tls(const ServerOptions& options) {
  return !options.tls_cert_file.empty() || !options.tls_key_file.empty();
}

Result<asio::ip::tcp::endpoint> checked_endpoint(const ServerOptions& options) {
  auto endpoint = parse_listen(options.listen);
  if (!endpoint.ok()) return endpoint.error();
  if (!wants_tls(options) && !endpoint->address().is_loopback()) {
    return invalid("listen", "plain HTTP is for loopback only: " + options.listen +
                                 " needs tls-cert and tls-key");
  }
  if (options.io_threads < 1) return invalid("io-threads", "must be at least 1");
  return endpoint;
}

}  // namespace

Status check_server_options(const ServerOptions& options) {
  const auto endpoint = checked_endpoint(options);
  if (!endpoint.ok()) return endpoint.error();
  if (!wants_tls(options)) return ok_status();
  const auto tls = make_tls_context(options.tls_cert_file, options.tls_key_file);
  if (!tls.ok()) return tls.error();
  return ok_status();
}

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Router router) {
  const auto endpoint = checked_endpoint(options);
  if (!endpoint.ok()) return endpoint.error();
  auto impl = std::make_unique<Impl>(options.limits, std::move(router), std::move(options.log));
  if (wants_tls(options)) {
    auto tls = make_tls_context(options.tls_cert_file, options.tls_key_file);
    if (!tls.ok()) return tls.error();
    impl->tls = std::move(tls).value();
    impl->shared.secure = true;
  }
  for (int i = 0; i < options.io_threads; ++i) {
    impl->threads.push_back(std::make_unique<IoThread>(impl->shared, impl->tls.get()));
  }
  impl->listener = std::make_unique<Listener>(impl->threads);
  OPORA_TRY(impl->listener->open(*endpoint));
  for (auto& thread : impl->threads) thread->start();
  impl->listener->start();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::~Server() { stop(); }

void Server::stop() {
  if (impl_->stopped.exchange(true)) return;
  impl_->listener->request_stop();
  for (auto& thread : impl_->threads) thread->request_drain();
  for (auto& thread : impl_->threads) thread->join();
  for (auto& thread : impl_->threads) thread->mailbox()->close();
}

std::uint16_t Server::port() const { return impl_->listener->local().port(); }

std::string Server::url() const {
  const auto local = impl_->listener->local();
  auto address = local.address();
  if (address.is_unspecified()) address = asio::ip::address_v4::loopback();
  const std::string host = address.is_v6() ? '[' + address.to_string() + ']' : address.to_string();
  return (impl_->shared.secure ? "https://" : "http://") + host + ':' +
         std::to_string(local.port());
}

ServerMetrics Server::metrics() const {
  const Counters& from = impl_->shared.counters;
  ServerMetrics out;
  out.connections_accepted = from.connections_accepted;
  out.connections_open = impl_->shared.addresses.open_connections();
  out.websockets_open = impl_->shared.addresses.open_websockets();
  out.requests = from.requests;
  for (std::size_t i = 0; i < out.answers_by_class.size(); ++i)
    out.answers_by_class[i] = from.answers_by_class[i];
  for (std::size_t i = 0; i < kCodes; ++i) out.problems[i] = from.problems[i];
  for (std::size_t i = 0; i < kRefusals; ++i) out.refused[i] = from.refused[i];
  out.exceptions_caught = from.exceptions_caught;
  return out;
}

}  // namespace opora::web
