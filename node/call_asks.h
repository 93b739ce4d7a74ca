// What may be asked of the call queue (O3, O4, N3, T13), from a request's body. Pure.
#pragma once

#include <optional>
#include <string>

#include "node/telephony/queue/command.h"
#include "node/telephony/queue/event.h"
#include "node/telephony/site_plan.h"
#include "protocol/domain/access.h"
#include "web/server/json_reader.h"

namespace opora::node {

// Either an ask of the core, or a number to dial.
struct WantedOfQueue {
  telephony::Ask what;
  std::string number;  // of DialOut, whose call has no number yet
  bool supervisors = false;
};

// kInvalid names the field: "do", "to.agent", "queue"…
Result<WantedOfQueue> read_ask(const std::string& body, const telephony::SitePlan& plan);

// A break that somebody may choose: not that his phone rang and nobody took it.
std::optional<protocol::BreakReason> read_break_reason(web::JsonReader& in);

// What the queue refused, as the API says it.
Error refusal_error(telephony::Refusal why);

}  // namespace opora::node
