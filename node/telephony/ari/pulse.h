// Pulse: whether an Asterisk's events still come, and when to connect again. A WebSocket that
// another one has replaced stays open and hears nothing, so silence is told from quiet by an echo
// of our own (trap 3). Pure: what happened and when → what to do.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "protocol/base/clock.h"

namespace opora::telephony::ari {

// Found dead within the sum, so that nobody waits 10 s in silence.
struct PulseTimes {
  std::int64_t beat_every_ms = 3'000;
  std::int64_t echo_within_ms = 3'000;
};
// A PBX that restarts is there again after some seconds; one that is away for long costs a try.
inline constexpr std::int64_t kFirstRetryMs = 200;
inline constexpr std::int64_t kLastRetryMs = 5'000;

class Pulse {
 public:
  explicit Pulse(PulseTimes times = {}) : times_(times) {}
  // Times of a clock that only goes forward.
  void connected(TimeMs now) {
    sent_ = echoed_ = sequence_;
    next_ = now + times_.beat_every_ms;
    retry_ms_ = kFirstRetryMs;
  }
  // Every turn: a beat is to be sent.
  bool beats(TimeMs now) {
    if (now < next_ || sent_ != echoed_) return false;
    next_ = now + times_.beat_every_ms;
    overdue_ = now + times_.echo_within_ms;
    sent_ = ++sequence_;
    return true;
  }
  std::string sequence() const { return std::to_string(sent_); }
  void echo(const std::string& sequence) {
    if (sequence == std::to_string(sent_)) echoed_ = sent_;
  }
  bool is_dead(TimeMs now) const { return sent_ != echoed_ && now >= overdue_; }
  // How long to wait before the next try.
  std::int64_t failed() { return std::exchange(retry_ms_, std::min(retry_ms_ * 2, kLastRetryMs)); }

 private:
  PulseTimes times_;
  std::uint64_t sequence_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t echoed_ = 0;
  TimeMs next_{};
  TimeMs overdue_{};
  std::int64_t retry_ms_ = kFirstRetryMs;
};

}  // namespace opora::telephony::ari
