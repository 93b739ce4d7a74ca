// Heartbeat: what the guard (node/guard) hears of this node. A beat is written when the engine has
// answered since the last one and the PBX's events come: then this process decides about callers.
// An engine that hangs, a PBX that is not heard, a file that cannot be written: no beat, and after
// the silence the guard hands callers over; the node's lease has run out by then.
//
// Threads: look() is one thread's; `ask_engine` calls back from any. What was asked may be answered
// after this has gone.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "node/guard/beat.h"
#include "node/telephony/ari/connection.h"

namespace opora::node {

class Heartbeat {
 public:
  // So often, of the calls of look().
  static constexpr int kEveryLooks = 5;
  // The lease ends this much of the silence earlier than the guard acts: a request under way (3 s
  // at the most) is through by then in all but the worst case.
  static telephony::ari::Lease lease(std::int64_t silence_ms) {
    return telephony::ari::Lease(silence_ms * 7 / 10);
  }

  // Whether the engine took the question: one whose queue is full refuses at once.
  using AskEngine = std::function<void(std::function<void(bool taken)> answered)>;
  Heartbeat(std::unique_ptr<guard::BeatFile> file, guard::Beat first,
            telephony::ari::Connection& pbx, AskEngine ask_engine);
  void look();

 private:
  enum class Asked : std::uint8_t { kWaits, kAnswered, kRefused };
  void ask();
  void beat();

  const std::unique_ptr<guard::BeatFile> file_;
  guard::Beat beat_;
  telephony::ari::Connection& pbx_;
  const AskEngine ask_engine_;
  const std::shared_ptr<std::atomic<Asked>> asked_;
  bool written_ = true;
  int looks_ = 0;
};

}  // namespace opora::node
