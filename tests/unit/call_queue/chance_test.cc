// Shifts in which anything may happen in any order: every call ends once, no agent is in two calls,
// no caller is lost or passed over, and rows and replay give the same.
#include "tests/unit/call_queue/chance.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "tests/support/call_plan.h"

namespace opora::testing {
namespace {

constexpr int kSteps = 600;

// OPORA_SEEDS=N looks at more.
std::uint64_t seeds() {
  const char* asked = std::getenv("OPORA_SEEDS");
  return asked == nullptr ? 60 : std::strtoull(asked, nullptr, 10);
}

// At the end everybody hangs up.
std::string ends(Theatre& stage, Story& story) {
  const auto go = [&](Event event) {
    story.push_back({std::move(event), story.back().at, story.back().plan});
    return stage.play(story.back());
  };
  if (!stage.core().floor().linked)
    if (std::string wrong = go(Reconciled{}); !wrong.empty()) return wrong;
  while (!stage.core().floor().calls.empty()) {
    const Call& call = stage.core().floor().calls.begin()->second;
    const bool absent = call.person == Person::kAbsent;
    if (absent && call.legs.empty()) {  // asks to be called back, and nobody is there to do it
      if (std::string wrong = go(Reconciled{}); !wrong.empty()) return wrong;
      story.push_back(
          {Asked{{}, AgentNo{100}, PickUp{call.no}}, story.back().at, story.back().plan});
      stage.play(story.back());
      if (call.legs.empty()) return "";
      continue;
    }
    const LegNo leg = absent ? call.legs.front().no : kPerson;
    Event event = LegEnded{call.no, leg, LegEnd::kHungUp};
    if (absent) event = LegAnswered{call.no, leg};
    if (std::string wrong = go(event); !wrong.empty()) return wrong;
  }
  for (const auto& [no, agent] : stage.core().floor().agents)
    if (agent.call.v != 0) return "an agent is in a call that is over";
  return "";
}

TEST(AnyShift, KeepsEveryPromise) {
  std::size_t calls = 0;
  std::size_t commands = 0;
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    Theatre stage;
    Chance chance(seed);
    Story story;
    std::string wrong;
    story.push_back({Reconciled{}, TimeMs{1'795'442'400'000}, 0});
    wrong = stage.play(story.back());
    for (int i = 0; i < kSteps && wrong.empty(); ++i) {
      story.push_back(chance.next({stage.core(), stage.watch()}));
      wrong = stage.play(story.back());
    }
    if (wrong.empty()) wrong = ends(stage, story);
    calls += stage.watch().ends().size();
    commands += stage.commands();
    ASSERT_EQ(wrong, "") << "seed " << seed << ":\n"
                         << told(shrunk(story, [](const Story& s) { return !play(s).empty(); }));
  }
  // That something happened at all.
  EXPECT_GT(calls, seeds() * 30);
  EXPECT_GT(commands, seeds() * 200);
}

TEST(AnyShift, IsTheSameWhenItIsPlayedAgain) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Theatre first;
    Chance chance(seed);
    Story story{{Reconciled{}, TimeMs{1'795'442'400'000}, 0}};
    first.play(story.back());
    for (int i = 0; i < kSteps; ++i) {
      story.push_back(chance.next({first.core(), first.watch()}));
      first.play(story.back());
    }
    Theatre again;
    for (const Happening& each : story) again.play(each);
    EXPECT_EQ(again.digest(), first.digest()) << "seed " << seed;
    EXPECT_EQ(again.core().floor().calls, first.core().floor().calls);
    EXPECT_EQ(again.core().floor().agents, first.core().floor().agents);
    EXPECT_EQ(again.core().floor().figures, first.core().floor().figures);
    EXPECT_EQ(again.core().next_wake(), first.core().next_wake());
  }
}

// That the watcher can fail, and how a failure is told.
TEST(AWatcher, SeesACallThatEndsTwiceAndOneThatIsLeftOnTheLine) {
  Watch watch;
  watch.told(Arrived{CallNo{1}, "desk"});
  watch.did({Finish{CallNo{1}, Outcome::kLost}});
  EXPECT_EQ(watch.wrong(Core{}, plans().front()), "call 1 is over and its person is on the line");
  Watch other;
  other.did({Finish{CallNo{1}, Outcome::kLost}, Finish{CallNo{1}, Outcome::kLost}});
  EXPECT_EQ(other.wrong(Core{}, plans().front()), "call 1 ended twice");
}

TEST(AWatcher, SeesACallWhoseEndIsNotReported) {
  Watch watch;
  TellCall queued;
  queued.call = CallNo{1};
  queued.seq = 1;
  watch.did({queued, Finish{CallNo{1}, Outcome::kLost}});
  EXPECT_EQ(watch.wrong(Core{}, plans().front()), "call 1 has no end in the reports");
}

// Two callers wait, two agents are free: whose turn it is.
class Turns : public ::testing::Test {
 protected:
  Turns() {
    for (const std::uint32_t no : {100, 103}) {
      Agent& agent = floor_.agents[AgentNo{no}];
      agent.no = AgentNo{no};
      agent.idle_since = TimeMs{no};
      floor_.idle.insert({agent.idle_since, agent.no});
    }
    for (const std::uint64_t no : {1, 2}) {
      Call& call = floor_.calls[CallNo{no}];
      call.no = CallNo{no};
      call.queue = kReference;
      call.phase = Phase::kWaiting;
      call.entered_at = TimeMs{static_cast<std::int64_t>(no)};
    }
  }
  Floor floor_;
};

