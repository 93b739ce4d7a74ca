// Why callers go over to the region, what they take along, and what the region's site does with
// them (T23, N2).
#include "tests/unit/call_queue/shift.h"

namespace opora::testing {
namespace {

using protocol::JourneyId;

JourneyId drawn(std::uint8_t seed = 0xa7) {
  JourneyId out;
  out.b.fill(seed);
  return out;
}

class GoesOver : public Shift {
 protected:
  void SetUp() override {
    rule().to = OverflowTo::kRegion;
    rule().nobody = Overflow::When::kStays;
  }
  Overflow& rule() { return plan_.queues[kReference].overflow; }
  CallNo comes_in(const std::string& line) {
    const CallNo no{next_++};
    Arrived came{no, line};
    came.journey.id = drawn();
    happens(came);
    return no;
  }
  std::vector<Dial> regions() const {
    std::vector<Dial> out = ever<Dial>();
    std::erase_if(out, [](const Dial& dial) { return !dial.to_region; });
    return out;
  }
  void region(LegEnd why) { happens(LegEnded{last<Dial>().call, last<Dial>().leg, why}); }
  // Ten in the evening: line 100 is closed.
  void closes() { now_ = now_ + 5 * 3'600 * kSecond; }

  std::uint64_t next_ = 500;
};

TEST_F(GoesOver, WithTheJourneyThatWasDrawnAndTheTimeThatHeHasWaited) {
  rule().waited_ms = 60 * kSecond;
  const CallNo no = comes_in("desk");
  passes(61 * kSecond);
  ASSERT_EQ(regions().size(), 1U);
  EXPECT_EQ(regions()[0].journey.id, drawn());
  EXPECT_EQ(regions()[0].journey.waited_ms, 60 * kSecond);
  answers_last();
  const auto told = ever<TellCall>();
  ASSERT_EQ(steps_of(no), (std::vector{CallStep::kQueued, CallStep::kHandedOver}));
  EXPECT_EQ(told[0].journey, JourneyId{}) << "before that he went nowhere";
  EXPECT_EQ(told[1].journey, drawn());
  EXPECT_EQ(told[1].from_site, SiteNo{}) << "he came in here";
}

TEST_F(GoesOver, TheRegionIsToldWhetherHeKnowsThatHeIsRecorded) {
  rule().waited_ms = 60 * kSecond;
  plan_.lines["desk"].notice = LinePlan::Notice::kFirst;
  const CallNo no = comes_in("desk");
  happens(Played{no});
  passes(61 * kSecond);
  ASSERT_EQ(regions().size(), 1U);
  EXPECT_EQ(regions()[0].told, Told::kYes);
  comes_in("urgent");
  passes(61 * kSecond);
  EXPECT_EQ(regions().back().told, Told::kByLine) << "his line says nothing of it";
}

// A2b.
TEST_F(GoesOver, TheRegionHearsHowUrgentHeIs) {
  rule().waited_ms = 60 * kSecond;
  plan_.lines["urgent"] = {{}, ToQueue{kReference, Priority{9}, Skills{4}}};
  comes_in("urgent");
  passes(61 * kSecond);
  ASSERT_EQ(regions().size(), 1U);
  EXPECT_EQ(regions()[0].priority, Priority{9});
  EXPECT_EQ(regions()[0].skills, Skills{4});
}

TEST_F(GoesOver, AnAgentWhoAsksTheRegionSaysItForHim) {
  plan_.lines["desk"].notice = LinePlan::Notice::kFirst;
  ready(100);
  const CallNo no = comes_in("desk");
  happens(Played{no});
  takes(100);
  asks(100, Consult{ToRegion{}});
  EXPECT_EQ(regions().at(0).told, Told::kYes);
}

TEST_F(GoesOver, ACallThatAnAgentMadeTakesNone) {
  ready(100);
  asks(100, DialOut{CallNo{77}});
  answers_last();  // the agent
  happens(LegAnswered{CallNo{77}, kPerson});
  asks(100, Transfer{ToRegion{}});
  ASSERT_EQ(regions().size(), 1U);
  EXPECT_EQ(regions()[0].journey.id, JourneyId{});
}

// The region answers its agent's question; only when he passes the person on is the call the
// region's.
TEST_F(GoesOver, NobodyWhileAnAgentAsksTheRegion) {
  ready(100);
  const CallNo no = comes_in("desk");
  takes(100);
  asks(100, Consult{ToRegion{}});
  ASSERT_EQ(regions().size(), 1U);
  EXPECT_EQ(regions()[0].journey.id, JourneyId{});
  answers_last();
  EXPECT_FALSE(call(no).travels);
  asks(100, CompleteTransfer{});
  EXPECT_EQ(steps_of(no).back(), CallStep::kHandedOver);
  EXPECT_EQ(last<TellCall>().journey, drawn());
}

TEST_F(GoesOver, WhomAnAgentPassesOnBlindly) {
  ready(100);
  comes_in("desk");
  takes(100);
  asks(100, Transfer{ToRegion{}});
  ASSERT_EQ(regions().size(), 1U);
  EXPECT_EQ(regions()[0].journey.id, drawn());
}

TEST_F(GoesOver, WhenTheLineIsClosedInsteadOfHearingThat) {
  closes();
  rule().closed = Overflow::When::kGoes;
  const CallNo no = comes_in("100");
  EXPECT_EQ(phase(no), Phase::kWaiting);
  EXPECT_EQ(regions().size(), 1U);
  EXPECT_TRUE(ever<PlayClosed>().empty());
  // Not answered there either: then he hears it, and may leave a request.
  region(LegEnd::kNoAnswer);
  EXPECT_EQ(phase(no), Phase::kClosed);
  EXPECT_TRUE(last<PlayClosed>().offers_call_back);
  hangs_up(no);
  EXPECT_EQ(steps_of(no), (std::vector{CallStep::kQueued, CallStep::kEnded}));
}

TEST_F(GoesOver, WhoStillWaitsWhenTheLineCloses) {
  rule().closed = Overflow::When::kGoes;
  const CallNo no = comes_in("100");
  passes(60 * kSecond);
  EXPECT_TRUE(regions().empty());
  passes(3 * 3'600 * kSecond);
  ASSERT_FALSE(regions().empty());
  EXPECT_EQ(regions()[0].call, no);
}

TEST_F(GoesOver, WhoWaitsForAnAgentWhoIsStillThereIsNotSentAwayWhenTheRegionIsClosedToo) {
  rule().closed = Overflow::When::kGoes;
  ready(100);
  comes_in("desk");
  takes(100);
  const CallNo waits = comes_in("100");
  passes(3 * 3'600 * kSecond);  // the line has closed meanwhile, and his agent talks on
  ASSERT_FALSE(regions().empty());
  region(LegEnd::kNoAnswer);
  EXPECT_EQ(phase(waits), Phase::kWaiting);
  EXPECT_TRUE(ever<PlayClosed>().empty());
}

TEST_F(GoesOver, OfAClosedLineNobodyWhereThePlanDoesNotSaySo) {
  closes();
  const CallNo no = comes_in("100");
  EXPECT_EQ(phase(no), Phase::kClosed);
  EXPECT_TRUE(regions().empty());
}

TEST_F(GoesOver, WhenNobodyIsThereBecauseOfTheTelephones) {
  rule().fault = Overflow::When::kGoes;
  comes_in("desk");
  passes(60 * kSecond);
  EXPECT_TRUE(regions().empty()) << "nobody is there by choice";
  ready(100);
  happens(LegEnded{at_phone(100), agent(100).leg, LegEnd::kUnreachable});
  passes(10 * kSecond);
  EXPECT_EQ(regions().size(), 1U);
}

TEST_F(GoesOver, AgainSoonWhenNobodyWasFreeThereAndLaterWhenThereWasAFault) {
  rule().waited_ms = 60 * kSecond;
  comes_in("desk");
  passes(61 * kSecond);
  happens(LegRings{last<Dial>().call, last<Dial>().leg});
  region(LegEnd::kNoAnswer);
  passes(6 * kSecond);
  EXPECT_EQ(regions().size(), 2U);
  region(LegEnd::kFault);
  passes(20 * kSecond);
  EXPECT_EQ(regions().size(), 2U);
  passes(16 * kSecond);
  EXPECT_EQ(regions().size(), 3U);
}

// ---- No trunk is free

class NoTrunk : public GoesOver {
 protected:
  void SetUp() override {
    GoesOver::SetUp();
    rule().nobody = Overflow::When::kGoes;
    rule().no_trunk = Overflow::NoTrunk::kCallsBack;
  }
};

TEST_F(NoTrunk, HeIsToldThatHeWillBeCalledAndATaskHasHisPlaceAndJourney) {
  const TimeMs entered = now_;
  const CallNo no = comes_in("desk");
  now_ = now_ + 2 * kSecond;
  region(LegEnd::kBusy);
  EXPECT_EQ(said<PlayPromise>().size(), 1U);
  presses(no, '1');
  EXPECT_TRUE(ever<LeaveCallBack>().empty()) << "it is promised, whatever he presses";
  happens(Played{no});
  ASSERT_EQ(ever<LeaveCallBack>().size(), 1U);
  EXPECT_EQ(last<LeaveCallBack>().entered_at, entered);
  EXPECT_EQ(last<LeaveCallBack>().journey, drawn());
  EXPECT_EQ(outcome(no), Outcome::kCallBack);
  EXPECT_EQ(steps_of(no), (std::vector{CallStep::kQueued, CallStep::kEnded}));
}

TEST_F(NoTrunk, WhoHangsUpWhileHeHearsItIsCalledAllTheSame) {
  const CallNo no = comes_in("desk");
  region(LegEnd::kUnreachable);
  hangs_up(no);
  EXPECT_EQ(ever<LeaveCallBack>().size(), 1U);
  EXPECT_EQ(ever<Finish>().size(), 1U);
}

TEST_F(NoTrunk, OverARestartHeHearsItAgain) {
  const CallNo no = comes_in("desk");
  region(LegEnd::kBusy);
  restarts();
  happens(snapshot());
  EXPECT_EQ(said<PlayPromise>().size(), 1U);
  happens(Played{no});
  EXPECT_EQ(outcome(no), Outcome::kCallBack);
}

TEST_F(NoTrunk, ARegionThatRingsAndDoesNotAnswerKeepsHimWaiting) {
  const CallNo no = comes_in("desk");
  region(LegEnd::kNoAnswer);
  EXPECT_EQ(phase(no), Phase::kWaiting);
}

TEST_F(NoTrunk, WhoseNumberIsHiddenIsPromisedNothingAndWaitsOn) {
  Arrived came{CallNo{next_++}, "desk"};
  came.hidden = true;
  happens(came);
  region(LegEnd::kBusy);
  EXPECT_TRUE(ever<PlayPromise>().empty());
  EXPECT_EQ(phase(came.call), Phase::kWaiting);
  restarts();
  EXPECT_TRUE(call(came.call).hidden);
}

TEST_F(NoTrunk, NorDoesOneWhosePhoneRingsHereLoseIt) {
  const CallNo no = comes_in("desk");
  const Dial over = last<Dial>();
  ready(100);
  happens(LegEnded{no, over.leg, LegEnd::kBusy});
  EXPECT_EQ(phase(no), Phase::kRinging);
  takes(100);
  EXPECT_EQ(phase(no), Phase::kTalking);
}

// ---- At the region's site

class ComesOver : public Shift {
 protected:
  CallNo comes_over(const std::string& line, std::int64_t waited_ms = 90 * kSecond) {
    const CallNo no{900};
    Arrived came{no, line};
    came.journey = {drawn(), SiteNo{17}, waited_ms};
    happens(came);
    return no;
  }
};

TEST_F(ComesOver, IsAnsweredWhenAnAgentAnswersAndNotBefore) {
  const TimeMs entered = now_ + -90 * kSecond;
  const CallNo no = comes_over("desk");
  EXPECT_TRUE(ever<Answer>().empty());
  EXPECT_TRUE(ever<Park>().empty()) << "the other site has him in its music";
  EXPECT_EQ(said<Ring>().size(), 1U);
  EXPECT_EQ(call(no).entered_at, entered);
  ready(100);
  rings(100);
  EXPECT_TRUE(ever<Answer>().empty());
  takes(100);
  EXPECT_EQ(ever<Answer>().size(), 1U);
  EXPECT_EQ(phase(no), Phase::kTalking);
  hangs_up(no);
  const auto told = ever<TellCall>();
  EXPECT_EQ(steps_of(no), (std::vector{CallStep::kQueued, CallStep::kRinging, CallStep::kAnswered,
                                       CallStep::kEnded}));
  EXPECT_EQ(told[0].at, entered) << "he waits from his first entry (T5)";
  for (const TellCall& each : told) {
    EXPECT_EQ(each.journey, drawn());
    EXPECT_EQ(each.from_site, SiteNo{17});
  }
}

// A2b, A3: as if he had come in here.
TEST_F(ComesOver, WhoIsUrgentThereIsUrgentHere) {
  comes("desk");
  Arrived came{CallNo{900}, "desk", Priority{9}, Skills{2}};
  came.journey = {drawn(), SiteNo{17}, 0};
  happens(came);
  EXPECT_EQ(call(came.call).skills, Skills{2});
  plan_.agents[AgentNo{100}].skills = Skills{2};
  ready(100);
  EXPECT_EQ(at_phone(100), came.call);
}

TEST_F(ComesOver, WhoWaitedLongerElsewhereIsBeforeWhoCameHere) {
  comes("desk");
  const CallNo over = comes_over("desk");
  ready(100);
  EXPECT_EQ(at_phone(100), over);
}

TEST_F(ComesOver, HearsNoMenuAndNoNotice) {
  plan_.lines["desk"] = {{}, ToMenu{kMorningMenu}, LinePlan::Notice::kFirst};
  const CallNo no = comes_over("desk");
  EXPECT_EQ(phase(no), Phase::kWaiting);
  EXPECT_EQ(call(no).queue, plan_.home);
  EXPECT_TRUE(ever<PlayMenu>().empty());
}

TEST_F(ComesOver, ToAClosedLineIsNotTakenAndNotCounted) {
  plan_.lines["desk"] = {{}, ToClosed{kReference}};
  const CallNo no = comes_over("desk");
  EXPECT_EQ(last<HangUpLeg>().why, HangUpWhy::kNotTaken);
  EXPECT_EQ(outcome(no), Outcome::kClosed);
  EXPECT_TRUE(steps_of(no).empty());
}

TEST_F(ComesOver, HasWaitedNoLongerThanADayAndNotLessThanNothing) {
  const CallNo no = comes_over("desk", 30 * 24 * 3'600 * kSecond);
  EXPECT_EQ(call(no).entered_at, now_ + -protocol::kMaxJourneyWaitMs);
  hangs_up(no);
  Arrived came{CallNo{901}, "desk"};
  came.journey = {drawn(), SiteNo{17}, -5 * kSecond};
  happens(came);
  EXPECT_EQ(call(CallNo{901}).entered_at, now_);
}

TEST_F(ComesOver, GoesNoFurtherAndHearsNothingHere) {
  plan_.queues[kReference].overflow.to = OverflowTo::kRegion;
  plan_.queues[kReference].announce_every_ms = 20 * kSecond;
  plan_.queues[kReference].call_back_after_ms = 10 * kSecond;
  const CallNo no = comes_over("desk");
  passes(60 * kSecond);
  EXPECT_TRUE(ever<Dial>().empty());
  EXPECT_TRUE(ever<Announce>().empty());
  presses(no, '1');
  EXPECT_TRUE(ever<LeaveCallBack>().empty());
}

TEST_F(ComesOver, AnAnswerThatWasNotSaidBeforeARestartIsSaidAgain) {
  ready(100);
  const CallNo no = comes_over("desk");
  Reconciled unanswered = snapshot();
  takes(100);
  for (SeenCall& each : unanswered.calls)
    for (SeenLeg& leg : each.legs)
      if (leg.no != kPerson) leg.state = LegState::kUp;
  restarts();
  happens(unanswered);
  EXPECT_EQ(said<Answer>().size(), 1U);
  EXPECT_EQ(phase(no), Phase::kTalking);
}

TEST_F(ComesOver, OverARestartItRingsOn) {
  const CallNo no = comes_over("desk");
  restarts();
  happens(snapshot());
  EXPECT_EQ(said<Ring>().size(), 1U);
  EXPECT_TRUE(ever<Park>().empty());
  EXPECT_EQ(phase(no), Phase::kWaiting);
}

}  // namespace
}  // namespace opora::testing
