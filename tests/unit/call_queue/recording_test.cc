// What is recorded of a call (O6, A18): all that person and agent say, and nothing else.
#include "tests/unit/call_queue/shift.h"

namespace opora::testing {
namespace {

class Recorded : public Shift {
 protected:
  // 100 talks with a caller, 103 is free.
  void SetUp() override {
    plan_.queues[kReference].recording = Recording::kAll;
    ready(100);
    passes(kSecond);
    ready(103);
    talks_ = comes("desk");
    takes(100);
  }
  Tape tape() const { return call(talks_).tape; }
  CallNo talks_;
};

TEST_F(Recorded, BeginsOnceTheyHearEachOther) {
  const auto begun = said<StartRecording>();
  ASSERT_EQ(begun.size(), 1U);
  EXPECT_EQ(begun[0].part, 1);
  EXPECT_EQ(begun[0].agent, AgentNo{100});
  EXPECT_EQ(begun[0].queue, kReference);
}

TEST_F(Recorded, AQueueThatIsNotRecordedIsNot) {
  hangs_up(talks_);
  plan_.queues[kReference].recording = Recording::kNone;
  happens(PlanChanged{});
  comes("desk");
  takes(103);
  EXPECT_TRUE(said<StartRecording>().empty());
}

TEST_F(Recorded, MusicAndAConsultationAreNot) {
  asks(100, Hold{});
  EXPECT_EQ(said<PauseRecording>().size(), 1U);
  asks(100, Resume{});
  EXPECT_EQ(said<ResumeRecording>().size(), 1U);
  asks(100, Consult{ToAgent{AgentNo{103}}});
  EXPECT_EQ(said<PauseRecording>().size(), 1U);
  asks(100, CancelConsult{});
  EXPECT_EQ(said<ResumeRecording>().size(), 1U);
  EXPECT_EQ(tape().part, 1);
}

TEST_F(Recorded, EachAgentsTalkIsAPart) {
  asks(100, Transfer{ToAgent{AgentNo{103}}});
  EXPECT_EQ(said<StopRecording>().size(), 1U);
  takes(103);
  EXPECT_EQ(last<StartRecording>().part, 2);
  EXPECT_EQ(last<StartRecording>().agent, AgentNo{103});
}

TEST_F(Recorded, EndsBeforeItsCallDoes) {
  hangs_up(talks_);
  EXPECT_EQ(said<StopRecording>().size(), 1U);
  EXPECT_EQ(outcome(talks_), Outcome::kTalked);
}

TEST_F(Recorded, WhatWasLongEnoughGoesOnAsTheNextPart) {
  happens(RecordingEnded{talks_, 1, TapeEnd::kDone});
  EXPECT_EQ(said<RecordingOver>().size(), 1U);
  EXPECT_EQ(last<StartRecording>().part, 2);
  happens(RecordingEnded{talks_, 1, TapeEnd::kDone});  // told twice
  EXPECT_EQ(tape().part, 2);
}

TEST_F(Recorded, APbxThatDoesNotRecordDisturbsNobody) {
  happens(RecordingEnded{talks_, 1, TapeEnd::kFailed});
  happens(RecordingEnded{talks_, 2, TapeEnd::kFailed});
  EXPECT_EQ(said<RecordingOver>().at(0).why, TapeEnd::kFailed);
  EXPECT_EQ(tape().state, TapeState::kOff);
  asks(100, Hold{});
  asks(100, Resume{});
  EXPECT_EQ(ever<StartRecording>().size(), 2U);
  EXPECT_EQ(phase(talks_), Phase::kTalking);
}

TEST_F(Recorded, LooksAtThePbxDoNotCutIt) {
  for (int i = 0; i < 2 * kMaxParts; ++i) {
    happens(LinkLost{});
    happens(snapshot());
    ASSERT_EQ(said<CheckRecording>().size(), 1U);
  }
  EXPECT_TRUE(ever<StopRecording>().empty());
  EXPECT_EQ(tape().part, 1);
  EXPECT_EQ(tape().state, TapeState::kOn);
}

TEST_F(Recorded, APartThatEndedDuringACutIsFollowedByTheNext) {
  happens(LinkLost{});
  happens(snapshot());
  const CheckRecording asked = last<CheckRecording>();
  happens(RecordingEnded{asked.call, asked.part, TapeEnd::kDone});
  EXPECT_EQ(said<RecordingOver>().at(0).part, 1);
  EXPECT_EQ(said<StartRecording>().at(0).part, 2);
}

TEST_F(Recorded, WhatWasLostOfAPauseIsSaidAgainAfterACut) {
  asks(100, Hold{});
  happens(LinkLost{});
  happens(snapshot());
  EXPECT_EQ(said<PauseRecording>().size(), 1U);
  EXPECT_TRUE(said<ResumeRecording>().empty());
}

TEST_F(Recorded, WhoHungUpDuringACutIsNoLongerRecorded) {
  happens(LinkLost{});
  happens(Reconciled{});
  EXPECT_TRUE(is_over(talks_));
  EXPECT_EQ(said<StopRecording>().size(), 1U);
}

TEST_F(Recorded, ANewAgentsTalkIsAPartAlsoWhenItBeganDuringACut) {
  asks(100, Consult{ToAgent{AgentNo{103}}});
  takes(103);
  const LegNo left = agent(100).leg;
  happens(LinkLost{});
  Reconciled seen = snapshot();
  std::erase_if(seen.calls.at(0).legs, [&](const SeenLeg& leg) { return leg.no == left; });
  happens(seen);
  EXPECT_EQ(said<StopRecording>().at(0).part, 1);
  EXPECT_EQ(said<StartRecording>().at(0).agent, AgentNo{103});
}

TEST_F(Recorded, TalkWithANumberOutsideIsTheOthersToRecord) {
  asks(100, Transfer{ToNumber{"84951234567"}});
  answers_last();
  EXPECT_EQ(phase(talks_), Phase::kOutside);
  EXPECT_EQ(tape().state, TapeState::kOff);
}

TEST_F(Recorded, OfCallsThatAgentsMakeThePlanSaysIt) {
  hangs_up(talks_);
  plan_.outgoing = Recording::kAll;
  asks(103, DialOut{CallNo{99}});
  takes(103);
  happens(LegAnswered{CallNo{99}, kPerson});
  EXPECT_EQ(said<StartRecording>().size(), 1U);
}

class Noticed : public Shift {
 protected:
  void SetUp() override {
    plan_.lines["desk"].notice = LinePlan::Notice::kFirst;
    ready(100);
    comes_ = comes("desk");
  }
  CallNo comes_;
};

TEST_F(Noticed, NobodyIsRungBeforeItWasSaid) {
  EXPECT_EQ(said<PlayMenu>().at(0).menu, kNotice);
  EXPECT_EQ(phase(comes_), Phase::kMenu);
  presses(comes_, '1');
  EXPECT_EQ(phase(comes_), Phase::kMenu);
  happens(Played{comes_});
  EXPECT_EQ(at_phone(100), comes_);
}

TEST_F(Noticed, APromptThatNeverEndsKeepsNobody) {
  passes(121 * kSecond);
  EXPECT_NE(phase(comes_), Phase::kMenu);
}

// O6: who was not told is not recorded.
TEST_F(Noticed, WhoHeardItIsRecordedAndWhoCouldNotIsNot) {
  plan_.queues[kReference].recording = Recording::kAll;
  happens(Played{comes_});
  takes(100);
  EXPECT_EQ(said<StartRecording>().size(), 1U);
  EXPECT_EQ(call(comes_).told, Told::kYes);
  ready(103);
  const CallNo other = comes("desk");
  happens(Played{other, Prompt::kFailed});
  takes(103);
  EXPECT_EQ(phase(other), Phase::kTalking);
  EXPECT_EQ(ever<StartRecording>().size(), 1U);
}

TEST_F(Noticed, WhoseNoticeNeverEndedIsNotRecorded) {
  plan_.queues[kReference].recording = Recording::kAll;
  passes(121 * kSecond);
  takes(100);
  EXPECT_TRUE(ever<StartRecording>().empty());
}

class FromAnotherSite : public Shift {
 protected:
  void SetUp() override {
    plan_.queues[kReference].recording = Recording::kAll;
    plan_.lines["desk"].notice = LinePlan::Notice::kFirst;
    ready(100);
  }
  void comes_over(Told told) {
    Arrived came{CallNo{900}, "desk"};
    came.journey = {{}, SiteNo{17}, 0};
    came.journey.id.b.fill(0xa7);
    came.told = told;
    happens(came);
    takes(100);
    ASSERT_EQ(phase(CallNo{900}), Phase::kTalking);
  }
};

TEST_F(FromAnotherSite, WhoHeardTheNoticeThereIsRecordedHere) {
  comes_over(Told::kYes);
  EXPECT_EQ(ever<StartRecording>().size(), 1U);
}

TEST_F(FromAnotherSite, WhoDidNotIsNotAlsoNotByTheNextAgent) {
  comes_over(Told::kNo);
  EXPECT_TRUE(ever<StartRecording>().empty());
  ready(103);
  asks(100, Transfer{ToAgent{AgentNo{103}}});
  takes(103);
  restarts();
  happens(snapshot());
  EXPECT_TRUE(ever<StartRecording>().empty());
}

TEST_F(FromAnotherSite, ItsAgentWhoAsksForHimHearsTheNoticeAndNotHe) {
  Arrived came{CallNo{900}, "desk"};
  came.told = Told::kNo;
  happens(came);
  happens(Played{CallNo{900}});
  takes(100);
  EXPECT_TRUE(ever<StartRecording>().empty());
}

}  // namespace
}  // namespace opora::testing
