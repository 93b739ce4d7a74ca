// Up to when the applicant is told (A15), calls that are tried, and whose ticket was a duplicate.
#include <algorithm>

#include "protocol/base/archive.h"
#include "protocol/domain/notice_rows.h"
#include "protocol/domain/telling.h"
#include "protocol/domain/ticket_times.h"
#include "tests/unit/domain/ticket_story.h"

namespace opora::protocol {
namespace {

using testing::at;
using testing::TicketStory;

const TimeMs kMonday = at("2025-02-10 09:00");

// The norm of registration is one hour, that of completion eight, from 7 to 18.
TicketStory opened() {
  TicketStory out(kMonday);
  out.open_with_mail();
  return out;
}

const Telling& first(const TicketStory& story) { return story.ticket().tellings.front(); }

// The highest threshold that the owner has spoken of.
std::optional<Threshold> rung(const TicketStory& story) {
  const auto& said = first(story).rung;
  return said ? std::optional(said->threshold) : std::nullopt;
}

TellApplicant to_phone(const Telling& telling) {
  return {telling.term, telling.seq, ToldHow::kToPhone, ToldWhom::kNobody, TellTrouble::kGivenUp,
          "",           ""};
}
TellApplicant mailed(const Telling& telling) {
  return {telling.term,
          telling.seq,
          ToldHow::kMailed,
          ToldWhom::kApplicant,
          TellTrouble::kNone,
          "ivanova@clinic.example",
          ""};
}

// The path of the refusal; empty: it is said.
std::string try_call(TicketStory& story, CallTry result, std::optional<TimeMs> again = {}) {
  const TryCall command{first(story).term, first(story).seq, result, again, "занято"};
  const auto drafts = decide(command, story.entity(), story.context());
  if (!drafts.ok()) return drafts.error().path;
  story.say(drafts->front());
  return "";
}

std::size_t notices(const TicketStory& story, const Bytes& prefix) {
  std::size_t out = 0;
  for (const IndexRow& row : facets(story.entity()).index) {
    const auto notice = row.key.starts_with(prefix) ? from_row<Notice>(row.value) : std::nullopt;
    if (notice && notice->clock == DueClock::kTelling) ++out;
  }
  return out;
}

TEST(TellTimes, OfTheRegistrationIsToldWithinItsNorm) {
  const TicketStory story = opened();
  EXPECT_EQ(first(story).times, (TellTimes{at("2025-02-10 09:45"), at("2025-02-10 10:00")}));
}

TEST(TellTimes, OfTheEndIsToldWithinTheDeadlineOfCompletion) {
  TicketStory story = opened();
  story.pass_minutes(60);
  ASSERT_TRUE(story.act(testing::complete()));
  EXPECT_EQ(first(story).times, (TellTimes{at("2025-02-10 15:00"), at("2025-02-10 17:00")}));
}

TEST(TellTimes, ALetterHasItsTimeWhenTheNormIsNearlyUsed) {
  TicketStory story = opened();
  story.go_to(at("2025-02-10 16:00"));
  ASSERT_TRUE(story.act(testing::complete()));
  EXPECT_EQ(first(story).times, (TellTimes{at("2025-02-10 16:45"), at("2025-02-10 17:00")}));
}

TEST(TellTimes, BehindTheDeadlineTheNormOfRegistrationRunsFromTheEndOn) {
  TicketStory story = opened();
  story.go_to(at("2025-02-10 17:30"));
  ASSERT_TRUE(story.act(testing::reject()));
  EXPECT_EQ(first(story).times.due, at("2025-02-11 07:30")) << "in the queue's calendar";
}

TEST(TellTimes, ARequestIsToldWithinTheNormOfRegistrationThoughTheClocksStand) {
  TicketStory story = opened();
  story.pass_minutes(30);
  ASSERT_TRUE(story.act(testing::start()));
  ASSERT_TRUE(story.act(testing::wait_for(WaitReason::kFiles)));
  EXPECT_EQ(story.ticket().tellings[1].times.due, at("2025-02-10 10:30"));
}

TEST(TellTimes, WithoutAQueueItIsFourHours) {
  Timetable::Parts nothing = testing::three_lines();
  nothing.queues.clear();
  TicketStory story(kMonday, std::move(nothing));
  story.open_with_mail();
  EXPECT_EQ(first(story).times, (TellTimes{at("2025-02-10 12:00"), at("2025-02-10 13:00")}));
}

TEST(TellTimes, NobodyIsToldNothingIsDue) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  ASSERT_TRUE(story.act(testing::complete()));
  const auto& closed = std::get<TicketClosed>(story.events().back().facts);
  EXPECT_EQ(closed.tell, TellTimes{});
}

TEST(TellTimes, ACallThatBeginsLateHasItsOwnTime) {
  TicketStory story = opened();
  story.pass_minutes(50);
  EXPECT_EQ(story.tell(to_phone(first(story))), "");
  EXPECT_EQ(first(story).times.due, at("2025-02-10 10:00")) << "what is left of the hour";
  TicketStory late = opened();
  late.go_to(at("2025-02-10 12:00"));
  EXPECT_EQ(late.tell(to_phone(first(late))), "");
  EXPECT_EQ(first(late).times, (TellTimes{at("2025-02-10 12:45"), at("2025-02-10 13:00")}));
}

TEST(TellTimes, ThoseWhoCallAreToldWhenItIsNearAndOthersWhenItIsOver) {
  TicketStory story = opened();
  const Bytes line = keys::notices_of_line(story.owner(), 1);
  const Bytes supervisors = keys::notices_of_supervisors(story.owner());
  story.go_to(at("2025-02-10 09:44"));
  story.moments_pass(ClockTrust::kOwn);
  EXPECT_EQ(notices(story, line), 0u);
  story.go_to(at("2025-02-10 09:45"));
  story.moments_pass(ClockTrust::kOwn);
  EXPECT_EQ(notices(story, line), 1u);
  EXPECT_EQ(notices(story, supervisors), 0u);
  story.go_to(at("2025-02-10 10:00"));
  story.moments_pass(ClockTrust::kOwn);
  EXPECT_EQ(notices(story, line), 1u) << "the higher alone";
  EXPECT_EQ(notices(story, supervisors), 1u);
  EXPECT_EQ(notices(story, keys::notices_of_region()), 1u);
  EXPECT_EQ(story.tell(mailed(first(story))), "");
  EXPECT_EQ(notices(story, line), 0u) << "he was told";
  EXPECT_EQ(notices(story, keys::notices_of_region()), 0u);
}

TEST(TellTimes, TheRegionHearsOfItWhenTheSupervisorHadHisTime) {
  TicketStory story = opened();
  story.go_to(at("2025-02-10 10:00"));
  story.moments_pass(ClockTrust::kOwn);
  const Bytes region = keys::notices_of_region();
  ASSERT_EQ(notices(story, region), 1u);
  const Bytes now = keys::told_by(region, at("2025-02-10 10:14"));
  const Bytes later = keys::told_by(region, at("2025-02-10 10:15"));
  for (const IndexRow& row : facets(story.entity()).index) {
    if (!row.key.starts_with(region)) continue;
    EXPECT_LT(row.key, now) << "a row that lies ahead stands before those of now";
    EXPECT_GE(row.key, later);
  }
}

TEST(TellTimes, OfAnOwnerThatIsNotHeardTheRegionKnowsItItself) {
  TicketStory story = opened();
  const auto unheard = [&story](TimeMs now) {
    return unheard_notices(story.entity(), now, story.timetable());
  };
  EXPECT_TRUE(unheard(at("2025-02-10 10:14")).empty());
  const auto found = unheard(at("2025-02-10 10:15"));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].clock, DueClock::kTelling);
  EXPECT_EQ(found[0].moment, at("2025-02-10 10:00"));
  Entity erased = story.entity();
  erased.erased = true;
  EXPECT_TRUE(unheard_notices(erased, at("2025-02-10 10:15"), story.timetable()).empty());
  story.go_to(at("2025-02-10 10:15"));
  story.moments_pass(ClockTrust::kOwn);
  EXPECT_TRUE(unheard(at("2025-02-10 10:15")).empty()) << "the owner's own word takes its place";
}

