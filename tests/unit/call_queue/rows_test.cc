// Rows as bytes, and plans that cannot be.
#include "node/telephony/queue/rows.h"

#include "tests/unit/call_queue/shift.h"

namespace opora::testing {
namespace {

Call some_call() {
  Call call;
  call.no = CallNo{7};
  call.line = "100";
  call.queue = kAdults;
  call.arrived_at = call.entered_at = call.phase_at = kMonday17;
  call.phase = Phase::kRinging;
  call.next_leg = 2;
  call.legs.push_back({LegNo{1}, LegRole::kAgent, LegState::kDialling, AgentNo{104}, kMonday17});
  return call;
}

Agent some_agent() {
  Agent agent;
  agent.no = AgentNo{104};
  agent.since = agent.idle_since = kMonday17;
  agent.then = AgentState::kBreak;
  agent.then_reason = BreakReason::kRest;
  agent.lent[kReference] = Rank{2};
  return agent;
}

TEST(Rows, ComeBackAsTheyWere) {
  EXPECT_EQ(decode_call(encode(some_call())), some_call());
  EXPECT_EQ(decode_agent(encode(some_agent())), some_agent());
  const QueueFigures of{kAdults, 95'000};
  EXPECT_EQ(decode_figures(encode(of)), of);
}

TEST(Rows, OfAnotherVersionAreNotRead) {
  Bytes row = encode(some_call());
  row[0] = static_cast<char>(kRowVersion + 1);
  EXPECT_FALSE(decode_call(row));
  EXPECT_FALSE(decode_call(""));
}

TEST(Rows, CutShortOrWithMoreThanTheyShouldHaveAreNotRead) {
  const Bytes row = encode(some_call());
  for (std::size_t size = 0; size < row.size(); ++size)
    EXPECT_FALSE(decode_call(std::string_view(row).substr(0, size))) << size;
  EXPECT_FALSE(decode_call(row + "x"));
}

TEST(Rows, WithValuesThatNoStepWritesAreNotRead) {
  Call call = some_call();
  call.phase = static_cast<Phase>(99);
  EXPECT_FALSE(decode_call(encode(call)));
  call = some_call();
  call.legs.resize(kMaxLegs + 1, call.legs[0]);
  EXPECT_FALSE(decode_call(encode(call)));
  call = some_call();
  call.legs[0].role = static_cast<LegRole>(0);
  EXPECT_FALSE(decode_call(encode(call)));
  call = some_call();
  call.until = TimeMs{5};
  EXPECT_FALSE(decode_call(encode(call)));
  call = some_call();
  call.legs.push_back(call.legs[0]);
  EXPECT_FALSE(decode_call(encode(call)));
  Agent agent = some_agent();
  agent.then = static_cast<AgentState>(9);
  EXPECT_FALSE(decode_agent(encode(agent)));
}

std::string wrong_path(const Plan& plan) {
  const auto checked = check(plan);
  return checked.ok() ? "" : checked.error().path;
}

TEST(CallPlan, OfTheHospitalIsWhole) { EXPECT_EQ(wrong_path(hospital_plan()), ""); }

TEST(CallPlan, NamesWhatIsWrong) {
  const auto with = [](const std::function<void(Plan&)>& change) {
    Plan plan = hospital_plan();
    change(plan);
    return wrong_path(plan);
  };
  EXPECT_EQ(with([](Plan& p) { p.home = QueueNo{9}; }), "home");
  EXPECT_EQ(with([](Plan& p) { p.zone = nullptr; }), "zone");
  EXPECT_EQ(with([](Plan& p) { p.menus[kMorningMenu].digits['2'] = ToQueue{QueueNo{9}}; }),
            "menus[1].digits.2");
  EXPECT_EQ(with([](Plan& p) { p.menus[kMorningMenu].digits['x'] = ToQueue{kAdults}; }),
            "menus[1].digits.x");
  EXPECT_EQ(with([](Plan& p) { p.lines["100"].otherwise = ToMenu{MenuNo{9}}; }),
            "lines.100.otherwise");
  EXPECT_EQ(with([](Plan& p) {
              p.lines["100"].rules[0].when.week[0] = {{9, 5}};
            }),
            "lines.100.rules[0].when.week[0]");
  EXPECT_EQ(with([](Plan& p) {
              p.queues[kAdults].stages = {{5, Rank{1}, {}}};
            }),
            "queues[3].stages");
  EXPECT_EQ(with([](Plan& p) { p.queues[kAdults].ring_ms = 0; }), "queues[3].ring_ms");
  EXPECT_EQ(with([](Plan& p) { p.queues[kAdults].wrap_up_ms = -1; }), "queues[3]");
  EXPECT_EQ(with([](Plan& p) {
              p.queues[kAdults].overflow = {OverflowTo::kQueue, kChildren};
              p.queues[kChildren].overflow = {OverflowTo::kQueue, kAdults};
            }),
            "queues[2].overflow");
  EXPECT_EQ(with([](Plan& p) { p.agents[AgentNo{104}].serves[QueueNo{9}] = Rank{1}; }),
            "agents[104].serves");
  EXPECT_EQ(with([](Plan& p) { p.reserves[kReserve].queue = QueueNo{9}; }), "reserves[1]");
}

}  // namespace
}  // namespace opora::testing
