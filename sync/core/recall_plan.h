// What a site that lost a part of its own journal gets back from the hub. A value.
#pragma once

#include "protocol/codec/link_messages.h"

namespace opora::sync {

// What becomes of what the site did since.
enum class OwnPart : std::uint8_t {
  kFollows,   // it follows what was lost
  kSetAside,  // it is kept beside the journal: a person decided so about a copy's branch
};

// The site lost a part of its own journal that the hub keeps: everything from here on is to be
// fetched by kRecall, in the sessions to come, up to `journal`. By a site that is recalling only
// when the hub has become another meanwhile.
struct BeginRecall {
  protocol::StreamEnd common;   // the last place that both have; the hub's chain must agree
  protocol::StreamEnd journal;  // the hub's cursors
  protocol::StreamEnd keys;
  OwnPart own = OwnPart::kFollows;
  bool operator==(const BeginRecall&) const = default;
};

}  // namespace opora::sync
