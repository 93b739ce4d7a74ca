#include "sync/search/letters.h"

#include <algorithm>
#include <array>

#include "protocol/base/utf8.h"

namespace opora::sync {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t N>
bool in(const std::array<Range, N>& ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [c](Range r) { return c >= r.first && c <= r.last; });
}

constexpr std::array kInvisible = {
    Range{0xAD, 0xAD},     Range{0x300, 0x36F},   Range{0x200B, 0x200F}, Range{0x202A, 0x202E},
    Range{0x2060, 0x2069}, Range{0xFE00, 0xFE0F}, Range{0xFEFF, 0xFEFF},
};

// Above ASCII everything is a letter but these: signs, punctuation, symbols, private use, pictures,
// broken bytes.
constexpr std::array kNoLetters = {
    Range{0x80, 0xA9},       Range{0xAB, 0xB4},        Range{0xB6, 0xB9},
    Range{0xBB, 0xBF},       Range{0xD7, 0xD7},        Range{0xF7, 0xF7},
    Range{0x482, 0x489},     Range{0x2000, 0x2BFF},    Range{0x2E00, 0x2E7F},
    Range{0x3000, 0x3004},   Range{0x3008, 0x3020},    Range{0xD800, 0xF8FF},
    Range{0xFE10, 0xFE6F},   Range{0xFF00, 0xFF20},    Range{0xFFE0, 0x10000},
    Range{0x1F000, 0x1FAFF}, Range{0xE0000, 0x10FFFF},
};

bool is_ascii_letter(char32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Blocks where capital and small letters stand side by side, the capital on the even number.
constexpr std::array kEvenCapitals = {
    Range{0x100, 0x137}, Range{0x14A, 0x177}, Range{0x460, 0x481},
    Range{0x48A, 0x4BF}, Range{0x4D0, 0x52F}, Range{0x1DE, 0x1EF},
    Range{0x1F8, 0x21F}, Range{0x222, 0x233}, Range{0x1E00, 0x1EFF}};
constexpr std::array kOddCapitals = {Range{0x139, 0x148}, Range{0x179, 0x17E}, Range{0x4C1, 0x4CE}};

struct Shift {
  Range capitals;
  char32_t by;
};
constexpr std::array kShifts = {
    Shift{{'A', 'Z'}, 0x20},     Shift{{0xC0, 0xD6}, 0x20},   Shift{{0xD8, 0xDE}, 0x20},
    Shift{{0x391, 0x3AB}, 0x20}, Shift{{0x400, 0x40F}, 0x50}, Shift{{0x410, 0x42F}, 0x20},
    Shift{{0x531, 0x556}, 0x30},
};

char32_t lower(char32_t c) {
  for (const Shift& s : kShifts) {
    if (c >= s.capitals.first && c <= s.capitals.last) return c + s.by;
  }
  if (in(kEvenCapitals, c)) return c | 1;
  if (in(kOddCapitals, c) && c % 2 == 1) return c + 1;
  return c;
}

// The keys of the two layouts, in the same order.
constexpr std::u32string_view kLatinKeys =
    U"`qwertyuiop[]asdfghjkl;'zxcvbnm,./~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?";
constexpr std::u32string_view kRussianKeys =
    U"ёйцукенгшщзхъфывапролджэячсмитьбю.ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,";
static_assert(kLatinKeys.size() == kRussianKeys.size());

}  // namespace

LetterClass class_of(char32_t c) {
  if (c >= U'0' && c <= U'9') return LetterClass::kDigit;
  if (c < 0x80) return is_ascii_letter(c) ? LetterClass::kLetter : LetterClass::kOther;
  if (in(kInvisible, c)) return LetterClass::kInvisible;
  return in(kNoLetters, c) ? LetterClass::kOther : LetterClass::kLetter;
}

char32_t folded(char32_t c) {
  const char32_t small = lower(c);
  return small == U'ё' ? U'е' : small;
}

char32_t composed(char32_t letter, char32_t accent) {
  constexpr char32_t kBreve = 0x306;
  if (accent == kBreve && letter == U'и') return U'й';
  return letter;
}

bool is_cyrillic(char32_t c) { return c >= 0x400 && c <= 0x52F; }

std::string fold(std::string_view utf8) {
  std::string out;
  char32_t last = 0;
  const auto flush = [&] {
    if (last != 0) append_utf8(out, last);
  };
  while (!utf8.empty()) {
    const char32_t c = take_code_point(utf8);
    if (class_of(c) == LetterClass::kInvisible) {
      last = composed(last, c);
      continue;
    }
    flush();
    last = folded(c);
  }
  flush();
  return out;
}

std::string other_layout(std::string_view utf8) {
  int balance = 0;  // Latin letters minus Cyrillic ones
  for (std::string_view rest = utf8; !rest.empty();) {
    const char32_t c = take_code_point(rest);
    balance += is_ascii_letter(c) ? 1 : is_cyrillic(c) ? -1 : 0;
  }
  const bool to_russian = balance > 0;
  const auto from = to_russian ? kLatinKeys : kRussianKeys;
  const auto to = to_russian ? kRussianKeys : kLatinKeys;
  std::string out;
  while (!utf8.empty()) {
    const char32_t c = take_code_point(utf8);
    const std::size_t key = from.find(c);
    append_utf8(out, key == from.npos ? c : to[key]);
  }
  return out;
}

}  // namespace opora::sync
