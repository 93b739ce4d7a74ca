// Well-formed UTF-8 (RFC 3629: shortest form, no surrogates, up to U+10FFFF). Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace opora::web {

// The bytes of the character at the front; 0 when `text` is empty or does not start with a
// well-formed one.
std::size_t utf8_length(std::string_view text);

// Code points of the whole text; nothing when it is not well-formed.
std::optional<std::size_t> utf8_count(std::string_view text);

}  // namespace opora::web
