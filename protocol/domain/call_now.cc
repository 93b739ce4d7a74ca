#include "protocol/domain/call_now.h"

namespace opora::protocol {

CallNow now_of(const CallState& call) {
  CallNow out;
  for (const auto& [seq, seen] : call.seen) {
    if (seen.step == CallStep::kEnded) continue;
    if (seen.step == CallStep::kRinging && out.talks) continue;
    const bool has_agent = seen.step == CallStep::kRinging || seen.step == CallStep::kAnswered;
    out = {has_agent ? seen.agent : "", seen.step == CallStep::kAnswered, seen.at};
  }
  return out;
}

}  // namespace opora::protocol
