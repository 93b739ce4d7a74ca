// How many calls a desk will have, by quarters of an hour of its own days (T14), from how many it
// had: weekday, days off and short days of the production calendar, trend. Pure; the method with
// its formulas is in README.md (Workforce).
//
// A history is the calls of every day up to the last one that is known whole; it is read from
// cubes, so a forecast costs the same over any number of calls.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "protocol/domain/work_calendar.h"

namespace opora::protocol {

inline constexpr std::size_t kDayQuarters = 96;
using QuarterCounts = std::array<std::int64_t, kDayQuarters>;
using QuarterRates = std::array<double, kDayQuarters>;
// Of one day of the desk, as far as it is known.
using QuartersOf = std::function<QuarterCounts(LocalDay)>;

// A year and the holidays of the month before: what a day off is like is seen a few times a year.
inline constexpr std::int32_t kMaxHistoryDays = 400;
// Fewer say nothing of weekdays.
inline constexpr std::int32_t kMinHistoryDays = 14;
// From then on a trend is a guess.
inline constexpr std::int32_t kMaxHorizonDays = 92;

struct History {
  LocalDay first;
  std::vector<std::int64_t> calls;  // of each day from then on, none negative

  LocalDay end() const { return LocalDay{first.v + static_cast<std::int32_t>(calls.size())}; }
  bool knows(LocalDay day) const { return first <= day && day < end(); }
  std::int64_t at(LocalDay day) const { return calls[static_cast<std::size_t>(day.v - first.v)]; }
  // Its days before `end`.
  History before(LocalDay end) const;
};

enum class DaySort : std::uint8_t {
  kUsual,
  kDayOff,    // by the production calendar, whatever its weekday
  kShort,     // the working day before
  kAfterOff,  // the first working day after days off that are not a mere weekend
};
struct SortedDay {
  DaySort sort = DaySort::kUsual;
  Weekday like{};  // whose hours it has
  bool operator==(const SortedDay&) const = default;
};
SortedDay sorted_day(const ProductionCalendar& production, LocalDay day);
// Of each day of the history.
std::vector<SortedDay> sorted_days(const ProductionCalendar& production, const History& history);

class Forecast {
 public:
  // `production` is borrowed.
  Forecast(const History& history, const ProductionCalendar& production);
  // The same, of days that are sorted already: those of the history, and perhaps more behind it.
  Forecast(History history, const ProductionCalendar& production,
           std::span<const SortedDay> sorted);

  const History& history() const { return history_; }
  bool has_enough() const { return history_.calls.size() >= std::size_t{kMinHistoryDays}; }
  // Calls of a whole day behind the history. 0 when nothing is known.
  double day(LocalDay day) const;
  // The days whose course it is expected to have, the latest first, at most kCourseDays.
  std::vector<LocalDay> course_days(LocalDay day) const;
  // day() spread as those days were.
  QuarterRates quarters(LocalDay day, const QuartersOf& quarters_of) const;

 private:
  bool counts(LocalDay day) const;  // a usual day on which the telephone was not silent
  double weekday_factor(Weekday weekday) const {
    return weekdays_[static_cast<std::size_t>(weekday)];
  }
  void learn_silence();
  void learn_weekdays();
  void learn_trend();
  void learn_sorts();
  double factor(SortedDay day) const;
  double level_around(LocalDay day) const;  // negative: too few days there

  History history_;
  const ProductionCalendar& production_;
  std::vector<SortedDay> sorted_;  // of the days of the history
  std::array<double, kWeekdays> silent_below_{};
  std::array<double, kWeekdays> weekdays_{};  // of the level; 1 on average
  std::array<double, 4> sorts_{};             // kDayOff: of the level; others: of their weekday
  double level_ = 0;                          // calls of an average day at the end of the history
  double slope_ = 0;                          // a day
};

// As many as show the course of a day and are not yet of another season.
inline constexpr std::size_t kCourseDays = 8;

// What a day's quarters are of it, smoothed; sums to 1, or to 0 when no call came on any of them.
// The first of `days` weighs most.
QuarterRates course_of(std::span<const QuarterCounts> days);

// |forecast − actual| and |the same weekday a week before − actual|, summed over held-out days,
// each forecast from the history up to that very day a week before: what the naive one knows as
// well.
struct ForecastError {
  std::int64_t days = 0;
  double calls = 0;
  double by_quarter = 0;
  double naive_by_quarter = 0;
  double by_day = 0;
  double naive_by_day = 0;

  ForecastError& operator+=(const ForecastError& other);
};
// Days that cannot be held out (no week before, too short a history, not yet over) are left out.
ForecastError forecast_error(const History& history, const ProductionCalendar& production,
                             const QuartersOf& quarters_of, std::span<const LocalDay> held_out);

}  // namespace opora::protocol
