#include "node/mail/letter.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "protocol/domain/local_day.h"
#include "protocol/domain/telling.h"

namespace opora::node {

namespace {

constexpr std::string_view kLineEnd = "\r\n";
// Of text in one encoded word: 60 of its at most 75 characters (RFC 2047).
constexpr std::size_t kWordBytes = 45;
constexpr std::size_t kHeaderColumns = 76;
constexpr std::size_t kWordFrame = 12;      // "=?UTF-8?B?" and "?="
constexpr std::size_t kBodyLineBytes = 57;  // 76 characters of base64 (RFC 2045)
// What a Message-ID ends with: it names what the id is of, no machine, so that every site that
// answers for a ticket says the same.
constexpr std::string_view kIdDomain = "letters.opora";

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' ||
         c == '-' || c == '.';
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// At most so many bytes, and no letter cut in two.
std::string_view front_letters(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && is_continuation(text[bytes])) --bytes;
  return text.substr(0, bytes);
}

std::string one_line(std::string_view text) {
  std::string out(front_letters(text, kMaxHeaderTextBytes));
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return out;
}

std::string date_text(TimeMs at) {
  constexpr std::array kDays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const protocol::LocalDay day{protocol::local_day(at, 0)};
  const auto date = protocol::date_of(day);
  const std::int64_t second = (at.v - std::int64_t{day.v} * protocol::kDayMs) / 1'000;
  return fmt::format("{}, {} {} {} {:02}:{:02}:{:02} +0000",
                     kDays[static_cast<std::size_t>(protocol::weekday(day))],
                     static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), second / 3'600, second / 60 % 60, second % 60);
}

bool is_id(std::string_view id) {
  const auto good = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), good);
}

std::string body_lines(std::string_view body) {
  std::string text;
  for (const char c : body) {
    if (c == '\r') continue;
    if (c == '\n') text += '\r';
    text += c;
  }
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += kBodyLineBytes) {
    out += base64(std::string_view(text).substr(at, kBodyLineBytes));
    out += kLineEnd;
  }
  return out;
}

}  // namespace

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i)
      out += i <= count ? kDigits[group >> (18 - 6 * i) & 63U] : '=';
  }
  return out;
}

std::string encoded_header(std::string_view text, std::size_t taken) {
  std::string line = one_line(text);
  const bool plain = std::all_of(line.begin(), line.end(), is_plain);
  if (plain && taken + line.size() <= kHeaderColumns) return line;
  std::string out;
  std::string_view rest = line;
  while (!rest.empty()) {
    // The first word has what its line leaves to it.
    const std::size_t room = kHeaderColumns - (out.empty() ? taken : 1) - kWordFrame;
    const auto word = front_letters(rest, std::min(kWordBytes, room / 4 * 3));
    if (!out.empty()) out += "\r\n ";
    out += fmt::format("=?UTF-8?B?{}?=", base64(word));
    rest.remove_prefix(word.size());
  }
  return out;
}

Result<std::string> to_wire(const Letter& letter) {
  if (!protocol::is_mail_address(letter.from)) return invalid("from", "not a mail address");
  if (!protocol::is_mail_address(letter.to)) return invalid("to", "not a mail address");
  if (!is_id(letter.id)) return invalid("id", "not hexadecimal");
  if (letter.body.size() > kMaxLetterBytes)
    return Error{Code::kTooLarge, "body", "longer than a letter may be"};
  std::string out;
  const auto header = [&out](std::string_view name, std::string_view text) {
    out += fmt::format("{}: {}{}", name, text, kLineEnd);
  };
  header("Date", date_text(letter.at));
  // The address has a line of its own: no name is too long for it.
  header("From", fmt::format("{}\r\n <{}>", encoded_header(letter.from_name, sizeof("From:")),
                             letter.from));
  header("To", fmt::format("<{}>", letter.to));
  header("Message-ID", fmt::format("<{}@{}>", letter.id, kIdDomain));
  header("Subject", encoded_header(letter.subject, sizeof("Subject:")));
  header("Auto-Submitted", "auto-generated");  // RFC 3834: no robot answers
  header("MIME-Version", "1.0");
  header("Content-Type", "text/plain; charset=utf-8");
  header("Content-Transfer-Encoding", "base64");
  out += kLineEnd;
  out += body_lines(letter.body);
  return out;
}

}  // namespace opora::node
