// The call queue over an engine: what a shift leaves in the store and in the journal, and what a
// kill, a refused command or a clock that jumps does to it.
#include <gtest/gtest.h>

#include "node/telephony/queue/rows.h"
#include "protocol/domain/texts.h"
#include "tests/unit/telephony/house.h"

namespace opora::testing {
namespace {

using protocol::AgentState;
using protocol::BreakReason;
using protocol::Kind;
using Lines = std::vector<std::string>;

constexpr CallNo kCall{7};

class CallShellTest : public ::testing::Test {
 protected:
  void ready(std::uint32_t agent) {
    EXPECT_FALSE(house_.asks(agent, SetState{AgentState::kReady, {}}));
  }
  const Agent& agent(std::uint32_t no) const {
    return house_.core().floor().agents.at(AgentNo{no});
  }
  std::string number_of(CallNo call) {
    return house_.site.personal(
        Kind::kCall, protocol::call_aggregate(house_.site.no(), kCallSource, call_id_of(call)),
        protocol::PersonalField::kPhone);
  }
  template <class T>
  std::size_t times_told() const {
    std::size_t count = 0;
    for (const Command& each : house_.pbx.told) count += std::holds_alternative<T>(each) ? 1 : 0;
    return count;
  }

  House house_;
};

TEST_F(CallShellTest, ACallIsARowWhileItLastsAndTelephoneEventsForEver) {
  ready(100);
  house_.comes(kCall, "desk", "+79120000001");
  EXPECT_EQ(house_.rows().rows.calls.size(), 1U);
  house_.takes(100);
  house_.hangs_up(kCall);
  EXPECT_TRUE(house_.rows().rows.calls.empty());
  EXPECT_EQ(house_.told_of(kCall), (Lines{"queued line1", "ringing line1 by 100",
                                          "answered line1 by 100", "ended line1"}));
  EXPECT_EQ(number_of(kCall), "+79120000001");
}

// N2: nobody may promise him a call back.
TEST_F(CallShellTest, WhoHidesHisNumberIsKnownAsSuch) {
  house_.comes(CallNo{21}, "desk", "+79120000001");
  house_.comes(CallNo{22}, "desk", "");
  house_.comes(CallNo{23}, "desk", "anonymous");
  const auto& calls = house_.core().floor().calls;
  EXPECT_FALSE(calls.at(CallNo{21}).hidden);
  EXPECT_TRUE(calls.at(CallNo{22}).hidden);
  EXPECT_TRUE(calls.at(CallNo{23}).hidden);
}

TEST_F(CallShellTest, AnAgentsStateIsToldAsTheDesksOwnAgentsTellTheirs) {
  ready(100);
  EXPECT_FALSE(house_.asks(100, SetState{AgentState::kBreak, BreakReason::kRest}));
  const auto id = protocol::agent_aggregate(house_.site.no(), "100");
  const auto entity = house_.site.entity(Kind::kAgent, id);
  const auto* state = entity.as<protocol::AgentRowState>();
  ASSERT_NE(state, nullptr);
  EXPECT_EQ(state->state, AgentState::kBreak);
  EXPECT_EQ(state->reason, BreakReason::kRest);
}

TEST_F(CallShellTest, WhatCannotBeDoneIsAnsweredWithTheReason) {
  EXPECT_EQ(house_.asks(100, Hold{}), Refusal::kNoCall);
  EXPECT_EQ(house_.asks(99, Hold{}), Refusal::kUnknown);
}

TEST_F(CallShellTest, WhatAStrangersPbxCallsANumberIsCleaned) {
  house_.comes(kCall, "desk", "<sip:8 (495) 123-45-67@x>\r\n");
  EXPECT_EQ(number_of(kCall), "84951234567");
  house_.comes(CallNo{8}, "desk", "anonymous");
  EXPECT_EQ(number_of(CallNo{8}), "");
}

TEST_F(CallShellTest, AnOutgoingCallHasItsNumberBeforeItIsDialled) {
  ready(100);
  std::optional<Refusal> refusal = Refusal::kBusy;
  house_.shell->dial_out({AgentNo{100}, {}}, "8 (912) 000-00-01", [&](auto why) { refusal = why; });
  EXPECT_FALSE(refusal);
  const CallNo call = agent(100).call;
  EXPECT_EQ(house_.pbx.numbers.at(call), "89120000001");
  house_.takes(100);
  house_.happens(LegAnswered{call, kPerson});
  house_.hangs_up(call);
  EXPECT_EQ(house_.told_of(call), (Lines{"ringing  by 100", "answered  by 100", "ended "}));
  EXPECT_EQ(number_of(call), "89120000001");
}

TEST_F(CallShellTest, WithoutANumberNobodyIsDialled) {
  ready(100);
  std::optional<Refusal> refusal;
  house_.shell->dial_out({AgentNo{100}, {}}, "Иванова", [&](auto why) { refusal = why; });
  EXPECT_EQ(refusal, Refusal::kUnknown);
}

TEST_F(CallShellTest, TimersAreHeldByLookingAtThem) {
  ready(100);
  house_.comes(kCall, "desk", "");
  house_.passes(20'000);  // nobody takes the phone
  EXPECT_EQ(agent(100).aside, Aside::kNoAnswer);
  EXPECT_EQ(house_.phase(kCall), Phase::kWaiting);
}

TEST_F(CallShellTest, AKillWhileSomebodyTalksIsNotHeard) {
  ready(100);
  house_.comes(kCall, "desk", "+79120000001");
  house_.takes(100);
  house_.restarts();
  EXPECT_EQ(house_.pbx.looks, 2);
  house_.looks();
  EXPECT_EQ(house_.phase(kCall), Phase::kTalking);
  EXPECT_EQ(agent(100).call, kCall);
  house_.hangs_up(kCall);
  EXPECT_EQ(house_.told_of(kCall).size(), 4U);
}

TEST_F(CallShellTest, WhatAKilledProcessCouldNotSayIsSaidAgain) {
  ready(100);
  house_.comes(kCall, "desk", "+79120000001");
  const LegNo leg = agent(100).leg;
  house_.happens(LegAnswered{kCall, leg}, Dies::kAfterIt);
  EXPECT_EQ(times_told<Join>(), 0U);
  house_.looks();
  EXPECT_EQ(times_told<Join>(), 1U);
  EXPECT_EQ(house_.pbx.watch.wrong(house_.core(), hospital_plan()), "");
}

TEST_F(CallShellTest, WhatWasNotSavedHasNotHappened) {
  ready(100);
  house_.comes(kCall, "desk", "+79120000001");
  const LegNo leg = agent(100).leg;
  house_.happens(LegAnswered{kCall, leg}, Dies::kBeforeTheCommit);
  EXPECT_EQ(house_.phase(kCall), Phase::kRinging);
  house_.looks();  // the PBX has it
  EXPECT_EQ(house_.phase(kCall), Phase::kTalking);
  EXPECT_EQ(house_.told_of(kCall).back(), "answered line1 by 100");
}

TEST_F(CallShellTest, WhoCameInTheMomentOfTheKillGoesToThePbxsOwnQueue) {
  house_.happens(Arrived{kCall, "desk"}, Dies::kBeforeTheCommit);
  house_.looks();
  EXPECT_EQ(times_told<FallBack>(), 1U);
  EXPECT_TRUE(house_.core().floor().calls.empty());
}

TEST_F(CallShellTest, WhoHungUpWhileTheProcessWasAwayHasEnded) {
  house_.comes(kCall, "desk", "");
  house_.pbx.watch.told(LegEnded{kCall, kPerson, LegEnd::kHungUp});
  house_.restarts();
  house_.looks();
  EXPECT_EQ(house_.told_of(kCall), (Lines{"queued line1", "ended line1"}));
  EXPECT_TRUE(house_.rows().rows.calls.empty());
}

TEST_F(CallShellTest, AnEventThatTheEngineDidNotTakeIsLookedFor) {
  ready(100);
  house_.comes(kCall, "desk", "");
  house_.refuses = {Error{Code::kTooMany, "", "too many commands wait"}};
  const LegNo leg = agent(100).leg;
  house_.happens(LegAnswered{kCall, leg});
  EXPECT_EQ(house_.phase(kCall), Phase::kRinging);
  house_.shell->look(house_.clock.now());
  EXPECT_EQ(house_.pbx.looks, 2);
  house_.looks();
  EXPECT_EQ(house_.phase(kCall), Phase::kTalking);
}

TEST_F(CallShellTest, AnAskThatTheEngineDidNotTakeIsAnswered) {
  house_.refuses = {Error{Code::kTooMany, "", "too many commands wait"}};
  EXPECT_EQ(house_.asks(100, Hold{}), Refusal::kUnavailable);
}

TEST_F(CallShellTest, AStepWhoseRowsWereRefusedIsForgotten) {
  ready(100);
  house_.comes(kCall, "desk", "");
  const LegNo leg = agent(100).leg;
  const auto id = house_.core().floor().calls.at(kCall);
  house_.refuses = {Error{Code::kInvalid, "at", "refused"}};
  house_.happens(LegAnswered{kCall, leg});
  house_.shell->look(house_.clock.now());
  EXPECT_EQ(house_.phase(kCall), id.phase);
  EXPECT_EQ(differs(house_.core(), Core(house_.rows().rows)), "");
}

TEST_F(CallShellTest, AClockThatIsSetBackLeavesNobodyRinging) {
  ready(100);
  house_.comes(kCall, "desk", "");
  house_.clock.advance(-3'600'000);
  house_.shell->look(house_.clock.now());
  house_.looks();
  house_.happens(DeskSeen{AgentNo{100}});
  EXPECT_EQ(house_.phase(kCall), Phase::kRinging);
  house_.passes(40'000);
  EXPECT_EQ(agent(100).aside, Aside::kNoAnswer);
}

TEST_F(CallShellTest, AnotherPlanHoldsFromTheNextStepOn) {
  Plan plan = hospital_plan();
  plan.lines["desk"].otherwise = ToQueue{kChildren};
  house_.plan_is(plan);
  house_.comes(kCall, "desk", "");
  EXPECT_EQ(house_.core().floor().calls.at(kCall).queue, kChildren);
}

TEST_F(CallShellTest, RowsThatCannotBeReadAreGoneAndTheirCallsHaveEnded) {
  house_.comes(kCall, "desk", "");
  const Bytes key = KeyWriter().text("call_queue").u8(1).u64(kCall.v).take();
  auto txn = house_.site.store().begin();
  txn->put(sync::Table::kMeta, key, "damaged");
  ASSERT_TRUE(txn->commit().ok());
  house_.restarts();
  EXPECT_FALSE(house_.site.store().snapshot()->get(sync::Table::kMeta, key));
  EXPECT_EQ(house_.told_of(kCall), (Lines{"queued line1", "ended "}));
  house_.looks();
  EXPECT_EQ(times_told<FallBack>(), 1U);
}

// A store that is older than its journal: a backup whose journal came back from the region.
TEST_F(CallShellTest, RowsThatCountFromTooLowLoseNoEventOfACall) {
  ready(100);
  house_.comes(kCall, "desk", "");
  const auto before = house_.rows();
  house_.takes(100);
  const Bytes key = KeyWriter().text("call_queue").u8(1).u64(kCall.v).take();
  auto txn = house_.site.store().begin();
  txn->put(sync::Table::kMeta, key, encode(before.rows.calls.front()));
  ASSERT_TRUE(txn->commit().ok());
  house_.restarts();
  house_.looks();
  house_.hangs_up(kCall);
  const Lines told = house_.told_of(kCall);
  EXPECT_EQ(told.back(), "ended line1");
  EXPECT_EQ(std::count(told.begin(), told.end(), "ended line1"), 1);
}

TEST_F(CallShellTest, ACallThatHasEndedInTheJournalDoesNotEndAgain) {
  house_.comes(kCall, "desk", "");
  const auto before = house_.rows();
  house_.hangs_up(kCall);
  const Bytes key = KeyWriter().text("call_queue").u8(1).u64(kCall.v).take();
  auto txn = house_.site.store().begin();
  txn->put(sync::Table::kMeta, key, encode(before.rows.calls.front()));
  ASSERT_TRUE(txn->commit().ok());
  house_.restarts();
  house_.looks();
  EXPECT_EQ(house_.told_of(kCall), (Lines{"queued line1", "ended line1"}));
  EXPECT_TRUE(house_.rows().rows.calls.empty());
}

TEST_F(CallShellTest, NumbersAreGivenFromTheStartAndNotTwice) {
  const auto first = house_.shell->next_call();
  ASSERT_TRUE(first);
  house_.restarts();
  const auto next = house_.shell->next_call();
  ASSERT_TRUE(next);
  EXPECT_GT(next->v, first->v);
}

}  // namespace
}  // namespace opora::testing
