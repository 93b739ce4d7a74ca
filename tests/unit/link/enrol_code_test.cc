// The code that is read out over the telephone.
#include "protocol/link/enrol_code.h"

#include <gtest/gtest.h>

namespace opora::protocol {
namespace {

EnrolCode sample() {
  EnrolCode code;
  code.site = SiteNo{1717};
  for (std::size_t i = 0; i < code.secret.b.size(); ++i)
    code.secret.b[i] = static_cast<std::uint8_t>(i + 1);
  for (std::size_t i = 0; i < code.hub_key.b.size(); ++i)
    code.hub_key.b[i] = static_cast<std::uint8_t>(0xff - i);
  return code;
}

// Codes are printed and written down: their form is for ever.
constexpr const char* kSample =
    "043BA-0820C-20A1G-7104G-M2RC1-M70ZZ-ZYZQY-FQYQS-Z3VZD-XFMYF-SF3W7-FXVPY-STZAX-7MEFS-Q5WKH-"
    "Y5RF0-83EG";

std::string why(const std::string& text) {
  const auto code = parse_enrol_code(text);
  if (code.ok()) return "taken";
  EXPECT_EQ(code.error().code, Code::kInvalid);
  EXPECT_EQ(code.error().path, "code");
  return code.error().message;
}

TEST(EnrolCodeText, IsWrittenInGroupsOfFive) {
  EXPECT_EQ(format_enrol_code(sample()), kSample);
  const auto read = parse_enrol_code(kSample);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, sample());
}

TEST(EnrolCodeText, LettersThatAreMisreadAreForgiven) {
  std::string text = kSample;
  for (char& c : text) {
    if (c == '0') c = 'o';
    if (c == '1') c = 'l';
  }
  const auto read = parse_enrol_code(text);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, sample());
  for (char& c : text) {
    if (c == 'l') c = 'I';
    if (c == '-') c = ' ';
    if (c >= 'A' && c <= 'Z' && c != 'I') c = static_cast<char>(c - 'A' + 'a');
  }
  EXPECT_EQ(why("  " + text + "\r\n"), "taken");
}

TEST(EnrolCodeText, EveryOtherMisreadCharacterIsNoticed) {
  constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const std::string good = kSample;
  for (std::size_t i = 0; i < good.size(); ++i) {
    if (good[i] == '-') continue;
    for (const char c : kAlphabet) {
      if (c == good[i]) continue;
      std::string bad = good;
      bad[i] = c;
      EXPECT_NE(why(bad), "taken") << bad;
    }
  }
}

TEST(EnrolCodeText, SwappedNeighboursAreNoticed) {
  const std::string good = kSample;
  for (std::size_t i = 0; i + 1 < good.size(); ++i) {
    if (good[i] == '-' || good[i + 1] == '-' || good[i] == good[i + 1]) continue;
    std::string bad = good;
    std::swap(bad[i], bad[i + 1]);
    EXPECT_NE(why(bad), "taken") << bad;
  }
}

TEST(EnrolCodeText, SaysWhatIsWrong) {
  const std::string good = kSample;
  EXPECT_EQ(why(""), "0 characters instead of 84");
  EXPECT_EQ(why(good.substr(0, good.size() - 1)), "83 characters instead of 84");
  EXPECT_EQ(why(good + "0"), "85 characters instead of 84");
  EXPECT_EQ(why("U" + good.substr(1)), "a character that no code has");
  EXPECT_EQ(why(good.substr(0, 10) + "Ы" + good.substr(11)), "a character that no code has");
  EXPECT_EQ(why("1" + good.substr(1)), "the checksum does not fit: a character was misread");
  EXPECT_EQ(why(std::string(100'000, '0')), "far too long");
}

}  // namespace
}  // namespace opora::protocol
