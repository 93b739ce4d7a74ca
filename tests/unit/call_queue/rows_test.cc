// Rows as bytes, and plans that cannot be.
#include "node/telephony/queue/rows.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

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
  call = some_call();
  call.held_by_phone = true;
  EXPECT_FALSE(decode_call(encode(call))) << "held, and not held";
  call = some_call();
  call.told = static_cast<Told>(4);
  EXPECT_FALSE(decode_call(encode(call)));
  Agent agent = some_agent();
  agent.then = static_cast<AgentState>(9);
  EXPECT_FALSE(decode_agent(encode(agent)));
}

// What the fuzzer begins with: rows as they are written today, each of another kind of call.
Call coming_over() {
  Call call = some_call();
  call.journey.b.fill(0xa7);
  call.from_site = SiteNo{17};
  call.travels = true;
  call.told = Told::kYes;
  call.person = Person::kUnanswered;
  return call;
}
Call gone_over() {
  Call call = coming_over();
  call.from_site = {};
  call.person = Person::kUp;
  call.phase = Phase::kOutside;
  call.gone_over = call.hidden = true;
  call.answered_at = kMonday17;
  call.legs = {{LegNo{1}, LegRole::kRegion, LegState::kUp, {}, {}, true, true}};
  return call;
}
Call consulting() {
  Call call = some_call();
  call.phase = Phase::kTalking;
  call.held = call.held_by_phone = true;
  call.held_at = call.answered_at = kMonday17;
  call.next_leg = 3;
  call.legs = {{LegNo{1}, LegRole::kAgent, LegState::kUp, AgentNo{104}},
               {LegNo{2}, LegRole::kConsulted, LegState::kUp, AgentNo{105}}};
  call.tape = {TapeState::kPaused, 1, AgentNo{104}};
  return call;
}
Call waiting() {
  Call call = some_call();
  call.phase = Phase::kWaiting;
  call.legs.clear();
  call.announce_at = call.look_at = kMonday17;
  return call;
}
Call promised() {
  Call call = waiting();
  call.phase = Phase::kClosed;
  call.promised = true;
  call.until = kMonday17;
  return call;
}
Call call_back() {
  Call call = waiting();
  call.direction = protocol::Direction::kOut;
  call.person = Person::kAbsent;
  return call;
}
Agent rung() {
  Agent agent = some_agent();
  agent.then.reset();
  agent.then_reason = BreakReason::kNone;
  agent.state = AgentState::kReady;
  agent.call = CallNo{7};
  agent.leg = LegNo{1};
  return agent;
}
const std::map<std::string, Bytes>& seeds() {
  static const std::map<std::string, Bytes> kAll{{"ringing", encode(some_call())},
                                                 {"waiting", encode(waiting())},
                                                 {"promised", encode(promised())},
                                                 {"call_back", encode(call_back())},
                                                 {"consulting", encode(consulting())},
                                                 {"coming_over", encode(coming_over())},
                                                 {"gone_over", encode(gone_over())},
                                                 {"agent_break_asked", encode(some_agent())},
                                                 {"agent_rung", encode(rung())},
                                                 {"figures", encode(QueueFigures{kAdults, 95'000})},
                                                 {"cut", encode(consulting()).substr(0, 40)},
                                                 {"empty", ""}};
  return kAll;
}

// As tests/fuzz/input.h reads it.
std::string hex_lines(const Bytes& row) {
  constexpr std::size_t kLine = 96;
  std::string out = "hex:\n";
  const std::string digits = to_hex(row);
  for (std::size_t at = 0; at < digits.size(); at += kLine) out += digits.substr(at, kLine) + "\n";
  return out;
}

// OPORA_WRITE_GOLDEN=1 writes them anew.
TEST(Rows, OfTheFuzzersSeedsAreOfThisVersion) {
  for (const auto& [name, row] : seeds()) {
    const std::string file = std::string(OPORA_SEEDS_OF_ROWS) + "/" + name;
    if (std::getenv("OPORA_WRITE_GOLDEN") != nullptr) std::ofstream(file) << hex_lines(row);
    std::ifstream in(file);
    std::stringstream kept;
    kept << in.rdbuf();
    EXPECT_TRUE(kept.str() == hex_lines(row)) << name << ": not as rows are written today";
    const bool is_row = decode_call(row) || decode_agent(row) || decode_figures(row);
    EXPECT_EQ(is_row, name != "cut" && name != "empty") << name;
  }
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
