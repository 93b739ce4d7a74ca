// Whether anything was ever counted at a desk.
#pragma once

#include "protocol/domain/facets.h"

namespace opora::protocol::keys {

// All cells of a desk, of any quarter of an hour and line: what quarter_cube() begins with.
Bytes quarter_cubes(SiteNo site, DeskNo desk);

}  // namespace opora::protocol::keys
