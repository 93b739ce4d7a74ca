#include "protocol/domain/person_key.h"

#include <algorithm>
#include <vector>

#include "protocol/base/utf8.h"
#include "protocol/domain/date_text.h"

namespace opora::protocol {

namespace {

// Surname and first name; what follows is the patronymic.
constexpr std::size_t kWordsOfName = 2;
constexpr std::chrono::year kFirstYear{1900};

// Hyphens of every kind belong to the word; all else that is no letter parts words.
bool is_dash(char32_t c) { return c == U'-' || (c >= 0x2010 && c <= 0x2015); }
bool is_letter(char32_t c) {
  const bool punctuation = (c >= 0x2000 && c <= 0x206F) || c == kReplacement;
  return (c >= U'a' && c <= U'z') || (c >= 0xC0 && !punctuation);
}

std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> out;
  bool inside = false;
  while (!name.empty()) {
    const char32_t c = small_letter(take_code_point(name));
    const bool part = is_letter(c) || (inside && is_dash(c));
    if (part && !inside) out.emplace_back();
    if (part) append_utf8(out.back(), is_dash(c) ? U'-' : c);
    inside = part;
  }
  return out;
}

}  // namespace

std::string mail_key(std::string_view address) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  while (!address.empty() && is_space(address.front())) address.remove_prefix(1);
  while (!address.empty() && is_space(address.back())) address.remove_suffix(1);
  std::string out;
  while (!address.empty()) append_utf8(out, small_letter(take_code_point(address)));
  return out;
}

std::string person_key(std::string_view name, std::string_view birth_date) {
  std::vector<std::string> words = words_of(name);
  if (words.empty() || birth_date.empty()) return "";
  words.resize(std::min(words.size(), kWordsOfName));
  std::sort(words.begin(), words.end());
  std::string out;
  for (const std::string& word : words) out += word + " ";
  return out.append(birth_date);
}

bool is_birth_date(std::string_view text, LocalDay today) {
  const auto day = parse_date(text);
  return day && date_of(*day).year() >= kFirstYear && *day <= today;
}

}  // namespace opora::protocol
