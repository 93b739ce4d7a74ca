// Deadlines (A14, V3, V10): norms, pauses, queues that hold a ticket in turn; against a counter of
// minutes.
#include "protocol/domain/deadlines.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "tests/unit/domain/calendars.h"
#include "tests/unit/domain/minutes.h"

namespace opora::protocol {
namespace {

using testing::at;
using testing::day;
using testing::east;

Norm working(std::uint32_t minutes, NormUnit unit = NormUnit::kHours) {
  return {minutes, unit, Running::kWorkingTime};
}
Norm clock_norm(std::uint32_t minutes) {
  return {minutes, NormUnit::kHours, Running::kRoundTheClock};
}
constexpr std::uint32_t kWeekAndAHalf = 252 * 60;

class DeadlinesTest : public ::testing::Test {
 protected:
  std::optional<TimeMs> due(std::vector<Held> held, TimeMs start, std::vector<Pause> pauses = {},
                            std::int64_t share = kWholeNorm) {
    return when_used({start, held, pauses}, share);
  }
  std::optional<TimeMs> due(const Norm& norm, TimeMs start, std::vector<Pause> pauses = {}) {
    return due({{start, &office_, norm}}, start, std::move(pauses));
  }

  const WorkCalendar seven_to_six_ = testing::seven_to_six();
  const WorkCalendar daily_ = testing::daily();
  const ProductionCalendar russia_ = testing::russia();
  const WorkingTime office_{seven_to_six_, russia_, east(180)};
  const WorkingTime desk_{daily_, russia_, east(180)};
  const WorkingTime far_{seven_to_six_, russia_, east(600)};  // Vladivostok
};

TEST_F(DeadlinesTest, A14HasFourUrgenciesWithTwoNormsEach) {
  const auto minutes = [](Urgency urgency) {
    const Norms norms = default_norms(urgency);
    return std::pair(norms.registration.minutes, norms.completion.minutes);
  };
  EXPECT_EQ(minutes(Urgency::kLow), std::pair(480u, 252u * 60));
  EXPECT_EQ(minutes(Urgency::kMedium), std::pair(360u, 120u * 60));
  EXPECT_EQ(minutes(Urgency::kHigh), std::pair(60u, 480u));
  EXPECT_EQ(minutes(Urgency::kCritical), std::pair(10u, 240u));
  EXPECT_EQ(default_norms(Urgency::kHigh).completion.running, Running::kWorkingTime);
  EXPECT_EQ(default_norms(Urgency::kMedium).completion.running, Running::kRoundTheClock);
  EXPECT_EQ(default_norms(Urgency::kLow).completion.running, Running::kRoundTheClock);
}

TEST_F(DeadlinesTest, A14RunsShortNormsInWorkingTimeAndLongOnesRoundTheClock) {
  const TimeMs friday = at("2025-02-07 17:00");
  EXPECT_EQ(due(default_norms(Urgency::kHigh).completion, friday), at("2025-02-10 14:00"));
  EXPECT_EQ(due(default_norms(Urgency::kCritical).registration, friday), at("2025-02-07 17:10"));
  EXPECT_EQ(due(default_norms(Urgency::kMedium).completion, friday), at("2025-02-12 17:00"));
  EXPECT_EQ(due(default_norms(Urgency::kLow).completion, friday), at("2025-02-18 05:00"));
}

TEST_F(DeadlinesTest, A14TakesFiveWorkingDaysFor120HoursAndForAWeekOfAWorkingCalendar) {
  const TimeMs monday = at("2025-02-03 12:30");
  EXPECT_EQ(due(working(120 * 60), monday), at("2025-02-10 12:30"));
  EXPECT_EQ(due(working(168 * 60, NormUnit::kWeeks), monday), at("2025-02-10 12:30"));
  EXPECT_EQ(due(working(kWeekAndAHalf, NormUnit::kWeeks), monday), at("2025-02-12 18:00"))
      << "seven and a half days";
}

TEST_F(DeadlinesTest, ARequestOutsideTheHoursBeginsWithTheNextOpening) {
  EXPECT_EQ(due(working(60), at("2025-02-08 12:00")), at("2025-02-10 08:00"));
  EXPECT_EQ(due(working(60), at("2024-12-31 23:59")), at("2025-01-09 08:00")) << "New Year";
  EXPECT_EQ(due(working(60), at("2025-10-31 17:30")), at("2025-11-01 07:30"))
      << "a working Saturday";
  EXPECT_EQ(due(working(60), at("2025-11-01 16:30")), at("2025-11-05 07:30")) << "that is short";
  EXPECT_EQ(due({{at("2024-12-31 23:59"), &desk_, working(60)}}, at("2024-12-31 23:59")),
            at("2025-01-01 09:00"))
      << "a desk that is open daily";
}

TEST_F(DeadlinesTest, ThePlaceOfTheQueueDecidesWhenItOpens) {
  const TimeMs start = at("2025-02-03 18:00", 180);  // 01:00 in Vladivostok
  EXPECT_EQ(due({{start, &far_, working(60)}}, start), at("2025-02-04 08:00", 600));
  EXPECT_EQ(due({{start, &office_, working(60)}}, start), at("2025-02-04 08:00", 180));
}

TEST_F(DeadlinesTest, ANormOfNothingHasNoDeadline) {
  const TimeMs start = at("2025-02-03 12:00");
  EXPECT_EQ(due(clock_norm(0), start), std::nullopt);
  const std::vector<Held> held{{start, &office_, clock_norm(0)}};
  EXPECT_EQ(used({start, held, {}}, at("2026-02-03 12:00")), 0);
}

TEST_F(DeadlinesTest, V10WaitingForTheApplicantUsesNothing) {
  const TimeMs start = at("2025-02-03 09:00");
  const Pause lunch{at("2025-02-03 10:00"), at("2025-02-03 11:30")};
  EXPECT_EQ(due(working(120), start, {lunch}), at("2025-02-03 12:30"));
  const Pause night{at("2025-02-03 17:00"), at("2025-02-04 08:00")};
  EXPECT_EQ(due(working(480), start, {night}), at("2025-02-03 17:00")) << "used up when it begins";
  EXPECT_EQ(due(working(540), start, {lunch, night}), at("2025-02-04 10:30"));
}

TEST_F(DeadlinesTest, V10AnAnswerThatIsStillAwaitedHasNoDeadlineYet) {
  const TimeMs start = at("2025-02-03 09:00");
  EXPECT_EQ(due(working(120), start, {{at("2025-02-03 10:00"), std::nullopt}}), std::nullopt);
  EXPECT_EQ(due(working(30), start, {{at("2025-02-03 10:00"), std::nullopt}}),
            at("2025-02-03 09:30"))
      << "it was missed before";
  EXPECT_EQ(due(clock_norm(120), start, {{at("2025-02-03 10:00"), std::nullopt}}), std::nullopt);
}

TEST_F(DeadlinesTest, AnotherUrgencyCountsFromTheBeginningAndResetsNothing) {
  const TimeMs start = at("2025-02-03 09:00");
  const auto low = due(working(480), start);
  const auto high = due(working(60), start);
  EXPECT_EQ(low, at("2025-02-03 17:00"));
  EXPECT_EQ(high, at("2025-02-03 10:00")) << "whenever it is changed: it may be late at once";
}

TEST_F(DeadlinesTest, WhatOneQueueUsedIsMissingInTheNext) {
  const TimeMs start = at("2025-02-03 16:00");
  const TimeMs passed = at("2025-02-03 18:00");
  // Half of four hours in the office; then half of eight hours round the clock.
  EXPECT_EQ(due({{start, &office_, working(240)}, {passed, &office_, clock_norm(480)}}, start),
            at("2025-02-03 22:00"));
  // The first has used it all.
  EXPECT_EQ(due({{start, &office_, working(60)}, {passed, &office_, clock_norm(480)}}, start),
            at("2025-02-03 17:00"));
  // A queue without a norm holds it for nothing.
  EXPECT_EQ(due({{start, &office_, clock_norm(0)}, {passed, &office_, clock_norm(60)}}, start),
            at("2025-02-03 19:00"));
}

TEST_F(DeadlinesTest, AQueueInAnotherPlaceUsesItInItsOwnHours) {
  const TimeMs start = at("2025-02-03 17:00");
  const TimeMs passed = at("2025-02-03 17:30");
  EXPECT_EQ(due({{start, &office_, working(60)}, {passed, &far_, working(60)}}, start),
            at("2025-02-04 07:30", 600));
}

TEST_F(DeadlinesTest, AreWarnedOfAtThreeQuarters) {
  const TimeMs start = at("2025-02-03 09:00");
  EXPECT_EQ(due({{start, &office_, working(240)}}, start, {}, kWarnedNorm), at("2025-02-03 12:00"));
  EXPECT_EQ(due({{start, &office_, clock_norm(400)}}, start, {}, kWarnedNorm),
            at("2025-02-03 14:00"));
}

TEST_F(DeadlinesTest, GoOnCountingWhenTheyAreMissed) {
  const TimeMs start = at("2025-02-03 09:00");
  const std::vector<Held> held{{start, &office_, working(60)}};
  EXPECT_EQ(used({start, held, {}}, start), 0);
  EXPECT_EQ(used({start, held, {}}, at("2025-02-03 09:30")), kWholeNorm / 2);
  EXPECT_EQ(used({start, held, {}}, at("2025-02-03 12:00")), 3 * kWholeNorm);
}

TEST_F(DeadlinesTest, NameTheDaysThatWereSkippedAndThoseThatAreShort) {
  const TimeMs start = at("2025-04-29 12:00");
  const std::vector<Held> held{{start, &office_, working(120 * 60)}};
  const DeadlineHistory history{start, held, {}};
  const auto due = when_used(history, kWholeNorm);
  ASSERT_EQ(due, at("2025-05-12 12:00"));
  const std::vector<SkippedDay> wanted{
      {day("2025-04-30"), DayReason::kProduction, true},
      {day("2025-05-01"), DayReason::kProduction, false},
      {day("2025-05-02"), DayReason::kProduction, false},
      {day("2025-05-03"), DayReason::kWeek, false},
      {day("2025-05-04"), DayReason::kWeek, false},
      {day("2025-05-08"), DayReason::kProduction, false},
      {day("2025-05-09"), DayReason::kProduction, false},
      {day("2025-05-10"), DayReason::kWeek, false},
      {day("2025-05-11"), DayReason::kWeek, false},
  };
  EXPECT_EQ(skipped_days(history, *due), wanted);
  const std::vector<Held> clock{{start, &office_, clock_norm(120 * 60)}};
  EXPECT_TRUE(skipped_days({start, clock, {}}, *due).empty()) << "the clock skips none";
}

TEST_F(DeadlinesTest, NameADayOnceThatTwoQueuesShared) {
  const TimeMs start = at("2025-05-01 09:00");
  const TimeMs passed = at("2025-05-01 15:00");
  const std::vector<Held> held{{start, &office_, working(60)}, {passed, &office_, working(60)}};
  const auto skipped = skipped_days({start, held, {}}, at("2025-05-02 12:00"));
  ASSERT_EQ(skipped.size(), 2u);
  EXPECT_EQ(skipped[0].day, day("2025-05-01"));
  EXPECT_EQ(skipped[1].day, day("2025-05-02"));
}

// ---- Against a counter that looks at each minute.

struct RandomHistory {
  std::vector<WorkCalendar> calendars;
  std::vector<WorkingTime> times;
  std::vector<int> east_min;  // of each
  std::vector<Held> held;
  std::vector<Pause> pauses;
  TimeMs start;
};

Norm random_norm(std::mt19937& random) {
  Norm norm;
  norm.running = random() % 3 == 0 ? Running::kRoundTheClock : Running::kWorkingTime;
  norm.unit = random() % 4 == 0 ? NormUnit::kWeeks : NormUnit::kHours;
  norm.minutes = norm.unit == NormUnit::kWeeks ? 5'040 * (1 + random() % 3)
                 : random() % 2 == 0           ? 1 + random() % 700
                                               : 1'440 * (1 + random() % 6);
  if (random() % 12 == 0) norm.minutes = 0;
  return norm;
}

RandomHistory random_history(std::mt19937& random, const ProductionCalendar& russia) {
  RandomHistory out;
  out.calendars = {testing::seven_to_six(), testing::with_lunch(), testing::daily(),
                   round_the_clock()};
  for (std::size_t i = 0; i < 4; ++i) {
    const int zone = 60 * (2 + static_cast<int>(random() % 11));
    out.times.emplace_back(out.calendars[i], russia, east(zone));
    out.east_min.push_back(zone);
  }
  const auto minutes = [&](unsigned below) {
    return static_cast<std::int64_t>(random() % below) * kMinuteMs;
  };
  out.start = at("2025-04-20 00:00") + minutes(20'000);
  TimeMs t = out.start;
  for (std::size_t i = 0; i <= random() % 3; ++i, t = t + minutes(3'000)) {
    out.held.push_back({t, &out.times[random() % 4], random_norm(random)});
  }
  t = out.start;
  for (std::size_t i = 0; i < random() % 4; ++i) {
    const TimeMs from = t + minutes(2'000);
    t = from + minutes(1'500);
    out.pauses.push_back({from, t});
  }
  if (!out.pauses.empty() && random() % 4 == 0) out.pauses.back().to.reset();
  return out;
}

bool paused(const RandomHistory& history, TimeMs t) {
  for (const Pause& pause : history.pauses) {
    if (pause.from <= t && (!pause.to || t < *pause.to)) return true;
  }
  return false;
}

class RandomDeadlines : public ::testing::TestWithParam<unsigned> {};

TEST_P(RandomDeadlines, AreThoseOfACountOfMinutes) {
  std::mt19937 random(GetParam());
  const ProductionCalendar russia = testing::russia();
  const RandomHistory history = random_history(random, russia);
  const DeadlineHistory asked{history.start, history.held, history.pauses};
  const auto found = when_used(asked, kWholeNorm);
  constexpr double kHair = 1e-7;
  double share = 0;
  std::size_t queue = 0;
  for (TimeMs t = history.start; t < history.start + 20 * kDayMs; t = t + kMinuteMs) {
    while (queue + 1 < history.held.size() && history.held[queue + 1].from <= t) ++queue;
    const Held& held = history.held[queue];
    const auto place = static_cast<std::size_t>(held.time - history.times.data());
    if (!paused(history, t))
      share += testing::minute_share(held.norm, *held.time, history.east_min[place], t);
    const TimeMs minute_end = t + kMinuteMs;
    if (share > 1 + kHair) {
      ASSERT_TRUE(found) << "counted by " << minute_end.v;
      ASSERT_LE(*found, minute_end);
      return;
    }
    if (share < 1 - kHair && found) {
      ASSERT_GT(*found, minute_end);
    }
    if (t.v / kMinuteMs % 499 == 0) {
      const double exact =
          static_cast<double>(used(asked, minute_end)) / static_cast<double>(kWholeNorm);
      ASSERT_NEAR(exact, share, kHair);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomDeadlines, ::testing::Range(1u, 121u));

}  // namespace
}  // namespace opora::protocol
