// Working hours and working time (A10): days off that move, short days, breaks, zones that changed.
#include "protocol/domain/working_time.h"

#include <random>

#include <gtest/gtest.h>

#include "tests/unit/domain/calendars.h"
#include "tests/unit/domain/minutes.h"

namespace opora::protocol {
namespace {

using testing::at;
using testing::day;
using testing::east;

constexpr std::int64_t kHourMs = 60 * kMinuteMs;

TEST(LocalDays, HaveTheWeekdaysOfTheCalendar) {
  EXPECT_EQ(weekday(LocalDay{0}), Weekday::kThursday);
  EXPECT_EQ(weekday(LocalDay{-1}), Weekday::kWednesday);
  EXPECT_EQ(weekday(day("2024-02-29")), Weekday::kThursday);
  EXPECT_EQ(weekday(day("2026-11-22")), Weekday::kSunday);
}

TEST(LocalDays, BeginAtMidnightOfTheirZone) {
  EXPECT_EQ(local_day(at("2026-11-22 00:00"), east(180)), day("2026-11-22"));
  EXPECT_EQ(local_day(at("2026-11-22 00:00") + -1, east(180)), day("2026-11-21"));
  EXPECT_EQ(local_day(TimeMs{-1}, east(0)), LocalDay{-1});
}

// Moscow on 2010-03-28: 02:00 +3 became 03:00 +4. And on 2014-10-26: 02:00 +4 became 01:00 +3.
std::int16_t moscow_2010(TimeMs t) { return t < at("2010-03-28 02:00", 180) ? 180 : 240; }
std::int16_t moscow_2014(TimeMs t) { return t < at("2014-10-26 02:00", 240) ? 240 : 180; }
LocalMs clock_shows(std::string_view text) { return LocalMs{at(text, 0).v}; }

TEST(LocalTimes, ThatTheClocksSkippedAreTheMomentOfTheJump) {
  const TimeMs jump = at("2010-03-28 02:00", 180);
  EXPECT_EQ(utc_of(clock_shows("2010-03-28 02:30"), moscow_2010), jump);
  EXPECT_EQ(utc_of(clock_shows("2010-03-28 02:00"), moscow_2010), jump);
  EXPECT_EQ(utc_of(clock_shows("2010-03-28 03:00"), moscow_2010), jump);
  EXPECT_EQ(utc_of(clock_shows("2010-03-28 01:59"), moscow_2010), at("2010-03-28 01:59", 180));
  EXPECT_EQ(utc_of(clock_shows("2010-03-28 03:01"), moscow_2010), at("2010-03-28 03:01", 240));
}

TEST(LocalTimes, ThatCameTwiceAreTheFirst) {
  EXPECT_EQ(utc_of(clock_shows("2014-10-26 01:30"), moscow_2014), at("2014-10-26 01:30", 240));
  EXPECT_EQ(utc_of(clock_shows("2014-10-26 02:00"), moscow_2014), at("2014-10-26 02:00", 180));
}

TEST(LocalTimes, NeverGoBackWhenTheyGoOn) {
  for (const auto& zone : {ZoneOffset(moscow_2010), ZoneOffset(moscow_2014)}) {
    for (const char* from : {"2010-03-27 12:00", "2014-10-25 12:00"}) {
      TimeMs last{};
      for (int minute = 0; minute < 24 * 60; ++minute) {
        const TimeMs t = utc_of(LocalMs{at(from, 0).v + minute * kMinuteMs}, zone);
        ASSERT_GE(t, last);
        last = t;
      }
    }
  }
}

TEST(Calendars, RefuseHoursThatNobodyCanWorkAndNameThem) {
  const auto refused = [](const Hours& hours) {
    WorkCalendar calendar = testing::seven_to_six();
    calendar.week[2] = hours;
    const Status status = check(calendar);
    return status.ok() ? "" : status.error().path;
  };
  EXPECT_EQ(refused({{0, kDayMinutes}}), "");
  EXPECT_EQ(refused({{60, 120}, {121, 180}}), "");
  EXPECT_EQ(refused({{60, 60}}), "week[2]");
  EXPECT_EQ(refused({{120, 60}}), "week[2]");
  EXPECT_EQ(refused({{0, kDayMinutes + 1}}), "week[2]");
  EXPECT_EQ(refused({{60, 120}, {120, 180}}), "week[2]");
  EXPECT_EQ(refused({{60, 120}, {30, 50}}), "week[2]");
  EXPECT_EQ(refused({{0, 1}, {2, 3}, {4, 5}, {6, 7}, {8, 9}}), "week[2]");
  EXPECT_EQ(check(WorkCalendar{}).error().path, "week");
  WorkCalendar own = testing::daily();
  own.own_days[day("2026-01-01")] = {};
  EXPECT_TRUE(check(own).ok());
  own.own_days[day("2026-01-02")] = {{5, 4}};
  EXPECT_EQ(check(own).error().path, "own_days[1]");
  for (std::size_t i = 0; i <= kMaxOwnDays; ++i) own.own_days[LocalDay{static_cast<int>(i)}] = {};
  EXPECT_EQ(check(own).error().path, "own_days");
}

TEST(ProductionCalendars, SayForWhichDayAWorkingWeekendStands) {
  EXPECT_TRUE(check(testing::russia()).ok());
  EXPECT_EQ(check({{day("2025-11-01"), {DayKind::kWorking, {}}}}).error().path, "days[0]");
  EXPECT_EQ(check({{day("2025-11-01"), {DayKind::kShort, {}}}}).error().path, "days[0]");
  EXPECT_EQ(check({{day("2025-11-05"), {DayKind::kShort, day("2025-11-03")}}}).error().path,
            "days[0]");
  EXPECT_EQ(check({{day("2025-11-01"), {DayKind::kOff, day("2025-11-03")}}}).error().path,
            "days[0]");
  ProductionCalendar many;
  for (std::size_t i = 0; i <= kMaxProductionDays; ++i) many[LocalDay{static_cast<int>(i)}] = {};
  EXPECT_EQ(check(many).error().path, "days");
}

TEST(Calendars, MoveDaysOffAndShortenTheDayBeforeAHoliday) {
  const auto calendar = testing::with_lunch();
  const auto russia = testing::russia();
  const auto hours = [&](std::string_view text) {
    return hours_on(calendar, russia, day(text)).hours;
  };
  const Hours whole{{510, 720}, {780, 1'032}};
  const Hours an_hour_less{{510, 720}, {780, 972}};
  EXPECT_EQ(hours("2025-11-01"), an_hour_less)
      << "a Saturday that stands for a Monday, and is short";
  EXPECT_EQ(hours("2025-11-03"), Hours{}) << "the Monday";
  EXPECT_EQ(hours("2024-12-28"), whole);
  EXPECT_EQ(hours("2025-01-08"), Hours{});
  EXPECT_EQ(hours("2025-01-09"), whole);
  EXPECT_EQ(hours("2025-04-30"), an_hour_less);
  EXPECT_EQ(hours("2025-11-02"), Hours{}) << "a Sunday";
}

TEST(Calendars, TakeTheHourOfAShortDayAlsoFromThePartBefore) {
  WorkCalendar calendar;
  calendar.week[2] = {{480, 720}, {780, 800}};
  const auto russia = testing::russia();
  EXPECT_EQ(hours_on(calendar, russia, day("2025-04-30")).hours, (Hours{{480, 680}}));
  calendar.week[2] = {{480, 520}};
  EXPECT_EQ(hours_on(calendar, russia, day("2025-04-30")).hours, Hours{});
}

TEST(Calendars, PutTheQueuesOwnDaysFirstAndSayWhy) {
  auto calendar = testing::seven_to_six();
  calendar.own_days[day("2025-01-02")] = {{600, 720}};
  const auto russia = testing::russia();
  const auto own = hours_on(calendar, russia, day("2025-01-02"));
  EXPECT_EQ(own.hours, (Hours{{600, 720}}));
  EXPECT_EQ(own.reason, DayReason::kOwn);
  EXPECT_EQ(hours_on(calendar, russia, day("2025-01-03")).reason, DayReason::kProduction);
  EXPECT_EQ(hours_on(calendar, russia, day("2025-01-11")).reason, DayReason::kWeek);
  calendar.holidays = Holidays::kIgnored;
  EXPECT_FALSE(hours_on(calendar, russia, day("2025-01-03")).hours.empty());
}

class WorkingTimeTest : public ::testing::Test {
 protected:
  const WorkCalendar calendar_ = testing::seven_to_six();
  const ProductionCalendar russia_ = testing::russia();
  const WorkingTime time_{calendar_, russia_, east(180)};
};

TEST_F(WorkingTimeTest, CountsNothingOutsideTheHours) {
  const auto hours = [&](const char* from, const char* to) {
    return time_.between(at(from), at(to), Measure::kTime) / kHourMs;
  };
  EXPECT_EQ(hours("2025-02-03 00:00", "2025-02-03 07:00"), 0);
  EXPECT_EQ(hours("2025-02-03 07:00", "2025-02-03 08:00"), 1);
  EXPECT_EQ(hours("2025-02-03 17:00", "2025-02-04 08:00"), 2);
  EXPECT_EQ(hours("2025-02-07 17:00", "2025-02-10 08:00"), 2) << "over a weekend";
  EXPECT_EQ(hours("2024-12-28 17:00", "2025-01-09 08:00"), 2) << "over New Year's holidays";
  EXPECT_EQ(hours("2025-04-30 07:00", "2025-05-05 07:00"), 10) << "a short day";
  EXPECT_EQ(hours("2025-02-04 08:00", "2025-02-03 08:00"), 0) << "backwards";
}

TEST_F(WorkingTimeTest, EndsAtTheCloseOfADayAndNotAtTheNextOpening) {
  EXPECT_EQ(time_.after(at("2025-02-03 17:00"), kHourMs, Measure::kTime), at("2025-02-03 18:00"));
  EXPECT_EQ(time_.after(at("2025-02-03 17:00"), kHourMs + 1, Measure::kTime),
            at("2025-02-04 07:00") + 1);
  EXPECT_EQ(time_.after(at("2025-02-08 12:00"), 0, Measure::kTime), at("2025-02-08 12:00"));
}

TEST_F(WorkingTimeTest, CountsAShortDayAsADay) {
  EXPECT_EQ(time_.after(at("2025-04-28 12:30"), 5 * kDayUnits, Measure::kDays),
            at("2025-05-07 12:30"))
      << "1 and 2 May are off";
  EXPECT_EQ(time_.after(at("2025-04-30 12:00"), kDayUnits, Measure::kDays), at("2025-05-05 12:30"))
      << "five of ten hours, then five and a half of eleven";
}

TEST_F(WorkingTimeTest, IsNotFoundWhereNobodyWorks) {
  const WorkCalendar never{};
  const WorkingTime none(never, russia_, east(180));
  EXPECT_EQ(none.after(at("2025-02-03 12:00"), 1, Measure::kTime), std::nullopt);
  EXPECT_EQ(none.between(at("2025-02-03 12:00"), at("2030-02-03 12:00"), Measure::kDays), 0);
}

TEST_F(WorkingTimeTest, OfAHundredYearsIsThatOfTen) {
  const std::int64_t ten =
      time_.between(at("2001-01-01 00:00"), at("2011-01-02 00:00"), Measure::kTime);
  EXPECT_EQ(time_.between(at("2001-01-01 00:00"), kMaxEventTime, Measure::kTime) / ten, 1);
}

TEST(WorkingTimeOfAZone, LosesTheHourThatTheClocksSkipped) {
  const WorkCalendar always = round_the_clock();
  const ProductionCalendar none;
  const WorkingTime spring(always, none, moscow_2010);
  const TimeMs midnight = at("2010-03-28 00:00", 180);
  const TimeMs next_midnight = at("2010-03-29 00:00", 240);
  EXPECT_EQ(spring.between(midnight, next_midnight, Measure::kTime), 23 * kHourMs);
  EXPECT_EQ(spring.between(midnight, next_midnight, Measure::kDays), kDayUnits);
  const WorkingTime autumn(always, none, moscow_2014);
  EXPECT_EQ(
      autumn.between(at("2014-10-26 00:00", 240), at("2014-10-27 00:00", 180), Measure::kTime),
      25 * kHourMs);
}

// Against a counter that looks at each minute.
class RandomCalendar : public ::testing::TestWithParam<unsigned> {};

TEST_P(RandomCalendar, EqualsACountOfItsMinutes) {
  std::mt19937 random(GetParam());
  const TimeMs from = at("2025-01-05 00:00", 0) + testing::below(random, 30'000) * kMinuteMs;
  const LocalDay near = local_day(from, east(180));
  const WorkCalendar calendar = testing::some_calendar(random, near);
  const auto production =
      random() % 2 == 0 ? testing::russia() : testing::some_production(random, near);
  ASSERT_TRUE(check(calendar).ok());
  ASSERT_TRUE(check(production).ok());
  const testing::ZoneTable zone = testing::some_zone(random, from);
  const WorkingTime time(calendar, production, zone.offset());
  const TimeMs end = from + 30 * kDayMs;
  const testing::MinuteTable table(calendar, production, zone, from, end);
  std::int64_t minutes = 0;
  const std::int64_t wanted = 1 + testing::below(random, 3'000);
  const auto found = time.after(from, wanted * kMinuteMs, Measure::kTime);
  for (TimeMs t = from; t < end; t = t + kMinuteMs) {
    minutes += table.open(t) ? 1 : 0;
    if (minutes == wanted && table.open(t)) {
      ASSERT_EQ(found, t + kMinuteMs);
    }
    if (t.v % (997 * kMinuteMs) == 0) {
      ASSERT_EQ(time.between(from, t + kMinuteMs, Measure::kTime), minutes * kMinuteMs);
    }
  }
}

TEST_P(RandomCalendar, IsTheSumOfItsPartsInEachMeasure) {
  std::mt19937 random(GetParam());
  WorkCalendar calendar;
  for (Hours& hours : calendar.week) hours = testing::some_hours(random);
  const auto russia = testing::russia();
  const WorkingTime time(calendar, russia, east(300));
  for (const Measure measure : {Measure::kTime, Measure::kDays}) {
    const TimeMs begin = at("2025-04-20 00:00");
    TimeMs t = begin;
    std::int64_t sum = 0;
    for (int i = 0; i < 50; ++i) {
      const TimeMs to = t + static_cast<std::int64_t>(random() % (kDayMs / 2));
      sum += time.between(t, to, measure);
      t = to;
    }
    EXPECT_EQ(time.between(begin, t, measure), sum);
    if (sum == 0) continue;
    const auto reached = time.after(begin, sum, measure);
    ASSERT_TRUE(reached);
    EXPECT_LE(*reached, t) << "the first such moment";
    EXPECT_GE(time.between(begin, *reached, measure), sum);
    EXPECT_LT(time.between(begin, *reached + -1, measure), sum);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomCalendar, ::testing::Range(1u, 101u));

}  // namespace
}  // namespace opora::protocol
