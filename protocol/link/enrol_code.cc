#include "protocol/link/enrol_code.h"

#include "protocol/base/bytes.h"
#include "protocol/base/check.h"
#include "protocol/base/hash.h"

namespace opora::protocol {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kBodyBytes = 1 + 2 + 15 + 32;
constexpr std::size_t kSumBytes = 2;
constexpr std::size_t kBytes = kBodyBytes + kSumBytes;
constexpr std::size_t kChars = (kBytes * 8 + 4) / 5;
constexpr std::size_t kGroup = 5;
// Room for any separators; more is not a code.
constexpr std::size_t kMaxText = 4 * kChars;

Bytes checksum(std::string_view body) { return Bytes(hash256({body}).view().substr(0, kSumBytes)); }

std::string to_base32(std::string_view bytes) {
  std::string out;
  unsigned bits = 0;
  unsigned held = 0;
  for (unsigned char c : bytes) {
    bits = bits << 8 | c;
    for (held += 8; held >= 5; held -= 5) out.push_back(kAlphabet[bits >> (held - 5) & 31]);
    bits &= (1u << held) - 1;
  }
  if (held > 0) out.push_back(kAlphabet[bits << (5 - held) & 31]);
  return out;
}

// -1: not a character of a code.
int value_of(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') c = '0';
  if (c == 'I' || c == 'L') c = '1';
  const std::size_t at = kAlphabet.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

bool is_separator(char c) { return c == ' ' || c == '-' || c == '\t' || c == '\n' || c == '\r'; }

Result<Bytes> from_base32(std::string_view text) {
  if (text.size() > kMaxText) return invalid("code", "far too long");
  Bytes out;
  unsigned bits = 0;
  unsigned held = 0;
  std::size_t chars = 0;
  for (char c : text) {
    if (is_separator(c)) continue;
    const int value = value_of(c);
    if (value < 0) return invalid("code", "a character that no code has");
    ++chars;
    bits = bits << 5 | static_cast<unsigned>(value);
    held += 5;
    if (held >= 8) {
      held -= 8;
      out.push_back(static_cast<char>(bits >> held));
      bits &= (1u << held) - 1;
    }
  }
  if (chars != kChars) {
    return invalid("code",
                   std::to_string(chars) + " characters instead of " + std::to_string(kChars));
  }
  // The last character has four bits to spare; they are zero in every code.
  if (bits != 0) return invalid("code", "the last character is wrong");
  return out;
}

}  // namespace

std::string format_enrol_code(const EnrolCode& code) {
  OPORA_CHECK(code.site.v >= 1 && code.site.v <= kMaxSiteNo);
  KeyWriter writer;
  writer.u8(kVersion)
      .u16(static_cast<std::uint16_t>(code.site.v))
      .raw(code.secret.view())
      .raw(code.hub_key.view());
  const Bytes sum = checksum(writer.bytes());
  const std::string chars = to_base32(writer.raw(sum).bytes());
  std::string out;
  for (std::size_t i = 0; i < chars.size(); ++i) {
    if (i != 0 && i % kGroup == 0) out.push_back('-');
    out.push_back(chars[i]);
  }
  return out;
}

Result<EnrolCode> parse_enrol_code(std::string_view text) {
  auto bytes = from_base32(text);
  if (!bytes.ok()) return bytes.error();
  OPORA_CHECK(bytes->size() == kBytes);
  const std::string_view body = std::string_view(*bytes).substr(0, kBodyBytes);
  if (checksum(body) != std::string_view(*bytes).substr(kBodyBytes)) {
    return invalid("code", "the checksum does not fit: a character was misread");
  }
  KeyReader reader(body);
  if (reader.u8() != kVersion) return invalid("code", "made by a later version of the hub");
  EnrolCode code;
  code.site = SiteNo{reader.u16()};
  code.secret = *EnrolSecret::from(reader.raw(15));
  code.hub_key = *LinkKey::from(reader.raw(32));
  if (code.site.v < 1 || code.site.v > kMaxSiteNo) return invalid("code", "no such site number");
  return code;
}

}  // namespace opora::protocol
