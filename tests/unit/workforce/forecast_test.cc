// The forecast of calls (T14): what it learns of invented desks, and how far it is off beside the
// naive "same weekday last week".
#include "protocol/domain/forecast.h"

#include <numeric>

#include <gtest/gtest.h>

#include "protocol/domain/production_calendar.h"
#include "tests/unit/domain/calendars.h"
#include "tests/unit/workforce/invented_desk.h"

namespace opora::protocol {
namespace {

using opora::testing::InventedDesk;
using testing::day;

// As it comes with the software.
const ProductionCalendar& russia() {
  static const ProductionCalendar out = [] {
    ProductionCalendar days;
    for (const auto& year : shipped_production_years())
      days.insert(year.days.begin(), year.days.end());
    return days;
  }();
  return out;
}
const LocalDay kFirst = day("2025-10-19");

std::vector<LocalDay> days_from(std::string_view first, int count) {
  std::vector<LocalDay> out;
  for (int i = 0; i < count; ++i) out.push_back(LocalDay{day(first).v + i});
  return out;
}

TEST(SortedDays, AreWhatTheProductionCalendarSays) {
  const auto sorted = [](std::string_view text) { return sorted_day(russia(), day(text)); };
  EXPECT_EQ(sorted("2025-11-05"), (SortedDay{DaySort::kAfterOff, Weekday::kWednesday}));
  EXPECT_EQ(sorted("2025-11-06"), (SortedDay{DaySort::kUsual, Weekday::kThursday}));
  EXPECT_EQ(sorted("2025-11-04"), (SortedDay{DaySort::kDayOff, Weekday::kSunday}));
  // A Saturday that has Monday's hours.
  EXPECT_EQ(sorted("2025-11-01"), (SortedDay{DaySort::kShort, Weekday::kMonday}));
  EXPECT_EQ(sorted("2025-06-11"), (SortedDay{DaySort::kShort, Weekday::kWednesday}));
  // Thursday and Friday off, then a weekend.
  EXPECT_EQ(sorted("2025-06-16"), (SortedDay{DaySort::kAfterOff, Weekday::kMonday}));
  EXPECT_EQ(sorted("2025-06-23"), (SortedDay{DaySort::kUsual, Weekday::kMonday}));
  EXPECT_EQ(sorted("2025-06-22"), (SortedDay{DaySort::kUsual, Weekday::kSunday}));
}

TEST(Forecasts, KnowTheWeekdaysOfADesk) {
  const ProductionCalendar none;
  const InventedDesk desk({}, none, kFirst, 140);
  const Forecast forecast(desk.history(), none);
  for (LocalDay d = desk.history().end(); d.v < desk.history().end().v + 14; d = next(d))
    EXPECT_NEAR(forecast.day(d), desk.expected(d), 0.06 * desk.expected(d)) << d.v;
}

TEST(Forecasts, FollowATrendAndDampIt) {
  const ProductionCalendar none;
  InventedDesk::Habits growing;
  growing.growth = 0.004;
  const InventedDesk desk(growing, none, kFirst, 120);
  const Forecast forecast(desk.history(), none);
  const LocalDay soon{desk.history().end().v + 6};
  EXPECT_NEAR(forecast.day(soon), desk.expected(soon), 0.06 * desk.expected(soon));
  const LocalDay far{desk.history().end().v + 6 + 7 * 12};
  EXPECT_LT(forecast.day(far), desk.expected(far));
  EXPECT_GT(forecast.day(far), forecast.day(soon));
}

TEST(Forecasts, TakeChanceForNoTrend) {
  const ProductionCalendar none;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    InventedDesk::Habits steady;
    steady.seed = seed;
    const InventedDesk desk(steady, none, kFirst, 84);
    const Forecast forecast(desk.history(), none);
    const LocalDay soon{desk.history().end().v + 3};
    const LocalDay far{soon.v + 70};
    EXPECT_NEAR(forecast.day(far), forecast.day(soon), 0.15 * forecast.day(soon)) << seed;
  }
}

TEST(Forecasts, KnowHolidaysAndTheDayAfter) {
  InventedDesk::Habits habits;
  habits.day_off = 0.15;
  habits.after_off = 1.6;
  const InventedDesk desk(habits, russia(), day("2025-01-20"), 330);
  const Forecast forecast(desk.history(), russia());
  EXPECT_EQ(desk.history().end(), day("2025-12-16"));
  const auto is_near = [&](std::string_view text, double part) {
    const double expected = desk.expected(day(text));
    EXPECT_NEAR(forecast.day(day(text)), expected, part * expected) << text;
  };
  is_near("2025-12-31", 0.35);
  is_near("2026-01-05", 0.35);
  is_near("2026-01-12", 0.2);
  is_near("2026-01-13", 0.1);
  // Not as its weekday alone would have it.
  EXPECT_LT(forecast.day(day("2026-01-05")), 0.3 * forecast.day(day("2026-01-19")));
}

TEST(Forecasts, TakeADayOffThatWasNeverSeenForASunday) {
  const InventedDesk desk({}, russia(), day("2026-07-01"), 100);
  const Forecast forecast(desk.history(), russia());
  EXPECT_NEAR(forecast.day(day("2026-11-04")), forecast.day(day("2026-11-08")),
              0.1 * forecast.day(day("2026-11-08")));
}

TEST(Forecasts, PassOverDaysOnWhichTheTelephoneWasSilent) {
  const ProductionCalendar none;
  InventedDesk desk({}, none, kFirst, 84);
  const Forecast before(desk.history(), none);
  desk.silence(LocalDay{desk.history().end().v - 3});
  desk.silence(LocalDay{desk.history().end().v - 10});
  const Forecast after(desk.history(), none);
  const LocalDay soon{desk.history().end().v + 4};
  EXPECT_NEAR(after.day(soon), before.day(soon), 0.05 * before.day(soon));
  for (const LocalDay one : after.course_days(soon)) EXPECT_NE(one.v, desk.history().end().v - 3);
}

TEST(Forecasts, SpreadADayAsItsKindIs) {
  const ProductionCalendar none;
  const InventedDesk desk({}, none, kFirst, 100);
  const Forecast forecast(desk.history(), none);
  const LocalDay monday{desk.history().end().v +
                        (7 - static_cast<int>(weekday(desk.history().end())))};
  ASSERT_EQ(weekday(monday), Weekday::kMonday);
  const QuarterRates rates = forecast.quarters(monday, desk.quarters_of());
  EXPECT_NEAR(std::accumulate(rates.begin(), rates.end(), 0.0), forecast.day(monday), 1e-6);
  double course = 0;
  for (std::size_t q = 0; q < kDayQuarters; ++q) course += InventedDesk::course(q);
  double off = 0;
  for (std::size_t q = 0; q < kDayQuarters; ++q)
    off += std::abs(rates[q] - desk.expected(monday) * InventedDesk::course(q) / course);
  EXPECT_LT(off, 0.12 * desk.expected(monday));
  // Closed before eight, to the quarter, although what is beside it is smoothed.
  EXPECT_EQ(rates[31], 0);
  EXPECT_GT(rates[32], 0);
  EXPECT_EQ(rates[80], 0);
}

TEST(Courses, OfNoCallsAreEmptyAndOfFewAreWhole) {
  EXPECT_EQ(course_of({}), QuarterRates{});
  QuarterCounts few{};
  few[40] = 1;
  few[43] = 1;
  const std::array<QuarterCounts, 1> days{few};
  const QuarterRates course = course_of(days);
  EXPECT_NEAR(std::accumulate(course.begin(), course.end(), 0.0), 1, 1e-12);
  EXPECT_GT(course[41], 0);
  EXPECT_EQ(course[39], 0);
}

TEST(Forecasts, OfNothingAreNothing) {
  const ProductionCalendar none;
  const Forecast forecast(History{kFirst, {}}, none);
  EXPECT_FALSE(forecast.has_enough());
  EXPECT_EQ(forecast.day(LocalDay{kFirst.v + 3}), 0);
  EXPECT_TRUE(forecast.course_days(kFirst).empty());
}

// Of any history: nothing below zero, nothing without bound, the sum of a day is the day.
TEST(Forecasts, StayInBoundsOverAnyHistory) {
  std::mt19937_64 dice(7);
  for (int round = 0; round < 300; ++round) {
    History history{LocalDay{kFirst.v + static_cast<int>(dice() % 400)}, {}};
    const auto size = dice() % 200;
    std::int64_t most = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const std::int64_t calls = dice() % 3 == 0 ? 0 : static_cast<std::int64_t>(dice() % 900);
      history.calls.push_back(calls);
      most = std::max(most, calls);
    }
    const Forecast forecast(history, russia());
    for (int ahead = 0; ahead < kMaxHorizonDays; ahead += 5) {
      const double calls = forecast.day(LocalDay{history.end().v + ahead});
      ASSERT_GE(calls, 0);
      ASSERT_LE(calls, 30.0 * static_cast<double>(most) + 1e-9);
    }
  }
}

