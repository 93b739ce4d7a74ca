#include "web/server/doorbell.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

#include "protocol/base/check.h"

namespace opora::web {

Doorbell::Doorbell() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { OPORA_CHECK(fd_ >= 0); }

Doorbell::~Doorbell() { ::close(fd_); }

void Doorbell::ring() const {
  const std::uint64_t one = 1;
  // EAGAIN: the counter is full, so the loop is being woken anyway.
  while (::write(fd_, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

DoorListener::DoorListener(asio::io_context& io, const Doorbell& bell,
                           std::function<void()> on_ring)
    : bell_(io.get_executor()), on_ring_(std::move(on_ring)) {
  const int own = ::dup(bell.fd());
  OPORA_CHECK(own >= 0);
  bell_.assign(own);
}

void DoorListener::start() {
  bell_.async_read_some(asio::buffer(&rings_, sizeof rings_), [this](error_code ec, std::size_t) {
    if (ec) return;  // the loop ends
    start();         // first: whatever throws below, the bell is heard again
    on_ring_();
  });
}

}  // namespace opora::web
