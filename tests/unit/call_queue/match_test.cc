// Who gets which call (A2b, A3, O3), and what a phone that nobody takes does.
#include "node/telephony/queue/step.h"
#include "tests/unit/call_queue/shift.h"

namespace opora::testing {
namespace {

class Match : public Shift {};

TEST_F(Match, ACallRingsAtTheAgentWhoIsFreeLongest) {
  ready(103);
  passes(kSecond);
  ready(100);
  const CallNo call = comes("desk");
  EXPECT_EQ(at_phone(103), call);
  EXPECT_EQ(agent(100).call, CallNo{});
}

TEST_F(Match, WhoServedTheCallerLastGoesFirst) {
  ready(103);
  passes(kSecond);
  ready(100);
  happens(Arrived{CallNo{77}, "desk", {}, {}, AgentNo{100}});
  EXPECT_EQ(at_phone(100), CallNo{77});
}

TEST_F(Match, AQueueMayGoByRankBeforeIdleTime) {
  plan_.queues[kReference].pick = Pick::kBestRank;
  plan_.queues[kReference].stages = {{0, Rank{2}, Stage::SkillRule::kAsked}};
  plan_.agents[AgentNo{104}].serves[kReference] = Rank{2};
  ready(104);
  passes(kSecond);
  ready(100);
  EXPECT_EQ(at_phone(100), comes("desk"));
}

TEST_F(Match, AFreedAgentGetsWhoWaitsLongest) {
  const CallNo first = comes("desk");
  passes(kSecond);
  comes("desk");
  ready(100);
  EXPECT_EQ(at_phone(100), first);
}

TEST_F(Match, AnUrgentCallGoesBeforeThem) {
  comes("desk");
  const CallNo urgent = comes("urgent");
  ready(100);
  EXPECT_EQ(at_phone(100), urgent);
}

TEST_F(Match, AnAgentOfTwoQueuesTakesTheLongerWaiting) {
  plan_.agents[AgentNo{100}].serves[kChildren] = Rank{1};
  const CallNo child = comes("child");
  passes(kSecond);
  comes("desk");
  ready(100);
  EXPECT_EQ(at_phone(100), child);
}

TEST_F(Match, ACallAsksForASkill) {
  plan_.agents[AgentNo{103}].skills = Skills{2};
  ready(100);
  passes(kSecond);
  ready(103);
  happens(Arrived{CallNo{77}, "desk", {}, Skills{2}});
  EXPECT_EQ(at_phone(103), CallNo{77});
}

TEST_F(Match, ThePoolWidensWhileACallerWaits) {
  plan_.queues[kReference].stages = {{0, Rank{1}, Stage::SkillRule::kAsked},
                                     {20 * kSecond, Rank{2}, Stage::SkillRule::kAsked},
                                     {40 * kSecond, Rank{2}, Stage::SkillRule::kWaived}};
  plan_.agents[AgentNo{104}].serves[kReference] = Rank{2};
  ready(104);
  const CallNo call = comes("desk");
  happens(Arrived{CallNo{77}, "desk", {}, Skills{2}});
  passes(19 * kSecond);
  EXPECT_EQ(agent(104).call, CallNo{});
  passes(kSecond);
  EXPECT_EQ(at_phone(104), call);
  takes(104);
  puts_down(104);
  asks(104, ReadyAgain{});
  EXPECT_EQ(agent(104).call, CallNo{});  // the other still asks for a skill
  passes(20 * kSecond);
  EXPECT_EQ(at_phone(104), CallNo{77});
}

TEST_F(Match, APhoneThatNobodyTakesPutsItsAgentAsideAndTheCallerToHisPlace) {
  const CallNo first = comes("desk");
  const CallNo second = comes("desk");
  ready(100);
  ignores(100);
  EXPECT_EQ(agent(100).state, AgentState::kBreak);
  EXPECT_EQ(agent(100).aside, Aside::kNoAnswer);
  EXPECT_EQ(position(first), 1);
  EXPECT_EQ(position(second), 2);
  ready(103);
  EXPECT_EQ(at_phone(103), first);
  ready(100);
  EXPECT_EQ(agent(100).aside, Aside::kNone);
  EXPECT_EQ(at_phone(100), second);
}

TEST_F(Match, APhoneWhoseEndWasNotHeardRingsNoLongerThanItShould) {
  ready(100);
  const CallNo call = comes("desk");
  passes(plan_.queues[kReference].ring_ms + 4 * kSecond);
  EXPECT_EQ(phase(call), Phase::kWaiting);
  EXPECT_EQ(agent(100).aside, Aside::kNoAnswer);
}

TEST_F(Match, ABusyPhoneIsTriedAgainSoon) {
  ready(100);
  const CallNo call = comes("desk");
  happens(LegEnded{call, agent(100).leg, LegEnd::kBusy});
  EXPECT_EQ(agent(100).state, AgentState::kReady);
  EXPECT_EQ(phase(call), Phase::kWaiting);
  passes(16 * kSecond);
  EXPECT_EQ(at_phone(100), call);
}

// A phone that answers every INVITE with a refusal of its own (488, a reboot) rings nobody.
TEST_F(Match, APhoneThatFailsOtherwiseIsNotRungAgainAtOnceAndTheCallGoesToTheNext) {
  for (const LegEnd why : {LegEnd::kFault, LegEnd::kHungUp}) {
    ready(100);
    passes(kSecond);
    ready(103);
    const CallNo call = comes("desk");
    ASSERT_EQ(at_phone(100), call);
    happens(LegEnded{call, agent(100).leg, why});
    EXPECT_EQ(agent(100).rest, Rest::kPhoneBusy);
    EXPECT_EQ(agent(100).state, AgentState::kReady);
    EXPECT_EQ(at_phone(103), call);
    happens(LegEnded{call, agent(103).leg, why});
    EXPECT_EQ(phase(call), Phase::kWaiting);
    passes(16 * kSecond);
    EXPECT_EQ(at_phone(100), call);
    hangs_up(call);
  }
}

TEST_F(Match, APhoneThatBreaksInATalkIsNotTheNextToRing) {
  plan_.queues[kReference].wrap_up_ms = 0;
  ready(100);
  const CallNo call = comes("desk");
  takes(100);
  happens(LegEnded{call, agent(100).leg, LegEnd::kFault});
  EXPECT_EQ(phase(call), Phase::kWaiting);
  EXPECT_EQ(agent(100).rest, Rest::kPhoneBusy);
}

TEST_F(Match, WhoRefusesARingOnTheScreenIsNotRungAgain) {
  ready(100);
  const CallNo call = comes("desk");
  asks(100, HangUpCall{});
  EXPECT_EQ(agent(100).aside, Aside::kDeclined);
  EXPECT_EQ(phase(call), Phase::kWaiting);
}

// Legs are numbered once in a call: who rings so often that they come to an end is not kept here.
TEST_F(Match, ACallWhosePhonesNeverComeUpGoesToThePbxsOwnQueueInTheEnd) {
  ready(100);
  const CallNo call = comes("desk");
  Core::Rows rows = this->rows();
  rows.calls.front().next_leg = kMostRings;
  core_ = Core(std::move(rows));
  happens(snapshot());
  happens(LegEnded{call, agent(100).leg, LegEnd::kFault});
  EXPECT_EQ(last<FallBack>().call, call);
  EXPECT_EQ(outcome(call), Outcome::kAtOwnQueue);
  EXPECT_EQ(steps_of(call).back(), CallStep::kEnded);
}

TEST_F(Match, ACallerWhoGivesUpLeavesTheAgentHisTurn) {
  ready(100);
  passes(kSecond);
  ready(103);
  const CallNo call = comes("desk");
  ASSERT_EQ(at_phone(100), call);
  hangs_up(call);
  EXPECT_EQ(last<HangUpLeg>().why, HangUpWhy::kOver);
  EXPECT_EQ(outcome(call), Outcome::kLost);
  EXPECT_EQ(at_phone(100), comes("desk"));
}

TEST_F(Match, WrapUpEndsByTimeOrByWord) {
  ready(100);
  const CallNo first = comes("desk");
  takes(100);
  hangs_up(first);
  EXPECT_EQ(agent(100).rest, Rest::kWrapUp);
  const CallNo second = comes("desk");
  EXPECT_EQ(phase(second), Phase::kWaiting);
  passes(10 * kSecond);
  EXPECT_EQ(at_phone(100), second);
  takes(100);
  hangs_up(second);
  asks(100, ReadyAgain{});
  EXPECT_EQ(at_phone(100), comes("desk"));
}

TEST_F(Match, ABreakThatIsAskedForInACallBeginsAfterIt) {
  ready(100);
  const CallNo call = comes("desk");
  takes(100);
  asks(100, SetState{AgentState::kBreak, BreakReason::kRest});
  EXPECT_EQ(agent(100).state, AgentState::kReady);
  hangs_up(call);
  EXPECT_EQ(agent(100).state, AgentState::kBreak);
  EXPECT_EQ(last<TellAgent>().reason, BreakReason::kRest);
}

TEST_F(Match, ALostDeskIsNoBreakOfItsAgents) {
  ready(100);
  happens(DeskLost{AgentNo{100}});
  const CallNo call = comes("desk");
  EXPECT_EQ(phase(call), Phase::kWaiting);
  EXPECT_TRUE(said<TellAgent>().empty());
  passes(31 * kSecond);
  EXPECT_EQ(last<TellAgent>().state, AgentState::kOffline);
  EXPECT_EQ(agent(100).state, AgentState::kReady);
  happens(DeskSeen{AgentNo{100}});
  EXPECT_EQ(last<TellAgent>().state, AgentState::kReady);
  EXPECT_EQ(at_phone(100), call);
}

TEST_F(Match, AReloadedDeskIsNotToldOf) {
  ready(100);
  happens(DeskLost{AgentNo{100}});
  passes(2 * kSecond);
  happens(DeskSeen{AgentNo{100}});
  EXPECT_EQ(ever<TellAgent>().size(), 1U);
}

// Nobody could call him: neither is it offered, nor does the digit end his call.
TEST_F(Match, WhoseNumberIsHiddenIsOfferedNoCallBack) {
  QueuePlan& queue = plan_.queues[kReference];
  queue.announce_every_ms = queue.call_back_after_ms = 10 * kSecond;
  plan_.lines["closed"] = {{}, ToClosed{kReference}};
  for (const char* line : {"desk", "closed"}) {
    Arrived came{CallNo{line == std::string("desk") ? 77U : 78U}, line};
    came.hidden = true;
    happens(came);
  }
  EXPECT_FALSE(last<PlayClosed>().offers_call_back);
  passes(12 * kSecond);
  EXPECT_FALSE(last<Announce>().offers_call_back);
  presses(CallNo{77}, '1');
  presses(CallNo{78}, '1');
  EXPECT_TRUE(ever<LeaveCallBack>().empty());
  EXPECT_EQ(phase(CallNo{77}), Phase::kWaiting);
  EXPECT_EQ(phase(CallNo{78}), Phase::kClosed);
}

TEST_F(Match, WhoListenedHasNothingToWrapUpAndKeepsHisPlaceAmongTheFree) {
  ready(100);
  const CallNo call = comes("desk");
  takes(100);
  ready(103);
  passes(kSecond);
  const TimeMs since = agent(103).idle_since;
  for (const LegRole how : {LegRole::kListening, LegRole::kWhispering}) {
    asks(103, Monitor{call, how});
    takes(103);
    passes(kSecond);
    puts_down(103);
    EXPECT_EQ(agent(103).rest, Rest::kNone);
    EXPECT_EQ(agent(103).idle_since, since);
  }
  asks(103, Monitor{call, LegRole::kListening});
  takes(103);
  hangs_up(call);
  EXPECT_EQ(agent(103).rest, Rest::kNone);
  EXPECT_EQ(agent(103).idle_since, since);
}

TEST_F(Match, PositionAndExpectedWaitAreAnnounced) {
  plan_.queues[kReference].announce_every_ms = 30 * kSecond;
  ready(100);
  comes("desk");
  takes(100);
  comes("desk");
  passes(kSecond);
  const CallNo third = comes("desk");
  passes(30 * kSecond);
  EXPECT_EQ(last<Announce>().call, third);
  EXPECT_EQ(last<Announce>().position, 2);
  EXPECT_EQ(last<Announce>().wait_ms, 2 * QueueFigures{}.handle_ms);
}

}  // namespace
}  // namespace opora::testing
