// By when a ticket must be given to a specialist and completed (A14, V3, V10), as its owner says it
// in each event: through pauses, moves, another urgency, another owner, another calendar.
#include "protocol/domain/ticket_times.h"

#include "tests/unit/domain/ticket_story.h"

namespace opora::protocol {
namespace {

using testing::at;
using testing::TicketStory;

const TimeMs kMonday = at("2025-02-10 09:00");

TEST(TicketTimes, A14RegistrationRunsFromTheReceiptAndTheOthersFromTheRegistration) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh, "printer", at("2025-02-10 08:30"));
  const DueTimes& times = story.ticket().times;
  EXPECT_EQ(times.at, kMonday);
  EXPECT_EQ(times.registration_due, at("2025-02-10 09:30"));
  EXPECT_EQ(times.reaction_due, at("2025-02-10 11:00"));
  EXPECT_EQ(times.completion_due, at("2025-02-10 17:00"));
  EXPECT_EQ(times.completion_warn, at("2025-02-10 15:00"));
}

TEST(TicketTimes, NameTheVersionsThatTheyWereWorkedOutFrom) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  const DueTimes& times = story.ticket().times;
  EXPECT_EQ(times.queue, "first");
  EXPECT_EQ(times.queue_version, 3u);
  EXPECT_EQ(times.calendar_version, 5u);
  EXPECT_EQ(times.production_version, 1u);
}

TEST(TicketTimes, V3ReactionGoesByTheKindOfTheTopic) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh, "password");
  EXPECT_EQ(story.ticket().times.reaction_due, at("2025-02-10 09:30"));
  EXPECT_TRUE(story.act(testing::reclassify(std::nullopt, "printer")));
  EXPECT_EQ(story.ticket().times.reaction_due, at("2025-02-10 11:00"));
}

TEST(TicketTimes, V3ASpecialistWhoHasItEndsTheReaction) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_TRUE(story.act(testing::assign(2, "")));
  EXPECT_EQ(story.ticket().reacted_at, TimeMs{}) << "a queue is nobody";
  story.pass_minutes(20);
  EXPECT_TRUE(story.act(testing::start()));
  EXPECT_EQ(story.ticket().reacted_at, story.now());
  story.pass_minutes(20);
  EXPECT_TRUE(story.act(testing::reclassify(Urgency::kLow, "password")));
  EXPECT_EQ(story.ticket().times.reaction_due, at("2025-02-10 09:30"))
      << "as if it had been of that category from the beginning";
  EXPECT_EQ(missed(story.ticket()), Missed::kNo);
}

TEST(TicketTimes, V10StandWhileTheApplicantIsWaitedForAndGoOnBehindIt) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_TRUE(story.act(testing::start()));
  story.pass_minutes(60);
  EXPECT_TRUE(story.act(testing::wait_for(WaitReason::kFiles)));
  EXPECT_EQ(story.ticket().times.completion_due, TimeMs{}) << "nobody knows yet";
  EXPECT_EQ(story.ticket().waits.back().reason, WaitReason::kFiles);
  story.pass_minutes(45);
  EXPECT_TRUE(story.act(testing::resume()));
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-10 17:45"));
}

TEST(TicketTimes, AnotherUrgencyCountsFromTheBeginningAndResetsNothing) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  story.pass_minutes(300);
  EXPECT_TRUE(story.act(testing::reclassify(Urgency::kCritical)));
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-10 13:00")) << "late at once";
  EXPECT_TRUE(story.act(testing::reclassify(Urgency::kMedium)));
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-15 09:00"));
}

TEST(TicketTimes, A9PassingOnKeepsTheClocks) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  const DueTimes before = story.ticket().times;
  story.pass_minutes(120);
  EXPECT_TRUE(story.act(testing::assign(1, "sidorov")));
  EXPECT_EQ(story.ticket().times.completion_due, before.completion_due);
  EXPECT_TRUE(story.act(testing::assign(2, "petrov")));
  // Two of eight hours are used; six are left, with a lunch and the end of a day in them.
  EXPECT_EQ(story.ticket().times.queue, "second");
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-11 09:18"));
}

