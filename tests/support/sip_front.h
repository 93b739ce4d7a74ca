// SIP before the ARI simulator: a UDP port of loopback to which SIPp (or a telephone) calls, and
// each call is a caller of the simulated PBX. The dialled user is the line, the caller's user the
// number. Its rules are those of sip_calls.h; here are the socket and the thread.
//
// Starts when it is made, ends with its end, which comes before the simulator's. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/ari_simulator.h"
#include "tests/support/sip_calls.h"

namespace opora::testing {

class SipFront : public SipPbx {
 public:
  explicit SipFront(AriSimulator& pbx);
  ~SipFront() override;
  SipFront(const SipFront&) = delete;
  SipFront& operator=(const SipFront&) = delete;

  std::uint16_t port() const { return port_; }
  // The next datagrams that come are lost.
  void lose(int datagrams) { losing_ = datagrams; }
  // Calls that are not over.
  std::size_t calls() const { return open_; }

 private:
  struct Turned {
    std::string channel;
    AriSimulator::Turn turn;
    int cause;
  };
  std::string comes(const std::string& line, const std::string& number) override;
  void hangs_up(const std::string& channel) override;
  void presses(const std::string& channel, char digit) override;

  void serve();
  void read_all();
  void take_turns();
  static std::int64_t now_ms();

  AriSimulator& pbx_;
  int socket_ = -1;
  int wake_[2] = {-1, -1};
  std::uint16_t port_ = 0;
  std::atomic<int> losing_{0};
  std::atomic<std::size_t> open_{0};
  std::atomic<bool> stopping_{false};

  // Told under the simulator's lock: nothing of it is asked while this one is held.
  std::mutex mutex_;
  std::vector<Turned> turned_;

  std::unique_ptr<SipCalls> calls_;  // the thread's
  std::thread thread_;
};

}  // namespace opora::testing
