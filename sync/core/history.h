// What two copies of one journal have in common: the site's own, and what the hub keeps of it.
// Pure.
//
// A run is a stretch of records of one incarnation. A store that was restored from a backup opens
// under a new incarnation, whatever else it holds that the hub never saw; a copy that went on, or a
// machine that was rolled back under a running daemon, still runs one that the hub knows.
#pragma once

#include <vector>

#include "protocol/codec/link_messages.h"

namespace opora::sync {

struct History {
  std::vector<protocol::Incarnation> runs;  // oldest first; the last kMaxIncarnations
  StreamPos end;
};

enum class Past {
  kShared,   // one is the beginning of the other
  kLost,     // the site lost what the hub has beyond `common`; what it has there itself nobody saw
  kForked,   // the running incarnation, which the hub knows, has written something else, or less
  kUnknown,  // the names do not tell
};
struct Comparison {
  Past past = Past::kShared;
  StreamPos common;  // up to here both may be equal (by names; the chain proves it)
};
// `running`: the site's present opening.
Comparison compare_histories(const History& own, const IncarnationId& running,
                             const History& archived);

}  // namespace opora::sync
