// What a fuzz target gets: raw bytes, or "hex:" and hexadecimal text, the form in which the corpus
// stands in the tree. White space in the text is skipped; text that is not hexadecimal is taken
// raw.
#pragma once

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "protocol/base/bytes.h"

namespace opora::fuzz {

inline Bytes input_bytes(const std::uint8_t* data, std::size_t size) {
  Bytes raw(reinterpret_cast<const char*>(data), size);
  constexpr std::string_view kHex = "hex:";
  if (!raw.starts_with(kHex)) return raw;
  Bytes digits = raw.substr(kHex.size());
  std::erase_if(digits, [](unsigned char c) { return std::isspace(c) != 0; });
  return from_hex(digits).value_or(raw);
}

}  // namespace opora::fuzz
