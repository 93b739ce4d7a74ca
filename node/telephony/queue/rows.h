// Rows of the call queue as bytes: a version, then the fields in the order of visit()
// (protocol/base/archive.h). Derived from nothing: they are the queue's memory over a restart, at
// this site only. Pure; any input is safe.
#pragma once

#include <optional>
#include <string_view>

#include "node/telephony/queue/state.h"

namespace opora::telephony {

Bytes encode(const Call& call);
Bytes encode(const Agent& agent);
Bytes encode(const QueueFigures& figures);

// Nothing: another version, cut short, more than it should have, or values that no step writes.
std::optional<Call> decode_call(std::string_view row);
std::optional<Agent> decode_agent(std::string_view row);
std::optional<QueueFigures> decode_figures(std::string_view row);

}  // namespace opora::telephony
