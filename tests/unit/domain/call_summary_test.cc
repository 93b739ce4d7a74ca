#include "protocol/domain/call_summary.h"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "protocol/base/archive.h"
#include "protocol/domain/call_now.h"
#include "protocol/domain/facets.h"
#include "protocol/domain/local_day.h"
#include "tests/unit/domain/told.h"

namespace opora::protocol {
namespace {

constexpr std::uint32_t kPhantomMs = 5'000;

// A step of the one call under test, `at_ms` after nine.
CallObserved step(std::uint32_t seq, CallStep what, std::int64_t at_ms, std::string agent = "") {
  CallObserved e;
  e.source = "pbx1";
  e.call_id = "c1";
  e.seq = seq;
  e.step = what;
  e.at = kNine + at_ms;
  e.agent = std::move(agent);
  e.zone_offset_min = 180;
  e.phantom_ms = kPhantomMs;
  return e;
}

CallObserved at_desk(CallObserved e, std::uint16_t desk) {
  e.desk = DeskNo{desk};
  return e;
}

Entity call_of(const std::vector<CallObserved>& steps) {
  Entity entity = subject(Kind::kCall);
  for (std::size_t i = 0; i < steps.size(); ++i)
    EXPECT_EQ(fold(entity, told(steps[i]).at(i + 1)), FoldResult::kFolded);
  return entity;
}

CallSummary summary_of(const std::vector<CallObserved>& steps) {
  return summarize(*call_of(steps).as<CallState>());
}

using enum CallStep;

const std::vector<CallObserved>& answered_call() {
  static const std::vector<CallObserved> steps = {
      step(1, kQueued, 0), step(2, kRinging, 10'000, "101"), step(3, kRinging, 20'000, "102"),
      step(4, kAnswered, 24'000, "102"), step(5, kEnded, 84'000)};
  return steps;
}

// T5: the three times of an accepted call.
TEST(CallSummary, MeasuresWaitFromTheQueueAnswerFromTheRingAndTalkToTheEnd) {
  const CallSummary call = summary_of(answered_call());
  EXPECT_EQ(call.call_class, CallClass::kAccepted);
  EXPECT_EQ(call.agent, "102");
  EXPECT_EQ(call.wait_ms(), 24'000);
  EXPECT_EQ(call.answer_ms(), 4'000);
  EXPECT_EQ(call.talk_ms(), 60'000);
  EXPECT_FALSE(call.live());
}

TEST(CallSummary, MeasuresTheLastRingOfTheAgentWhoAnswered) {
  const CallSummary call =
      summary_of({step(1, kQueued, 0), step(2, kRinging, 5'000, "102"),
                  step(3, kRinging, 10'000, "101"), step(4, kRinging, 20'000, "102"),
                  step(5, kAnswered, 23'000, "102"), step(6, kRinging, 30'000, "102")});
  EXPECT_EQ(call.answer_ms(), 3'000);
}

TEST(CallSummary, HasNoSpeedOfAnswerWhenNoRingWasSeen) {
  const CallSummary call = summary_of({step(1, kQueued, 0), step(2, kAnswered, 7'000, "101")});
  EXPECT_EQ(call.answer_ms(), std::nullopt);
  EXPECT_EQ(call.wait_ms(), 7'000);
  EXPECT_EQ(call.talk_ms(), std::nullopt);
}

TEST(CallSummary, NeverMeasuresLessThanNothing) {
  const CallSummary call = summary_of(
      {step(1, kQueued, 9'000), step(2, kAnswered, 7'000, "101"), step(3, kEnded, 6'000)});
  EXPECT_EQ(call.wait_ms(), 0);
  EXPECT_EQ(call.talk_ms(), 0);
}

TEST(CallSummary, WaitsFromTheFirstEntryIntoAQueue) {
  const CallSummary call = summary_of(
      {step(1, kQueued, 0), step(2, kQueued, 15'000), step(3, kAnswered, 20'000, "101")});
  EXPECT_EQ(call.wait_ms(), 20'000);
}

TEST(CallSummary, TakesTheEarliestSightForTheEntryThatWasNotSeen) {
  EXPECT_EQ(
      summary_of({step(2, kRinging, 3'000, "101"), step(3, kAnswered, 5'000, "101")}).wait_ms(),
      2'000);
}

TEST(CallSummary, ShowsWhoRangLastWhileNobodyHasAnswered) {
  const CallSummary call = summary_of(
      {step(1, kQueued, 0), step(2, kRinging, 1'000, "101"), step(3, kRinging, 2'000, "102")});
  EXPECT_EQ(call.call_class, CallClass::kWaiting);
  EXPECT_TRUE(call.live());
  EXPECT_EQ(call.agent, "102");
  EXPECT_EQ(call.ringing_at, kNine + 2'000);
}

TEST(CallSummary, KnowsACallThatIsBeingTalked) {
  const CallSummary call = summary_of({step(1, kQueued, 0), step(2, kAnswered, 2'000, "101")});
  EXPECT_EQ(call.call_class, CallClass::kTalking);
  EXPECT_TRUE(call.live());
}

// T5b.
TEST(CallSummary, CountsAsPhantomUpToAndIncludingTheLimit) {
  const auto ended_after = [](std::int64_t ms) {
    return summary_of({step(1, kQueued, 0), step(2, kEnded, ms)}).call_class;
  };
  EXPECT_EQ(ended_after(kPhantomMs - 1), CallClass::kPhantom);
  EXPECT_EQ(ended_after(kPhantomMs), CallClass::kPhantom);
  EXPECT_EQ(ended_after(kPhantomMs + 1), CallClass::kLost);
}

TEST(CallSummary, IsNoPhantomWhenItWasAnsweredHoweverBriefly) {
  EXPECT_EQ(summary_of({step(1, kQueued, 0), step(2, kAnswered, 10, "101"), step(3, kEnded, 20)})
                .call_class,
            CallClass::kAccepted);
}

TEST(CallSummary, IsHandedOverUnlessItCameBackOrWasAnswered) {
  const auto left = step(2, kHandedOver, 60'000);
  EXPECT_EQ(summary_of({step(1, kQueued, 0), left}).call_class, CallClass::kHandedOver);
  EXPECT_EQ(summary_of({step(1, kQueued, 0), left, step(3, kEnded, 61'000)}).call_class,
            CallClass::kHandedOver);
  EXPECT_EQ(summary_of({step(1, kQueued, 0), left, step(3, kQueued, 70'000)}).call_class,
            CallClass::kWaiting);
  EXPECT_EQ(
      summary_of({step(1, kQueued, 0), left, step(3, kQueued, 70'000), step(4, kEnded, 80'000)})
          .call_class,
      CallClass::kLost);
  EXPECT_EQ(summary_of({step(1, kQueued, 0), left, step(3, kAnswered, 70'000, "101"),
                        step(4, kEnded, 80'000)})
                .call_class,
            CallClass::kAccepted);
}

TEST(CallSummary, CountsAtTheDeskWhereItEnded) {
  EXPECT_EQ(summary_of({at_desk(step(1, kQueued, 0), 1), at_desk(step(2, kQueued, 9), 2)}).desk,
            DeskNo{2});
  // Steps that name no desk leave it as it was; a call for which none was named is the first one's.
  EXPECT_EQ(summary_of({at_desk(step(1, kQueued, 0), 3), step(2, kEnded, 9)}).desk, DeskNo{3});
  EXPECT_EQ(summary_of({step(1, kQueued, 0), step(2, kEnded, 9)}).desk, DeskNo{1});
}

TEST(CallSummary, RemembersEveryoneWhoAnswered) {
  const CallSummary call = summary_of({step(1, kQueued, 0), step(2, kAnswered, 1'000, "101"),
                                       step(3, kAnswered, 30'000, "102"), step(4, kEnded, 50'000)});
  EXPECT_EQ(call.agents, (std::set<std::string>{"101", "102"}));
  EXPECT_EQ(call.agent, "101");
  EXPECT_EQ(call.talk_ms(), 49'000);
}

// ---- Order of arrival

// Who was passed on, to a colleague who was asked first, then by way of a queue.
TEST(CallNow, IsTheLastWhoHasIt) {
  std::vector<CallObserved> steps{step(1, kQueued, 0)};
  const auto now = [&](CallObserved next) {
    steps.push_back(std::move(next));
    return now_of(*call_of(steps).as<CallState>());
  };
  EXPECT_EQ(now(step(2, kRinging, 1'000, "101")).agent, "101");
  EXPECT_TRUE(now(step(3, kAnswered, 2'000, "101")).talks);
  const CallNow asked = now(step(4, kRinging, 3'000, "102"));
  EXPECT_EQ(asked.agent, "101");
  EXPECT_TRUE(asked.talks);
  const CallNow passed = now(step(5, kAnswered, 4'000, "102"));
  EXPECT_EQ(passed.agent, "102");
  EXPECT_EQ(passed.since, kNine + 4'000);
  const CallNow back = now(step(6, kQueued, 5'000));
  EXPECT_EQ(back.agent, "");
  EXPECT_FALSE(back.talks);
  const CallNow rings = now(step(7, kRinging, 6'000, "103"));
  EXPECT_EQ(rings.agent, "103");
  EXPECT_FALSE(rings.talks);
  EXPECT_EQ(summary_of(steps).agent, "101");
}

TEST(CallFold, GivesTheSameCallInEveryOrderOfArrival) {
  std::vector<std::size_t> order(answered_call().size());
  std::iota(order.begin(), order.end(), 0);
  const auto fold_in = [&] {
    Entity entity = subject(Kind::kCall);
    for (const std::size_t i : order) {
      (void)fold(
          entity,
          told(answered_call()[i]).at(i + 1).saying(PersonalField::kPhone, std::to_string(i)));
    }
    return entity;
  };
  const Entity in_order = fold_in();
  const Facets rows = facets(in_order);
  int orders = 0;
  do {
    const Entity entity = fold_in();
    ASSERT_EQ(to_row(*entity.as<CallState>()), to_row(*in_order.as<CallState>()));
    ASSERT_EQ(to_row(entity.personal), to_row(in_order.personal));
    ASSERT_EQ(facets(entity).index, rows.index);
    ++orders;
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_EQ(orders, 120);
  EXPECT_EQ(in_order.personal.text(PersonalField::kPhone), "0");
}

TEST(CallFold, KeepsTheEarlierOfTwoTellingsOfOneStepInEitherOrder) {
  const Event first = told(step(1, kQueued, 0)).at(1);
  const Event second = told(step(1, kEnded, 50)).at(2);
  for (const bool swapped : {false, true}) {
    Entity entity = subject(Kind::kCall);
    (void)fold(entity, swapped ? second : first);
    (void)fold(entity, swapped ? first : second);
    EXPECT_EQ(entity.as<CallState>()->seen.at(1).step, kQueued);
  }
}

TEST(CallFold, IsOutgoingOnceAnyStepSaysSo) {
  auto dialled = step(1, kQueued, 0);
  dialled.direction = Direction::kOut;
  for (const bool swapped : {false, true}) {
    Entity entity = subject(Kind::kCall);
    const auto answer = step(2, kAnswered, 5'000, "101");
    (void)fold(entity, told(swapped ? answer : dialled).at(1));
    (void)fold(entity, told(swapped ? dialled : answer).at(2));
    EXPECT_EQ(entity.as<CallState>()->direction, Direction::kOut);
  }
}

// ---- What it counts

Counters day_counters(const std::vector<CallObserved>& steps) {
  Counters sum{};
  for (const CubeRow& row : facets(call_of(steps)).cubes) {
    if (row.key.front() != 'd') continue;
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += row.delta[i];
  }
  return sum;
}

std::int64_t of(const Counters& counters, Counter which) {
  return counters[static_cast<std::size_t>(which)];
}

TEST(CallFacets, CountAnAcceptedCallWithItsTimes) {
  const Counters sum = day_counters(answered_call());
  EXPECT_EQ(of(sum, Counter::kReceived), 1);
  EXPECT_EQ(of(sum, Counter::kAccepted), 1);
  EXPECT_EQ(of(sum, Counter::kLost), 0);
  EXPECT_EQ(of(sum, Counter::kPhantom), 0);
  EXPECT_EQ(of(sum, Counter::kWaitMs), 24'000);
  EXPECT_EQ(of(sum, Counter::kAnswerMs), 4'000);
  EXPECT_EQ(of(sum, Counter::kTalkMs), 60'000);
}

// T5: received = accepted + lost + phantom.
TEST(CallFacets, CountReceivedAsTheSumOfAcceptedLostAndPhantom) {
  for (const auto& [end_ms, which] :
       {std::pair{3'000, Counter::kPhantom}, std::pair{30'000, Counter::kLost}}) {
    const Counters sum = day_counters({step(1, kQueued, 0), step(2, kEnded, end_ms)});
    EXPECT_EQ(of(sum, Counter::kReceived), 1);
    EXPECT_EQ(of(sum, which), 1);
    EXPECT_EQ(of(sum, Counter::kAccepted), 0);
    EXPECT_EQ(of(sum, Counter::kWaitMs), 0);
  }
}

TEST(CallFacets, CountNothingWhileTheCallWaits) {
  EXPECT_EQ(day_counters({step(1, kQueued, 0), step(2, kRinging, 9, "101")}), Counters{});
}

TEST(CallFacets, CountAHandedOverCallAsNothingElse) {
  const Counters sum = day_counters({step(1, kQueued, 0), step(2, kHandedOver, 60'000)});
  Counters only{};
  only[static_cast<std::size_t>(Counter::kHandedOver)] = 1;
  EXPECT_EQ(sum, only);
}

TEST(CallFacets, CountNoOutgoingCall) {
  auto steps = answered_call();
  steps[0].direction = Direction::kOut;
  EXPECT_TRUE(facets(call_of(steps)).cubes.empty());
}

TEST(CallFacets, CountInTheLocalDayAndQuarterOfTheEntry) {
  // 20:59:59 UTC is 23:59:59 in Moscow; two seconds later it is the next day there.
  const std::int64_t before_midnight = 12 * 3'600'000 - 1'000;
  const auto cells = [&](std::int64_t at_ms) {
    std::vector<Bytes> keys;
    for (const CubeRow& row :
         facets(call_of({step(1, kQueued, at_ms), step(2, kEnded, at_ms + 60'000)})).cubes) {
      keys.push_back(row.key);
    }
    return keys;
  };
  const std::int32_t day = local_day(kNine, 180);
  const TimeMs entry = kNine + before_midnight;
  EXPECT_EQ(cells(before_midnight),
            (std::vector<Bytes>{keys::day_cube(day, SiteNo{17}, DeskNo{1}),
                                keys::quarter_cube(SiteNo{17}, DeskNo{1}, entry, "")}));
  EXPECT_EQ(cells(before_midnight + 2'000)[0], keys::day_cube(day + 1, SiteNo{17}, DeskNo{1}));
}

TEST(CallFacets, CountEveryAgentWhoAnswered) {
  std::vector<Bytes> agents;
  for (const CubeRow& row :
       facets(call_of({step(1, kQueued, 0), step(2, kAnswered, 1, "101"),
                       step(3, kAnswered, 2, "102"), step(4, kAnswered, 3, "101")}))
           .cubes) {
    if (row.key.front() == 'a') agents.push_back(row.key);
  }
  const std::int32_t day = local_day(kNine, 180);
  EXPECT_EQ(agents, (std::vector<Bytes>{keys::agent_day(day, SiteNo{17}, DeskNo{1}, "101"),
                                        keys::agent_day(day, SiteNo{17}, DeskNo{1}, "102")}));
}

TEST(LocalDay, RoundsDownOnBothSidesOfTheEpoch) {
  EXPECT_EQ(local_day(TimeMs{0}, 0), 0);
  EXPECT_EQ(local_day(TimeMs{86'399'999}, 0), 0);
  EXPECT_EQ(local_day(TimeMs{86'400'000}, 0), 1);
  EXPECT_EQ(local_day(TimeMs{0}, -1), -1);
  EXPECT_EQ(local_day(TimeMs{-86'400'000}, 0), -1);
  EXPECT_EQ(local_day(TimeMs{-86'400'001}, 0), -2);
}

}  // namespace
}  // namespace opora::protocol
