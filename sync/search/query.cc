#include "sync/search/query.h"

#include <algorithm>
#include <array>

#include "protocol/base/utf8.h"
#include "sync/search/analyzer.h"

namespace opora::sync {
namespace {

constexpr std::size_t kMaxUnfinishedEnding =
    2;  // «принтеро…» is «принтер»; «зап» is not what «запись» began with
constexpr std::size_t kMinPartialDigits =
    4;  // fewer are a house or a room, found as a whole number

// Words that join others. Documents hold them, but «запись к врачу» must find «запись врачу».
constexpr std::array<std::string_view, 26> kStopWords = {
    "а", "в",  "во", "для", "до",  "за",  "и",   "из", "или", "к", "ко",  "на", "над",
    "о", "об", "от", "по",  "под", "при", "про", "с",  "со",  "у", "the", "a",  "of"};

enum class Completeness { kWhole, kMayGoOn };

// Tokens consist of letters and digits only (analyzer.h), so quoting needs no escape.
std::string quoted(std::string_view token) { return "\"" + std::string(token) + "\""; }
std::string prefix(std::string_view token) { return quoted(token) + " *"; }

std::string any_of(std::vector<std::string> alternatives) {
  std::sort(alternatives.begin(), alternatives.end());
  alternatives.erase(std::unique(alternatives.begin(), alternatives.end()), alternatives.end());
  std::string out;
  for (const std::string& a : alternatives) out += (out.empty() ? "" : " OR ") + a;
  return alternatives.size() > 1 ? "(" + out + ")" : out;
}

std::string all_of(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& p : parts) out += (out.empty() ? "" : " AND ") + p;
  return parts.size() > 1 ? "(" + out + ")" : out;
}

bool is_beginning(std::string_view key, const Word& word) {
  const std::size_t letters = code_points(key);
  return word.folded.starts_with(key) && letters >= kMinPrefixLetters &&
         letters + kMaxUnfinishedEnding >= code_points(word.folded);
}

// While a word is being typed its beginning changes shape under the stemmer, so both are tried.
std::string word_expression(const Word& word, Completeness completeness, Lemmatizer& lemmatizer) {
  std::vector<std::string> alternatives;
  const bool open = completeness == Completeness::kMayGoOn;
  for (const std::string& key : lemmatizer.keys(word.folded)) {
    alternatives.push_back(open && is_beginning(key, word) ? prefix(key) : quoted(key));
  }
  if (open && code_points(word.folded) >= kMinPrefixLetters)
    alternatives.push_back(prefix(word.folded));
  return any_of(std::move(alternatives));
}

std::string groups_expression(const NumberRun& run) {
  std::vector<std::string> groups;
  for (const std::string& g : run.groups)
    groups.push_back(quoted(std::string_view(g).substr(0, kMaxIndexedLetters)));
  return all_of(groups);
}

// A part of a telephone number from its beginning, with 8, 7 or the area code in front.
void add_partial_phones(std::vector<std::string>& alternatives, const std::string& digits) {
  alternatives.push_back(prefix(digits));
  if (digits.front() == '8') alternatives.push_back(prefix("7" + digits.substr(1)));
  if (digits.front() != '7' && digits.front() != '8') alternatives.push_back(prefix("7" + digits));
}

std::string number_expression(const NumberRun& run, Completeness completeness) {
  std::vector<std::string> alternatives{groups_expression(run)};
  const std::string joined = run.joined();
  for (const std::string& phone : phones_in(run)) alternatives.push_back(quoted(phone));
  if (joined.size() <= kMaxJoinedDigits) {
    alternatives.push_back(quoted(joined));
    if (completeness == Completeness::kMayGoOn && joined.size() >= kMinPartialDigits) {
      add_partial_phones(alternatives, joined);
    }
  }
  return any_of(std::move(alternatives));
}

bool is_stop_word(const Segment& segment) {
  const auto* word = std::get_if<Word>(&segment);
  return word != nullptr &&
         std::find(kStopWords.begin(), kStopWords.end(), word->folded) != kStopWords.end();
}

std::vector<Segment> segments_to_look_for(std::string_view text) {
  std::vector<Segment> segments = segments_of(utf8_prefix(text, kMaxQueryBytes));
  const bool only_stop_words = std::all_of(segments.begin(), segments.end(), is_stop_word);
  if (!only_stop_words) std::erase_if(segments, is_stop_word);
  if (segments.size() > kMaxQueryWords) segments.resize(kMaxQueryWords);
  return segments;
}

std::string expression(const std::vector<Segment>& segments, Completeness last,
                       Lemmatizer& lemmatizer) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const auto completeness = i + 1 == segments.size() ? last : Completeness::kWhole;
    if (const auto* run = std::get_if<NumberRun>(&segments[i])) {
      parts.push_back(number_expression(*run, completeness));
    } else {
      parts.push_back(word_expression(std::get<Word>(segments[i]), completeness, lemmatizer));
    }
  }
  return all_of(parts);
}

}  // namespace

Query parse_query(std::string_view text, Lemmatizer& lemmatizer) {
  const std::vector<Segment> segments = segments_to_look_for(text);
  Query query;
  query.whole = expression(segments, Completeness::kWhole, lemmatizer);
  query.open = expression(segments, Completeness::kMayGoOn, lemmatizer);
  for (const Segment& segment : segments) {
    if (const auto* word = std::get_if<Word>(&segment)) query.words.push_back(word->folded);
  }
  return query;
}

std::string with_token(std::string_view expression, std::string_view token) {
  return quoted(token) + " AND (" + std::string(expression) + ")";
}

}  // namespace opora::sync
