// Load over HTTP from one thread: N keep-alive connections on loopback, each with one request under
// way; requests are made beforehand and only their key and eight digits of the body change, so that
// the generator leaves the processor to what it measures.
//   bench_load PORT GET|POST PATH TOKEN CONNECTIONS MILLISECONDS [BODY]
// In BODY each "########" becomes the number of the request. Anything but a 2xx answer ends it.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/figures.h"

namespace opora::bench {
namespace {

constexpr std::string_view kNumber = "########";
// In the key, which is a UUID of version 7 as the desk's are.
constexpr std::string_view kTime = "tttttttt-tttt";
// Of the whole time, before which nothing is counted: caches, the connections' first requests.
constexpr int kWarmUpPart = 5;
// Answers of the daily report with all desks of a region are 20 KB.
constexpr std::size_t kReadBytes = std::size_t{64} << 10;

struct Target {
  std::uint16_t port = 0;
  std::string method;
  std::string path;
  std::string token;
  std::string body;
};

// The bytes of a request with places for numbers in it.
class Template {
 public:
  explicit Template(const Target& target) {
    std::uint64_t run = 0;
    if (::getrandom(&run, sizeof run, 0) != sizeof run) give_up("no random numbers");
    char key[48];
    const auto random = static_cast<unsigned long long>(run);
    std::snprintf(key, sizeof key, "%s-7%03llx-8%03llx-%04llx", std::string(kTime).c_str(),
                  random & 0xfff, random >> 12 & 0xfff, random >> 24 & 0xffff);
    text_ = target.method + " " + target.path +
            " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(target.port) +
            "\r\nAuthorization: Bearer " + target.token + "\r\n";
    if (target.method == "POST") {
      text_ += std::string("Content-Type: application/json\r\nIdempotency-Key: ") + key +
               std::string(kNumber) + "\r\nContent-Length: " + std::to_string(target.body.size()) +
               "\r\n";
    }
    text_ += "\r\n";
    if (target.method == "POST") text_ += target.body;
    for (auto at = text_.find(kNumber); at != std::string::npos; at = text_.find(kNumber, at + 1))
      places_.push_back(at);
    time_at_ = text_.find(kTime);
  }
  // The next request; valid until the next call.
  const std::string& next() {
    char digits[16];
    std::snprintf(digits, sizeof digits, "%08u", ++count_ % 100'000'000U);
    for (const std::size_t at : places_) text_.replace(at, kNumber.size(), digits);
    if (time_at_ != std::string::npos) put_time();
    return text_;
  }

 private:
  void put_time() {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    const auto time = static_cast<unsigned long long>(ms.count());
    char digits[16];
    std::snprintf(digits, sizeof digits, "%08llx-%04llx", time >> 16 & 0xffffffff, time & 0xffff);
    text_.replace(time_at_, kTime.size(), digits);
  }

  std::string text_;
  std::vector<std::size_t> places_;
  std::size_t time_at_ = std::string::npos;
  std::uint32_t count_ = 0;
};

// One keep-alive connection with at most one request under way.
class Connection {
 public:
  explicit Connection(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
      give_up(std::string("connect: ") + std::strerror(errno));
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  ~Connection() { ::close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int fd() const { return fd_; }
  SteadyTime sent_at() const { return sent_at_; }

  // A request is far smaller than the socket's buffer, which is empty: one write takes it whole.
  void send(const std::string& request) {
    sent_at_ = steady_now();
    answer_.clear();
    whole_ = 0;
    if (::send(fd_, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
      give_up(std::string("send: ") + std::strerror(errno));
    }
  }
  // True once the whole answer is here.
  bool receive() {
    static std::array<char, kReadBytes> buffer;
    const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (got <= 0) give_up("the server closed the connection");
    answer_.append(buffer.data(), static_cast<std::size_t>(got));
    if (whole_ == 0) read_header();
    return whole_ != 0 && answer_.size() >= whole_;
  }

 private:
  void read_header() {
    const auto end = answer_.find("\r\n\r\n");
    if (end == std::string::npos) return;
    if (answer_.compare(0, 10, "HTTP/1.1 2") != 0) give_up("refused: " + answer_);
    constexpr std::string_view kLength = "\r\nContent-Length: ";
    const auto at = answer_.find(kLength);
    if (at == std::string::npos || at > end) give_up("no Content-Length: " + answer_);
    whole_ = end + 4 + std::stoul(answer_.substr(at + kLength.size(), 12));
  }

  int fd_;
  SteadyTime sent_at_;
  std::string answer_;
  std::size_t whole_ = 0;  // bytes of the answer, 0 until its header is here
};

class Load {
 public:
  Load(const Target& target, std::size_t connections)
      : request_(target), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    for (std::size_t i = 0; i < connections; ++i) {
      connections_.push_back(std::make_unique<Connection>(target.port));
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.ptr = connections_.back().get();
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_.back()->fd(), &event);
    }
  }
  ~Load() { ::close(epoll_); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  std::string run(std::chrono::milliseconds time) {
    const SteadyTime counted_from = steady_now() + time / kWarmUpPart;
    const SteadyTime end = counted_from + time;
    Latencies latencies;
    for (const auto& connection : connections_) connection->send(request_.next());
    SteadyTime now = steady_now();
    while (now < end) {
      std::array<epoll_event, 64> ready{};
      const int count = ::epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), 1'000);
      for (int i = 0; i < count; ++i) {
        auto& connection = *static_cast<Connection*>(ready[static_cast<std::size_t>(i)].data.ptr);
        if (!connection.receive()) continue;
        now = steady_now();
        if (connection.sent_at() >= counted_from) latencies.add(connection.sent_at(), now);
        connection.send(request_.next());
      }
      if (count <= 0) now = steady_now();
    }
    return latencies.json(seconds_between(counted_from, now));
  }

 private:
  Template request_;
  std::vector<std::unique_ptr<Connection>> connections_;
  int epoll_;
};

}  // namespace
}  // namespace opora::bench

int main(int argc, char** argv) {
  using namespace opora::bench;
  if (argc != 7 && argc != 8)
    give_up("bench_load PORT GET|POST PATH TOKEN CONNECTIONS MILLISECONDS [BODY]");
  const Target target{static_cast<std::uint16_t>(number(argv[1], 1)), argv[2], argv[3], argv[4],
                      argc == 8 ? argv[7] : ""};
  Load load(target, number(argv[5], 1));
  std::puts(load.run(std::chrono::milliseconds(number(argv[6], 1))).c_str());
}
