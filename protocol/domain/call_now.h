// Whose a call is that goes on. It may be passed on; its figures stay with who answered first
// (call_summary.h). Pure.
#pragma once

#include <string>

#include "protocol/domain/state.h"

namespace opora::protocol {

struct CallNow {
  std::string agent;   // who talks, else whose phone rings; empty: it waits
  bool talks = false;  // other phones may ring meanwhile, until it is put into a queue again
  TimeMs since;
};

// `call` has at least one observation, and has not ended.
CallNow now_of(const CallState& call);

}  // namespace opora::protocol
