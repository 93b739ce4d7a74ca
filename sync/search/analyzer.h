// From a text to the tokens that the index holds: the keys of its words (lemmatizer.h), its
// numbers, and each telephone number in one form. The same for documents and for questions, so that
// they meet. Any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sync/search/lemmatizer.h"

namespace opora::sync {

// Where a segment stands in the text, in bytes.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct Word {
  std::string folded;  // all letters, longer words cut (kMaxIndexedLetters)
  Span at;
};

// Numbers with nothing but spaces, brackets, dots and dashes between them: «8 (4872) 31-23-45»,
// «17-004198-9».
struct NumberRun {
  std::vector<std::string> groups;
  bool plus = false;  // a + stands in front
  Span at;
  std::string joined() const;
};

using Segment = std::variant<Word, NumberRun>;

inline constexpr std::size_t kMaxIndexedLetters = 64;  // a longer "word" is found by its beginning
inline constexpr std::size_t kMaxJoinedDigits =
    20;  // an insurance number has 16, a telephone number 15
inline constexpr std::size_t kMaxRunGroups =
    16;  // bounds the telephone numbers looked for in a table of numbers

std::vector<Segment> segments_of(std::string_view text);

// Telephone numbers within the run, as digits with the country code: «8 (4872) 31-23-45» is
// 74872312345.
std::vector<std::string> phones_in(const NumberRun& run);

// Every token of a document once per occurrence; colocated: another key of the same word.
enum class TokenPlace { kNext, kColocated };
using TokenSink = std::function<void(std::string_view token, Span at, TokenPlace place)>;
void analyze(std::string_view text, Lemmatizer& lemmatizer, const TokenSink& sink);

}  // namespace opora::sync
