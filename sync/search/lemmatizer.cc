#include "sync/search/lemmatizer.h"

#include <algorithm>
#include <array>
#include <exception>
#include <fstream>
#include <optional>

#include <hunspell/hunspell.hxx>
#include <libstemmer.h>

#include "protocol/base/bytes.h"
#include "protocol/base/hash.h"
#include "protocol/base/utf8.h"
#include "sync/search/letters.h"

namespace opora::sync {
namespace {

// Raise when the rules of this file or of analyzer.cc change.
constexpr std::string_view kRulesVersion = "1";
// The Russian dictionary has 3.5 MB; a folder in its place claims to be endless.
constexpr std::streamoff kMaxDictionaryBytes = 64 << 20;

std::optional<std::string> contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::streamoff size = file ? std::streamoff(file.tellg()) : -1;
  if (size < 0 || size > kMaxDictionaryBytes) return std::nullopt;
  std::string out(static_cast<std::size_t>(size), '\0');
  file.seekg(0).read(out.data(), static_cast<std::streamsize>(out.size()));
  return file ? std::optional<std::string>(std::move(out)) : std::nullopt;
}

std::string fingerprint_of(const std::string& affixes, const std::string& words) {
  const auto a = contents(affixes);
  const auto w = contents(words);
  const std::string rules = "rules " + std::string(kRulesVersion);
  if (!a || !w) return rules + " stems";
  return rules + " dictionary " + hash256({*a, *w}).hex();
}

class Stemmer {
 public:
  explicit Stemmer(const char* language) : stemmer_(sb_stemmer_new(language, "UTF_8")) {}
  ~Stemmer() { sb_stemmer_delete(stemmer_); }
  Stemmer(const Stemmer&) = delete;
  Stemmer& operator=(const Stemmer&) = delete;

  std::string stem(std::string_view word) {
    if (stemmer_ == nullptr) return std::string(word);
    const auto* in = reinterpret_cast<const sb_symbol*>(word.data());
    const sb_symbol* out = sb_stemmer_stem(stemmer_, in, static_cast<int>(word.size()));
    if (out == nullptr) return std::string(word);
    return {reinterpret_cast<const char*>(out),
            static_cast<std::size_t>(sb_stemmer_length(stemmer_))};
  }

 private:
  sb_stemmer* stemmer_;
};

char32_t first_letter(std::string_view word) { return take_code_point(word); }

// «иванов» → «Иванов»: the dictionary knows names by their capital only.
std::string capitalised(std::string_view word) {
  char32_t first = take_code_point(word);
  if (first >= U'а' && first <= U'я') first -= 0x20;
  std::string out;
  append_utf8(out, first);
  return out.append(word);
}

void add(std::vector<std::string>& keys, std::string key) {
  if (!key.empty() && std::find(keys.begin(), keys.end(), key) == keys.end())
    keys.push_back(std::move(key));
}

// Beside a lemma the stem joins what the dictionary keeps apart («дети», «детей»); where it cuts
// more, it joins what has nothing in common («запись» and «запах» are both «зап»).
constexpr std::size_t kMaxTrustedEnding = 2;

// Endings of the surnames in -ов, -ев, -ин, -ын through all cases and both genders.
constexpr std::array<std::string_view, 9> kSurnameEndings = {"ыми", "ых", "ой", "ою", "ым",
                                                             "ы",   "а",  "у",  "е"};
constexpr std::array<std::string_view, 4> kSurnameSuffixes = {"ов", "ев", "ин", "ын"};
constexpr std::size_t kMinSurnameLetters = 5;  // shorter words that end so are seldom surnames

bool has_surname_suffix(std::string_view word) {
  return code_points(word) >= kMinSurnameLetters &&
         std::any_of(kSurnameSuffixes.begin(), kSurnameSuffixes.end(),
                     [&](auto s) { return word.ends_with(s); });
}

}  // namespace

struct Lemmatizer::Engines {
  Engines(const std::string& affixes, const std::string& words)
      : russian("russian"), english("english") {
    if (!std::ifstream(affixes) || !std::ifstream(words)) return;
    try {
      dictionary = std::make_unique<Hunspell>(affixes.c_str(), words.c_str());
      if (dictionary->get_dict_encoding() != "UTF-8") dictionary.reset();
    } catch (const std::exception&) {
      dictionary.reset();
    }
  }

  std::vector<std::string> lemmas(const std::string& word) {
    if (dictionary == nullptr) return {};
    try {
      return dictionary->stem(word);
    } catch (const std::exception&) {
      return {};
    }
  }

  Stemmer russian;
  Stemmer english;
  std::unique_ptr<Hunspell> dictionary;
};

std::string surname_key(std::string_view word) {
  if (has_surname_suffix(word)) return std::string(word);
  for (std::string_view ending : kSurnameEndings) {
    if (!word.ends_with(ending)) continue;
    const std::string_view base = word.substr(0, word.size() - ending.size());
    if (has_surname_suffix(base)) return std::string(base);
  }
  return {};
}

Lemmatizer::Lemmatizer(const std::string& dictionaries)
    : affixes_(dictionaries + "/ru_RU.aff"),
      words_(dictionaries + "/ru_RU.dic"),
      fingerprint_(fingerprint_of(affixes_, words_)) {}

Lemmatizer::~Lemmatizer() = default;

bool Lemmatizer::dictionary_loaded() const {
  const std::lock_guard lock(mutex_);
  return engines_ != nullptr && engines_->dictionary != nullptr;
}

std::vector<std::string> Lemmatizer::keys(std::string_view word) {
  if (word.empty() || code_points(word) > kMaxWordLetters) return {std::string(word)};
  const std::lock_guard lock(mutex_);
  std::string owned(word);
  if (const auto found = cache_.find(owned); found != cache_.end()) return found->second;
  std::vector<std::string> keys = compute(word);
  if (cache_.size() >= kLemmaCacheWords) cache_.clear();
  return cache_.emplace(std::move(owned), std::move(keys)).first->second;
}

std::vector<std::string> Lemmatizer::compute(std::string_view word) {
  const char32_t first = first_letter(word);
  if (!is_cyrillic(first) && first >= 0x80) return {std::string(word)};
  if (engines_ == nullptr) engines_ = std::make_unique<Engines>(affixes_, words_);
  if (!is_cyrillic(first)) return {engines_->english.stem(word)};
  return russian(word);
}

// A name that is also a form of another one («Иванов» of «Иван») counts as the surname only: who
// looks for Иванов does not want every Иван.
std::vector<std::string> Lemmatizer::russian(std::string_view word) {
  std::vector<std::string> keys;
  for (const std::string& lemma : engines_->lemmas(std::string(word))) add(keys, fold(lemma));
  if (std::string surname = surname_key(word); !surname.empty()) {
    add(keys, std::move(surname));
    return keys;
  }
  for (const std::string& lemma : engines_->lemmas(capitalised(word))) add(keys, fold(lemma));
  std::string stem = engines_->russian.stem(word);
  if (keys.empty() || code_points(stem) + kMaxTrustedEnding >= code_points(word))
    add(keys, std::move(stem));
  return keys;
}

}  // namespace opora::sync
