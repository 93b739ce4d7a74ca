// From the first ring to the queue (O8, T4), and the offer to be called back (O7).
#include "tests/unit/call_queue/shift.h"

namespace opora::testing {
namespace {

class Intake : public Shift {
 protected:
  void at(int hour, int minutes, int days = 0) {
    now_ =
        TimeMs{kMonday17.v + ((hour - 17) * 60 + minutes + days * 24 * 60) * protocol::kMinuteMs};
  }
};

TEST_F(Intake, OnWeekdaysUntilFourACallerHearsTheMenu) {
  at(15, 59);
  EXPECT_EQ(phase(comes("100")), Phase::kMenu);
  at(16, 0);
  EXPECT_EQ(phase(comes("100")), Phase::kMenu);
}

TEST_F(Intake, FromAMinuteAfterFourHeGoesStraightToTheDesks) {
  at(16, 1);
  const CallNo call = comes("100");
  EXPECT_EQ(phase(call), Phase::kWaiting);
  EXPECT_EQ(this->call(call).queue, kReference);
}

TEST_F(Intake, OnSaturdaysThereIsNoMenu) {
  at(9, 0, 5);
  EXPECT_EQ(phase(comes("100")), Phase::kWaiting);
}

TEST_F(Intake, AnExceptionDayHasItsOwnHours) {
  const protocol::LocalDay today = protocol::local_day(kMonday17, plan_.zone);
  for (Rule& rule : plan_.lines["100"].rules) rule.when.own_days[today] = {};
  at(15, 0);
  EXPECT_EQ(phase(comes("100")), Phase::kClosed);
}

TEST_F(Intake, AHolidayOfTheCountryIsADayOff) {
  plan_.production[protocol::local_day(kMonday17, plan_.zone)] = {protocol::DayKind::kOff, {}};
  at(15, 0);
  EXPECT_EQ(phase(comes("100")), Phase::kClosed);
}

TEST_F(Intake, ADigitChoosesTheQueue) {
  at(10, 0);
  const CallNo call = comes("100");
  presses(call, '2');
  EXPECT_EQ(phase(call), Phase::kWaiting);
  EXPECT_EQ(this->call(call).queue, kAdults);
  EXPECT_EQ(said<StopPlaying>().size(), 1U);
}

TEST_F(Intake, WhoWaitsInTheMenuIsPutThrough) {
  at(10, 0);
  const CallNo call = comes("100");
  happens(Played{call});
  passes(9 * kSecond);
  EXPECT_EQ(phase(call), Phase::kMenu);
  passes(2 * kSecond);
  EXPECT_EQ(this->call(call).queue, kReference);
}

TEST_F(Intake, ADigitThatIsNotOfferedRepeatsTheMenuButNotForEver) {
  at(10, 0);
  const CallNo call = comes("100");
  for (int i = 0; i < kMaxMenuSteps - 1; ++i) {
    presses(call, '7');
    EXPECT_EQ(phase(call), Phase::kMenu);
  }
  presses(call, '7');
  EXPECT_EQ(phase(call), Phase::kWaiting);
}

TEST_F(Intake, APromptWhoseEndWasNotHeardDoesNotHoldACaller) {
  at(10, 0);
  const CallNo call = comes("100");
  passes(125 * kSecond);
  EXPECT_EQ(phase(call), Phase::kWaiting);
}

TEST_F(Intake, AtNightTheMessageOffersACallBackAndNothingIsCounted) {
  at(3, 0);
  const CallNo call = comes("100");
  EXPECT_TRUE(last<PlayClosed>().offers_call_back);
  presses(call, '1');
  EXPECT_EQ(outcome(call), Outcome::kCallBack);
  EXPECT_EQ(last<LeaveCallBack>().queue, kReference);
  EXPECT_TRUE(steps_of(call).empty());
  const CallNo other = comes("100");
  happens(Played{other});
  passes(6 * kSecond);
  EXPECT_EQ(outcome(other), Outcome::kClosed);
  EXPECT_TRUE(steps_of(other).empty());
}

TEST_F(Intake, WhoHangsUpInTheMenuIsCountedFromHisArrival) {
  at(10, 0);
  const CallNo call = comes("100");
  const TimeMs arrived = now_;
  passes(3 * kSecond);
  hangs_up(call);
  EXPECT_EQ(outcome(call), Outcome::kLost);
  EXPECT_EQ(steps_of(call), (std::vector{CallStep::kQueued, CallStep::kEnded}));
  EXPECT_EQ(ever<TellCall>().front().at, arrived);
}

TEST_F(Intake, AnUnknownLineGoesHome) { EXPECT_EQ(call(comes("999")).queue, plan_.home); }

TEST_F(Intake, MoreCallsThanFitAreThePbxsOwn) {
  for (std::size_t i = 0; i < kMaxCalls; ++i) {
    const CallNo no{10'000 + i};
    core_.step(plan_, Arrived{no, "desk"}, now_);
  }
  const auto done = core_.step(plan_, Arrived{CallNo{1}, "desk"}, now_);
  EXPECT_TRUE(std::holds_alternative<FallBack>(done.commands.at(0)));
  EXPECT_EQ(std::get<Finish>(done.commands.at(1)).outcome, Outcome::kRefused);
}

TEST_F(Intake, ACallerWhoHasWaitedMayLeaveARequestAndKeepsHisPlace) {
  plan_.queues[kReference].call_back_after_ms = 30 * kSecond;
  const CallNo call = comes("desk");
  const TimeMs place = now_;
  presses(call, '1');
  EXPECT_EQ(phase(call), Phase::kWaiting);  // not offered yet
  passes(31 * kSecond);
  const CallNo later = comes("desk");
  presses(call, '1');
  EXPECT_EQ(outcome(call), Outcome::kCallBack);
  EXPECT_EQ(last<LeaveCallBack>().entered_at, place);

  const CallNo back{500};
  happens(CallBackEntered{back, kReference, place});
  ready(100);
  EXPECT_EQ(at_phone(100), back);
  EXPECT_EQ(phase(later), Phase::kWaiting);
}

}  // namespace
}  // namespace opora::testing
