// Which years without a decree a promise counts on (A10): those that it reaches, and no other.
#include "protocol/domain/unsettled_years.h"

#include <gtest/gtest.h>

#include "tests/unit/domain/calendars.h"

namespace opora::protocol {
namespace {

using testing::at;
using testing::day;
using testing::east;

constexpr Norm kHours{480, NormUnit::kHours, Running::kWorkingTime};
constexpr Norm kClock{480, NormUnit::kHours, Running::kRoundTheClock};

Years unsettled(const Norm& norm, const WorkCalendar& calendar, std::string_view from,
                std::string_view to) {
  UnsettledYears years({2024, 2025, 2026});
  const ZoneOffset moscow = east(180);
  years.count({norm, calendar, moscow, at(from), at(to)});
  return years.found();
}

TEST(UnsettledYears, AreThoseWithoutADecreeThatThePromiseReaches) {
  const WorkCalendar office = testing::seven_to_six();
  EXPECT_EQ(unsettled(kHours, office, "2025-04-29 12:00", "2025-05-05 12:00"), Years{});
  EXPECT_EQ(unsettled(kHours, office, "2026-12-30 12:00", "2026-12-31 23:59"), Years{});
  EXPECT_EQ(unsettled(kHours, office, "2026-12-30 12:00", "2027-01-11 09:00"), Years{2027});
  EXPECT_EQ(unsettled(kHours, office, "2026-12-30 12:00", "2028-01-11 09:00"), (Years{2027, 2028}));
}

TEST(UnsettledYears, BeginAndEndByTheClocksOfThePlace) {
  const WorkCalendar office = testing::seven_to_six();
  EXPECT_EQ(unsettled(kHours, office, "2026-12-31 23:59", "2027-01-01 00:00"), Years{2027});
  UnsettledYears far({2027});
  const ZoneOffset vladivostok = east(600);
  far.count(
      {kHours, office, vladivostok, at("2026-12-31 16:59", 180), at("2026-12-31 17:00", 180)});
  EXPECT_EQ(far.found(), Years{2026}) << "there it is 2027 at the end of it";
}

TEST(UnsettledYears, AreNoneWhereNobodyAsksTheProductionCalendar) {
  const char* from = "2026-12-30 12:00";
  const char* to = "2027-01-11 09:00";
  EXPECT_EQ(unsettled(kClock, testing::seven_to_six(), from, to), Years{});
  EXPECT_EQ(unsettled(kHours, testing::daily(), from, to), Years{}) << "holidays or not";
  EXPECT_EQ(unsettled(Norm{}, testing::seven_to_six(), from, to), Years{});
}

TEST(UnsettledYears, AreThoseOfWorkingDaysOfTheCountryToo) {
  UnsettledYears years({2026});
  years.count_days(day("2026-12-30"), day("2027-01-12"));
  EXPECT_EQ(years.found(), Years{2027});
  years.count_days(day("2029-01-02"), day("2028-01-01"));
  EXPECT_EQ(years.found(), Years{2027}) << "nothing lies between";
}

}  // namespace
}  // namespace opora::protocol
