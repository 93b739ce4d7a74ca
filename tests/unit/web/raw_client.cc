#include "tests/unit/web/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <openssl/ssl.h>

namespace opora::web {

std::string Answer::field(std::string_view name) const {
  const auto at = head.find("\r\n" + std::string(name) + ": ");
  if (at == std::string::npos) return "";
  const auto start = at + 4 + name.size();
  return head.substr(start, head.find("\r\n", start) - start);
}

RawClient::RawClient() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  EXPECT_GE(fd_, 0);
}

void RawClient::connect(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

RawClient::~RawClient() {
  if (ssl_) SSL_free(ssl_);
  ::close(fd_);
}

bool RawClient::start_tls(int max_version) {
  ::signal(SIGPIPE, SIG_IGN);  // OpenSSL's own writes cannot say MSG_NOSIGNAL
  static SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  ssl_ = SSL_new(context);
  if (max_version != 0) {
    SSL_set_max_proto_version(ssl_, max_version);
    SSL_set_security_level(ssl_,
                           0);  // OpenSSL's own default refuses old versions before the server can
  }
  SSL_set_fd(ssl_, fd_);
  return SSL_connect(ssl_) == 1;
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ssl_ ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                        : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void RawClient::finish_sending() { ::shutdown(fd_, SHUT_WR); }

void RawClient::hang_up() { ::shutdown(fd_, SHUT_RDWR); }

bool RawClient::readable(std::chrono::milliseconds wait) { return !in_.empty() || arrived(wait); }

bool RawClient::arrived(std::chrono::milliseconds wait) {
  if (ssl_ && SSL_pending(ssl_) > 0) return true;
  pollfd wanted{fd_, POLLIN, 0};
  return ::poll(&wanted, 1, static_cast<int>(wait.count())) > 0;
}

bool RawClient::fill() {
  const bool ready = arrived(kPatience);
  EXPECT_TRUE(ready) << "the server neither answered nor closed";
  if (!ready) return false;
  char buffer[64 * 1024];
  const auto n =
      ssl_ ? SSL_read(ssl_, buffer, sizeof(buffer)) : ::recv(fd_, buffer, sizeof(buffer), 0);
  if (n <= 0) return false;
  in_.append(buffer, static_cast<std::size_t>(n));
  return true;
}

std::string RawClient::read_bytes(std::size_t size) {
  while (in_.size() < size && fill()) {
  }
  const auto out = in_.substr(0, size);
  in_.erase(0, out.size());
  return out;
}

Answer RawClient::read_answer_to_head() {
  Answer answer;
  auto end = in_.find("\r\n\r\n");
  while (end == std::string::npos) {
    if (!fill()) return answer;
    end = in_.find("\r\n\r\n");
  }
  answer.head = in_.substr(0, end + 2);
  in_.erase(0, end + 4);
  answer.status = std::stoi(answer.head.substr(9, 3));
  return answer;
}

Answer RawClient::read_answer() {
  Answer answer = read_answer_to_head();
  const auto length = answer.field("Content-Length");
  if (!length.empty()) answer.body = read_bytes(std::stoul(length));
  return answer;
}

bool RawClient::closed() {
  do {
    in_.clear();
    if (!arrived(kPatience)) return false;
  } while (fill());
  return true;
}

std::string post(std::string_view path, std::string_view body) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

std::string get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n\r\n";
}

}  // namespace opora::web
