// The cells of a desk by quarters of an hour: whether anything was ever counted there, and what in
// which quarter.
#pragma once

#include "protocol/domain/facets.h"

namespace opora::protocol::keys {

// All cells of a desk, of any quarter of an hour and line: what quarter_cube() begins with.
Bytes quarter_cubes(SiteNo site, DeskNo desk);
// Of the quarter that `at` lies in, of any line. Keys of later quarters are greater.
Bytes quarter_cubes(SiteNo site, DeskNo desk, TimeMs at);
// When the quarter of such a cell begins.
TimeMs quarter_of(std::string_view cube_key);

}  // namespace opora::protocol::keys