// ---- Beside the naive one

TEST(ForecastError, IsSmallerThanOfTheSameWeekdayLastWeek) {
  ForecastError all;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    InventedDesk::Habits habits;
    habits.seed = seed;
    habits.level = 40.0 * static_cast<double>(seed);
    const InventedDesk desk(habits, russia(), day("2026-02-01"), 200);
    const auto held_out = days_from("2026-07-20", 28);
    const ForecastError error =
        forecast_error(desk.history(), russia(), desk.quarters_of(), held_out);
    EXPECT_EQ(error.days, 28);
    EXPECT_LT(error.by_quarter, 0.8 * error.naive_by_quarter) << seed;
    EXPECT_LT(error.by_day, error.naive_by_day) << seed;
    all += error;
  }
  RecordProperty("wape_by_quarter", std::to_string(all.by_quarter / all.calls));
  RecordProperty("naive_wape_by_quarter", std::to_string(all.naive_by_quarter / all.calls));
}

// Around holidays the same weekday last week is most wrong.
TEST(ForecastError, IsFarSmallerAroundHolidays) {
  InventedDesk::Habits habits;
  habits.day_off = 0.1;
  const InventedDesk desk(habits, russia(), day("2025-06-01"), 230);
  const auto held_out = days_from("2025-12-29", 16);
  const ForecastError error =
      forecast_error(desk.history(), russia(), desk.quarters_of(), held_out);
  EXPECT_EQ(error.days, 16);
  EXPECT_LT(error.by_day, 0.4 * error.naive_by_day);
}