TEST(TellTimes, OfTwoThatAreLateThereIsANoticeEach) {
  TicketStory story = opened();
  ASSERT_TRUE(story.act(testing::start()));
  ASSERT_TRUE(story.act(testing::wait_for(WaitReason::kFiles)));
  story.go_to(at("2025-02-10 10:00"));
  story.moments_pass(ClockTrust::kOwn);
  EXPECT_EQ(notices(story, keys::notices_of_supervisors(story.owner())), 2u);
  EXPECT_EQ(notices(story, keys::notices_of_region()), 2u) << "though of one moment";
}

TEST(TellTimes, OfWhomWasErasedNothingRings) {
  TicketStory story = opened();
  story.go_to(at("2025-02-10 10:00"));
  Entity erased = story.entity();
  erased.erased = true;
  for (const Draft& draft : decide_moment(erased, ClockTrust::kOwn, story.context()))
    EXPECT_FALSE(std::holds_alternative<TicketTellingDue>(draft.facts));
  story.moments_pass(ClockTrust::kOwn);
  erased = story.entity();
  erased.erased = true;
  for (const IndexRow& row : facets(erased).index)
    EXPECT_FALSE(row.key.starts_with(keys::notices_of_supervisors(story.owner())));
}

TEST(TryCall, IsCountedWithWhoAndWhen) {
  TicketStory story = opened();
  story.pass_minutes(10);
  EXPECT_EQ(try_call(story, CallTry::kNoAnswer), "");
  story.pass_minutes(5);
  EXPECT_EQ(try_call(story, CallTry::kNoAnswer, at("2025-02-10 09:30")), "");
  EXPECT_EQ(first(story).calls, 2);
  EXPECT_EQ(first(story).last_call, at("2025-02-10 09:15"));
  EXPECT_EQ(first(story).last_call_by, story.events().back().env.actor);
  EXPECT_EQ(first(story).call_again, at("2025-02-10 09:30"));
  EXPECT_EQ(first(story).times.due, at("2025-02-10 10:00")) << "nobody gains time by not reaching";
}

