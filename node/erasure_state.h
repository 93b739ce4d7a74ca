// Whether the region has heard of an erasure made here. Pure reads; any thread.
#pragma once

#include <vector>

#include "protocol/base/ids.h"
#include "sync/journal/kv.h"

namespace opora::node {

// The hub, until it has this site's journal up to `acked` with the erasure in it; nobody for an
// erasure made elsewhere. `acked` stands before `rows` were taken.
std::vector<SiteNo> erasure_pending(const sync::Reader& rows, SiteNo site, StreamPos acked,
                                    const AggregateId& aggregate);

}  // namespace opora::node
