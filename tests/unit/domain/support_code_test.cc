#include "protocol/domain/support_code.h"

#include <set>

#include <gtest/gtest.h>

#include "protocol/base/hash.h"

namespace opora::protocol {
namespace {

CommandId command(std::uint8_t first) {
  CommandId id;
  id.b[0] = first;
  return id;
}

std::string some_code() { return support_code_candidate(command(7), 0); }

std::string read(std::string_view typed) {
  const auto code = parse_support_code(typed);
  if (code.ok()) return *code;
  EXPECT_EQ(code.error().code, Code::kInvalid);
  EXPECT_EQ(code.error().path, "support_code");
  return "";
}

// V2.
TEST(SupportCode, IsSixDigitsOfWhichTheFirstIsNoZero) {
  for (std::uint32_t attempt = 0; attempt < 2'000; ++attempt) {
    const std::string code = support_code_candidate(command(1), attempt);
    EXPECT_EQ(code.size(), 6u);
    EXPECT_NE(code.front(), '0');
    EXPECT_EQ(read(code), code);
  }
}

// web/ui/tests/kinds.test.ts has the same: node and browser must agree.
TEST(SupportCode, TheBrowserChecksItBySameRule) {
  for (const char* code : {"100009", "482918", "999999"}) EXPECT_EQ(read(code), code);
}

TEST(SupportCode, IsReadHoweverItIsTyped) {
  const std::string code = some_code();
  const std::string shown = shown_support_code(code);
  EXPECT_EQ(shown, code.substr(0, 3) + "-" + code.substr(3));
  EXPECT_EQ(read(shown), code);
  EXPECT_EQ(read(" " + code.substr(0, 2) + " " + code.substr(2, 2) + "–" + code.substr(4)), code);
}

// The operator hears it on the telephone.
TEST(SupportCode, AWrongDigitOrTwoSwappedOnesAreNoCode) {
  const std::string code = some_code();
  for (std::size_t i = 0; i < code.size(); ++i) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string wrong = code;
      wrong[i] = digit;
      EXPECT_EQ(read(wrong), wrong == code ? code : "") << wrong;
    }
    std::string swapped = code;
    if (i > 0) std::swap(swapped[i - 1], swapped[i]);
    EXPECT_EQ(read(swapped), swapped == code ? code : "") << swapped;
  }
}

TEST(SupportCode, NothingElseIsACode) {
  for (const char* typed : {"", "12345", "1234567", "12a456", "Больница", "17-004198-9"})
    EXPECT_EQ(read(typed), "") << typed;
  EXPECT_EQ(read(std::string(100, '1')), "");
}

TEST(SupportCode, AnotherCommandAndAnotherAttemptDrawOthers) {
  std::set<std::string> drawn;
  for (std::uint8_t first = 0; first < 20; ++first) {
    for (std::uint32_t attempt = 0; attempt < 20; ++attempt)
      drawn.insert(support_code_candidate(command(first), attempt));
  }
  EXPECT_GT(drawn.size(), 390u);
  EXPECT_EQ(support_code_candidate(command(3), 5), support_code_candidate(command(3), 5));
}

}  // namespace
}  // namespace opora::protocol
