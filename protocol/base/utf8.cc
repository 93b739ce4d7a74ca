#include "protocol/base/utf8.h"

#include <cstdint>

namespace opora {
namespace {

constexpr char32_t kMaxCodePoint = 0x10FFFF;

struct Sequence {
  std::size_t size = 0;  // 0: malformed
  char32_t value = 0;
};

bool is_scalar(char32_t c) { return c <= kMaxCodePoint && !(c >= 0xD800 && c <= 0xDFFF); }

// The smallest value that needs a sequence of this many bytes; below it the form is overlong.
constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};

std::size_t size_from_lead(std::uint8_t lead) {
  if (lead < 0x80) return 1;
  if ((lead & 0xE0) == 0xC0) return 2;
  if ((lead & 0xF0) == 0xE0) return 3;
  if ((lead & 0xF8) == 0xF0) return 4;
  return 0;
}

Sequence decode(std::string_view text) {
  const auto lead = static_cast<std::uint8_t>(text.front());
  const std::size_t size = size_from_lead(lead);
  if (size == 1) return {1, lead};
  if (size == 0 || text.size() < size) return {};
  char32_t value = lead & (0x7F >> size);
  for (std::size_t i = 1; i < size; ++i) {
    const auto c = static_cast<std::uint8_t>(text[i]);
    if ((c & 0xC0) != 0x80) return {};
    value = value << 6 | (c & 0x3F);
  }
  if (value < kSmallest[size] || !is_scalar(value)) return {};
  return {size, value};
}

}  // namespace

char32_t take_code_point(std::string_view& text) {
  const Sequence s = decode(text);
  text.remove_prefix(s.size == 0 ? 1 : s.size);
  return s.size == 0 ? kReplacement : s.value;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const Sequence s = decode(text);
    if (s.size == 0) return false;
    text.remove_prefix(s.size);
  }
  return true;
}

std::size_t code_points(std::string_view text) {
  std::size_t n = 0;
  for (; !text.empty(); ++n) take_code_point(text);
  return n;
}

char32_t small_letter(char32_t c) {
  if ((c >= U'A' && c <= U'Z') || (c >= U'А' && c <= U'Я')) return c + 0x20;
  return c == U'Ё' || c == U'ё' ? U'е' : c;
}

void append_utf8(std::string& out, char32_t c) {
  if (!is_scalar(c)) c = kReplacement;
  const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  const auto tail = [&](int shift) { put(0x80 | (c >> shift & 0x3F)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | c >> 6);
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    tail(6);
  } else {
    put(0xF0 | c >> 18);
    tail(12);
    tail(6);
  }
  tail(0);
}

std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  while (end > 0 && (static_cast<std::uint8_t>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace opora
