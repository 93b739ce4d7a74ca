// Calendars and days for tests of working time and deadlines.
#pragma once

#include <string_view>

#include "protocol/domain/work_calendar.h"

namespace opora::protocol::testing {

// "2025-11-01"
inline LocalDay day(std::string_view text) {
  const auto number = [&](std::size_t at, std::size_t size) {
    int out = 0;
    for (const char c : text.substr(at, size)) out = out * 10 + (c - '0');
    return out;
  };
  // Days since 1970, with years that begin in March.
  const int month = (number(5, 2) + 9) % 12;
  const int year = number(0, 4) - (month >= 10 ? 1 : 0);
  const int of_year = (153 * month + 2) / 5 + number(8, 2) - 1;
  return LocalDay{365 * year + year / 4 - year / 100 + year / 400 + of_year - 719'468};
}

inline ZoneOffset east(int minutes) {
  return [minutes](TimeMs) { return static_cast<std::int16_t>(minutes); };
}

// "2025-11-01 08:30" by clocks this many minutes east of Greenwich.
inline TimeMs at(std::string_view text, int east_min = 180) {
  const auto number = [&](std::size_t from) {
    return (text[from] - '0') * 10 + text[from + 1] - '0';
  };
  const std::int64_t minutes = number(11) * 60 + number(14) - east_min;
  return TimeMs{day(text).v * kDayMs + minutes * kMinuteMs};
}

// A10: working days 7:00–18:00.
inline WorkCalendar seven_to_six() {
  WorkCalendar out;
  for (std::size_t i = 0; i < 5; ++i) out.week[i] = {{7 * 60, 18 * 60}};
  return out;
}
// V4: 8:30–17:12, here with a break for lunch.
inline WorkCalendar with_lunch() {
  WorkCalendar out;
  for (std::size_t i = 0; i < 5; ++i) out.week[i] = {{510, 720}, {780, 1'032}};
  return out;
}
// O: daily 8–20, whatever the holiday.
inline WorkCalendar daily() {
  WorkCalendar out;
  out.week.fill({{8 * 60, 20 * 60}});
  out.holidays = Holidays::kIgnored;
  return out;
}

inline void off(ProductionCalendar& days, std::string_view from, std::string_view to) {
  for (LocalDay d = day(from); d <= day(to); d = next(d)) days[d] = {DayKind::kOff, {}};
}

// The end of 2024 and the year 2025 of the Russian Federation.
inline ProductionCalendar russia() {
  ProductionCalendar out;
  out[day("2024-11-02")] = {DayKind::kShort, day("2024-04-30")};
  off(out, "2024-11-04", "2024-11-04");
  out[day("2024-12-28")] = {DayKind::kWorking, day("2024-12-30")};
  off(out, "2024-12-30", "2025-01-08");
  out[day("2025-03-07")] = {DayKind::kShort, {}};
  out[day("2025-04-30")] = {DayKind::kShort, {}};
  off(out, "2025-05-01", "2025-05-02");
  off(out, "2025-05-08", "2025-05-09");
  out[day("2025-06-11")] = {DayKind::kShort, {}};
  off(out, "2025-06-12", "2025-06-13");
  out[day("2025-11-01")] = {DayKind::kShort, day("2025-11-03")};
  off(out, "2025-11-03", "2025-11-04");
  off(out, "2025-12-31", "2025-12-31");
  return out;
}

}  // namespace opora::protocol::testing
