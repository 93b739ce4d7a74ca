// Whose journals a store holds. Any thread.
#pragma once

#include <vector>

#include "protocol/base/ids.h"
#include "sync/journal/kv.h"

namespace opora::app {

// Origins that have records here, ascending; found by jumping from one to the next.
std::vector<SiteNo> journal_origins(const sync::Reader& rows);

}  // namespace opora::app
