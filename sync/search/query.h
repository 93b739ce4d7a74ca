// From what a person typed to a question that FTS5 always understands. Every word must be there in
// some form; the last one may be unfinished; a number may be a part of a telephone or ticket
// number. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sync/search/lemmatizer.h"

namespace opora::sync {

// The search field of a screen is one line; the rest of a longer paste is not looked at.
inline constexpr std::size_t kMaxQueryBytes = 400;
// Each word narrows; eight already name one record.
inline constexpr std::size_t kMaxQueryWords = 8;
// Shorter beginnings match so much of the vocabulary that collecting it is slow and of no use.
inline constexpr std::size_t kMinPrefixLetters = 3;

// FTS5 expressions of quoted tokens; both empty when there is nothing to look for.
struct Query {
  std::string whole;  // every word and number complete
  std::string open;   // the last one may go on; finds all that `whole` finds
  std::vector<std::string>
      words;  // folded, as typed: records that have these very forms come first
  bool empty() const { return whole.empty(); }
};

Query parse_query(std::string_view text, Lemmatizer& lemmatizer);

// The expression with one more token that must be there; it holds no quotes.
std::string with_token(std::string_view expression, std::string_view token);

}  // namespace opora::sync
