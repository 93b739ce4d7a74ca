// Deadlines (A14, V3, V10): norms, pauses, queues that hold a ticket in turn; against a counter of
// minutes.
#include "protocol/domain/deadlines.h"

#include <algorithm>
#include <array>
#include <deque>
#include <random>

#include <gtest/gtest.h>

#include "protocol/domain/ticket_deadlines.h"
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

constexpr std::int64_t kCountedMs = 24 * kDayMs;

// One place: its calendar and its clocks, and the counter of its minutes.
struct Place {
  Place(std::mt19937& random, const ProductionCalendar& production, TimeMs start)
      : calendar(testing::some_calendar(random, local_day(start, east(180)))),
        zone(testing::some_zone(random, start)),
        time(calendar, production, zone.offset()),
        minutes(calendar, production, zone, start, start + kCountedMs) {}
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  const WorkCalendar calendar;
  const testing::ZoneTable zone;
  const WorkingTime time;
  const testing::MinuteTable minutes;
};

class RandomDeadlines : public ::testing::TestWithParam<unsigned> {
 protected:
  RandomDeadlines()
      : random_(GetParam()),
        start_(at("2025-04-20 00:00") + minutes(20'000)),
        production_(random_() % 3 == 0
                        ? testing::russia()
                        : testing::some_production(random_, local_day(start_, east(180)))) {
    for (Place*& place : places_) place = &made_.emplace_back(random_, production_, start_);
    TimeMs t = start_;
    for (std::int64_t i = testing::below(random_, 4); i > 0; --i) {
      const TimeMs from = t + minutes(2'000);
      t = from + minutes(1'500);
      pauses_.push_back({from, t});
    }
    if (!pauses_.empty() && random_() % 4 == 0) pauses_.back().to.reset();
  }

  std::int64_t minutes(unsigned limit) { return testing::below(random_, limit) * kMinuteMs; }
  Place* any_place() { return places_[random_() % places_.size()]; }
  bool paused(TimeMs t) const {
    return std::ranges::any_of(pauses_, [t](const Pause& pause) {
      return pause.from <= t && (!pause.to || t < *pause.to);
    });
  }

  std::mt19937 random_;
  const TimeMs start_;
  const ProductionCalendar production_;
  std::deque<Place> made_;
  std::array<Place*, 3> places_{};
  std::vector<Pause> pauses_;
};

// Queues and places that hold a ticket in turn.
TEST_P(RandomDeadlines, AreThoseOfACountOfMinutes) {
  std::vector<Held> held;
  std::vector<const Place*> where;
  TimeMs t = start_;
  for (std::int64_t i = testing::below(random_, 4); i >= 0; --i, t = t + minutes(3'000)) {
    where.push_back(any_place());
    held.push_back({t, &where.back()->time, random_norm(random_)});
  }
  std::size_t turn = 0;
  const auto share_of = [&](TimeMs minute) {
    if (minute == start_) turn = 0;
    while (turn + 1 < held.size() && held[turn + 1].from <= minute) ++turn;
    return paused(minute) ? 0 : where[turn]->minutes.share(held[turn].norm, minute);
  };
  const DeadlineHistory asked{start_, held, pauses_};
  const TimeMs end = start_ + kCountedMs;
  EXPECT_TRUE(testing::made_by(when_used(asked, kWholeNorm), start_, end, 1, share_of));
  EXPECT_TRUE(testing::made_by(when_used(asked, kWarnedNorm), start_, end, 0.75, share_of));
  double share = 0;
  for (TimeMs minute = start_; minute < end; minute = minute + kMinuteMs) {
    share += share_of(minute);
    if (minute.v / kMinuteMs % 499 != 0) continue;
    const auto exact = static_cast<double>(used(asked, minute + kMinuteMs));
    ASSERT_NEAR(exact / static_cast<double>(kWholeNorm), share, 1e-7);
  }
}

// Registered within, given to somebody within, completed within (A14, V3), in one queue.
TEST_P(RandomDeadlines, OfAllThreeClocksAreThoseOfACountOfMinutes) {
  const Place& place = *any_place();
  QueueChanged queue;
  for (Norms& norms : queue.norms) norms = {random_norm(random_), random_norm(random_)};
  queue.reactions = {{"доступ", random_norm(random_)}, {"", random_norm(random_)}};
  TicketClock clock;
  clock.urgency = static_cast<Urgency>(1 + random_() % kUrgencies);
  clock.category = random_() % 2 == 0 ? "доступ" : "печать";
  clock.received_at = start_;
  clock.registered_at = start_ + minutes(700);
  clock.pauses = pauses_;
  ASSERT_TRUE(check(clock).ok());
  const TicketDeadlines found = deadlines_of(clock, queue, place.time);
  const auto expect = [&](const char* name, const std::optional<Deadline>& said, const Norm& norm,
                          TimeMs from) {
    EXPECT_EQ(said.has_value(), norm.minutes != 0) << name;
    if (!said) return;
    const auto share_of = [&](TimeMs t) { return paused(t) ? 0 : place.minutes.share(norm, t); };
    const TimeMs end = start_ + kCountedMs;
    EXPECT_TRUE(testing::made_by(said->due_at, from, end, 1, share_of)) << name;
    EXPECT_TRUE(testing::made_by(said->warn_at, from, end, 0.75, share_of)) << name;
  };
  const Norms& norms = queue.norms[static_cast<std::size_t>(clock.urgency) - 1];
  expect("registration", found.registration, norms.registration, clock.received_at);
  expect("reaction", found.reaction, queue.reactions[clock.category == "доступ" ? 0 : 1].norm,
         *clock.registered_at);
  expect("completion", found.completion, norms.completion, *clock.registered_at);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomDeadlines, ::testing::Range(1u, 121u));

}  // namespace
}  // namespace opora::protocol
