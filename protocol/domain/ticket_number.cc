#include "protocol/domain/ticket_number.h"

#include <array>
#include <charconv>
#include <vector>

#include "protocol/base/check.h"
#include "protocol/base/utf8.h"

namespace opora::protocol {
namespace {

constexpr std::size_t kCounterDigits = 6;
constexpr std::size_t kMaxSiteDigits = 4;      // kMaxSiteNo is 9999
constexpr std::size_t kMaxCounterDigits = 10;  // 2^32 has ten
constexpr std::size_t kMaxInput = 64;          // three times the longest number with its separators

// Damm's quasigroup of order 10: totally anti-symmetric, zeros on the diagonal, so leading zeros
// change nothing.
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

char check_digit(std::string_view digits) {
  std::size_t interim = 0;
  for (char c : digits) interim = kDamm[interim][static_cast<std::size_t>(c - '0')];
  return static_cast<char>('0' + interim);
}

std::string counter_text(std::uint32_t counter) {
  std::string text = std::to_string(counter);
  if (text.size() < kCounterDigits) text.insert(0, kCounterDigits - text.size(), '0');
  return text;
}

char check_digit(TicketNumber number) {
  const std::string counter = counter_text(number.counter);
  return check_digit(std::to_string(counter.size() - kCounterDigits) +
                     std::to_string(number.site.v) + counter);
}

bool is_separator(char32_t c) {
  constexpr std::u32string_view kSeparators =
      U" \t\u00A0\u202F-\u2010\u2011\u2012\u2013\u2014\u2015\u2212/.";
  return kSeparators.find(c) != std::u32string_view::npos;
}

Error refuse(std::string message) { return invalid("number", std::move(message)); }

// The runs of digits in the text.
Result<std::vector<std::string>> groups_of(std::string_view text) {
  if (text.size() > kMaxInput) return refuse("too long for a ticket number");
  std::vector<std::string> groups;
  bool open = false;
  while (!text.empty()) {
    const char32_t c = take_code_point(text);
    if (c >= U'0' && c <= U'9') {
      if (!open) groups.emplace_back();
      groups.back().push_back(static_cast<char>(c));
      open = true;
    } else if (is_separator(c) || (groups.empty() && (c == U'№' || c == U'#'))) {
      open = false;
    } else {
      return refuse("a ticket number has digits and dashes only");
    }
  }
  return groups;
}

struct Parts {
  std::string site;
  std::string counter;
  char check = 0;
};

Result<Parts> parts_of(const std::vector<std::string>& groups) {
  if (groups.empty()) return refuse("no digits");
  if (groups.size() == 3 && groups[2].size() == 1) return Parts{groups[0], groups[1], groups[2][0]};
  std::string all;
  for (const std::string& group : groups) all += group;
  if (all.size() < 1 + kCounterDigits + 1)
    return refuse("too few digits: site, counter and check digit are needed");
  if (all.size() > kMaxSiteDigits + kCounterDigits + 1)
    return refuse("too many digits: write it with its dashes");
  const std::size_t site_size = all.size() - kCounterDigits - 1;
  return Parts{all.substr(0, site_size), all.substr(site_size, kCounterDigits), all.back()};
}

Result<TicketNumber> numbers_of(const Parts& parts) {
  if (parts.site.size() > kMaxSiteDigits) return refuse("the site has at most four digits");
  if (parts.counter.size() > kMaxCounterDigits ||
      (parts.counter.size() > kCounterDigits && parts.counter.front() == '0')) {
    return refuse("the counter has too many digits");
  }
  TicketNumber number;
  std::from_chars(parts.site.data(), parts.site.data() + parts.site.size(), number.site.v);
  const auto end = parts.counter.data() + parts.counter.size();
  if (std::from_chars(parts.counter.data(), end, number.counter).ec != std::errc{}) {
    return refuse("the counter is too large");
  }
  if (number.site.v == 0 || number.counter == 0) return refuse("site and counter start at 1");
  return number;
}

}  // namespace

std::string to_text(TicketNumber number) {
  OPORA_CHECK(number.site.v >= 1 && number.site.v <= kMaxSiteNo && number.counter >= 1);
  return std::to_string(number.site.v) + "-" + counter_text(number.counter) + "-" +
         check_digit(number);
}

Result<TicketNumber> parse_ticket_number(std::string_view text) {
  const auto groups = groups_of(text);
  if (!groups.ok()) return groups.error();
  const auto parts = parts_of(*groups);
  if (!parts.ok()) return parts.error();
  auto number = numbers_of(*parts);
  if (number.ok() && check_digit(*number) != parts->check) {
    return refuse("the check digit does not match: a digit is wrong or two are swapped");
  }
  return number;
}

}  // namespace opora::protocol
