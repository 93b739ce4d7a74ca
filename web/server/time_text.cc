#include "web/server/time_text.h"

#include <algorithm>
#include <array>

namespace opora::web {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kMinYear0 = -62'167'219'200'000;     // 0000-01-01T00:00:00Z
constexpr std::int64_t kMaxYear9999 = 253'402'300'799'999;  // 9999-12-31T23:59:59.999Z

void put_digits(char* to, int count, std::int64_t value) {
  for (int i = count - 1; i >= 0; --i) {
    to[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

// Takes `count` digits from the front; -1 when they are not there.
int take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return -1;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::chrono::year_month_day> take_date(std::string_view& text) {
  const int year = take_digits(text, 4);
  if (year < 1 || !take(text, '-')) return std::nullopt;
  const int month = take_digits(text, 2);
  if (month < 1 || !take(text, '-')) return std::nullopt;
  const int day = take_digits(text, 2);
  if (day < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  return date.ok() ? std::optional(date) : std::nullopt;
}

// Milliseconds of "HH:MM:SS" with its fraction; -1 when it does not read.
std::int64_t take_clock(std::string_view& text) {
  const int hour = take_digits(text, 2);
  if (hour < 0 || hour > 23 || !take(text, ':')) return -1;
  const int minute = take_digits(text, 2);
  if (minute < 0 || minute > 59 || !take(text, ':')) return -1;
  const int second = take_digits(text, 2);
  if (second < 0 || second > 59) return -1;
  std::int64_t ms = ((hour * 60 + minute) * 60 + second) * std::int64_t{1000};
  if (!take(text, '.')) return ms;
  int digits = 0;
  for (int weight = 100; !text.empty() && text.front() >= '0' && text.front() <= '9';
       weight /= 10, ++digits) {
    ms += weight * (text.front() - '0');
    text.remove_prefix(1);
  }
  return digits >= 1 && digits <= 9 ? ms : -1;
}

// The offset in milliseconds east of UTC, which must be all that is left.
std::optional<std::int64_t> take_offset(std::string_view text) {
  if (text == "Z") return 0;
  const bool west = !text.empty() && text.front() == '-';
  if (!take(text, west ? '-' : '+')) return std::nullopt;
  const int hour = take_digits(text, 2);
  if (hour < 0 || hour > 23 || !take(text, ':')) return std::nullopt;
  const int minute = take_digits(text, 2);
  if (minute < 0 || minute > 59 || !text.empty()) return std::nullopt;
  const std::int64_t ms = (hour * 60 + minute) * std::int64_t{60'000};
  return west ? -ms : ms;
}

void put_date(char* to, std::chrono::year_month_day date) {
  put_digits(to, 4, static_cast<int>(date.year()));
  to[4] = '-';
  put_digits(to + 5, 2, static_cast<unsigned>(date.month()));
  to[7] = '-';
  put_digits(to + 8, 2, static_cast<unsigned>(date.day()));
}

}  // namespace

void append_rfc3339(std::string& out, TimeMs time) {
  time.v = std::clamp(time.v, kMinYear0, kMaxYear9999);
  const std::int64_t days = time.v >= 0 ? time.v / kDayMs : -((-time.v + kDayMs - 1) / kDayMs);
  const std::int64_t ms = time.v - days * kDayMs;
  std::array<char, 24> text{};
  put_date(text.data(), std::chrono::sys_days(std::chrono::days(days)));
  text[10] = 'T';
  put_digits(text.data() + 11, 2, ms / 3'600'000);
  text[13] = ':';
  put_digits(text.data() + 14, 2, ms / 60'000 % 60);
  text[16] = ':';
  put_digits(text.data() + 17, 2, ms / 1000 % 60);
  text[19] = '.';
  put_digits(text.data() + 20, 3, ms % 1000);
  text[23] = 'Z';
  out.append(text.data(), text.size());
}

std::string to_rfc3339(TimeMs time) {
  std::string out;
  append_rfc3339(out, time);
  return out;
}

std::optional<TimeMs> from_rfc3339(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !take(text, 'T')) return std::nullopt;
  const std::int64_t clock = take_clock(text);
  if (clock < 0) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(*date).time_since_epoch().count();
  return TimeMs{days * kDayMs + clock - *offset};
}

std::optional<std::chrono::year_month_day> date_from_text(std::string_view text) {
  const auto date = take_date(text);
  return text.empty() ? date : std::nullopt;
}

std::string date_to_text(std::chrono::year_month_day date) {
  std::array<char, 10> text{};
  put_date(text.data(), date);
  return {text.data(), text.size()};
}

}  // namespace opora::web
