#include "protocol/base/utf8.h"

#include <gtest/gtest.h>

namespace opora {
namespace {

TEST(Utf8, EveryScalarValueIsWrittenAndReadBack) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    append_utf8(text, c);
    ASSERT_TRUE(is_utf8(text)) << std::hex << static_cast<std::uint32_t>(c);
    std::string_view rest = text;
    ASSERT_EQ(take_code_point(rest), c);
    ASSERT_TRUE(rest.empty());
  }
}

TEST(Utf8, OverlongSurrogateTooLargeAndCutOffFormsAreRefused) {
  for (const char* bad : {"\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xD0",
                          "\xE2\x82", "\x80", "\xFF", "a\xD0z"}) {
    EXPECT_FALSE(is_utf8(bad)) << bad;
  }
}

TEST(Utf8, AMalformedByteIsOneReplacementAndTheRestIsRead) {
  std::string_view text = "\xD0я";
  EXPECT_EQ(take_code_point(text), kReplacement);
  EXPECT_EQ(take_code_point(text), U'я');
  EXPECT_EQ(code_points("\xD0\xD0я"), 3u);
}

TEST(Utf8, WhatIsNotAScalarValueIsWrittenAsAReplacement) {
  std::string out;
  append_utf8(out, 0xD800);
  append_utf8(out, 0x110000);
  EXPECT_EQ(out, "\uFFFD\uFFFD");
}

TEST(Utf8, LettersOfBothAlphabetsAreComparedWithoutCase) {
  EXPECT_EQ(small_letter(U'Z'), U'z');
  EXPECT_EQ(small_letter(U'Я'), U'я');
  EXPECT_EQ(small_letter(U'Ё'), U'е');
  EXPECT_EQ(small_letter(U'ё'), U'е');
  EXPECT_EQ(small_letter(U'7'), U'7');
  EXPECT_EQ(small_letter(U'\U0001F600'), U'\U0001F600');
}

TEST(Utf8, APrefixNeverEndsInsideALetter) {
  EXPECT_EQ(utf8_prefix("яя", 3), "я");
  EXPECT_EQ(utf8_prefix("яя", 4), "яя");
  EXPECT_EQ(utf8_prefix("яя", 1), "");
  EXPECT_EQ(utf8_prefix("abc", 2), "ab");
}

TEST(Utf8, KnowsWhatBreaksALineAndWhatTurnsItsDirection) {
  for (const char32_t c : {U'\0', U'\t', U'\n', U'\x1B', U'\x7F', char32_t{0x85}}) {
    EXPECT_TRUE(is_control(c)) << std::hex << static_cast<std::uint32_t>(c);
  }
  for (const char32_t c :
       {0x061C, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202E, 0x2066, 0x2069}) {
    EXPECT_TRUE(is_direction_control(c)) << std::hex << static_cast<std::uint32_t>(c);
  }
  // Joiners, dashes, no-break spaces, letters.
  for (const char32_t c : {0x200C, 0x200D, 0x2010, 0x2027, 0x202F, 0x2065, 0x2070, 0xA0, 0x44F}) {
    EXPECT_FALSE(is_control(c) || is_direction_control(c))
        << std::hex << static_cast<std::uint32_t>(c);
  }
}

}  // namespace
}  // namespace opora
