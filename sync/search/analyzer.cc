#include "sync/search/analyzer.h"

#include <algorithm>
#include <utility>

#include "protocol/base/utf8.h"
#include "protocol/domain/phone.h"
#include "sync/search/letters.h"

namespace opora::sync {
namespace {

constexpr std::size_t kNationalDigits = 10;  // Russia and Kazakhstan, without 7 or 8 in front
constexpr std::size_t kMaxPhoneDigits = 15;  // ITU-T E.164

// What may stand between the parts of one number.
bool joins_numbers(char32_t c) {
  constexpr std::u32string_view kJoints = U" \u00A0\u202F-().\u2010\u2011\u2012\u2013\u2014\u2212";
  return kJoints.find(c) != std::u32string_view::npos;
}

class Segmenter {
 public:
  explicit Segmenter(std::string_view text) : text_(text) {}

  std::vector<Segment> run() && {
    for (std::string_view rest = text_; !rest.empty();) {
      const std::size_t begin = text_.size() - rest.size();
      const char32_t c = take_code_point(rest);
      take(c, {begin, text_.size() - rest.size()});
    }
    end_word();
    end_number();
    end_run();
    return std::move(out_);
  }

 private:
  void take(char32_t c, Span at) {
    switch (class_of(c)) {
      case LetterClass::kLetter: return take_letter(c, at);
      case LetterClass::kDigit: return take_digit(c, at);
      case LetterClass::kInvisible:
        if (!word_.empty()) word_.back() = composed(word_.back(), c);
        return;
      case LetterClass::kOther: return take_other(c);
    }
  }

  void take_letter(char32_t c, Span at) {
    end_number();
    end_run();
    if (word_.empty()) word_at_ = at;
    word_.push_back(folded(c));
    word_at_.end = at.end;
  }

  void take_digit(char32_t c, Span at) {
    end_word();
    if (run_.groups.size() >= kMaxRunGroups) end_run();
    if (number_.empty() && run_.groups.empty()) {
      run_.at = at;
      run_.plus = plus_;
    }
    number_.push_back(static_cast<char>(c));
    run_.at.end = at.end;
  }

  void take_other(char32_t c) {
    end_word();
    end_number();
    if (!joins_numbers(c)) end_run();
    plus_ = c == U'+';
  }

  void end_word() {
    if (word_.empty()) return;
    Word word{{}, word_at_};
    for (const char32_t c : std::u32string_view(word_).substr(0, kMaxIndexedLetters))
      append_utf8(word.folded, c);
    out_.emplace_back(std::move(word));
    word_.clear();
    plus_ = false;
  }

  void end_number() {
    if (number_.empty()) return;
    run_.groups.push_back(std::exchange(number_, {}));
  }

  void end_run() {
    if (!run_.groups.empty()) out_.emplace_back(std::exchange(run_, {}));
  }

  std::string_view text_;
  std::vector<Segment> out_;
  std::u32string word_;
  Span word_at_;
  std::string number_;
  NumberRun run_;
  bool plus_ = false;
};

// The number that begins with this group. With 7 or 8 in front it has eleven digits; behind a plus,
// as many as there are; else ten, of which the next group is not a part.
std::string phone_from(const NumberRun& run, std::size_t first) {
  const bool plus = run.plus && first == 0;
  std::string digits;
  std::string best;
  for (std::size_t i = first; i < run.groups.size(); ++i) {
    digits += run.groups[i];
    if (digits.size() > (plus ? kMaxPhoneDigits : kNationalDigits + 1)) break;
    if (digits.size() < kNationalDigits && !plus) continue;
    const std::string key = protocol::phone_key((plus ? "+" : "") + digits);
    if (key.starts_with('+')) best = key.substr(1);
  }
  return best;
}

void add_numbers(const NumberRun& run, const TokenSink& sink) {
  TokenPlace place = TokenPlace::kNext;
  const auto put = [&](std::string_view token) {
    sink(token, run.at, std::exchange(place, TokenPlace::kColocated));
  };
  for (const std::string& group : run.groups)
    put(std::string_view(group).substr(0, kMaxIndexedLetters));
  const std::string joined = run.joined();
  if (run.groups.size() > 1 && joined.size() <= kMaxJoinedDigits) put(joined);
  for (const std::string& phone : phones_in(run)) put(phone);
}

}  // namespace

std::string NumberRun::joined() const {
  std::string all;
  for (const std::string& group : groups) all += group;
  return all;
}

std::vector<Segment> segments_of(std::string_view text) { return Segmenter(text).run(); }

std::vector<std::string> phones_in(const NumberRun& run) {
  std::vector<std::string> phones;
  for (std::size_t first = 0; first < run.groups.size(); ++first) {
    const std::string phone = phone_from(run, first);
    if (phone.empty() || std::find(phones.begin(), phones.end(), phone) != phones.end()) continue;
    phones.push_back(phone);
  }
  return phones;
}

void analyze(std::string_view text, Lemmatizer& lemmatizer, const TokenSink& sink) {
  for (const Segment& segment : segments_of(text)) {
    if (const auto* run = std::get_if<NumberRun>(&segment)) {
      add_numbers(*run, sink);
      continue;
    }
    const auto& word = std::get<Word>(segment);
    TokenPlace place = TokenPlace::kNext;
    for (const std::string& key : lemmatizer.keys(word.folded)) {
      sink(key, word.at, std::exchange(place, TokenPlace::kColocated));
    }
  }
}

}  // namespace opora::sync
