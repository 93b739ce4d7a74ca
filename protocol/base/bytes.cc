#include "protocol/base/bytes.h"

namespace opora {

std::string to_hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (unsigned char c : bytes) {
    out.push_back(kDigits[c >> 4]);
    out.push_back(kDigits[c & 15]);
  }
  return out;
}

namespace {
int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
}  // namespace

std::optional<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<char>(high * 16 + low));
  }
  return out;
}

namespace {
void put_number(Bytes& out, std::uint64_t v, int size) {
  for (int shift = (size - 1) * 8; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(v >> shift));
}
constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;
}  // namespace

KeyWriter& KeyWriter::u8(std::uint8_t v) { return put_number(out_, v, 1), *this; }
KeyWriter& KeyWriter::u16(std::uint16_t v) { return put_number(out_, v, 2), *this; }
KeyWriter& KeyWriter::u32(std::uint32_t v) { return put_number(out_, v, 4), *this; }
KeyWriter& KeyWriter::u64(std::uint64_t v) { return put_number(out_, v, 8), *this; }
KeyWriter& KeyWriter::i64(std::int64_t v) { return u64(static_cast<std::uint64_t>(v) ^ kSignBit); }
KeyWriter& KeyWriter::raw(std::string_view bytes) { return out_.append(bytes), *this; }

KeyWriter& KeyWriter::text(std::string_view utf8) {
  for (char c : utf8) {
    if (c != '\0') out_.push_back(c);
  }
  out_.push_back('\0');
  return *this;
}

std::string_view KeyReader::raw(std::size_t size) {
  if (!ok_ || in_.size() < size) {
    ok_ = false;
    return {};
  }
  const std::string_view out = in_.substr(0, size);
  in_.remove_prefix(size);
  return out;
}

std::uint64_t KeyReader::number(std::size_t size) {
  std::uint64_t v = 0;
  for (unsigned char c : raw(size)) v = v << 8 | c;
  return v;
}

std::uint8_t KeyReader::u8() { return static_cast<std::uint8_t>(number(1)); }
std::uint16_t KeyReader::u16() { return static_cast<std::uint16_t>(number(2)); }
std::uint32_t KeyReader::u32() { return static_cast<std::uint32_t>(number(4)); }
std::uint64_t KeyReader::u64() { return number(8); }
std::int64_t KeyReader::i64() { return static_cast<std::int64_t>(u64() ^ kSignBit); }

std::string_view KeyReader::text() {
  const std::size_t end = in_.find('\0');
  if (!ok_ || end == std::string_view::npos) {
    ok_ = false;
    return {};
  }
  const std::string_view out = in_.substr(0, end);
  in_.remove_prefix(end + 1);
  return out;
}

Bytes prefix_end(std::string_view prefix) {
  Bytes end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(end.back() + 1);
  return end;
}

}  // namespace opora
