// Shifts in which anything may happen, and the process is killed anywhere: the rows are the state
// that was left, and every call has one end in the journal.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/sim/dice.h"
#include "tests/unit/call_queue/chance.h"
#include "tests/unit/telephony/house.h"

namespace opora::testing {
namespace {

constexpr int kSteps = 250;
constexpr std::uint64_t kSeeds = 12;

Core::Rows rows_of(const Core& core) {
  Core::Rows out;
  for (const auto& [no, call] : core.floor().calls) out.calls.push_back(call);
  for (const auto& [no, agent] : core.floor().agents) out.agents.push_back(agent);
  for (const auto& [no, of] : core.floor().figures) out.figures.push_back(of);
  return out;
}

// The core that a process which has just read these rows has. Nobody's number is known here: whom
// it was to call it does not know any more.
Core restarted(const Core& core, const Plan& plan, TimeMs now) {
  Core out(rows_of(core));
  out.step(plan, Restarted{}, now);
  std::vector<CallNo> unknown;
  for (const auto& [no, call] : out.floor().calls)
    if (call.person == Person::kAbsent) unknown.push_back(no);
  for (const CallNo no : unknown) out.step(plan, CallBackWithdrawn{no}, now);
  out.step(plan, Tick{}, now);
  return out;
}

class AnyKill : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  AnyKill() : dice_(GetParam() + 1'000) { house_.plan_is(plans().front()); }

  void play(const Happening& next) {
    house_.clock.set(next.at);
    if (next.plan != plan_) house_.plan_is(plans().at(plan_ = next.plan));
    if (std::holds_alternative<PlanChanged>(next.event)) return;
    const Plan& plan = plans().at(plan_);
    if (std::holds_alternative<Restarted>(next.event)) {
      const Core before = restarted(house_.core(), plan, next.at);
      house_.restarts();
      return same(before);
    }
    const Core before = house_.core();
    const Dies dies = dice_.percent(4)   ? Dies::kBeforeTheCommit
                      : dice_.percent(4) ? Dies::kAfterIt
                                         : Dies::kNot;
    house_.happens(next.event, dies);
    if (dies == Dies::kBeforeTheCommit) return same(restarted(before, plan, next.at));
    Core played = before;
    played.step(plan, next.event, next.at);
    same(dies == Dies::kNot ? played : restarted(played, plan, next.at));
    const bool linked = house_.core().floor().linked;
    EXPECT_EQ(linked ? house_.pbx.watch.wrong(house_.core(), plan) : "", "");
  }
  void same(const Core& expected) {
    EXPECT_EQ(differs(house_.core(), expected), "");
    EXPECT_EQ(house_.core().next_wake(), expected.next_wake());
    EXPECT_EQ(differs(house_.core(), Core(house_.rows().rows)), "");
  }
  static bool asks_to_be_called(const Call& call) {
    return call.person == Person::kAbsent && call.legs.empty();
  }
  // Everybody hangs up; whoever asked to be called back is rung for last, and does not answer.
  void ends() {
    house_.looks();
    const auto& calls = house_.core().floor().calls;
    for (int i = 0; i < 1'000 && !calls.empty(); ++i) {
      const auto next = std::find_if(calls.begin(), calls.end(), [](const auto& each) {
        return !asks_to_be_called(each.second);
      });
      const Call call = next == calls.end() ? calls.begin()->second : next->second;
      if (asks_to_be_called(call)) {
        house_.asks(100, SetState{protocol::AgentState::kReady, {}});
        house_.asks(100, PickUp{call.no});
      } else if (call.person == Person::kAbsent) {
        house_.happens(LegAnswered{call.no, call.legs.front().no});
      } else {
        house_.happens(LegEnded{call.no, kPerson, LegEnd::kHungUp});
      }
    }
  }

  House house_;
  sim::Dice dice_;
  std::size_t plan_ = 0;
};

TEST_P(AnyKill, LeavesTheStateAndEndsEachCallOnce) {
  Chance chance(GetParam());
  for (int i = 0; i < kSteps && !HasFailure(); ++i)
    play(chance.next({house_.core(), house_.pbx.watch}));
  ends();
  EXPECT_TRUE(house_.core().floor().calls.empty());
  EXPECT_TRUE(house_.rows().rows.calls.empty());
  for (const auto& [no, agent] : house_.core().floor().agents) EXPECT_EQ(agent.call, CallNo{});
  const auto calls = house_.journal();
  EXPECT_GT(calls.size(), 5U);
  for (const protocol::CallState& call : calls) {
    std::uint32_t expected = 1;
    int ends = 0;
    for (const auto& [seq, seen] : call.seen) {
      EXPECT_EQ(seq, expected++) << call.call_id;
      if (seen.step == protocol::CallStep::kEnded) ++ends;
    }
    EXPECT_EQ(ends, 1) << call.call_id;
    EXPECT_EQ(call.seen.rbegin()->second.step, protocol::CallStep::kEnded) << call.call_id;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyKill, ::testing::Range<std::uint64_t>(1, kSeeds + 1));

}  // namespace
}  // namespace opora::testing
