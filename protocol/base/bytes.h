// Byte strings, hexadecimal, and the order-preserving key coding of all store rows. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace opora {

using Bytes = std::string;

std::string to_hex(std::string_view bytes);
std::optional<Bytes> from_hex(std::string_view text);

// Builds a store key. Integers are big-endian, so that byte order is number order; text ends with a
// zero byte (zero bytes inside are dropped, so that a key cannot be forged by input).
class KeyWriter {
 public:
  KeyWriter& u8(std::uint8_t v);
  KeyWriter& u16(std::uint16_t v);
  KeyWriter& u32(std::uint32_t v);
  KeyWriter& u64(std::uint64_t v);
  KeyWriter& i64(std::int64_t v);  // sign bit flipped: negative sorts first
  KeyWriter& raw(std::string_view bytes);
  KeyWriter& text(std::string_view utf8);
  Bytes take() { return std::move(out_); }
  const Bytes& bytes() const { return out_; }

 private:
  Bytes out_;
};

// Reads what KeyWriter wrote. After any short read `ok()` is false and all values are zero or
// empty.
class KeyReader {
 public:
  explicit KeyReader(std::string_view in) : in_(in) {}
  std::uint8_t u8();
  std::uint16_t u16();
  std::uint32_t u32();
  std::uint64_t u64();
  std::int64_t i64();
  std::string_view raw(std::size_t size);
  std::string_view text();
  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && in_.empty(); }
  std::string_view rest() const { return in_; }

 private:
  std::uint64_t number(std::size_t size);
  std::string_view in_;
  bool ok_ = true;
};

// The smallest key greater than every key that starts with `prefix` (empty when there is none).
Bytes prefix_end(std::string_view prefix);

}  // namespace opora
