// Wakes a thread that waits in wait_readable() (socket.h). signal() from any thread; the rest from
// the waiting one.
#pragma once

namespace opora::protocol {

class Wakeup {
 public:
  Wakeup();
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  // Any number of signals before clear() count as one.
  void signal();
  void clear();
  int fd() const { return fd_; }

 private:
  int fd_;
};

}  // namespace opora::protocol
