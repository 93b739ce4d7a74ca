// Planned against needed operators, and what one queue of several desks saves (T14).
#include "protocol/domain/workforce.h"

#include <random>

#include <gtest/gtest.h>

#include "tests/unit/workforce/queue_simulation.h"

namespace opora::protocol {
namespace {

constexpr Service kUsual{{0.8, 20}, 180};

StaffPlan plan(std::string_view text) {
  auto out = parse_plan(text);
  EXPECT_TRUE(out.ok()) << text;
  return out.ok() ? *out : StaffPlan{};
}
std::string refusal(std::string_view text) {
  const auto out = parse_plan(text);
  return out.ok() ? "" : out.error().path + ": " + out.error().message;
}
constexpr std::size_t quarter(int hour, int minute = 0) {
  return static_cast<std::size_t>(hour * 4 + minute / 15);
}

TEST(Plans, SayWhoSitsWhen) {
  const StaffPlan week = plan("1-5 08:00-14:00 4, 1-5 12:00-20:00 3 , 6 09:00-15:15 1");
  const auto at = [&](Weekday day, std::size_t q) {
    return planned(week, {DaySort::kUsual, day}, q);
  };
  EXPECT_EQ(at(Weekday::kMonday, quarter(7, 45)), 0);
  EXPECT_EQ(at(Weekday::kMonday, quarter(8)), 4);
  EXPECT_EQ(at(Weekday::kFriday, quarter(12)), 7);
  EXPECT_EQ(at(Weekday::kFriday, quarter(14)), 3);
  EXPECT_EQ(at(Weekday::kSaturday, quarter(15)), 1);
  EXPECT_EQ(at(Weekday::kSaturday, quarter(15, 15)), 0);
  EXPECT_EQ(at(Weekday::kSunday, quarter(12)), 0);
}

TEST(Plans, OfADayOffAreThoseOfSunday) {
  const StaffPlan week = plan("1-5 00:00-24:00 4, 7 00:00-24:00 1");
  EXPECT_EQ(planned(week, {DaySort::kDayOff, Weekday::kSunday}, 95), 1);
  EXPECT_EQ(planned(week, {DaySort::kShort, Weekday::kMonday}, 95), 4);
}

TEST(Plans, ThatCannotBeReadAreRefusedWithWords) {
  EXPECT_TRUE(plan("").empty());
  EXPECT_TRUE(plan("  ").empty());
  EXPECT_EQ(refusal("8 08:00-14:00 4"), "plan: a weekday: 1 (Monday) to 7");
  EXPECT_EQ(refusal("5-1 08:00-14:00 4"), "plan: weekdays: as 1-5, or one");
  EXPECT_EQ(refusal("1 08:10-14:00 4"), "plan: hours: as 08:00-14:15, whole quarters");
  EXPECT_EQ(refusal("1 14:00-08:00 4"), "plan: hours: as 08:00-14:15, whole quarters");
  EXPECT_EQ(refusal("1 14:00-24:15 4"), "plan: hours: as 08:00-14:15, whole quarters");
  EXPECT_EQ(refusal("1 08:00-14:00 501"), "plan: operators: 0 to 500");
  EXPECT_EQ(refusal("1 08:00-14:00"), "plan: operators: 0 to 500");
  EXPECT_EQ(refusal("1 08:00-14:00 4;"), "plan: a comma between shifts");
  EXPECT_EQ(refusal("1 08:00-14:00 4,"), "plan: a weekday: 1 (Monday) to 7");
  std::string many = "1 08:00-14:00 1";
  for (std::size_t i = 0; i < kMaxShifts; ++i) many += ",1 08:00-14:00 1";
  EXPECT_EQ(refusal(many), "plan: too many shifts");
}

TEST(Plans, OfAnyBytesAreReadOrRefused) {
  std::mt19937_64 dice(3);
  constexpr std::string_view kLetters = "0123456789:-, 14:00";
  for (int round = 0; round < 20'000; ++round) {
    std::string text = "1-5 08:00-14:00 4,2 10:00-24:00 12";
    for (int edit = 0; edit < 3; ++edit)
      text[dice() % text.size()] = kLetters[dice() % kLetters.size()];
    const auto out = parse_plan(text);
    if (!out.ok()) continue;
    for (const Shift& shift : *out) {
      ASSERT_LT(shift.hours.from, shift.hours.to);
      ASSERT_LE(shift.hours.to, kDayMinutes);
      ASSERT_LE(shift.from_day, shift.to_day);
    }
  }
}

TEST(Needed, AreOperatorsOfAQuarterOfAnHour) {
  // 50 calls a quarter of three minutes each: ten Erlang, fourteen operators.
  EXPECT_EQ(operators_needed(Load{50, 180}, Service{{0.8, 20}, {}}), 14);
  EXPECT_EQ(operators_needed(Load{0.019, 180}, kUsual), 0);
  EXPECT_EQ(operators_needed(Load{0.02, 180}, kUsual), 1);
  EXPECT_FALSE(service_level(Load{0, 180}, 3, kUsual));
  EXPECT_EQ(*service_level(Load{50, 180}, 0, kUsual), 0);
  EXPECT_GE(*service_level(Load{50, 180}, 14, kUsual), 0.8);
  // Beyond what formulas take: the most, not a stop.
  EXPECT_GT(operators_needed(Load{1e9, 3'600}, kUsual), 1'000);
}

TEST(Pools, NeedNoMoreOperatorsThanTheirDesksApart) {
  std::mt19937_64 dice(11);
  for (int round = 0; round < 400; ++round) {
    std::vector<Load> loads;
    int apart = 0;
    const double handling = 60 + static_cast<double>(dice() % 300);
    for (std::size_t i = 0; i < 2 + dice() % 6; ++i) {
      loads.push_back({static_cast<double>(dice() % 400) / 10, handling});
      apart += operators_needed(loads.back(), kUsual);
    }
    ASSERT_LE(operators_needed(pooled(loads), kUsual), apart);
  }
}

TEST(Pools, HaveTheCallsAndTheWorkOfAll) {
  const std::array loads{Load{10, 120}, Load{30, 240}, Load{0, 900}};
  EXPECT_DOUBLE_EQ(pooled(loads).calls, 40);
  EXPECT_DOUBLE_EQ(pooled(loads).handling_s, 210);
  EXPECT_EQ(pooled({}).calls, 0);
}

// «Единая регистратура»: two desks of three operators against one of five, played.
TEST(Pools, ServeAsWellWithFewerWhenPlayed) {
  const Load one{9, 180};
  const int each = operators_needed(one, kUsual);
  const std::array both{one, one};
  const int together = operators_needed(pooled(both), kUsual);
  ASSERT_LT(together, 2 * each);
  const auto played = [](const Load& load, int operators) {
    const Traffic traffic{load.calls / kQuarterS, load.handling_s, kUsual.patience_s};
    return opora::testing::QueueSimulation(traffic, operators, 5).run(400'000, 20).within;
  };
  EXPECT_GE(played(one, each), 0.795);
  EXPECT_GE(played(pooled(both), together), 0.795);
  EXPECT_LT(played(pooled(both), together - 1), 0.8);
}

TEST(Sums, AreOfQuartersAndSayWhereThePlanIsShort) {
  const std::array loads{Load{10, 180}, Load{20, 180}, Load{20, 180}, Load{5, 180}};
  const std::array needed{4, 7, 7, 3};
  const std::array<std::optional<int>, 4> plans{4, 5, 8, std::nullopt};
  const Staffing sums = staffing(loads, needed, plans);
  EXPECT_DOUBLE_EQ(sums.calls, 55);
  EXPECT_EQ(sums.needed_quarters, 21);
  EXPECT_EQ(sums.planned_quarters, 17);
  EXPECT_EQ(sums.needed_peak, 7);
  EXPECT_EQ(sums.peak_at, 1U);
  EXPECT_EQ(sums.short_quarters, 1);
  EXPECT_EQ(sums.missing_quarters, 2);
}

}  // namespace
}  // namespace opora::protocol
