// UTF-8 as code points: reading, checking, writing. Pure; any input is safe, malformed bytes are
// never copied on.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace opora {

// Stands for bytes that are not UTF-8.
inline constexpr char32_t kReplacement = U'\uFFFD';

// Takes one code point off the front of `text`, which must not be empty. Malformed, overlong,
// surrogate and cut-off sequences give kReplacement and take one byte.
char32_t take_code_point(std::string_view& text);

bool is_utf8(std::string_view text);

// Code points; each malformed byte counts as one.
std::size_t code_points(std::string_view text);

// Letters of Latin and Cyrillic without case, ё as е: the form in which names are compared.
char32_t small_letter(char32_t c);

// Appends `c`; what is not a Unicode scalar value becomes kReplacement.
void append_utf8(std::string& out, char32_t c);

// The longest beginning of `text` of at most `max_bytes` bytes that does not cut a code point in
// two.
std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes);

// C0, DEL and C1, line ends and tabs among them: what breaks logs and terminals.
constexpr bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

// Unseen characters that turn the direction of what stands around them or break its line: a name
// with one is shown as another name.
constexpr bool is_direction_control(char32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x206F);
}

}  // namespace opora
