#include "protocol/domain/blank.h"

#include "protocol/base/utf8.h"

namespace opora::protocol {

namespace {

// Unicode's White_Space, and the two marks of no width that come along with pasted text.
bool is_space(char32_t c) {
  return (c >= U'\t' && c <= U'\r') || c == U' ' || c == U'\u0085' || c == U'\u00A0' ||
         c == U'\u1680' || (c >= U'\u2000' && c <= U'\u200B') || c == U'\u2028' || c == U'\u2029' ||
         c == U'\u202F' || c == U'\u205F' || c == U'\u3000' || c == U'\uFEFF';
}

}  // namespace

bool is_blank(std::string_view text) {
  while (!text.empty()) {
    if (!is_space(take_code_point(text))) return false;
  }
  return true;
}

}  // namespace opora::protocol
