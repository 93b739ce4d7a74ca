// Facilities by their support codes (V2), as the directory says here at this moment: the region's
// word, which a site has while the region is away as well. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/ids.h"
#include "protocol/base/result.h"
#include "sync/journal/kv.h"

namespace opora::app {

// kInvalid "support_code": mistyped, misheard, or no facility's.
Result<SiteNo> facility_by_code(const sync::Reader& rows, std::string_view typed);

// As people read it; null for none.
std::optional<std::string> support_code_or_null(const std::string& code);

}  // namespace opora::app
