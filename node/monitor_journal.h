// MonitorJournal: what a watched telephone system tells, as commands of the engine: each is one
// transaction, and says only what the journal does not have; a call that is lost owes a call back
// (O7). Stateless; engine's thread.
#pragma once

#include "node/telephony/ami/observer.h"
#include "sync/engine/engine_core.h"

namespace opora::node {

// As the journal names this source of calls.
inline constexpr std::string_view kMonitorSource = "ami";

void tell_journal(sync::Decision& decision, const telephony::ami::AllTold& all,
                  std::uint32_t phantom_ms);

// Calls of this source that the journal has and that have not ended.
struct OpenCall {
  std::string call_id;
  protocol::CallStep step;
  std::string agent;
};
std::vector<OpenCall> open_calls(const sync::Reader& rows, SiteNo site);

}  // namespace opora::node
