// From a form of a word to what all its forms share: «записи» → «запись». Hunspell's Russian
// dictionary where it knows the word, Snowball's stem beside it, and a key of its own for Russian
// surnames, which no dictionary has.
//
// One for the process, shared by all connections. Any thread; one word at a time under a mutex (the
// libraries keep state). The dictionary (18 MB in memory, 80 ms to read) is loaded at the first
// Russian word, so that a site without records stays small.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace opora::sync {

// Words longer than this are typing accidents or attacks: taken as they are.
inline constexpr std::size_t kMaxWordLetters = 40;
// A site's daily vocabulary, about 1 MB; when full it starts anew, which costs a few milliseconds.
inline constexpr std::size_t kLemmaCacheWords = 8'192;

class Lemmatizer {
 public:
  // `dictionaries` holds ru_RU.aff and ru_RU.dic; without them stems alone are used.
  explicit Lemmatizer(const std::string& dictionaries);
  ~Lemmatizer();
  Lemmatizer(const Lemmatizer&) = delete;
  Lemmatizer& operator=(const Lemmatizer&) = delete;

  // What a word (folded letters, letters.h) is indexed and looked up under: one to five keys, the
  // same for all its forms.
  std::vector<std::string> keys(std::string_view word);

  // Changes whenever keys() may give another answer for some word: an index made under another one
  // must be rebuilt.
  const std::string& fingerprint() const { return fingerprint_; }
  bool dictionary_loaded() const;

 private:
  struct Engines;
  std::vector<std::string> compute(std::string_view word);
  std::vector<std::string> russian(std::string_view word);

  const std::string affixes_;
  const std::string words_;
  const std::string fingerprint_;
  mutable std::mutex mutex_;
  std::unique_ptr<Engines> engines_;
  std::unordered_map<std::string, std::vector<std::string>> cache_;
};

// «иванов» for Иванов, Иванова, Ивановой, Ивановых…; empty when the word does not end like such a
// surname.
std::string surname_key(std::string_view folded_word);

}  // namespace opora::sync
