// Letters for the search: what belongs to a word, and one form for every way to write it. Own
// tables, so that an index made on one machine is read the same on another. Pure.
#pragma once

#include <string>
#include <string_view>

namespace opora::sync {

enum class LetterClass {
  kLetter,
  kDigit,      // 0…9
  kInvisible,  // accents on their own, soft hyphens, zero-width characters: nothing, inside a word
               // too
  kOther,      // ends a word
};

LetterClass class_of(char32_t c);

// Lower case; ё becomes е. Latin, Greek, Cyrillic and Armenian; others stay.
char32_t folded(char32_t c);

// й arrives from some systems as и with an accent of its own; the accents of ё and of stress just
// go.
char32_t composed(char32_t letter, char32_t accent);

bool is_cyrillic(char32_t folded_letter);

// All letters folded, invisible ones gone, the rest as it is.
std::string fold(std::string_view utf8);

// The same keys on the other keyboard layout: "ghbdtn" is «привет», «цштвщцы» is "windows". To
// Russian when the text has more Latin letters than Cyrillic ones, else to Latin.
std::string other_layout(std::string_view utf8);

}  // namespace opora::sync
