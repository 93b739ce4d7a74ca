// Ten seconds after a disturbance in the middle of calls of every kind nobody waits in silence, no
// agent is stuck, and at the end every call has one end in the journal.
#include <algorithm>
#include <functional>

#include <gtest/gtest.h>

#include "tests/unit/telephony/house.h"

namespace opora::testing {
namespace {

using protocol::AgentState;

constexpr std::int64_t kSilenceMs = 10'000;
constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kTenYearsMs = 10 * 365 * 24 * kHourMs;

Plan plan_with_menu() {
  Plan plan = hospital_plan();
  plan.lines["menu"] = {{}, ToMenu{kMorningMenu}};
  return plan;
}

struct Disturbance {
  const char* name;
  std::function<void(House&)> strikes;
};
void PrintTo(const Disturbance& what, std::ostream* out) { *out << what.name; }

// The WebSocket is away for `ms`, with what the PBX does meanwhile.
void cut(House& house, std::int64_t ms, const std::function<void()>& meanwhile) {
  house.happens(LinkLost{});
  house.passes(ms / 2);
  meanwhile();
  house.passes(ms / 2);
}

void jump(House& house, std::int64_t ms) { house.clock.advance(ms); }

class AnyDisturbance : public ::testing::TestWithParam<Disturbance> {
 protected:
  AnyDisturbance() {
    for (const std::uint32_t agent : {100, 101, 102, 104}) ready(agent);
    comes("child");  // talks
    house_.takes(101);
    comes("child");  // is held
    house_.takes(102);
    EXPECT_FALSE(house_.asks(102, Hold{}));
    comes("desk");  // while his agent asks a colleague
    house_.takes(100);
    EXPECT_FALSE(house_.asks(100, Consult{ToAgent{AgentNo{104}}}));
    ready(103);
    comes("desk");  // rings
    comes("desk");  // waits
    comes("child");
    comes("menu");
    ready(105);
    house_.shell->dial_out({AgentNo{105}, {}}, "89120000099", [](auto) {});
    house_.takes(105);
  }

  void ready(std::uint32_t agent) { house_.asks(agent, SetState{AgentState::kReady, {}}); }
  CallNo comes(const std::string& line) {
    const CallNo call = house_.shell->next_call().value();
    house_.comes(call, line, "+7912000" + std::to_string(1'000 + call.v % 1'000));
    return call;
  }
  // The screens are there again, and the PBX answers whoever looks.
  void settles() {
    for (const auto& [no, agent] : plan_.agents) house_.happens(DeskSeen{no});
    int answered = -1;
    for (std::int64_t gone = 0; gone < kSilenceMs; gone += CallShell::kEveryMs) {
      if (house_.pbx.looks != std::exchange(answered, house_.pbx.looks)) house_.looks();
      house_.passes(CallShell::kEveryMs);
    }
  }
  void everybody_hangs_up() {
    const auto& calls = house_.core().floor().calls;
    for (int i = 0; i < 100 && !calls.empty(); ++i) {
      const Call call = calls.begin()->second;
      const bool agent_alone = call.person == Person::kAbsent && !call.legs.empty();
      house_.happens(
          LegEnded{call.no, agent_alone ? call.legs.front().no : kPerson, LegEnd::kHungUp});
    }
    EXPECT_TRUE(calls.empty());
  }
  // Of the agents of a queue, the one at whose desk it rings.
  std::optional<std::uint32_t> rung(CallNo call) const {
    for (const auto& [no, agent] : house_.core().floor().agents)
      if (agent.call == call) return no.v;
    return std::nullopt;
  }
  void every_agent_works_on() {
    for (const auto& [no, agent] : plan_.agents) {
      EXPECT_EQ(house_.core().floor().agents.at(no).call, CallNo{}) << no.v;
      ready(no.v);
    }
    house_.passes(20'000);  // of those who wrap up
    for (const char* line : {"desk", "desk", "child", "child"}) {
      const CallNo call = comes(line);
      const auto agent = rung(call);
      ASSERT_TRUE(agent) << line;
      house_.takes(*agent);
      EXPECT_EQ(house_.phase(call), Phase::kTalking) << line;
    }
    everybody_hangs_up();
  }

  const Plan plan_ = plan_with_menu();
  House house_{plan_};
};

TEST_P(AnyDisturbance, LeavesNobodyInSilenceNoAgentStuckAndOneEndOfEachCall) {
  ASSERT_EQ(house_.pbx.watch.wrong(house_.core(), plan_), "");
  ASSERT_EQ(house_.core().floor().calls.size(), 8U);
  GetParam().strikes(house_);
  settles();
  EXPECT_TRUE(house_.core().floor().linked);
  EXPECT_EQ(house_.pbx.watch.wrong(house_.core(), plan_), "");
  EXPECT_EQ(differs(house_.core(), Core(house_.rows().rows)), "");
  everybody_hangs_up();
  every_agent_works_on();
  EXPECT_EQ(house_.pbx.watch.wrong(house_.core(), plan_), "");
  const auto calls = house_.journal();
  EXPECT_GE(calls.size(), 11U);
  for (const protocol::CallState& call : calls) {
    const auto ends = std::count_if(call.seen.begin(), call.seen.end(), [](const auto& seen) {
      return seen.second.step == protocol::CallStep::kEnded;
    });
    EXPECT_EQ(ends, 1) << call.call_id;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Each, AnyDisturbance,
    ::testing::Values(
        Disturbance{"the PBX restarts",
                    [](House& house) {
                      cut(house, 4'000, [] {});
                      house.happens(Reconciled{});  // none of its channels is left
                    }},
        Disturbance{"the node restarts", [](House& house) { house.restarts(); }},
        Disturbance{
            "the node is killed before a commit",
            [](House& house) { house.happens(DeskLost{AgentNo{101}}, Dies::kBeforeTheCommit); }},
        Disturbance{"the node is killed behind a commit",
                    [](House& house) { house.happens(DeskLost{AgentNo{101}}, Dies::kAfterIt); }},
        Disturbance{"the WebSocket is cut", [](House& house) { cut(house, 8'000, [] {}); }},
        Disturbance{"the WebSocket is cut and half of them hang up",
                    [](House& house) {
                      cut(house, 8'000, [&house] {
                        for (const auto& [no, call] : house.core().floor().calls)
                          if (no.v % 2 == 0)
                            house.pbx.watch.told(LegEnded{no, kPerson, LegEnd::kHungUp});
                      });
                    }},
        Disturbance{"the clock jumps an hour ahead", [](House& house) { jump(house, kHourMs); }},
        Disturbance{"the clock jumps an hour back", [](House& house) { jump(house, -kHourMs); }},
        Disturbance{"the clock jumps ten years ahead",
                    [](House& house) { jump(house, kTenYearsMs); }},
        Disturbance{"the clock jumps ten years back",
                    [](House& house) { jump(house, -kTenYearsMs); }},
        Disturbance{
            "the clock jumps while the WebSocket is cut",
            [](House& house) { cut(house, 8'000, [&house] { jump(house, kTenYearsMs); }); }},
        Disturbance{"the clock is set back while the node is away", [](House& house) {
                      jump(house, -kTenYearsMs);
                      house.restarts();
                    }}));

}  // namespace
}  // namespace opora::testing
