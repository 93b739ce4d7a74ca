// What calls leave of calls back (O7), over an engine: whom a lost call owes one, what settles it,
// and that nobody stands twice in a queue, whatever becomes of the process.
#include <gtest/gtest.h>

#include "tests/unit/telephony/house.h"

namespace opora::testing {
namespace {

using protocol::AgentState;
using protocol::CallBackEnd;
using protocol::CallBackResult;
using protocol::CallBackState;
using protocol::Kind;

constexpr CallNo kFirst{7};
constexpr CallNo kSecond{8};
const std::string kNumber = "+79120000001";
constexpr std::int64_t kMinute = 60'000;

class CallBacksOfShell : public ::testing::Test {
 protected:
  // He waits longer than a phantom and hangs up.
  void is_lost(CallNo call, const std::string& number = kNumber) {
    house_.comes(call, "desk", number);
    house_.passes(kMinute);
    house_.hangs_up(call);
  }
  std::vector<CallBackState> tasks() {
    std::vector<CallBackState> out;
    const auto rows = house_.site.store().snapshot();
    rows->scan_prefix(sync::Table::kEntity, Bytes(1, static_cast<char>(Kind::kCallBack)),
                      [&](std::string_view key, std::string_view value) {
                        const auto entity = sync::entity_from_row(key, value);
                        out.push_back(*entity->as<CallBackState>());
                        return true;
                      });
    return out;
  }
  AggregateId id() {
    return protocol::call_back_aggregate(
        house_.site.no(),
        protocol::call_aggregate(house_.site.no(), kCallSource, call_id_of(kFirst)));
  }
  void ready(std::uint32_t agent) { house_.asks(agent, SetState{AgentState::kReady, {}}); }
  // His turn, and the place that he keeps.
  void enters() { house_.shell->call_back({id(), kNumber, tasks().front().place}); }
  std::size_t waiting() const { return house_.core().floor().calls.size(); }

