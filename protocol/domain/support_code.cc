#include "protocol/domain/support_code.h"

#include "protocol/base/bytes.h"
#include "protocol/base/check.h"
#include "protocol/base/hash.h"
#include "protocol/base/utf8.h"
#include "protocol/domain/check_digit.h"

namespace opora::protocol {

namespace {

constexpr std::size_t kDigits = 6;
constexpr std::size_t kMaxInput = 32;     // five times the code, with whatever stands between
constexpr std::uint64_t kFirst = 10'000;  // five digits, the first not a zero
constexpr std::uint64_t kCodes = 90'000;

Error refuse(std::string message) { return invalid("support_code", std::move(message)); }

bool is_whole(std::string_view code) {
  return code.size() == kDigits && code.front() != '0' &&
         check_digit(code.substr(0, kDigits - 1)) == code.back();
}

}  // namespace

Result<std::string> parse_support_code(std::string_view text) {
  if (text.size() > kMaxInput) return refuse("too long for a support code");
  std::string digits;
  while (!text.empty()) {
    const char32_t c = take_code_point(text);
    if (c >= U'0' && c <= U'9') digits.push_back(static_cast<char>(c));
    else if (!is_digit_separator(c)) return refuse("a support code has digits only");
  }
  if (digits.size() != kDigits) return refuse("a support code has six digits");
  if (!is_whole(digits))
    return refuse("the check digit does not match: a digit is wrong or two are swapped");
  return digits;
}

std::string shown_support_code(std::string_view code) {
  OPORA_CHECK(code.size() == kDigits);
  return std::string(code.substr(0, 3)) + "-" + std::string(code.substr(3));
}

std::string support_code_candidate(const CommandId& command, std::uint32_t attempt) {
  const ChainHash hash = hash256({"support_code", command.view(), KeyWriter().u32(attempt).take()});
  const std::uint64_t drawn = KeyReader(hash.view()).u64();
  std::string code = std::to_string(kFirst + drawn % kCodes);
  code.push_back(check_digit(code));
  return code;
}

}  // namespace opora::protocol
