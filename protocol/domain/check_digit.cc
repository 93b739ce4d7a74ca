#include "protocol/domain/check_digit.h"

#include <array>
#include <cstdint>

#include "protocol/base/check.h"

namespace opora::protocol {

namespace {

// Damm's quasigroup of order 10: totally anti-symmetric, zeros on the diagonal.
constexpr std::array<std::array<std::uint8_t, 10>, 10> kDamm = {{
    {0, 3, 1, 7, 5, 9, 8, 6, 4, 2},
    {7, 0, 9, 2, 1, 5, 4, 8, 6, 3},
    {4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
    {1, 7, 5, 0, 9, 8, 3, 4, 2, 6},
    {6, 1, 2, 3, 0, 4, 5, 9, 7, 8},
    {3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
    {5, 8, 6, 9, 7, 2, 0, 1, 3, 4},
    {8, 9, 4, 5, 3, 6, 2, 0, 1, 7},
    {9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
    {2, 5, 8, 1, 4, 3, 6, 7, 9, 0},
}};

}  // namespace

char check_digit(std::string_view digits) {
  std::size_t interim = 0;
  for (const char c : digits) {
    OPORA_CHECK(c >= '0' && c <= '9');
    interim = kDamm[interim][static_cast<std::size_t>(c - '0')];
  }
  return static_cast<char>('0' + interim);
}

bool is_digit_separator(char32_t c) {
  constexpr std::u32string_view kSeparators =
      U" \t\u00A0\u202F-\u2010\u2011\u2012\u2013\u2014\u2015\u2212/.";
  return kSeparators.find(c) != std::u32string_view::npos;
}

}  // namespace opora::protocol
