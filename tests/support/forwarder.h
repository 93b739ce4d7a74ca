// A TCP forwarder on the loopback whose line a test can cut, for tests of the link: pass, freeze
// (bytes vanish into silence, as with a pulled cable: connections stay open) or refuse (connections
// are closed and new ones too).
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "protocol/base/check.h"

namespace opora::testing {

class Forwarder {
 public:
  enum class Line { kPass, kFreeze, kRefuse };

  // `target` is "tcp://127.0.0.1:PORT".
  explicit Forwarder(const std::string& target)
      : target_port_(static_cast<std::uint16_t>(std::stoi(target.substr(target.rfind(':') + 1)))) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    OPORA_CHECK(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    OPORA_CHECK(::listen(listener_, 64) == 0);
    socklen_t size = sizeof address;
    OPORA_CHECK(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~Forwarder() {
    stopping_ = true;
    thread_.join();
    for (const auto& [a, b] : pairs_) close_pair(a, b);
    ::close(listener_);
  }
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  std::string endpoint() const { return "tcp://127.0.0.1:" + std::to_string(port_); }
  void set(Line line) { line_ = line; }

 private:
  // How soon a change of the line is noticed.
  static constexpr int kTurnMs = 5;

  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
  }
  static void close_pair(int a, int b) {
    ::close(a);
    ::close(b);
  }

  void run() {
    while (!stopping_) {
      const Line line = line_;
      std::vector<pollfd> fds{{listener_, POLLIN, 0}};
      for (const auto& [a, b] : pairs_) {
        fds.push_back({a, POLLIN, 0});
        fds.push_back({b, POLLIN, 0});
      }
      // Frozen: nothing is read, so nothing arrives.
      ::poll(fds.data(), line == Line::kFreeze ? 0 : fds.size(), kTurnMs);
      if (line == Line::kFreeze) continue;
      if ((fds[0].revents & POLLIN) != 0) accept_one(line);
      for (std::size_t i = 1; i + 1 < fds.size(); i += 2) {
        const int a = fds[i].fd;
        const int b = fds[i + 1].fd;
        const bool whole = line == Line::kPass && pump(fds[i], b) && pump(fds[i + 1], a);
        if (whole) continue;
        close_pair(a, b);
        std::erase(pairs_, std::pair(a, b));
      }
    }
  }

  void accept_one(Line line) {
    const int client = ::accept(listener_, nullptr, nullptr);
    if (client < 0) return;
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(target_port_);
    const bool open = line == Line::kPass &&
                      ::connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    if (open) {
      pairs_.emplace_back(client, server);
    } else {
      close_pair(client, server);
    }
  }

  // False when the connection is over.
  static bool pump(const pollfd& from, int to) {
    if ((from.revents & (POLLIN | POLLHUP | POLLERR)) == 0) return true;
    std::array<char, 64 * 1024> buffer;
    const ssize_t size = ::read(from.fd, buffer.data(), buffer.size());
    if (size <= 0) return false;
    for (ssize_t done = 0; done < size;) {
      const ssize_t n =
          ::send(to, buffer.data() + done, static_cast<std::size_t>(size - done), MSG_NOSIGNAL);
      if (n <= 0) return false;
      done += n;
    }
    return true;
  }

  std::uint16_t target_port_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  std::atomic<Line> line_{Line::kPass};
  std::atomic<bool> stopping_{false};
  std::vector<std::pair<int, int>> pairs_;  // the thread's
  std::thread thread_;
};

}  // namespace opora::testing
