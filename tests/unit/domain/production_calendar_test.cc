// The production calendar that comes with the software, against the decrees (A10); and the table
// that people import.
#include "protocol/domain/production_calendar.h"

#include <gtest/gtest.h>

#include "tests/unit/domain/calendars.h"

namespace opora::protocol {
namespace {

using testing::day;

const ProductionYearPublished& shipped(std::uint16_t year) {
  for (const auto& each : shipped_production_years()) {
    if (each.year == year) return each;
  }
  ADD_FAILURE() << year;
  return shipped_production_years().front();
}

// Working days of an office that works from Monday to Friday, and those of them that are short.
struct Days {
  int working = 0;
  int shorter = 0;
  bool operator==(const Days&) const = default;
};
Days count(std::uint16_t year, std::string_view from, std::string_view to) {
  const WorkCalendar office = testing::seven_to_six();
  Days out;
  for (LocalDay d = day(from); d <= day(to); d = next(d)) {
    const DayHours hours = hours_on(office, shipped(year).days, d);
    if (hours.hours.empty()) continue;
    ++out.working;
    if (hours.hours.back().to == 17 * 60) ++out.shorter;
  }
  return out;
}

// 248, 247 and 247 working days are what the decrees add up to.
TEST(ProductionCalendar, HasAsManyWorkingAndShortDaysAsTheDecreesSay) {
  EXPECT_EQ(count(2024, "2024-01-01", "2024-12-31"), (Days{248, 5}));
  EXPECT_EQ(count(2025, "2025-01-01", "2025-12-31"), (Days{247, 4}));
  EXPECT_EQ(count(2026, "2026-01-01", "2026-12-31"), (Days{247, 4}));
}

TEST(ProductionCalendar, MovesDaysOffBetweenWeekdays) {
  const auto& days = shipped(2024).days;
  EXPECT_EQ(days.at(day("2024-04-27")), (ProductionDay{DayKind::kWorking, day("2024-04-29")}));
  EXPECT_EQ(days.at(day("2024-11-02")), (ProductionDay{DayKind::kShort, day("2024-04-30")}));
  EXPECT_EQ(days.at(day("2024-12-28")), (ProductionDay{DayKind::kWorking, day("2024-12-30")}));
  EXPECT_EQ(days.at(day("2024-05-10")), (ProductionDay{DayKind::kOff, {}}));
  EXPECT_EQ(shipped(2025).days.at(day("2025-11-01")),
            (ProductionDay{DayKind::kShort, day("2025-11-03")}));
  EXPECT_EQ(shipped(2026).days.at(day("2026-01-09")), (ProductionDay{DayKind::kOff, {}}));
}

TEST(ProductionCalendar, GivesHolidaysOnAWeekendToThoseWhoWorkOnWeekends) {
  WorkCalendar desks = testing::daily();
  desks.holidays = Holidays::kObserved;
  for (const auto* holiday : {"2025-02-23", "2025-03-08", "2026-03-08", "2026-05-09"}) {
    const auto year = static_cast<std::uint16_t>(holiday[3] - '0' + 2020);
    EXPECT_TRUE(hours_on(desks, shipped(year).days, day(holiday)).hours.empty()) << holiday;
  }
}

TEST(ProductionCalendar, SaysThatAYearWithoutADecreeIsPreliminary) {
  for (const std::uint16_t year : {2024, 2025, 2026}) {
    EXPECT_EQ(shipped(year).status, YearStatus::kDecreed) << year;
  }
  const ProductionYearPublished& next = shipped(2027);
  EXPECT_EQ(next.status, YearStatus::kPreliminary);
  for (const auto* moved : {"2027-05-03", "2027-05-10", "2027-06-14"}) {
    EXPECT_EQ(next.days.at(day(moved)).kind, DayKind::kOff) << moved;
  }
}

TEST(ProductionTable, IsReadAsPeopleExportIt) {
  const auto years = parse_production_years(
      "\xEF\xBB\xBF# a comment\r\n2026\tpreliminary\r\n2026-11-03\tshort\r\n\r\n"
      "2025\tdecreed\n2025-11-01\tshort\t2025-11-03");
  ASSERT_TRUE(years.ok());
  ASSERT_EQ(years->size(), 2u);
  EXPECT_EQ(years->front().year, 2025);
  EXPECT_EQ(years->front().days.at(day("2025-11-01")).instead_of, day("2025-11-03"));
  EXPECT_EQ(years->back().status, YearStatus::kPreliminary);
}

TEST(ProductionTable, NamesTheLineThatIsWrong) {
  const auto refused = [](std::string_view tsv) {
    const auto years = parse_production_years(tsv);
    return years.ok() ? std::string() : years.error().message.substr(0, 7);
  };
  EXPECT_EQ(refused("2025\tdecreed\n2025-02-30\toff\n"), "line 2:");
  EXPECT_EQ(refused("2025\tdecreed\n2026-02-03\toff\n"), "line 2:");
  EXPECT_EQ(refused("2025-02-03\toff\n"), "line 1:");
  EXPECT_EQ(refused("2025\tdecreed\n2025-02-03\tfree\n"), "line 2:");
  EXPECT_EQ(refused("2025\tdecreed\n2025-11-01\tshort\tMonday\n"), "line 2:");
  EXPECT_EQ(refused("2025\tdecreed\n2025-02-03\toff\n2025-02-03\toff\n"), "line 3:");
  EXPECT_EQ(refused("2025\tdecreed\n2025\tdecreed\n"), "line 2:");
  EXPECT_EQ(refused("2025\tsurely\n"), "line 1:");
  EXPECT_EQ(refused("1999\tdecreed\n"), "line 1:");
  EXPECT_EQ(refused("# nothing\n"), "no year");
  // A working Saturday that stands for no day.
  EXPECT_EQ(refused("2025\tdecreed\n2025-11-01\tworking\n"), "2025, d");
  EXPECT_EQ(parse_production_years(std::string(kMaxProductionTableBytes + 1, '#')).error().code,
            Code::kTooLarge);
}

}  // namespace
}  // namespace opora::protocol