TEST(TryCall, WhoAskedForAnotherTimeIsDueThenAndItRingsAgain) {
  TicketStory story = opened();
  story.go_to(at("2025-02-10 10:05"));
  story.moments_pass(ClockTrust::kOwn);
  EXPECT_EQ(rung(story), Threshold::kMissed);
  const TimeMs again = at("2025-02-11 12:00");
  EXPECT_EQ(try_call(story, CallTry::kAskedLater, again), "");
  EXPECT_EQ(first(story).times, (TellTimes{again, again + kAskedTimeMs}));
  EXPECT_EQ(rung(story), std::nullopt);
  story.go_to(again);
  story.moments_pass(ClockTrust::kOwn);
  EXPECT_EQ(rung(story), Threshold::kWarned);
}

TEST(TryCall, IsRefusedWithAReason) {
  TicketStory story = opened();
  EXPECT_EQ(try_call(story, CallTry::kAskedLater), "again_at") << "when?";
  EXPECT_EQ(try_call(story, CallTry::kNoAnswer, kMonday), "again_at") << "not ahead";
  EXPECT_EQ(try_call(story, CallTry::kNoAnswer, kMonday + (kMaxCallAgainMs + 1)), "again_at");
  for (int i = 0; i < kMaxCallTries; ++i) EXPECT_EQ(try_call(story, CallTry::kNoAnswer), "");
  EXPECT_EQ(try_call(story, CallTry::kNoAnswer), "calls");
  const TryCall command{first(story).term, OwnerSeq{99}, CallTry::kNoAnswer, {}, ""};
  const auto gone = decide(command, story.entity(), story.context());
  ASSERT_FALSE(gone.ok());
  EXPECT_EQ(gone.error().path, "telling");
  DecideContext elsewhere = story.context();
  elsewhere.site = testing::kFarEast;
  const TryCall good{first(story).term, first(story).seq, CallTry::kNoAnswer, {}, ""};
  EXPECT_EQ(decide(good, story.entity(), elsewhere).error().path, "owner");
}

// ---- Duplicates

// A duplicate whose registration was told, and the ticket that it is merged into.
class Merged : public ::testing::Test {
 protected:
  Merged() {
    story_.open_with_mail();
    EXPECT_EQ(story_.tell(mailed(first(story_))), "");
    story_.pass_minutes(10);
    EXPECT_TRUE(story_.act(testing::merge_into(testing::an_earlier_ticket())));
    target_.id = story_.ticket().merged_into;
    target().opened = Hlt{1};
    target().status = TicketStatus::kInWork;
  }
  TicketState& target() { return std::get<TicketState>(target_.state); }
  void target_ends(TicketStatus status, std::uint64_t hlt) {
    target().status = status;
    target().closed = Hlt{hlt};
    target().finished_at = story_.now();
    target().reopen_until = status == TicketStatus::kDone ? story_.now() + 1 : TimeMs{};
    if (status == TicketStatus::kRejected) target().reject_reason = RejectReason::kNotReproducible;
  }
  void target_goes_on() {
    target().status = TicketStatus::kAssigned;
    target().closed = {};
    target().finished_at = {};
    target().reopen_until = {};
  }
  // What its owner had to say.
  std::size_t look() {
    const Drafts drafts = decide_target(story_.entity(), target_, story_.context());
    for (const Draft& draft : drafts) story_.say(draft);
    return drafts.size();
  }
  std::vector<TellWhat> to_tell() const {
    std::vector<TellWhat> out;
    for (const Telling& one : story_.ticket().tellings) out.push_back(one.what);
    return out;
  }
  bool is_followed() const {
    const Bytes prefix = keys::waiting_for_target(story_.owner());
    const Facets rows = facets(story_.entity());
    return std::any_of(rows.index.begin(), rows.index.end(),
                       [&](const IndexRow& row) { return row.key.starts_with(prefix); });
  }

