#include "tests/support/sip_front.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>

#include "protocol/base/check.h"

namespace opora::testing {

namespace {

// How late what is due may be sent again.
constexpr int kSliceMs = 50;

sockaddr_in loopback(std::uint32_t address, std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = address;
  out.sin_port = port;
  return out;
}

}  // namespace

SipFront::SipFront(AriSimulator& pbx) : pbx_(pbx) {
  OPORA_CHECK(::pipe2(wake_, O_CLOEXEC | O_NONBLOCK) == 0);
  socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in at = loopback(htonl(INADDR_LOOPBACK), 0);
  socklen_t size = sizeof at;
  auto* address = reinterpret_cast<sockaddr*>(&at);
  OPORA_CHECK(::bind(socket_, address, size) == 0);
  OPORA_CHECK(::getsockname(socket_, address, &size) == 0);
  port_ = ntohs(at.sin_port);
  calls_ = std::make_unique<SipCalls>(*this, "sip:127.0.0.1:" + std::to_string(port_),
                                      [this](const SipPeer& to, const std::string& datagram) {
                                        const sockaddr_in there = loopback(to.address, to.port);
                                        // What is not sent is lost on the way, and sent again.
                                        (void)::sendto(socket_, datagram.data(), datagram.size(), 0,
                                                       reinterpret_cast<const sockaddr*>(&there),
                                                       sizeof there);
                                      });
  pbx_.tell_outside([this](const std::string& channel, AriSimulator::Turn turn, int cause) {
    const std::lock_guard lock(mutex_);
    turned_.push_back({channel, turn, cause});
    (void)!::write(wake_[1], "w", 1);
  });
  thread_ = std::thread([this] { serve(); });
}

SipFront::~SipFront() {
  pbx_.tell_outside({});
  stopping_ = true;
  (void)!::write(wake_[1], "w", 1);
  thread_.join();
  for (const int fd : {socket_, wake_[0], wake_[1]}) ::close(fd);
}

std::int64_t SipFront::now_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::string SipFront::comes(const std::string& line, const std::string& number) {
  return pbx_.comes(line, number);
}
void SipFront::hangs_up(const std::string& channel) { pbx_.hangs_up(channel); }
void SipFront::presses(const std::string& channel, char digit) { pbx_.presses(channel, digit); }

void SipFront::serve() {
  std::array<pollfd, 2> waits{{{wake_[0], POLLIN, 0}, {socket_, POLLIN, 0}}};
  while (!stopping_) {
    ::poll(waits.data(), waits.size(), kSliceMs);
    std::array<char, 64> woken{};
    while (::read(wake_[0], woken.data(), woken.size()) > 0) continue;
    read_all();
    take_turns();
    calls_->passes(now_ms());
    open_ = calls_->calls();
  }
}

void SipFront::read_all() {
  // One byte more than there may be.
  std::array<char, kMaxSipBytes + 1> buffer{};
  while (true) {
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const ssize_t got = ::recvfrom(socket_, buffer.data(), buffer.size(), 0,
                                   reinterpret_cast<sockaddr*>(&from), &size);
    if (got < 0) return;
    if (losing_ > 0) {
      --losing_;
      continue;
    }
    const SipPeer peer{from.sin_addr.s_addr, from.sin_port};
    const std::string_view datagram(buffer.data(), static_cast<std::size_t>(got));
    if (datagram.size() > kMaxSipBytes) calls_->take_too_large(peer, datagram);
    else calls_->take(peer, datagram, now_ms());
    // What the PBX answered at once goes out before the next request is looked at.
    take_turns();
  }
}

void SipFront::take_turns() {
  std::vector<Turned> turned;
  {
    const std::lock_guard lock(mutex_);
    turned.swap(turned_);
  }
  for (const Turned& each : turned) {
    if (each.turn == AriSimulator::Turn::kRings) calls_->rings(each.channel, now_ms());
    if (each.turn == AriSimulator::Turn::kAnswered) calls_->answered(each.channel, now_ms());
    if (each.turn == AriSimulator::Turn::kEnded) calls_->ended(each.channel, each.cause, now_ms());
  }
}

}  // namespace opora::testing
