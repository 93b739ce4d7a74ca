// A letter on the wire: nothing in it can end a header, everything in it can be read.
#include "node/mail/letter.h"

#include <gtest/gtest.h>

#include "tests/unit/domain/golden.h"

namespace opora::node {
namespace {

Letter letter() {
  return {"0123456789abcdef0123456789abcdef", "support@clinic.example",
          "Городская больница № 17",          "ivanova@mail.example",
          "Обращение 17-004198-9: выполнено", "Здравствуйте!\n\nРабота выполнена.\n",
          TimeMs{1'795'152'667'250}};
}

std::string wire(const Letter& letter) { return to_wire(letter).value(); }

// The lines before the first empty one.
std::string headers(const std::string& wire) { return wire.substr(0, wire.find("\r\n\r\n") + 2); }

TEST(Letter, IsTheSameBytesWheneverItIsSent) {
  EXPECT_EQ(wire(letter()), wire(letter()));
  std::string reviewed = wire(letter());
  std::erase(reviewed, '\r');  // of line ends, which another test looks at
  protocol::expect_golden("letter.eml", reviewed);
}

TEST(Letter, NoTextEndsAHeaderOrBeginsAnother) {
  Letter bad = letter();
  bad.subject = "one\r\nBcc: stranger@evil.example\r\n\r\nand a body";
  bad.from_name = "a\nX-Evil: 1\r";
  const std::string text = headers(wire(bad));
  EXPECT_EQ(text.find("\r\nBcc:"), std::string::npos);
  EXPECT_EQ(text.find("\r\nX-Evil:"), std::string::npos);
  // Each line is a header or goes on with one, and ends as it must.
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    ASSERT_NE(end, std::string::npos);
    ASSERT_EQ(text[end - 1], '\r');
    const std::string line = text.substr(at, end - 1 - at);
    EXPECT_EQ(line.find('\r'), std::string::npos);
    EXPECT_LE(line.size(), 78u) << line;
    const bool goes_on = line.starts_with(' ');
    EXPECT_TRUE(goes_on || line.find(": ") != std::string::npos || line.ends_with(":")) << line;
    at = end + 1;
  }
}

TEST(Letter, AnAddressThatIsNoneIsRefused) {
  for (const char* bad : {"", "a@b.ru\r\nRCPT TO:<c@d.ru>", "a b@c.ru", "<a@b.ru>"}) {
    Letter to = letter();
    to.to = bad;
    EXPECT_EQ(to_wire(to).error().path, "to") << bad;
    Letter from = letter();
    from.from = bad;
    EXPECT_EQ(to_wire(from).error().path, "from") << bad;
  }
  Letter id = letter();
  id.id = "a> \r\n";
  EXPECT_EQ(to_wire(id).error().path, "id");
}

TEST(Letter, IsNeverEndless) {
  Letter longest = letter();
  longest.body = std::string(kMaxLetterBytes, 'x');
  EXPECT_TRUE(to_wire(longest).ok());
  longest.body += 'x';
  EXPECT_EQ(to_wire(longest).error().code, Code::kTooLarge);
  Letter named = letter();
  named.subject.clear();
  for (int i = 0; i < 1'000; ++i) named.subject += "ё";
  EXPECT_LT(headers(wire(named)).size(), 2'000u);
}

TEST(Letter, BodyLinesAreShortWhateverIsWritten) {
  Letter one = letter();
  one.body = std::string(5'000, 'x') + "\n.\n\r\n";
  const std::string text = wire(one);
  const std::string body = text.substr(text.find("\r\n\r\n") + 4);
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = body.find("\r\n", at);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - at, 76u);
    EXPECT_NE(body[at], '.') << "a line that ends a letter";
    at = end + 2;
  }
}

TEST(EncodedHeader, CutsNoLetterInTwo) {
  for (std::size_t pad = 0; pad < 50; ++pad) {
    std::string text(pad, 'a');
    for (int i = 0; i < 60; ++i) text += "ж";
    for (const std::size_t taken : {std::size_t{0}, std::size_t{9}, std::size_t{40}}) {
      const std::string encoded = encoded_header(text, taken);
      EXPECT_LE(encoded.substr(0, encoded.find("\r\n")).size() + taken, 76u);
      EXPECT_EQ(encoded.find('\xD0'), std::string::npos);
    }
  }
}

TEST(EncodedHeader, LeavesAFewAsciiWordsAsTheyAre) {
  EXPECT_EQ(encoded_header("Opora 17-004198-9", 9), "Opora 17-004198-9");
  EXPECT_EQ(encoded_header("=?x?=", 9), "=?UTF-8?B?PT94Pz0=?=");
  EXPECT_EQ(encoded_header("", 9), "");
}

TEST(Base64, IsThatOfRfc4648) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xFF\xFE\xFD"), "//79");
}

}  // namespace
}  // namespace opora::node
