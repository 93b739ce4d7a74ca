#include "protocol/link/socket.h"

#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include <zmq.h>

#include "protocol/base/check.h"

// zmq.h of 4.3 names it only for drafts; the library has it. Without it CURVE accepts any key when
// no handler answers.
#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93
#endif

namespace opora::protocol {

LinkContext::LinkContext() : raw_(zmq_ctx_new()) { OPORA_CHECK(raw_ != nullptr); }

LinkContext::~LinkContext() {
  while (zmq_ctx_term(raw_) != 0 && errno == EINTR) {
  }
}

Socket::Socket(const LinkContext& context, int type) : raw_(zmq_socket(context.raw(), type)) {
  // Only for lack of file descriptors or after the context's end.
  OPORA_CHECK(raw_ != nullptr);
  set(ZMQ_LINGER, 0);
}

Socket::~Socket() { close(); }

Socket::Socket(Socket&& other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this != &other) {
    close();
    raw_ = std::exchange(other.raw_, nullptr);
  }
  return *this;
}

void Socket::close() {
  if (raw_ != nullptr) zmq_close(std::exchange(raw_, nullptr));
}

void Socket::set(int option, int value) {
  OPORA_CHECK(zmq_setsockopt(raw_, option, &value, sizeof value) == 0);
}

void Socket::set(int option, std::int64_t value) {
  OPORA_CHECK(zmq_setsockopt(raw_, option, &value, sizeof value) == 0);
}

void Socket::set(int option, std::string_view bytes) {
  OPORA_CHECK(zmq_setsockopt(raw_, option, bytes.data(), bytes.size()) == 0);
}

Status Socket::bind(const std::string& endpoint) {
  if (zmq_bind(raw_, endpoint.c_str()) == 0) return ok_status();
  return Error{Code::kUnavailable, "endpoint",
               "cannot listen on " + endpoint + ": " + last_error_text()};
}

Status Socket::connect(const std::string& endpoint) {
  if (zmq_connect(raw_, endpoint.c_str()) == 0) return ok_status();
  return Error{Code::kInvalid, "endpoint",
               "cannot connect to " + endpoint + ": " + last_error_text()};
}

std::string Socket::bound_endpoint() const {
  std::array<char, 512> text{};
  std::size_t size = text.size();
  if (zmq_getsockopt(raw_, ZMQ_LAST_ENDPOINT, text.data(), &size) != 0) return {};
  return text.data();
}

void set_common_options(Socket& socket, std::size_t max_frame_bytes) {
  socket.set(ZMQ_MAXMSGSIZE, static_cast<std::int64_t>(max_frame_bytes));
  socket.set(ZMQ_SNDHWM, kSendQueue);
  socket.set(ZMQ_RCVHWM, kReceiveQueue);
  // A stranger that connects and says nothing holds a file descriptor no longer than this.
  socket.set(ZMQ_HANDSHAKE_IVL, 3'000);
}

void set_curve_client(Socket& socket, const LinkKeyPair& own, const LinkKey& server) {
  socket.set(ZMQ_CURVE_SERVERKEY, server.view());
  socket.set(ZMQ_CURVE_PUBLICKEY, own.public_key.view());
  socket.set(ZMQ_CURVE_SECRETKEY, own.secret.view());
}

void set_curve_server(Socket& socket, const LinkKeyPair& own, std::string_view zap_domain) {
  socket.set(ZMQ_CURVE_SERVER, 1);
  socket.set(ZMQ_CURVE_SECRETKEY, own.secret.view());
  socket.set(ZMQ_ZAP_DOMAIN, zap_domain);
  socket.set(ZMQ_ZAP_ENFORCE_DOMAIN, 1);
}

void wait_readable(std::span<const Readable> sources, int timeout_ms) {
  std::vector<zmq_pollitem_t> items;
  items.reserve(sources.size());
  for (const Readable& source : sources) items.push_back({source.socket, source.fd, ZMQ_POLLIN, 0});
  // An interrupted wait is a short wait: the caller looks and waits again.
  zmq_poll(items.data(), static_cast<int>(items.size()), timeout_ms);
}

std::string last_error_text() { return zmq_strerror(zmq_errno()); }

}  // namespace opora::protocol