TEST(ForecastError, LooksAtNothingThatTheNaiveOneDoesNotKnow) {
  InventedDesk desk({}, russia(), day("2026-02-01"), 120);
  const LocalDay held_out{desk.history().end().v - 2};
  const std::array days{held_out};
  const auto before = forecast_error(desk.history(), russia(), desk.quarters_of(), days);
  // What came in the week before it changes nothing.
  for (int back = 1; back < 7; ++back) desk.silence(LocalDay{held_out.v - back});
  const auto after = forecast_error(desk.history(), russia(), desk.quarters_of(), days);
  EXPECT_EQ(before.by_quarter, after.by_quarter);
  EXPECT_EQ(before.by_day, after.by_day);
  // And what came a week before does.
  desk.silence(LocalDay{held_out.v - 7});
  EXPECT_NE(forecast_error(desk.history(), russia(), desk.quarters_of(), days).naive_by_day,
            before.naive_by_day);
}

TEST(ForecastError, LeavesOutDaysThatCannotBeHeldOut) {
  const InventedDesk desk({}, russia(), kFirst, 30);
  const std::array days{LocalDay{kFirst.v + 5}, LocalDay{kFirst.v + 15}, LocalDay{kFirst.v + 25},
                        LocalDay{kFirst.v + 30}};
  EXPECT_EQ(forecast_error(desk.history(), russia(), desk.quarters_of(), days).days, 1);
}

}  // namespace
}  // namespace opora::protocol
