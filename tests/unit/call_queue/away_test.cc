// Callers who go over to the region (T23, N2), and what holds after the PBX or we were away.
#include "tests/unit/call_queue/shift.h"

namespace opora::testing {
namespace {

class Overflows : public Shift {
 protected:
  void SetUp() override { plan_.queues[kReference].overflow.to = OverflowTo::kRegion; }
  Overflow& rule() { return plan_.queues[kReference].overflow; }
  std::size_t call_legs(CallNo no) const { return call(no).legs.size(); }
  std::vector<Dial> regions() const {
    std::vector<Dial> out = ever<Dial>();
    std::erase_if(out, [](const Dial& dial) { return dial.role != LegRole::kRegion; });
    return out;
  }
};

TEST_F(Overflows, WhereNobodyIsTheRegionIsCalledWhileTheCallerKeepsHisPlace) {
  const CallNo call = comes("desk");
  EXPECT_EQ(last<Dial>().role, LegRole::kRegion);
  EXPECT_EQ(phase(call), Phase::kWaiting);
  answers_last();
  EXPECT_EQ(phase(call), Phase::kOutside);
  EXPECT_EQ(steps_of(call), (std::vector{CallStep::kQueued, CallStep::kHandedOver}));
  hangs_up(call);
  EXPECT_EQ(outcome(call), Outcome::kGoneOver);
}

TEST_F(Overflows, AnAgentWhoBecomesFreeMeanwhileIsFaster) {
  const CallNo call = comes("desk");
  ready(100);
  EXPECT_EQ(at_phone(100), call);
  takes(100);
  EXPECT_EQ(phase(call), Phase::kTalking);
  EXPECT_EQ(call_legs(call), 1U);
}

TEST_F(Overflows, TheRegionIsFasterThanAPhoneThatRings) {
  const CallNo call = comes("desk");
  const LegNo region = last<Dial>().leg;
  ready(100);
  happens(LegAnswered{call, region});
  EXPECT_EQ(phase(call), Phase::kOutside);
  EXPECT_EQ(agent(100).call, CallNo{});
  EXPECT_EQ(agent(100).aside, Aside::kNone);
}

TEST_F(Overflows, WithoutAFreeTrunkItIsTriedAgainLater) {
  const CallNo call = comes("desk");
  happens(LegEnded{call, last<Dial>().leg, LegEnd::kUnreachable});
  passes(25 * kSecond);
  EXPECT_EQ(ever<Dial>().size(), 1U);
  passes(10 * kSecond);
  EXPECT_EQ(ever<Dial>().size(), 2U);
}

TEST_F(Overflows, WithAgentsThereItGoesByTheExpectedWait) {
  rule().estimate_ms = 300 * kSecond;
  ready(100);
  comes("desk");
  takes(100);
  comes("desk");  // expected: 180 s
  EXPECT_TRUE(regions().empty());
  const CallNo third = comes("desk");
  ASSERT_EQ(regions().size(), 1U);
  EXPECT_EQ(regions()[0].call, third);
}

TEST_F(Overflows, OrByTheTimeThatHeHasWaited) {
  rule().waited_ms = 60 * kSecond;
  ready(100);
  comes("desk");
  takes(100);
  comes("desk");
  passes(58 * kSecond);
  EXPECT_TRUE(regions().empty());
  passes(5 * kSecond);
  EXPECT_EQ(regions().size(), 1U);
}

TEST_F(Overflows, OrByHowManyAreBeforeHim) {
  rule().longer_than = 1;
  ready(100);
  comes("desk");
  comes("desk");
  EXPECT_TRUE(regions().empty());
  comes("desk");
  EXPECT_EQ(regions().size(), 1U);
}

TEST_F(Overflows, AQueueMayGoOverIntoAnotherOfThisSite) {
  rule().to = OverflowTo::kQueue;
  rule().queue = kAdults;
  EXPECT_EQ(call(comes("desk")).queue, kAdults);
}

TEST_F(Overflows, WhoLeftARequestIsNotSentToTheRegion) {
  happens(CallBackEntered{CallNo{77}, kReference, now_});
  EXPECT_TRUE(ever<Dial>().empty());
}

TEST_F(Overflows, WhoIsNotToBeCalledAnyMoreLeavesTheQueue) {
  happens(CallBackEntered{CallNo{77}, kReference, now_});
  happens(CallBackWithdrawn{CallNo{77}});
  EXPECT_EQ(outcome(CallNo{77}), Outcome::kNotDialled);
  happens(CallBackWithdrawn{CallNo{77}});
  EXPECT_TRUE(ever<HangUpLeg>().empty());
}

TEST_F(Overflows, WhomAnotherSiteIsToCallRingsHereToTheEndFirst) {
  happens(CallBackEntered{CallNo{77}, kReference, now_});
  ready(100);
  rings(100);
  happens(CallBackWithdrawn{CallNo{77}, Withdrawal::kUnlessItRings});
  EXPECT_EQ(at_phone(100), CallNo{77});
  ignores(100);
  ASSERT_EQ(phase(CallNo{77}), Phase::kWaiting);
  happens(CallBackWithdrawn{CallNo{77}, Withdrawal::kUnlessItRings});
  EXPECT_EQ(outcome(CallNo{77}), Outcome::kNotDialled);
}

TEST_F(Overflows, WhomNobodyIsToCallStopsRinging) {
  happens(CallBackEntered{CallNo{77}, kReference, now_});
  ready(100);
  happens(CallBackWithdrawn{CallNo{77}});
  EXPECT_TRUE(is_over(CallNo{77}));
  EXPECT_EQ(agent(100).call, CallNo{});
}

TEST_F(Overflows, ATryThatAnAgentGaveUpIsNotOfWhomHeTalkedWithAnotherDay) {
  CallBackEntered enters{CallNo{77}, kReference, now_};
  enters.last_agent = AgentNo{205};
  happens(enters);
  ready(100);
  rings(100);
  answers_last();
  happens(LegEnded{CallNo{77}, agent(100).leg, LegEnd::kHungUp});
  EXPECT_EQ(outcome(CallNo{77}), Outcome::kNotReached);
  EXPECT_EQ(last<Finish>().agent, AgentNo{});
}

TEST_F(Overflows, NobodyWhomSomebodyFreeMayServe) {
  rule().estimate_ms = 120 * kSecond;  // as long as one call and nobody before it
  ready(100);
  EXPECT_EQ(at_phone(100), comes("desk"));
  EXPECT_TRUE(regions().empty());
  rule() = {OverflowTo::kQueue, kAdults, 0, 120 * kSecond};
  ready(103);
  const CallNo second = comes("desk");
  EXPECT_EQ(at_phone(103), second);
  EXPECT_EQ(call(second).queue, kReference);
}

// What counts is how long he waits here, not how long he has talked.
TEST_F(Overflows, ACallThatIsPassedOnBeginsToWaitThere) {
  rule().waited_ms = 60 * kSecond;
  plan_.agents[AgentNo{101}].serves[kReference] = Rank{1};
  ready(101);
  const CallNo no = comes("child");
  takes(101);
  passes(300 * kSecond);
  ready(100);
  asks(101, Transfer{ToCallers{kReference}});
  EXPECT_EQ(at_phone(100), no);
  EXPECT_TRUE(regions().empty());
  ignores(100);  // the other wraps up
  EXPECT_TRUE(regions().empty());
  asks(101, SetState{AgentState::kBreak, BreakReason::kRest});
  ready(103);
  takes(103);
  EXPECT_EQ(call(no).answered_at, kMonday17);
}

TEST_F(Overflows, AfterATalkThatBrokeTheWaitBeginsAnewAndThePlaceIsKept) {
  rule().waited_ms = 60 * kSecond;
  ready(100);
  const CallNo no = comes("desk");
  takes(100);
  passes(300 * kSecond);
  happens(LegEnded{no, agent(100).leg, LegEnd::kFault});
  EXPECT_EQ(phase(no), Phase::kWaiting);
  EXPECT_EQ(call(no).entered_at, kMonday17);
  EXPECT_TRUE(regions().empty());
}

TEST_F(Overflows, NotBecauseTheOnlyAgentsScreenIsAwayForAMoment) {
  ready(100);
  comes("desk");
  takes(100);
  const CallNo waits = comes("desk");
  happens(DeskLost{AgentNo{100}});
  passes(120 * kSecond);
  EXPECT_TRUE(regions().empty()) << "he talks";
  hangs_up(at_phone(100));
  passes(6 * kSecond);
  EXPECT_EQ(regions().size(), 1U) << "his screen is gone, and he takes no more";
  EXPECT_EQ(regions()[0].call, waits);
}

TEST_F(Overflows, NotBecauseTheNodeWasRestartedAndTheScreensComeBack) {
  plan_.queues[kReference].wrap_up_ms = 25 * kSecond;
  ready(100);
  const CallNo first = comes("desk");
  takes(100);
  comes("desk");
  hangs_up(first);
  passes(6 * kSecond);
  restarts();
  happens(snapshot());
  passes(6 * kSecond);
  EXPECT_TRUE(regions().empty());
  happens(DeskSeen{AgentNo{100}});
  passes(14 * kSecond);
  EXPECT_NE(agent(100).call.v, 0U);
  EXPECT_TRUE(regions().empty());
}

// A region that is closed, or whose node is away, gives him back at once and did not ring.
TEST_F(Overflows, ARegionThatDoesNotEvenRingIsNotAskedByEachWhoWaitsEveryFewSeconds) {
  const CallNo no = comes("desk");
  happens(LegEnded{no, last<Dial>().leg, LegEnd::kNoAnswer});
  passes(25 * kSecond);
  EXPECT_EQ(regions().size(), 1U);
  passes(10 * kSecond);
  ASSERT_EQ(regions().size(), 2U);
  happens(LegRings{no, last<Dial>().leg});
  happens(LegEnded{no, last<Dial>().leg, LegEnd::kNoAnswer});
  passes(6 * kSecond);
  EXPECT_EQ(regions().size(), 3U);
}

class Away : public Shift {};

// The clock went on, or we did not: in neither case has somebody left his phone ringing for long.
TEST_F(Away, WhoseRingWeEndLongAfterItsTimeIsNotToBlame) {
  ready(100);
  const CallNo no = comes("desk");
  rings(100);
  now_ = now_ + 3'600 * kSecond;
  happens(Tick{});
  EXPECT_EQ(agent(100).state, AgentState::kReady);
  EXPECT_EQ(phase(no), Phase::kWaiting);
  passes(16 * kSecond);
  EXPECT_EQ(at_phone(100), no);
}

TEST_F(Away, WhoHungUpMeanwhileIsOverAndWhoWaitsWaits) {
  const CallNo first = comes("desk");
  const CallNo second = comes("desk");
  happens(LinkLost{});
  Reconciled seen = snapshot();
  std::erase_if(seen.calls, [&](const SeenCall& each) { return each.no == first; });
  happens(seen);
  EXPECT_EQ(outcome(first), Outcome::kLost);
  EXPECT_EQ(phase(second), Phase::kWaiting);
}

TEST_F(Away, WhomThePbxsOwnQueueHasByNowIsOverHereAndNotLost) {
  ready(100);
  const CallNo talks = comes("desk");
  takes(100);
  const CallNo waits = comes("desk");
  const CallNo stays = comes("desk");
  happens(LinkLost{});
  Reconciled seen = snapshot();
  std::erase_if(seen.calls, [&](const SeenCall& each) { return each.no != stays; });
  seen.at_own_queue = {talks, waits, CallNo{99}};
  happens(seen);
  EXPECT_EQ(outcome(talks), Outcome::kTalked);
  EXPECT_EQ(outcome(waits), Outcome::kAtOwnQueue);
  EXPECT_EQ(steps_of(waits).back(), CallStep::kEnded);
  EXPECT_EQ(phase(stays), Phase::kWaiting);
}

TEST_F(Away, AnAnswerThatWasNotHeardIsFound) {
  ready(100);
  const CallNo call = comes("desk");
  happens(LinkLost{});
  Reconciled seen = snapshot();
  for (SeenLeg& leg : seen.calls.at(0).legs) leg.state = LegState::kUp;
  happens(seen);
  EXPECT_EQ(phase(call), Phase::kTalking);
  EXPECT_EQ(steps_of(call).back(), CallStep::kAnswered);
}

TEST_F(Away, AnAgentsLegThatBrokeGivesTheCallerToAnother) {
  ready(100);
  const CallNo call = comes("desk");
  takes(100);
  ready(103);
  happens(LinkLost{});
  Reconciled seen = snapshot();
  std::erase_if(seen.calls.at(0).legs, [](const SeenLeg& leg) { return leg.no != kPerson; });
  happens(seen);
  EXPECT_EQ(at_phone(103), call);
}

TEST_F(Away, LegsOfNobodyAreReapedAndCallersOfNobodyGoToThePbxsQueue) {
  happens(Reconciled{{{CallNo{55}, {{kPerson, LegState::kUp}, {LegNo{3}, LegState::kUp}}}}});
  EXPECT_EQ(said<HangUpLeg>().at(0).leg, LegNo{3});
  EXPECT_EQ(said<FallBack>().at(0).call, CallNo{55});
  ready(100);
  const CallNo call = comes("desk");
  Reconciled seen = snapshot();
  seen.calls.at(0).legs.push_back({LegNo{9}, LegState::kUp});
  happens(seen);
  EXPECT_EQ(said<HangUpLeg>().at(0).leg, LegNo{9});
  EXPECT_EQ(at_phone(100), call);
}

TEST_F(Away, WithoutThePbxNothingIsDialledAndNothingAskedOfIt) {
  const CallNo call = comes("desk");
  happens(LinkLost{});
  ready(100);
  EXPECT_EQ(agent(100).state, AgentState::kReady);
  EXPECT_EQ(phase(call), Phase::kWaiting);
  asks(100, PickUp{call});
  EXPECT_EQ(said<Refused>().at(0).why, Refusal::kUnavailable);
  happens(snapshot());
  EXPECT_EQ(at_phone(100), call);
}

TEST_F(Away, AfterARestartEveryCallGoesOnWhereItWas) {
  plan_.queues[kReference].announce_every_ms = 30 * kSecond;
  ready(100);
  const CallNo talks = comes("desk");
  takes(100);
  const CallNo waits = comes("desk");
  const CallNo last = comes("desk");
  passes(7 * kSecond);
  restarts();
  happens(snapshot());
  EXPECT_EQ(phase(talks), Phase::kTalking);
  EXPECT_EQ(position(waits), 1);
  EXPECT_EQ(position(last), 2);
  happens(DeskSeen{AgentNo{100}});
  hangs_up(talks);
  asks(100, ReadyAgain{});
  EXPECT_EQ(at_phone(100), waits);
}

TEST_F(Away, AClockThatWasSetBackLeavesNobodyWaitingForIt) {
  ready(100);
  const CallNo call = comes("desk");
  takes(100);
  hangs_up(call);
  ASSERT_EQ(agent(100).rest, Rest::kWrapUp);
  now_ = now_ + -48 * 3'600 * kSecond;
  restarts();
  happens(Reconciled{});
  happens(DeskSeen{AgentNo{100}});
  passes(kSecond);
  EXPECT_EQ(agent(100).rest, Rest::kNone);
  EXPECT_EQ(at_phone(100), comes("desk"));
}

TEST_F(Away, AQueueThatWentGivesItsCallersHome) {
  const CallNo call = comes("child");
  plan_.queues.erase(kChildren);
  for (auto& [no, agent] : plan_.agents) agent.serves.erase(kChildren);
  happens(PlanChanged{});
  EXPECT_EQ(this->call(call).queue, kReference);
}

TEST_F(Away, RowsThatContradictEachOtherPartTheCallFromTheAgent) {
  ready(100);
  const CallNo call = comes("desk");
  takes(100);
  Core::Rows damaged = rows();
  damaged.agents.clear();
  core_ = Core(std::move(damaged));
  happens(Restarted{});
  happens(snapshot());
  EXPECT_EQ(phase(call), Phase::kWaiting);
  ready(103);
  EXPECT_EQ(at_phone(103), call);
}

}  // namespace
}  // namespace opora::testing