  TicketStory story_{kMonday};
  Entity target_{Kind::kTicket, {}, TicketState{}, {}};
};
using Whats = std::vector<TellWhat>;

TEST_F(Merged, ItsApplicantIsToldWhenTheOtherIsDone) {
  EXPECT_EQ(look(), 0u) << "it goes on";
  target_ends(TicketStatus::kDone, 5);
  EXPECT_EQ(look(), 1u);
  EXPECT_EQ(to_tell(), Whats{TellWhat::kDone});
  EXPECT_EQ(first(story_).times.due, at("2025-02-10 17:00")) << "within his own deadline";
  EXPECT_EQ(look(), 0u) << "once";
  EXPECT_EQ(story_.tell(mailed(first(story_))), "");
  EXPECT_EQ(look(), 0u);
  EXPECT_TRUE(is_followed()) << "it may be reopened";
  target().status = TicketStatus::kClosed;
  EXPECT_EQ(look(), 1u);
  EXPECT_EQ(to_tell(), Whats{}) << "closed for ever is nothing to tell";
  EXPECT_FALSE(is_followed());
  EXPECT_EQ(look(), 0u);
}

TEST_F(Merged, ItsApplicantIsToldWhenTheOtherIsRejected) {
  target_ends(TicketStatus::kRejected, 5);
  EXPECT_EQ(look(), 1u);
  EXPECT_EQ(to_tell(), Whats{TellWhat::kRejected});
  EXPECT_EQ(story_.ticket().target_end.reason, RejectReason::kNotReproducible);
  EXPECT_FALSE(is_followed());
}

TEST_F(Merged, ReopenedTheOtherIsToldOfWhenItIsDoneAgain) {
  target_ends(TicketStatus::kDone, 5);
  EXPECT_EQ(look(), 1u);
  const std::string letter = letter_id(story_.entity().id, first(story_));
  target_goes_on();
  EXPECT_EQ(look(), 1u);
  EXPECT_EQ(to_tell(), Whats{}) << "what nobody was told is not true any more";
  target_ends(TicketStatus::kDone, 9);
  EXPECT_EQ(look(), 1u);
  EXPECT_EQ(to_tell(), Whats{TellWhat::kDone});
  EXPECT_NE(letter_id(story_.entity().id, first(story_)), letter) << "another end, another letter";
}

TEST_F(Merged, TakenBackItTellsOfItself) {
  target_ends(TicketStatus::kDone, 5);
  EXPECT_EQ(look(), 1u);
  ASSERT_TRUE(story_.act(testing::unmerge()));
  EXPECT_EQ(to_tell(), Whats{}) << "it is not done";
  EXPECT_EQ(look(), 0u);
  EXPECT_FALSE(is_followed());
  ASSERT_TRUE(story_.act(testing::complete()));
  EXPECT_EQ(to_tell(), Whats{TellWhat::kDone});
}

TEST_F(Merged, ADuplicateOfADuplicateEndsWithTheLast) {
  target().status = TicketStatus::kMerged;
  target().closed = Hlt{4};
  EXPECT_EQ(look(), 0u) << "that it was merged is no end";
  target().target_end = {Hlt{7}, TicketStatus::kDone, {}, story_.now(), {}};
  EXPECT_EQ(look(), 1u);
  EXPECT_EQ(to_tell(), Whats{TellWhat::kDone});
}

TEST_F(Merged, OfAnEndThatIsNotItsOwnersToTellNothingIsSaid) {
  target_ends(TicketStatus::kDone, 5);
  DecideContext elsewhere = story_.context();
  elsewhere.site = testing::kFarEast;
  EXPECT_TRUE(decide_target(story_.entity(), target_, elsewhere).empty());
  Entity unknown = target_;
  std::get<TicketState>(unknown.state).opened = {};
  EXPECT_TRUE(decide_target(story_.entity(), unknown, story_.context()).empty());
  Entity erased = story_.entity();
  erased.erased = true;
  EXPECT_TRUE(decide_target(erased, target_, story_.context()).empty());
}

TEST_F(Merged, EveryReplicaAgreesInWhateverOrderItHears) {
  target_ends(TicketStatus::kDone, 5);
  EXPECT_EQ(look(), 1u);
  EXPECT_EQ(try_call(story_, CallTry::kNoAnswer), "");
  auto order = story_.events();
  std::reverse(order.begin(), order.end());
  const Entity replica = testing::heard_in_order(story_.entity().id, order);
  EXPECT_EQ(to_row(*replica.as<TicketState>()), to_row(story_.ticket()));
}

}  // namespace
}  // namespace opora::protocol
