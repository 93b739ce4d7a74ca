// When a queue works (A10): hours by weekday, days of its own, and the production calendar of the
// country, which moves days off between weekdays. Pure values; any thread.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/result.h"
#include "protocol/domain/local_day.h"

namespace opora::protocol {

// Minutes of a local day, 0 ≤ from < to ≤ 1 440.
struct DaySpan {
  std::uint16_t from = 0;
  std::uint16_t to = 0;
  auto operator<=>(const DaySpan&) const = default;
  template <class V>
  void visit(V&& v) {
    v(from, to);
  }
};
inline constexpr std::uint16_t kDayMinutes = 1'440;
// In their order, a pause between one and the next. None: a day off.
using Hours = std::vector<DaySpan>;
// A shift with three breaks.
inline constexpr std::size_t kMaxSpans = 4;

// A day that is not what its weekday says.
enum class DayKind : std::uint8_t {
  kOff = 1,      // a day off, whatever its weekday
  kShort = 2,    // the working day before a holiday: an hour less
  kWorking = 3,  // a working day whose day off went elsewhere
};
struct ProductionDay {
  DayKind kind = DayKind::kOff;
  // Of a working or short day on a weekend: the day off that it stands for, whose weekday's hours
  // it has.
  std::optional<LocalDay> instead_of{};
  bool operator==(const ProductionDay&) const = default;
  template <class V>
  void visit(V&& v) {
    v(kind, instead_of);
  }
};
using ProductionCalendar = std::map<LocalDay, ProductionDay>;
// As event times go (clock.h).
inline constexpr std::uint16_t kFirstProductionYear = 2000;
inline constexpr std::uint16_t kLastProductionYear = 2099;
// Of the working day before a holiday.
inline constexpr std::uint16_t kShorterByMinutes = 60;

enum class Holidays : std::uint8_t {
  kObserved = 1,  // the production calendar counts
  kIgnored = 2,   // only the weekdays and the calendar's own days
};

struct WorkCalendar {
  std::array<Hours, kWeekdays> week;  // from Monday
  Holidays holidays = Holidays::kObserved;
  std::map<LocalDay, Hours> own_days;  // before everything else
  bool operator==(const WorkCalendar&) const = default;
  template <class V>
  void visit(V&& v) {
    for (Hours& hours : week) v(hours);
    v(holidays, own_days);
  }
};
WorkCalendar round_the_clock();

// Two years of exceptions for each day, and nobody types more.
inline constexpr std::size_t kMaxOwnDays = 732;
// kInvalid "week[N]" or "own_days[N]" (N from 0): hours that overlap, touch, end before they
// begin or leave the day; more than kMaxSpans or kMaxOwnDays. kInvalid "week": never open.
Status check(const WorkCalendar& calendar);
// Twenty years of it.
inline constexpr std::size_t kMaxProductionDays = 1'000;
// kInvalid "days[N]": `instead_of` of a day off, or none of a working weekend; too many.
Status check(const ProductionCalendar& production);

// Why a day has the hours that it has.
enum class DayReason : std::uint8_t {
  kWeek = 1,        // its weekday
  kProduction = 2,  // the production calendar
  kOwn = 3,         // the queue's own exception
};
struct DayHours {
  Hours hours;
  DayReason reason = DayReason::kWeek;
};
DayHours hours_on(const WorkCalendar& calendar, const ProductionCalendar& production, LocalDay day);

}  // namespace opora::protocol