TEST(TicketTimes, AQueueOfTheSameLineMayBeNamed) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  TicketAction up = testing::assign(2);
  up.queue = "second-too";
  EXPECT_TRUE(story.act(up));
  EXPECT_EQ(story.ticket().times.queue, "second-too");
  EXPECT_TRUE(story.act(testing::assign(2, "sidorov")));
  EXPECT_EQ(story.ticket().times.queue, "second-too") << "it stays where it waits";
  up.queue = "third";
  EXPECT_EQ(story.refused(up), "queue");
  up.queue = "nowhere";
  EXPECT_EQ(story.refused(up), "queue");
}

TEST(TicketTimes, A17ReopenedGoesOnWhereItStoodWhenItWasDone) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  story.pass_minutes(120);
  EXPECT_TRUE(story.act(testing::complete()));
  story.go_to(at("2025-02-12 10:00"));
  EXPECT_TRUE(story.act(testing::reopen()));
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-12 16:00"));
  EXPECT_EQ(story.ticket().reopened, 1u);
  EXPECT_EQ(story.ticket().closed, Hlt{});
}

TEST(TicketTimes, A17TheApplicantHasUntilTheEndOfTheThirdWorkingDay) {
  TicketStory story(at("2025-04-29 16:00"));
  story.open(Urgency::kLow);
  EXPECT_TRUE(story.act(testing::complete()));
  // 30 April, 5 and 6 May.
  EXPECT_EQ(story.ticket().reopen_until, at("2025-05-07 00:00"));
  story.go_to(at("2025-05-06 23:59"));
  EXPECT_EQ(story.refused(testing::reopen()), "");
  story.go_to(at("2025-05-07 00:00"));
  EXPECT_EQ(story.refused(testing::reopen()), "reopen_until");
}

TEST(TicketTimes, ANewOwnerWorksThemOutInItsPlaceAndTheHandoverIsItsSenders) {
  TicketStory story(at("2025-02-10 16:00"));
  story.open(Urgency::kHigh);
  const TimeMs before = story.ticket().times.completion_due;
  story.pass_minutes(60);
  story.hand_over(testing::kFarEast);
  EXPECT_EQ(story.ticket().times.completion_due, before) << "until the new owner speaks";
  story.pass_minutes(30);
  EXPECT_TRUE(story.retime());
  // An hour and a half were used at the sender's; the rest is left of the next day there.
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-11 13:30", testing::kFarEastMin));
  EXPECT_FALSE(story.retime()) << "said once";
}

// Moscow's evening is Vladivostok's night: 17:00 to 18:00 is the sender's last hour, and from then
// on nobody works; the receiver's morning begins only when he has spoken.
TEST(TicketTimes, A14TheTimeOfAHandoverCountsByTheSendersClockAndCalendar) {
  TicketStory story(at("2025-02-10 16:00"));
  story.open(Urgency::kHigh);
  story.pass_minutes(60);
  story.hand_over(testing::kFarEast);
  story.go_to(at("2025-02-11 09:00", testing::kFarEastMin));
  EXPECT_TRUE(story.retime());
  EXPECT_EQ(story.ticket().stays.back().site, testing::kFarEast);
  EXPECT_EQ(story.ticket().stays.back().from, story.now());
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-11 15:00", testing::kFarEastMin))
      << "two of eight hours are the sender's";
}

// The other way round: Vladivostok's morning, before Moscow has got up.
TEST(TicketTimes, A14ASenderInTheEastPaysForTheMorningInWhichItWasNotTakenOn) {
  TicketStory story(at("2025-02-10 09:00", testing::kFarEastMin));
  story.begins_at(testing::kFarEast);
  story.open(Urgency::kHigh);
  story.pass_minutes(60);
  story.hand_over(testing::kWest);
  story.go_to(at("2025-02-10 13:00", testing::kFarEastMin));  // 06:00 in Moscow: closed there
  EXPECT_TRUE(story.retime());
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-10 11:00"))
      << "four of eight hours are the sender's, four are left from 7:00 on";
}

