// Who talked with a person last gets his next call (A3): what the shell looks up for the rules.
#include "node/telephony/last_agent.h"

#include <gtest/gtest.h>

#include "tests/unit/telephony/house.h"

namespace opora::testing {
namespace {

using protocol::AgentState;

const std::string kNumber = "+79120000001";
constexpr std::int64_t kDay = 24 * 60 * 60'000;

class LastAgent : public ::testing::Test {
 protected:
  void ready(std::uint32_t agent) { house_.asks(agent, SetState{AgentState::kReady, {}}); }
  void leaves(std::uint32_t agent) { house_.asks(agent, SetState{AgentState::kOffline, {}}); }
  // He talks with this agent, who leaves then, and is there again behind all others.
  void talked_with(std::uint32_t agent, CallNo call, const std::string& number = kNumber) {
    ready(agent);
    house_.comes(call, "desk", number);
    house_.takes(agent);
    house_.hangs_up(call);
    leaves(agent);
  }
  // Nothing: for nobody.
  std::uint32_t rings(CallNo call) const {
    for (const auto& [no, agent] : house_.core().floor().agents)
      if (agent.call == call) return no.v;
    return 0;
  }
  // 100 and 103 are there, 100 longer.
  void two_are_there() {
    ready(100);
    house_.passes(60'000);
    ready(103);
    house_.passes(60'000);
  }

  House house_;
};

TEST_F(LastAgent, GetsTheNextCallThoughAnotherIsIdleLonger) {
  talked_with(103, CallNo{7});
  two_are_there();
  house_.comes(CallNo{8}, "desk", "8 912 000-00-01");
  EXPECT_EQ(rings(CallNo{8}), 103U);
}

TEST_F(LastAgent, IsNobodysWhoCallsFirstOrHidesHisNumber) {
  talked_with(103, CallNo{7});
  talked_with(103, CallNo{8}, "");
  two_are_there();
  house_.comes(CallNo{9}, "desk", "+79120000002");
  EXPECT_EQ(rings(CallNo{9}), 100U);
  house_.hangs_up(CallNo{9});
  leaves(103);
  leaves(100);
  two_are_there();
  house_.comes(CallNo{10}, "desk", "");
  EXPECT_EQ(rings(CallNo{10}), 100U);
}

TEST_F(LastAgent, IsWhoAnsweredTheLatestOfAnsweredCalls) {
  talked_with(100, CallNo{7});
  house_.passes(1'000);
  talked_with(103, CallNo{8});
  house_.passes(1'000);
  house_.comes(CallNo{9}, "desk", kNumber);  // nobody is there
  house_.passes(10'000);
  house_.hangs_up(CallNo{9});
  two_are_there();
  house_.comes(CallNo{10}, "desk", kNumber);
  EXPECT_EQ(rings(CallNo{10}), 103U);
}

TEST_F(LastAgent, WhoIsBusyLeavesTheCallToOthersAtOnce) {
  talked_with(103, CallNo{7});
  two_are_there();
  house_.comes(CallNo{8}, "desk", kNumber);
  house_.takes(103);
  house_.comes(CallNo{9}, "desk", kNumber);
  EXPECT_EQ(rings(CallNo{9}), 100U);
}

TEST_F(LastAgent, IsForgottenWithTheMatter) {
  talked_with(103, CallNo{7});
  house_.clock.advance(kKnowsHimMs + kDay);
  two_are_there();
  house_.comes(CallNo{8}, "desk", kNumber);
  EXPECT_EQ(rings(CallNo{8}), 100U);
}

// O7: he is called by the one whom he knows.
TEST_F(LastAgent, CallsHimBackToo) {
  talked_with(103, CallNo{7});
  house_.passes(1'000);
  house_.comes(CallNo{8}, "desk", kNumber);
  house_.passes(60'000);
  house_.hangs_up(CallNo{8});
  two_are_there();
  const AggregateId task = protocol::call_back_aggregate(
      house_.site.no(),
      protocol::call_aggregate(house_.site.no(), kCallSource, call_id_of(CallNo{8})));
  house_.shell->call_back({task, kNumber, {1, house_.clock.now(), 0, 0}});
  ASSERT_EQ(house_.core().floor().calls.size(), 1U);
  EXPECT_EQ(rings(house_.core().floor().calls.begin()->first), 103U);
}

}  // namespace
}  // namespace opora::testing
