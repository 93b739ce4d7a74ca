// Which sites have not said yet that they have an erasure. Pure reads; any thread.
#pragma once

#include <vector>

#include "sync/feed/store_streams.h"

namespace opora::hub {

// Ascending. After a start of the hub every site that has not connected again counts as pending:
// what it has is known from itself only.
std::vector<SiteNo> erasure_pending(const sync::Reader& rows, const sync::StoreStreams& streams,
                                    const AggregateId& aggregate);

}  // namespace opora::hub
