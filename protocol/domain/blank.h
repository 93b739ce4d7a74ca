// What people leave in a field that they did not fill. Pure.
#pragma once

#include <string_view>

namespace opora::protocol {

// Nothing, or only spaces and line breaks of any script: says no more than an empty field.
bool is_blank(std::string_view text);

}  // namespace opora::protocol
