// Which support code a site gets (V2). The region alone gives them, each to one site; called inside
// decisions, which see what the commands before them gave.
#pragma once

#include <string>

#include "protocol/domain/state.h"
#include "sync/engine/engine_core.h"

namespace opora::hub {

// One that no site has. kUnavailable: none was found, another try may.
Result<std::string> new_support_code(sync::Decision& decision);
// What the site has had all along; a new one when it has none, or is not there yet (null).
Result<std::string> support_code_of(sync::Decision& decision, const protocol::SiteState* site);

}  // namespace opora::hub
