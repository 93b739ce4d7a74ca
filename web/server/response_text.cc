#include "web/server/response_text.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

#include "web/server/problem.h"

namespace opora::web {
namespace {

// On every answer: no content sniffing, no address of a patient's page to other servers, no
// embedding elsewhere.
constexpr std::string_view kSecurity =
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";
constexpr std::string_view kNoStore = "Cache-Control: no-store\r\n";  // answers hold personal data
constexpr std::string_view kApiPolicy =
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n";
constexpr std::string_view kTransportSecurity =
    "Strict-Transport-Security: max-age=31536000\r\n";  // one year

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  out.append(text.data(), end);
}

// A line break in a value would let input write header fields of its own.
void append_value(std::string& out, std::string_view value) {
  for (const char c : value) out.push_back(c == '\r' || c == '\n' || c == '\0' ? ' ' : c);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  append_value(out, name);
  out.append(": ");
  append_value(out, value);
  out.append("\r\n");
}

}  // namespace

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

void append_head(std::string& out, const Response& response, const AnswerFrame& frame) {
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::size_t>(response.status));
  out.append(" ")
      .append(status_title(response.status))
      .append("\r\nDate: ")
      .append(frame.date)
      .append("\r\n");
  if (!response.content_type.empty()) append_field(out, "Content-Type", response.content_type);
  if (has_body(response.status)) {
    out.append("Content-Length: ");
    append_number(
        out, response.static_body.empty() ? response.body.size() : response.static_body.size());
    out.append("\r\n");
  }
  if (frame.persistence == Persistence::kClose) out.append("Connection: close\r\n");
  if (frame.persistence == Persistence::kKeepAliveHttp10) out.append("Connection: keep-alive\r\n");
  out.append(kSecurity);
  if (frame.secure) out.append(kTransportSecurity);
  bool cached = false, policed = false;
  for (const auto& [name, value] : response.headers) {
    cached = cached || name == "Cache-Control";
    policed = policed || name == "Content-Security-Policy";
    append_field(out, name, value);
  }
  if (!cached) out.append(kNoStore);
  if (!policed) out.append(kApiPolicy);
  out.append("\r\n");
}

std::string http_date(std::int64_t unix_seconds) {
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::sys_seconds time{std::chrono::seconds(unix_seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace opora::web
