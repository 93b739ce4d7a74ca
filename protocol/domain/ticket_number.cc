#include "protocol/domain/ticket_number.h"

#include <charconv>
#include <vector>

#include "protocol/base/check.h"
#include "protocol/base/utf8.h"
#include "protocol/domain/check_digit.h"

namespace opora::protocol {
namespace {

constexpr std::size_t kCounterDigits = 6;
constexpr std::size_t kMaxSiteDigits = 4;      // kMaxSiteNo is 9999
constexpr std::size_t kMaxCounterDigits = 10;  // 2^32 has ten
constexpr std::size_t kMaxInput = 64;          // three times the longest number with its separators

std::string counter_text(std::uint32_t counter) {
  std::string text = std::to_string(counter);
  if (text.size() < kCounterDigits) text.insert(0, kCounterDigits - text.size(), '0');
  return text;
}

char check_of(TicketNumber number) {
  const std::string counter = counter_text(number.counter);
  return check_digit(std::to_string(counter.size() - kCounterDigits) +
                     std::to_string(number.site.v) + counter);
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
    } else if (is_digit_separator(c) || (groups.empty() && (c == U'№' || c == U'#'))) {
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
         check_of(number);
}

Result<TicketNumber> parse_ticket_number(std::string_view text) {
  const auto groups = groups_of(text);
  if (!groups.ok()) return groups.error();
  const auto parts = parts_of(*groups);
  if (!parts.ok()) return parts.error();
  auto number = numbers_of(*parts);
  if (number.ok() && check_of(*number) != parts->check) {
    return refuse("the check digit does not match: a digit is wrong or two are swapped");
  }
  return number;
}

}  // namespace opora::protocol
