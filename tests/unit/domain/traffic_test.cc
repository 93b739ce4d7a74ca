// O7b: calls by hour of day and weekday.
#include "protocol/domain/traffic.h"

#include <chrono>

#include <gtest/gtest.h>

namespace opora::protocol {
namespace {

using std::chrono::May;

constexpr std::int16_t kMoscow = 180;
constexpr std::int16_t kKamchatka = 720;

LocalDay day_in_may(unsigned day) {
  return day_of(std::chrono::year{2026} / May / std::chrono::day{day});
}
TimeMs utc(LocalDay day, int hour, int minute = 0) {
  return TimeMs{day.v * kDayMs + (hour * 60 + minute) * kMinuteMs};
}

TEST(LocalHour, IsWhatTheClocksOfThePlaceShow) {
  const LocalDay friday = day_in_may(8);
  EXPECT_EQ(local_hour(utc(friday, 5, 45), kMoscow).day, friday);
  EXPECT_EQ(local_hour(utc(friday, 5, 45), kMoscow).hour, 8U);
  // In the east it is Saturday already.
  EXPECT_EQ(local_hour(utc(friday, 12), kKamchatka).day, next(friday));
  EXPECT_EQ(local_hour(utc(friday, 12), kKamchatka).hour, 0U);
  EXPECT_EQ(local_hour(utc(friday, 11, 59), kKamchatka).hour, 23U);
}

TEST(LocalHour, OfAPlaceWestOfGreenwichIsStillTheDayBefore) {
  const LocalDay friday = day_in_may(8);
  EXPECT_EQ(local_hour(utc(friday, 0, 30), -60).day, LocalDay{friday.v - 1});
  EXPECT_EQ(local_hour(utc(friday, 0, 30), -60).hour, 23U);
}

TEST(WeekTraffic, SumsEachWeekdayOverItsDaysThatHaveBegun) {
  // Two weeks of which the last Friday to Sunday are still to come.
  const LocalDay monday = day_in_may(4);
  const LocalDay thursday = day_in_may(14);
  WeekTraffic traffic(monday, day_in_may(17), thursday);
  EXPECT_EQ(traffic.of(Weekday::kMonday).days, 2);
  EXPECT_EQ(traffic.of(Weekday::kThursday).days, 2);
  EXPECT_EQ(traffic.of(Weekday::kFriday).days, 1);
  EXPECT_EQ(traffic.total().days, 11);
  traffic.add({monday, 9}, {.received = 5, .accepted = 3, .lost = 1, .phantom = 1});
  traffic.add({day_in_may(11), 9}, {.received = 7, .accepted = 7});
  traffic.add({thursday, 9}, {.received = 2, .lost = 2});
  EXPECT_EQ(traffic.of(Weekday::kMonday).hours[9],
            (HourCounts{.received = 12, .accepted = 10, .lost = 1, .phantom = 1}));
  EXPECT_EQ(traffic.of(Weekday::kMonday).hours[10], HourCounts{});
  EXPECT_EQ(traffic.total().hours[9].received, 14);
  EXPECT_EQ(traffic.total().total().lost, 3);
}

TEST(WeekTraffic, LeavesOutWhatIsOfAnotherDay) {
  WeekTraffic traffic(day_in_may(4), day_in_may(5), day_in_may(5));
  traffic.add({day_in_may(3), 23}, {.received = 1});
  traffic.add({day_in_may(6), 0}, {.received = 1});
  EXPECT_EQ(traffic.total().total(), HourCounts{});
}

TEST(HourCounts, AreTheCountersOfCallsAlone) {
  Counters counters{};
  counters[static_cast<std::size_t>(Counter::kReceived)] = 9;
  counters[static_cast<std::size_t>(Counter::kAccepted)] = 5;
  counters[static_cast<std::size_t>(Counter::kLost)] = 3;
  counters[static_cast<std::size_t>(Counter::kPhantom)] = 1;
  counters[static_cast<std::size_t>(Counter::kTalkMs)] = 700;
  EXPECT_EQ(hour_counts(counters),
            (HourCounts{.received = 9, .accepted = 5, .lost = 3, .phantom = 1}));
}

}  // namespace
}  // namespace opora::protocol