TEST(TicketTimes, WhoGetsATicketSaysSoThoughNoMomentIsAnother) {
  TicketStory story(kMonday);
  story.open(Urgency::kLow);  // round the clock, but for the registration and the reaction
  EXPECT_TRUE(story.act(testing::start()));
  story.hand_over(testing::kFarEast);
  EXPECT_FALSE(said_by_owner(story.ticket()));
  EXPECT_FALSE(from_catalogues(story.ticket(), story.timetable()));
  const TimeMs before = story.ticket().times.completion_due;
  EXPECT_TRUE(story.retime());
  EXPECT_EQ(story.ticket().times.completion_due, before);
  EXPECT_TRUE(said_by_owner(story.ticket()));
  EXPECT_FALSE(story.retime()) << "said once";
}

TEST(TicketTimes, AreSaidAgainWhenACalendarIsAnother) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_FALSE(story.retime());
  auto parts = testing::three_lines();
  parts.calendars[0].seq = OwnerSeq{6};
  parts.calendars[0].facts.hours.own_days[testing::day("2025-02-10")] = {};
  story.publish(parts);
  EXPECT_TRUE(story.retime());
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-11 15:00"));
  EXPECT_EQ(story.ticket().times.calendar_version, 6u);
}

// Its share of the norm was used there.
TEST(TicketTimes, AreSaidAgainWhenTheCalendarOfAQueueIsAnotherThatItWasInBefore) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  story.pass_minutes(120);
  EXPECT_TRUE(story.act(testing::assign(3, "")));
  const TimeMs before = story.ticket().times.completion_due;
  EXPECT_FALSE(story.retime());
  auto parts = testing::three_lines();
  parts.calendars[0].seq = OwnerSeq{6};
  parts.calendars[0].facts.hours.own_days[testing::day("2025-02-10")] = {{10 * 60, 18 * 60}};
  story.publish(parts);
  EXPECT_FALSE(from_catalogues(story.ticket(), story.timetable()));
  EXPECT_TRUE(story.retime());
  EXPECT_EQ(story.ticket().times.completion_due, before + 60 * kMinuteMs);
  EXPECT_TRUE(from_catalogues(story.ticket(), story.timetable()));
  EXPECT_FALSE(story.retime()) << "said once";
}

TEST(TicketTimes, ASiteWithoutQueuesSaysNoneUntilTheyCome) {
  auto parts = testing::three_lines();
  parts.queues.clear();
  TicketStory story(kMonday, parts);
  story.open(Urgency::kHigh);
  EXPECT_EQ(story.ticket().times.queue, "");
  EXPECT_EQ(story.ticket().times.completion_due, TimeMs{});
  story.pass_minutes(30);
  EXPECT_FALSE(story.retime());
  story.publish(testing::three_lines());
  EXPECT_TRUE(story.retime());
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-10 17:00")) << "from the beginning";
}

TEST(TicketTimes, AClockThatWasSetBackDoesNotGoBehindWhatWasSaid) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_TRUE(story.act(testing::start()));
  story.pass_minutes(60);
  EXPECT_TRUE(story.act(testing::wait_for(WaitReason::kInformation)));
  story.pass_minutes(-30);
  EXPECT_TRUE(story.act(testing::resume()));
  EXPECT_EQ(story.ticket().waits.back().from, story.ticket().waits.back().to);
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-10 17:00"));
}

TEST(TicketTimes, TheShareOfTheNormIsWhatTheMomentsSay) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  const auto share = [&](TimeMs when) {
    return share_used(story.ticket(), DueClock::kCompletion, when, story.timetable());
  };
  EXPECT_EQ(share(kMonday), 0);
  EXPECT_EQ(share(story.ticket().times.completion_warn), kWarnedNorm);
  EXPECT_EQ(share(story.ticket().times.completion_due), kWholeNorm);
}

}  // namespace
}  // namespace opora::protocol
