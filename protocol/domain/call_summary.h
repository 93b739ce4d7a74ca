// What a call came to, from what was seen of it so far (T5, T5b). Pure.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "protocol/domain/state.h"

namespace opora::protocol {

enum class CallClass : std::uint8_t {
  kWaiting = 1,   // in the queue or ringing, nobody has answered
  kTalking = 2,   // answered, not ended
  kAccepted = 3,  // answered and ended
  kLost = 4,      // ended unanswered
  kPhantom = 5,   // ended unanswered within the phantom limit (T5b)
  kHandedOver = 6,  // «передано в регион»: it counts at the desk where it ends, not here
  kReturned = 7,  // came over from another site and was not taken here: it counts there
};

struct CallSummary {
  CallClass call_class = CallClass::kWaiting;
  DeskNo desk;  // the last that was named: where it ended; 1 when none was
  std::string line;
  std::string agent;             // who answered first; else who rang last
  std::set<std::string> agents;  // all who answered: a call may be passed on
  TimeMs
      queued_at;  // entry into the queue, of whichever site was the first; else the earliest sight
  std::optional<TimeMs> ringing_at;  // the answering agent's phone began to ring
  std::optional<TimeMs> answered_at;
  std::optional<TimeMs> ended_at;
  std::int16_t zone_offset_min = 0;

  bool answered() const { return answered_at.has_value(); }
  bool live() const {
    return call_class == CallClass::kWaiting || call_class == CallClass::kTalking;
  }
  // Milliseconds, never negative; nothing while the end of the span is open or was never seen.
  std::optional<std::int64_t> wait_ms() const;    // entry into the queue → answer
  std::optional<std::int64_t> answer_ms() const;  // agent's phone rings → answer
  std::optional<std::int64_t> talk_ms() const;    // answer → end
};

// `call` has at least one observation.
CallSummary summarize(const CallState& call);

}  // namespace opora::protocol
