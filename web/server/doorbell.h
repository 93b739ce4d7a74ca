// Internal: wakes an I/O thread's event loop from another thread. Asio's own post() rings while it
// holds the loop's lock, which the woken thread then runs into; this one holds nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include "web/server/asio.h"

namespace opora::web {

// What is rung: outlives the loop, as mailboxes do. Any thread.
class Doorbell {
 public:
  Doorbell();
  ~Doorbell();
  Doorbell(const Doorbell&) = delete;
  Doorbell& operator=(const Doorbell&) = delete;

  // Any number of rings before the loop looks count as one.
  void ring() const;
  int fd() const { return fd_; }

 private:
  int fd_;
};

// Who listens, on the loop's thread.
class DoorListener {
 public:
  DoorListener(asio::io_context& io, const Doorbell& bell, std::function<void()> on_ring);
  void start();

 private:
  asio::posix::basic_stream_descriptor<asio::io_context::executor_type> bell_;
  std::uint64_t rings_ = 0;
  std::function<void()> on_ring_;
};

}  // namespace opora::web
