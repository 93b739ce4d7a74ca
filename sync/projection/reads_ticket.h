// Whether a ticket is this site's to read as it stands in these rows; of one that is not here, it
// may be.
#pragma once

#include "protocol/base/ids.h"
#include "sync/journal/kv.h"

namespace opora::sync {

bool reads_ticket(const Reader& rows, const AggregateId& ticket, SiteNo site);

}  // namespace opora::sync
