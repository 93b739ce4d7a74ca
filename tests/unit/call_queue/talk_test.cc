// What agents and supervisors do with a call (O4, N3, A6).
#include "tests/unit/call_queue/shift.h"

namespace opora::testing {
namespace {

class Talk : public Shift {
 protected:
  // 100 talks with a caller, 103 is free.
  void SetUp() override {
    ready(100);
    passes(kSecond);
    ready(103);
    talks_ = comes("desk");
    takes(100);
  }
  CallNo talks_;
};

TEST_F(Talk, ReportsAreToldOfEachStepOnce) {
  hangs_up(talks_);
  EXPECT_EQ(outcome(talks_), Outcome::kTalked);
  EXPECT_EQ(steps_of(talks_), (std::vector{CallStep::kQueued, CallStep::kRinging,
                                           CallStep::kAnswered, CallStep::kEnded}));
}

TEST_F(Talk, WhenTheAgentHangsUpTheCallIsOver) {
  puts_down(100);
  EXPECT_EQ(outcome(talks_), Outcome::kTalked);
}

TEST_F(Talk, WhenHisPhoneBreaksTheCallerIsServedByAnother) {
  happens(LegEnded{talks_, agent(100).leg, LegEnd::kFault});
  EXPECT_EQ(at_phone(103), talks_);
  takes(103);
  EXPECT_EQ(phase(talks_), Phase::kTalking);
}

TEST_F(Talk, AHeldCallerWhoseAgentIsGoneIsNotHungUp) {
  asks(100, Hold{});
  EXPECT_EQ(said<HoldPerson>().size(), 1U);
  puts_down(100);
  EXPECT_EQ(at_phone(103), talks_);
}

TEST_F(Talk, HoldEndsAndIsNotHeldTwice) {
  asks(100, Hold{});
  asks(100, Hold{});
  EXPECT_EQ(said<Refused>().at(0).why, Refusal::kNotNow);
  asks(100, Resume{});
  EXPECT_EQ(said<ResumePerson>().size(), 1U);
  EXPECT_FALSE(call(talks_).held);
}

TEST_F(Talk, SinceWhenSomebodyIsHeldIsKnownAlsoAfterARestart) {
  passes(kSecond);
  const TimeMs held_at = now_;
  asks(100, Hold{});
  passes(kSecond);
  asks(100, Consult{ToAgent{AgentNo{103}}});  // he hears music from the first moment on
  EXPECT_EQ(call(talks_).held_at, held_at);
  restarts();
  happens(snapshot());
  EXPECT_TRUE(call(talks_).held);
  EXPECT_EQ(call(talks_).held_at, held_at);
}

TEST_F(Talk, WhomABlindTransferRingsIsToldOfInsteadOfTheFirst) {
  asks(100, Transfer{ToAgent{AgentNo{103}}});
  EXPECT_EQ(steps_of(talks_).back(), CallStep::kQueued);
  rings(103);
  EXPECT_EQ(last<TellCall>().step, CallStep::kRinging);
  EXPECT_EQ(last<TellCall>().agent, AgentNo{103});
}

TEST_F(Talk, ABlindTransferRingsTheOtherAndFreesTheFirst) {
  asks(100, Transfer{ToAgent{AgentNo{103}}});
  EXPECT_EQ(agent(100).rest, Rest::kWrapUp);
  EXPECT_EQ(at_phone(103), talks_);
  takes(103);
  EXPECT_EQ(phase(talks_), Phase::kTalking);
  hangs_up(talks_);
  EXPECT_EQ(outcome(talks_), Outcome::kTalked);
}

TEST_F(Talk, ATransferThatNobodyTakesComesBackToTheQueue) {
  asks(100, Transfer{ToAgent{AgentNo{103}}});
  ignores(103);
  EXPECT_EQ(phase(talks_), Phase::kWaiting);
  EXPECT_EQ(call(talks_).queue, kReference);
}

TEST_F(Talk, ATransferToAQueueKeepsTheTimeThatHeWaited) {
  const TimeMs entered = call(talks_).entered_at;
  asks(100, Transfer{ToCallers{kAdults}});
  EXPECT_EQ(call(talks_).queue, kAdults);
  EXPECT_EQ(call(talks_).entered_at, entered);
  ready(105);
  EXPECT_EQ(at_phone(105), talks_);
}

TEST_F(Talk, WhoPassesACallOnDoesNotGetItAgainFirst) {
  plan_.agents[AgentNo{100}].serves[kAdults] = Rank{1};
  plan_.queues[kReference].wrap_up_ms = 0;
  ready(105);
  passes(kSecond);
  asks(100, Transfer{ToCallers{kAdults}});
  EXPECT_EQ(at_phone(105), talks_);
}

TEST_F(Talk, ATransferToASpecialistOutsideLeavesNoAgentInTheCall) {
  asks(100, Transfer{ToNumber{"+73822123456"}});
  EXPECT_EQ(last<Dial>().number, "+73822123456");
  answers_last();
  EXPECT_EQ(phase(talks_), Phase::kOutside);
  hangs_up(talks_);
  EXPECT_EQ(outcome(talks_), Outcome::kTalked);
}

TEST_F(Talk, ATransferToABusyNumberComesBack) {
  asks(100, Transfer{ToNumber{"+73822123456"}});
  happens(LegEnded{talks_, last<Dial>().leg, LegEnd::kBusy});
  EXPECT_EQ(at_phone(103), talks_);
}

TEST_F(Talk, AConsultedAgentTakesTheCallOver) {
  asks(100, Consult{ToAgent{AgentNo{103}}});
  EXPECT_TRUE(call(talks_).held);
  takes(103);
  EXPECT_EQ(last<JoinConsult>().consulted, agent(103).leg);
  asks(100, CompleteTransfer{});
  EXPECT_EQ(agent(100).rest, Rest::kWrapUp);
  EXPECT_EQ(at_phone(103), talks_);
  EXPECT_FALSE(call(talks_).held);
  EXPECT_EQ(steps_of(talks_).back(), CallStep::kAnswered);
}

TEST_F(Talk, HangingUpAfterConsultingPassesTheCallOn) {
  asks(100, Consult{ToAgent{AgentNo{103}}});
  takes(103);
  puts_down(100);
  EXPECT_EQ(phase(talks_), Phase::kTalking);
  EXPECT_EQ(at_phone(103), talks_);
}

TEST_F(Talk, AConsultationThatIsNotTakenGivesTheCallerBack) {
  asks(100, Consult{ToAgent{AgentNo{103}}});
  ignores(103);
  EXPECT_FALSE(call(talks_).held);
  EXPECT_EQ(last<ResumePerson>().call, talks_);
}

TEST_F(Talk, AConsultationIsCalledOff) {
  asks(100, Consult{ToNumber{"103"}});
  answers_last();
  asks(100, CancelConsult{});
  EXPECT_EQ(call(talks_).legs.size(), 1U);
  EXPECT_FALSE(call(talks_).held);
}

TEST_F(Talk, AfterAConferenceTheOtherAgentGoesOn) {
  asks(100, Consult{ToAgent{AgentNo{103}}});
  takes(103);
  asks(100, Conference{});
  EXPECT_FALSE(call(talks_).held);
  puts_down(100);
  EXPECT_EQ(at_phone(103), talks_);
  puts_down(103);
  EXPECT_EQ(outcome(talks_), Outcome::kTalked);
}

TEST_F(Talk, ABusyAgentIsNoTarget) {
  comes("desk");
  takes(103);
  asks(100, Transfer{ToAgent{AgentNo{103}}});
  EXPECT_EQ(said<Refused>().at(0).why, Refusal::kBusy);
  EXPECT_EQ(at_phone(100), talks_);
  asks(100, Transfer{ToAgent{AgentNo{999}}});
  EXPECT_EQ(said<Refused>().at(0).why, Refusal::kUnknown);
}

TEST_F(Talk, ACallThatRingsElsewhereIsPickedUpByOneAgentOnly) {
  const CallNo call = comes("desk");
  ASSERT_EQ(at_phone(103), call);
  ready(105);
  asks(105, PickUp{call});
  EXPECT_EQ(agent(103).call, CallNo{});
  EXPECT_EQ(agent(103).aside, Aside::kNone);
  takes(105);
  asks(103, PickUp{call});
  EXPECT_EQ(said<Refused>().at(0).why, Refusal::kNoCall);
  EXPECT_EQ(at_phone(105), call);
}

TEST_F(Talk, APhoneThatTookItAtThePbxIsWhoTalks) {
  const CallNo call = comes("desk");
  ready(105);
  happens(LegAnswered{call, agent(103).leg, AgentNo{105}});
  EXPECT_EQ(at_phone(105), call);
  EXPECT_EQ(agent(103).call, CallNo{});
  EXPECT_EQ(last<TellCall>().agent, AgentNo{105});
}

TEST_F(Talk, AnAgentInACallCannotTakeAnotherAtThePbx) {
  const CallNo call = comes("desk");
  happens(LegAnswered{call, agent(103).leg, AgentNo{100}});
  EXPECT_EQ(at_phone(100), talks_);
  EXPECT_TRUE(phase(call) == Phase::kWaiting || phase(call) == Phase::kRinging);
}

TEST_F(Talk, AnAgentCallsOut) {
  asks(103, DialOut{CallNo{900}});
  EXPECT_EQ(last<Dial>().agent, AgentNo{103});
  answers_last();
  EXPECT_EQ(last<Dial>().leg, kPerson);
  EXPECT_EQ(last<Dial>().hears, agent(103).leg) << "he is not left in silence";
  answers_last();
  EXPECT_EQ(phase(CallNo{900}), Phase::kTalking);
  EXPECT_EQ(last<TellCall>().direction, protocol::Direction::kOut);
  hangs_up(CallNo{900});
  EXPECT_EQ(outcome(CallNo{900}), Outcome::kTalked);
}

TEST_F(Talk, WhoIsNotReachedFreesTheAgent) {
  asks(103, DialOut{CallNo{900}});
  answers_last();
  happens(LegEnded{CallNo{900}, kPerson, LegEnd::kNoAnswer});
  EXPECT_EQ(outcome(CallNo{900}), Outcome::kNotReached);
  EXPECT_EQ(agent(103).call, CallNo{});
}

TEST_F(Talk, WhoIsBusyOrWasNotDialledIsTold) {
  asks(103, DialOut{CallNo{900}});
  answers_last();
  happens(LegEnded{CallNo{900}, kPerson, LegEnd::kBusy});
  EXPECT_EQ(outcome(CallNo{900}), Outcome::kBusy);
  asks(103, DialOut{CallNo{901}});
  happens(LegEnded{CallNo{901}, agent(103).leg, LegEnd::kNoAnswer});
  EXPECT_EQ(outcome(CallNo{901}), Outcome::kNotDialled);
}

TEST_F(Talk, ASupervisorListensUnseenAndTakesOver) {
  asks(104, Monitor{talks_, LegRole::kListening});
  answers_last();
  EXPECT_EQ(last<Overhear>().agent, agent(100).leg);
  puts_down(104);
  EXPECT_EQ(phase(talks_), Phase::kTalking);
  asks(104, Monitor{talks_, LegRole::kTakingOver});
  answers_last();
  EXPECT_EQ(at_phone(104), talks_);
  EXPECT_EQ(agent(100).call, CallNo{});
}

TEST_F(Talk, ASupervisorOpensTheReserveInOneAction) {
  plan_.queues[kReference].stages = {{0, Rank{2}, Stage::SkillRule::kAsked}};
  comes("desk");  // at 103
  const CallNo second = comes("desk");
  ready(104);
  EXPECT_EQ(phase(second), Phase::kWaiting);
  asks(106, OpenReserve{kReserve});
  EXPECT_EQ(at_phone(104), second);
  hangs_up(second);
  asks(106, CloseReserve{kReserve});
  EXPECT_EQ(phase(comes("desk")), Phase::kWaiting);
}

TEST_F(Talk, ASupervisorLendsAnAgentAndEndsTheBreakOfAnother) {
  comes("desk");
  const CallNo second = comes("desk");
  asks(101, SetState{AgentState::kBreak, BreakReason::kRest});
  asks(106, Lend{AgentNo{101}, kReference, Rank{1}});
  EXPECT_EQ(phase(second), Phase::kWaiting);
  asks(106, SetStateOf{AgentNo{101}, {AgentState::kReady, {}}});
  EXPECT_EQ(at_phone(101), second);
  asks(106, Recall{AgentNo{101}});
  EXPECT_TRUE(agent(101).lent.empty());
}

TEST_F(Talk, ASupervisorWhoIsNoAgentChangesOthersAndHasNoPhoneToListenWith) {
  plan_.queues[kReference].stages = {{0, Rank{2}, Stage::SkillRule::kAsked}};
  comes("desk");  // at 103
  const CallNo second = comes("desk");
  ready(104);
  EXPECT_EQ(phase(second), Phase::kWaiting);
  asks(0, OpenReserve{kReserve});
  EXPECT_EQ(at_phone(104), second);
  asks(0, Recall{AgentNo{104}});
  EXPECT_TRUE(agent(104).lent.empty());
  asks(0, Monitor{talks_, LegRole::kListening});
  EXPECT_EQ(said<Refused>().at(0).why, Refusal::kUnknown);
}

TEST_F(Talk, WhatAnAgentInNoCallAsksIsRefused) {
  for (const Ask& what :
       std::vector<Ask>{Hold{}, Resume{}, HangUpCall{}, CompleteTransfer{}, CancelConsult{},
                        Conference{}, Transfer{ToCallers{kAdults}}, Consult{ToNumber{"1"}}}) {
    asks(103, what);
    EXPECT_EQ(said<Refused>().at(0).why, Refusal::kNoCall);
  }
  asks(999, Hold{});
  EXPECT_EQ(said<Refused>().at(0).why, Refusal::kUnknown);
  asks(103, SetState{AgentState::kBreak, BreakReason::kNone});
  EXPECT_EQ(said<Refused>().at(0).why, Refusal::kNotNow);
}

// O4: a telephone's own buttons.
TEST_F(Talk, ThePhonesHoldButtonIsTheScreens) {
  happens(PhoneHolds{talks_, agent(100).leg, true});
  EXPECT_TRUE(call(talks_).held);
  EXPECT_EQ(said<HoldPerson>().size(), 1U);
  happens(PhoneHolds{talks_, agent(100).leg, true});
  EXPECT_TRUE(said<HoldPerson>().empty()) << "told twice";
  EXPECT_TRUE(said<Refused>().empty()) << "nobody asked on a screen";
  happens(PhoneHolds{talks_, agent(100).leg, false});
  EXPECT_FALSE(call(talks_).held);
  EXPECT_EQ(said<ResumePerson>().size(), 1U);
  happens(PhoneHolds{talks_, agent(100).leg, false});
  EXPECT_TRUE(said<ResumePerson>().empty()) << "phones say so before a transfer too";
}

TEST_F(Talk, ThePhonesButtonEndsItsOwnHoldAndNotTheScreens) {
  const LegNo phone = agent(100).leg;
  asks(100, Hold{});
  happens(PhoneHolds{talks_, phone, true});
  happens(PhoneHolds{talks_, phone, false});
  EXPECT_TRUE(call(talks_).held);
  EXPECT_TRUE(ever<ResumePerson>().empty());
  restarts();
  happens(snapshot());
  happens(PhoneHolds{talks_, phone, false});
  EXPECT_TRUE(call(talks_).held) << "a row has both";
  asks(100, Resume{});
  EXPECT_FALSE(call(talks_).held);
}

TEST_F(Talk, ThePhonesButtonDoesNotEndAConsultation) {
  const LegNo phone = agent(100).leg;
  happens(PhoneHolds{talks_, phone, true});
  asks(100, Consult{ToAgent{AgentNo{103}}});
  EXPECT_EQ(ever<HoldPerson>().size(), 1U);
  happens(PhoneHolds{talks_, phone, false});
  EXPECT_TRUE(call(talks_).held);
  ignores(103);
  EXPECT_FALSE(call(talks_).held);
  EXPECT_EQ(ever<ResumePerson>().size(), 1U);
}

TEST_F(Talk, WhomThePhoneHoldsStaysHeldWhenAConsultationEndsInEachWay) {
  const LegNo phone = agent(100).leg;
  asks(100, Consult{ToAgent{AgentNo{103}}});
  happens(PhoneHolds{talks_, phone, true});
  asks(100, CancelConsult{});
  EXPECT_TRUE(call(talks_).held) << "his agent's telephone would play him silence";
  asks(100, Consult{ToAgent{AgentNo{103}}});
  takes(103);
  puts_down(103);
  EXPECT_TRUE(call(talks_).held);
  EXPECT_TRUE(ever<ResumePerson>().empty());
  happens(PhoneHolds{talks_, phone, false});
  EXPECT_FALSE(call(talks_).held);
}

// That the telephone holds nobody any more may have been said while nobody listened.
TEST_F(Talk, TheScreenEndsBothHolds) {
  happens(PhoneHolds{talks_, agent(100).leg, true});
  happens(LinkLost{});
  happens(snapshot());
  asks(100, Resume{});
  EXPECT_FALSE(call(talks_).held);
  happens(PhoneHolds{talks_, agent(100).leg, false});
  EXPECT_EQ(ever<ResumePerson>().size(), 1U);
}

TEST_F(Talk, WhoIsHeldWhenAConferenceLosesItsAgentHearsTheOthers) {
  asks(100, Consult{ToAgent{AgentNo{103}}});
  takes(103);
  asks(100, Conference{});
  asks(100, Hold{});
  puts_down(100);
  EXPECT_EQ(agent(103).call, talks_);
  EXPECT_FALSE(call(talks_).held);
}

TEST_F(Talk, WhoeverTakesHimOverHoldsNobodyWithTheFirstPhone) {
  happens(PhoneHolds{talks_, agent(100).leg, true});
  asks(100, Consult{ToAgent{AgentNo{103}}});
  takes(103);
  asks(100, CompleteTransfer{});
  EXPECT_FALSE(call(talks_).held);
  EXPECT_FALSE(call(talks_).held_by_phone);
}

TEST_F(Talk, ThePhonesTransferButtonPassesTheCallOnAndHearsOfItBeforeItIsHungUp) {
  const LegNo phone = agent(100).leg;
  happens(PhoneTransfers{talks_, phone, ToAgent{AgentNo{103}}});
  ASSERT_EQ(said<AnswerPhone>().size(), 1U);
  EXPECT_TRUE(said<AnswerPhone>().at(0).taken);
  EXPECT_EQ(said<AnswerPhone>().at(0).leg, phone);
  EXPECT_EQ(at_phone(103), talks_);
  EXPECT_EQ(agent(100).call, CallNo{});
  takes(103);
  EXPECT_EQ(phase(talks_), Phase::kTalking);
}

TEST_F(Talk, APhoneThatTransfersToNobodyOrAfterTheCallHearsSo) {
  happens(PhoneTransfers{talks_, agent(100).leg, ToAgent{AgentNo{100}}});
  EXPECT_FALSE(said<AnswerPhone>().at(0).taken) << "to himself";
  EXPECT_EQ(phase(talks_), Phase::kTalking);
  happens(PhoneTransfers{talks_, kPerson, ToAgent{AgentNo{103}}});
  EXPECT_FALSE(said<AnswerPhone>().at(0).taken) << "the caller's phone transfers nothing";
  const LegNo phone = agent(100).leg;
  hangs_up(talks_);
  happens(PhoneTransfers{talks_, phone, ToAgent{AgentNo{103}}});
  EXPECT_FALSE(said<AnswerPhone>().at(0).taken);
}

TEST_F(Talk, APhoneMayTransferWhomItHolds) {
  const LegNo phone = agent(100).leg;
  happens(PhoneHolds{talks_, phone, true});
  happens(PhoneTransfers{talks_, phone, ToAgent{AgentNo{100}}});
  EXPECT_FALSE(said<AnswerPhone>().at(0).taken);
  EXPECT_TRUE(call(talks_).held) << "declined: held as before";
  happens(PhoneTransfers{talks_, phone, ToAgent{AgentNo{103}}});
  EXPECT_TRUE(said<AnswerPhone>().at(0).taken);
  EXPECT_FALSE(call(talks_).held);
  EXPECT_EQ(at_phone(103), talks_);
}

TEST_F(Talk, APhonesTransferToWhomHeConsultsIsTheEndOfTheConsultation) {
  asks(100, Consult{ToAgent{AgentNo{103}}});
  takes(103);
  happens(PhoneTransfers{talks_, agent(100).leg, ToAgent{AgentNo{103}}});
  EXPECT_TRUE(said<AnswerPhone>().at(0).taken);
  EXPECT_EQ(phase(talks_), Phase::kTalking);
  EXPECT_EQ(agent(103).call, talks_);
  EXPECT_EQ(agent(100).call, CallNo{});
}

TEST_F(Talk, WhileThePbxIsAwayAPhonesTransferIsDeclined) {
  happens(LinkLost{});
  happens(PhoneTransfers{talks_, agent(100).leg, ToAgent{AgentNo{103}}});
  EXPECT_FALSE(said<AnswerPhone>().at(0).taken);
  EXPECT_EQ(agent(100).call, talks_);
}

}  // namespace
}  // namespace opora::testing
