#include "web/server/json_writer.h"

#include <array>
#include <charconv>

#include "protocol/base/check.h"
#include "protocol/base/utf8.h"
#include "web/server/time_text.h"

namespace opora::web {
namespace {

bool is_plain(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u >= 0x20 && u < 0x80 && c != '"' && c != '\\';
}

void append_escaped(std::string& out, unsigned char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "\\u00";
  out += kHex[c >> 4];
  out += kHex[c & 15];
}

}  // namespace

void JsonWriter::comma() {
  if (needs_comma_) out_ += ',';
  needs_comma_ = true;
}

void JsonWriter::open(char bracket) {
  comma();
  out_ += bracket;
  ++depth_;
  needs_comma_ = false;
}

void JsonWriter::close(char bracket) {
  OPORA_CHECK(depth_ > 0);
  --depth_;
  out_ += bracket;
  needs_comma_ = true;
}

void JsonWriter::key(std::string_view name) {
  value(name);
  out_ += ':';
  needs_comma_ = false;
}

void JsonWriter::write(std::string_view raw) {
  comma();
  out_ += raw;
}

void JsonWriter::value(std::string_view text) {
  comma();
  out_ += '"';
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && is_plain(text[plain])) ++plain;
    out_.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const char32_t c = take_code_point(text);
    if (c < 0x80) append_escaped(out_, static_cast<unsigned char>(c));
    else append_utf8(out_, c);
  }
  out_ += '"';
}

void JsonWriter::value(std::nullopt_t) { write("null"); }

void JsonWriter::value(TimeMs time) {
  comma();
  out_ += '"';
  append_rfc3339(out_, time);
  out_ += '"';
}

void JsonWriter::value(Decimal number) {
  OPORA_CHECK(number.digits >= 0 && number.digits <= 18);
  std::uint64_t scale = 1;
  for (int i = 0; i < number.digits; ++i) scale *= 10;
  const bool negative = number.scaled < 0;
  const std::uint64_t size = negative ? ~static_cast<std::uint64_t>(number.scaled) + 1
                                      : static_cast<std::uint64_t>(number.scaled);
  comma();
  if (negative) out_ += '-';
  out_ += std::to_string(size / scale);
  if (number.digits == 0) return;
  const std::string fraction = std::to_string(size % scale);
  out_ += '.';
  out_.append(static_cast<std::size_t>(number.digits) - fraction.size(), '0');
  out_ += fraction;
}

void JsonWriter::value(RawJson raw) { write(raw.json); }

void JsonWriter::integer(std::int64_t number) {
  std::array<char, 24> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  write({text.data(), static_cast<std::size_t>(end - text.data())});
}

void JsonWriter::unsigned_integer(std::uint64_t number) {
  std::array<char, 24> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  write({text.data(), static_cast<std::size_t>(end - text.data())});
}

std::string JsonWriter::take() {
  OPORA_CHECK(depth_ == 0);
  needs_comma_ = false;
  return std::move(out_);
}

}  // namespace opora::web