  House house_;
};

TEST_F(CallBacksOfShell, LostCallsOfANumberOweOne) {
  is_lost(kFirst);
  is_lost(kSecond, "8 912 000-00-01");
  ASSERT_EQ(tasks().size(), 1U);
  EXPECT_EQ(tasks().front().asked, 2U);
  is_lost(CallNo{9}, "+79120000002");
  EXPECT_EQ(tasks().size(), 2U);
}

TEST_F(CallBacksOfShell, PhantomsAndWithheldNumbersOweNone) {
  house_.comes(kFirst, "desk", kNumber);
  house_.hangs_up(kFirst);
  is_lost(kSecond, "");
  EXPECT_TRUE(tasks().empty());
}

TEST_F(CallBacksOfShell, WhomThePbxsOwnQueueHasIsOwedNone) {
  house_.comes(kFirst, "desk", kNumber);
  house_.passes(kMinute);
  house_.happens(LinkLost{});
  house_.happens(Reconciled{{}, {kFirst}});
  EXPECT_EQ(waiting(), 0U);
  EXPECT_TRUE(tasks().empty());
}

TEST_F(CallBacksOfShell, WhoGetsThroughIsOwedNothingMore) {
  is_lost(kFirst);
  ready(100);
  house_.comes(kSecond, "desk", kNumber);
  house_.takes(100);
  EXPECT_EQ(protocol::end_of(tasks().front()), CallBackEnd::kGotThrough);
}

TEST_F(CallBacksOfShell, ACallOutThatNobodyTakesIsAnAttempt) {
  is_lost(kFirst);
  ready(100);
  house_.shell->dial_out({AgentNo{100}, {}}, kNumber, [](auto) {});
  house_.takes(100);
  const CallNo call = house_.core().floor().calls.begin()->first;
  house_.happens(LegEnded{call, kPerson, LegEnd::kBusy});
  EXPECT_EQ(tasks().front().last_result, CallBackResult::kBusy);
  EXPECT_EQ(tasks().front().last_by, "100");
}

TEST_F(CallBacksOfShell, WithoutATrunkItIsPutOffAndNoAttempt) {
  is_lost(kFirst);
  enters();
  ready(100);
  house_.takes(100);
  const CallNo call = house_.core().floor().calls.begin()->first;
  house_.happens(LegEnded{call, kPerson, LegEnd::kUnreachable});
  EXPECT_EQ(tasks().front().tried, 0U);
  EXPECT_EQ(tasks().front().unanswered, 0U);
  EXPECT_GT(tasks().front().again_at, house_.clock.now());
  enters();
  EXPECT_EQ(waiting(), 0U);
}

TEST_F(CallBacksOfShell, WhoseAgentDoesNotTakeHisOwnPhoneWasNotCalled) {
  is_lost(kFirst);
  ready(100);
  house_.shell->dial_out({AgentNo{100}, {}}, kNumber, [](auto) {});
  const CallNo call = house_.core().floor().calls.begin()->first;
  house_.happens(LegEnded{call, LegNo{1}, LegEnd::kNoAnswer});
  EXPECT_EQ(tasks().front().tried, 0U);
}

TEST_F(CallBacksOfShell, StandsInTheQueueOnceAndLeavesItWhenNobodyIsToBeCalled) {
  is_lost(kFirst);
  enters();
  enters();
  EXPECT_EQ(waiting(), 1U);
  EXPECT_EQ(house_.shell->call_backs(), std::vector{id()});
  house_.shell->withdraw(id(), Withdrawal::kAtOnce);
  EXPECT_EQ(waiting(), 0U);
  EXPECT_TRUE(house_.shell->call_backs().empty());
  EXPECT_EQ(tasks().front().tried, 0U);
}

TEST_F(CallBacksOfShell, WhomADeskHasTakenUpMeanwhileComesIntoNoQueue) {
  is_lost(kFirst);
  const auto place = tasks().front().place;
  sync::Command claim;
  claim.decide = [&](sync::Decision& decision) -> Result<sync::Answer> {
    decision.emit(protocol::decide(protocol::ClaimCallBack{"anna"},
                                   decision.load(Kind::kCallBack, id()), decision.context())
                      .value());
    return sync::Answer{};
  };
  ASSERT_TRUE(house_.site.run(std::move(claim)).ok());
  house_.shell->call_back({id(), kNumber, place});
  EXPECT_EQ(waiting(), 0U);
  EXPECT_TRUE(house_.shell->call_backs().empty());
  house_.passes(protocol::kCallBackClaimMs);
  house_.shell->call_back({id(), kNumber, place});
  EXPECT_EQ(waiting(), 1U);
}

TEST_F(CallBacksOfShell, AProcessThatEndsLeavesNobodyTwiceInTheQueue) {
  is_lost(kFirst);
  enters();
  house_.restarts();
  EXPECT_EQ(waiting(), 0U);
  EXPECT_TRUE(protocol::is_open(tasks().front()));
  enters();
  EXPECT_EQ(waiting(), 1U);
  EXPECT_EQ(tasks().front().tried, 0U);
}

TEST_F(CallBacksOfShell, WhoseTelephoneRingsWhileTheProcessEndsIsCalledByNobodyElse) {
  is_lost(kFirst);
  enters();
  ready(100);
  house_.takes(100);
  const CallNo call = house_.core().floor().calls.begin()->first;
  house_.restarts();
  house_.looks();
  EXPECT_EQ(house_.shell->call_backs(), std::vector{id()});
  enters();
  EXPECT_EQ(waiting(), 1U);
  house_.happens(LegEnded{call, kPerson, LegEnd::kBusy});
  EXPECT_EQ(tasks().front().last_result, CallBackResult::kBusy);
  EXPECT_TRUE(house_.shell->call_backs().empty());
  house_.restarts();
  EXPECT_TRUE(house_.shell->call_backs().empty());
}

TEST_F(CallBacksOfShell, IsReachedInItsTurn) {
  is_lost(kFirst);
  enters();
  ready(100);
  house_.takes(100);
  const CallNo call = house_.core().floor().calls.begin()->first;
  EXPECT_EQ(house_.pbx.numbers.at(call), kNumber);
  house_.happens(LegAnswered{call, kPerson});
  EXPECT_EQ(protocol::end_of(tasks().front()), CallBackEnd::kReached);
  EXPECT_TRUE(house_.shell->call_backs().empty() || waiting() == 1U);
}

}  // namespace
}  // namespace opora::testing
