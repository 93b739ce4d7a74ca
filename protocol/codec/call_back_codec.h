// Facts of calls back as messages; for facts_codec only. All rules are in facts_rules.
#pragma once

#include "protocol/domain/events.h"
#include "protocol/schema/call_back.capnp.h"

namespace opora::protocol {

Bytes write_call_back(const CallBackOpened& f);
Bytes write_call_back(const CallBackAsked& f);
Bytes write_call_back(const CallBackClaimed& f);
Bytes write_call_back(const CallBackTried& f);
Bytes write_call_back(const CallBackMet& f);
Bytes write_call_back(const CallBackRouted& f);
// kCorrupt for an id of the wrong size. The type is one of theirs.
Result<Facts> read_call_back(EventType type, std::string_view bytes);

}  // namespace opora::protocol