TEST_F(Turns, AWatcherSeesACallerWhoIsPassedOver) {
  const Commands second{Dial{CallNo{2}, LegNo{1}, AgentNo{100}}};
  const Commands first{Dial{CallNo{1}, LegNo{1}, AgentNo{100}}};
  EXPECT_EQ(passed_over(floor_, hospital_plan(), second), "call 1 was before call 2");
  EXPECT_EQ(passed_over(floor_, hospital_plan(), first), "");
}

TEST_F(Turns, AWatcherSeesAnAgentWhoIsPassedOver) {
  const Commands second{Dial{CallNo{1}, LegNo{1}, AgentNo{103}}};
  EXPECT_EQ(passed_over_agent(floor_, floor_, hospital_plan(), second),
            "agent 100 is free for longer than agent 103");
  floor_.calls[CallNo{1}].last_agent = AgentNo{103};
  EXPECT_EQ(passed_over_agent(floor_, floor_, hospital_plan(), second), "");
}

TEST(AWatcher, SeesAPhoneThatIsRungAgainThoughItHasJustFailed) {
  const TimeMs at{1'795'442'400'000};
  Redials redials;
  Floor floor;
  Call& call = floor.calls[CallNo{1}];
  call.legs.push_back({LegNo{1}, LegRole::kAgent, LegState::kDialling, AgentNo{100}});
  const Commands again{Dial{CallNo{1}, LegNo{2}, AgentNo{100}}};
  const Event fails = LegEnded{CallNo{1}, LegNo{1}, LegEnd::kFault};
  EXPECT_EQ(redials.wrong(floor, fails, again, at), "agent 100 is rung again by call 1 at once");
  EXPECT_EQ(redials.wrong(floor, Tick{}, again, at), "agent 100 is rung again by call 1 at once");
  EXPECT_EQ(redials.wrong(floor, Tick{}, again, at + 1), "");
  EXPECT_EQ(redials.wrong(floor, fails, {}, at), "");
  EXPECT_EQ(redials.wrong(floor, Asked{{}, AgentNo{100}, SetState{}}, again, at), "");
}

// One waits for the region while an agent is there who talks with another.
TEST(AWatcher, SeesWhoIsSentAwayAlthoughSomebodyIsThere) {
  Plan plan = hospital_plan();
  plan.queues[kReference].overflow.to = OverflowTo::kRegion;
  plan.queues[kReference].overflow.waited_ms = 60'000;
  Floor floor;
  floor.now = TimeMs{1'795'442'400'000};
  Call& call = floor.calls[CallNo{1}];
  call.no = CallNo{1};
  call.queue = kReference;
  call.phase = Phase::kWaiting;
  Agent& agent = floor.agents[AgentNo{100}];
  agent.no = AgentNo{100};
  const Commands over{Dial{CallNo{1}, LegNo{1}, {}, {}, LegRole::kRegion, 0, true}};
  GoingOver going;
  EXPECT_EQ(going.wrong(floor, plan, over), "") << "nobody is there";
  agent.state = protocol::AgentState::kReady;
  agent.call = CallNo{2};
  agent.lost_at = TimeMs{1};
  EXPECT_EQ(going.wrong(floor, plan, over), "call 1 is sent away although somebody is there");
  floor.now = floor.now + 60'000;
  EXPECT_EQ(going.wrong(floor, plan, over), "");
  call.phase = Phase::kRinging;
  EXPECT_EQ(going.wrong(floor, plan, over), "call 1 is sent away while it rings here");
  const auto queued = [](QueueNo queue) {
    TellCall out;
    out.call = CallNo{1};
    out.queue = queue;
    return out;
  };
  agent.call = {};
  floor.idle.insert({TimeMs{1}, AgentNo{100}});
  EXPECT_EQ(going.wrong(floor, plan, {queued(kReference), queued(kAdults)}),
            "call 1 was sent on although agent 100 is free");
}

TEST(AWatcher, SeesAnAgentWhoRingsForTwo) {
  Watch watch;
  watch.did({Dial{CallNo{1}, LegNo{1}, AgentNo{100}}, Dial{CallNo{2}, LegNo{1}, AgentNo{100}}});
  EXPECT_EQ(watch.wrong(Core{}, plans().front()), "agent 100 rings for call 2 while in call 1");
}

TEST(AStory, ThatFailsIsToldWithoutWhatDoesNotMatter) {
  const TimeMs at{1'795'442'400'000};
  Story story{{Reconciled{}, at, 0}};
  for (std::uint64_t no = 1; no <= 20; ++no) story.push_back({Arrived{CallNo{no}, "desk"}, at, 0});
  for (std::uint64_t no = 1; no <= 20; ++no) story.push_back({Digit{CallNo{no}, '2'}, at + 5, 0});
  const auto fails = [](const Story& told_so_far) {
    const std::string text = told(told_so_far);
    return text.find("call 7 comes") != std::string::npos &&
           text.find("call 7 presses") != std::string::npos;
  };
  EXPECT_EQ(told(shrunk(story, fails)),
            "+0 call 7 comes on desk skills 0 last 0\n+5 call 7 presses 2\n");
}

}  // namespace
}  // namespace opora::testing
