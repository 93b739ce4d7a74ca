// A19, V13: what a ticket counts as, on which day, under what; and that a figure opens as many rows
// as it says.
#include "protocol/domain/ticket_figures.h"

#include <map>

#include "protocol/base/archive.h"
#include "tests/unit/domain/ticket_story.h"

namespace opora::protocol {
namespace {

using testing::at;
using testing::kFarEast;
using testing::kWest;
using testing::TicketStory;

const TimeMs kMonday = at("2025-02-10 09:00");
// Of a ticket of high urgency that was opened then and started at once.
const TimeMs kDue = at("2025-02-10 17:00");

LocalDay day(const char* date) { return LocalDay{local_day(at(date), testing::kWestMin)}; }
const LocalDay kThatDay = day("2025-02-10 12:00");
const LocalDay kNextDay = day("2025-02-11 12:00");

// What a ticket adds to the cell of a value on a day.
TicketCount count(const TicketStory& story, TicketGroup group, const std::string& value,
                  LocalDay on = kThatDay, SiteNo scope = kWest,
                  TicketClass of = TicketClass::kTickets) {
  const Bytes key = KeyWriter().raw(keys::ticket_cells(of, scope, group, on)).raw(value).take();
  TicketCount out;
  for (const CubeRow& row : facets(story.entity()).cubes) {
    if (row.key == key) out.add(row.delta);
  }
  return out;
}
std::int64_t of_day(const TicketStory& story, TicketFigure figure, LocalDay on = kThatDay) {
  return count(story, TicketGroup::kDay, "", on).at(figure);
}
std::int64_t completed(const TicketStory& story, LocalDay on = kThatDay) {
  return count(story, TicketGroup::kDay, "", on).sum(completed_figures());
}
// Rows that a figure of a day opens.
std::int64_t rows(const TicketStory& story, TicketFigure figure, LocalDay on,
                  TicketClass of = TicketClass::kTickets) {
  const Bytes prefix = keys::ticket_moments(of, on);
  std::int64_t out = 0;
  for (const IndexRow& row : facets(story.entity()).index) {
    if (!row.key.starts_with(prefix)) continue;
    EXPECT_EQ(keys::id_of(row.key), story.entity().id);
    const auto moment = from_row<TicketMoment>(row.value);
    EXPECT_TRUE(moment);
    if (moment && (moment->figures.v & set_of(figure).v) != 0) ++out;
  }
  return out;
}

TicketStory started(Urgency urgency = Urgency::kHigh) {
  TicketStory story(kMonday);
  story.open(urgency);
  EXPECT_TRUE(story.act(testing::start()));
  return story;
}
TicketStory done_at(TimeMs now) {
  TicketStory story = started();
  story.go_to(now);
  EXPECT_TRUE(story.act(testing::complete()));
  return story;
}

TEST(TicketFigures, ATicketIsAcceptedOnTheLocalDayOfItsReceipt) {
  TicketStory story(at("2025-02-11 01:00"));
  story.open(Urgency::kLow, "printer", at("2025-02-10 23:30"));
  EXPECT_EQ(of_day(story, TicketFigure::kAccepted, kThatDay), 1);
  EXPECT_EQ(of_day(story, TicketFigure::kAccepted, kNextDay), 0);
  EXPECT_EQ(completed(story), 0);
}

TEST(TicketFigures, V3AReactionIsInTimeOrLateOnItsDayAndOpensItsTicket) {
  EXPECT_EQ(of_day(started(), TicketFigure::kReactedInTime), 1);
  EXPECT_EQ(rows(started(), TicketFigure::kReactedInTime, kThatDay), 1);
  TicketStory late(kMonday);
  late.open(Urgency::kLow);
  EXPECT_EQ(rows(late, TicketFigure::kReactedInTime, kThatDay), 0) << "nobody has it yet";
  late.go_to(at("2025-02-11 09:00"));
  EXPECT_TRUE(late.act(testing::start()));
  EXPECT_EQ(of_day(late, TicketFigure::kReactedLate, kNextDay), 1);
  EXPECT_EQ(rows(late, TicketFigure::kReactedLate, kNextDay), 1);
  EXPECT_EQ(rows(late, TicketFigure::kReactedInTime, kNextDay), 0);
  EXPECT_TRUE(late.act(testing::assign(3, "expert")));
  EXPECT_EQ(count(late, TicketGroup::kLine, "3", kNextDay).at(TicketFigure::kReactedLate), 1)
      << "under the line that it has now, as all its figures";
}

TEST(TicketFigures, V3WithoutANormThereIsNoReactionToCount) {
  auto parts = testing::three_lines();
  parts.queues[0].facts.reactions.clear();
  TicketStory story(kMonday, std::move(parts));
  story.open(Urgency::kHigh);
  EXPECT_TRUE(story.act(testing::start()));
  EXPECT_EQ(of_day(story, TicketFigure::kReactedInTime), 0);
  EXPECT_EQ(of_day(story, TicketFigure::kReactedLate), 0);
}

TEST(TicketFigures, OneThatWasRegisteredBehindItsDeadlineSaysSo) {
  TicketStory late(at("2025-02-10 17:00"));
  late.open(Urgency::kCritical, "printer", at("2025-02-10 09:00"));
  EXPECT_EQ(of_day(late, TicketFigure::kAcceptedLate), 1);
  EXPECT_EQ(of_day(started(), TicketFigure::kAcceptedLate), 0);
}

TEST(TicketFigures, UpToItsDeadlineItIsDoneInTime) {
  const TicketStory story = done_at(kDue);
  EXPECT_EQ(of_day(story, TicketFigure::kInTime), 1);
  EXPECT_EQ(of_day(story, TicketFigure::kLate), 0);
  EXPECT_EQ(completed(story), 1);
}

TEST(TicketFigures, BehindItIsLate) {
  const TicketStory story = done_at(kDue + 1);
  EXPECT_EQ(of_day(story, TicketFigure::kInTime), 0);
  EXPECT_EQ(of_day(story, TicketFigure::kLate), 1);
  EXPECT_EQ(of_day(story, TicketFigure::kLateCutOff), 0);
}

TEST(TicketFigures, WhatWasMissedWhileCutOffIsToldApartFromTheRest) {
  TicketStory story = started();
  story.cut_off_since(kMonday + kMinuteMs);
  story.go_to(kDue);
  story.moments_pass();
  story.pass_minutes(5);
  ASSERT_TRUE(story.act(testing::complete()));
  EXPECT_EQ(of_day(story, TicketFigure::kLate), 1);
  EXPECT_EQ(of_day(story, TicketFigure::kLateCutOff), 1);
}

TEST(TicketFigures, AClockThatStoodForTheApplicantIsInTime) {
  TicketStory story = started();
  ASSERT_TRUE(story.act(testing::wait_for(WaitReason::kInformation)));
  story.go_to(kDue + kMinuteMs);
  ASSERT_TRUE(story.act(testing::complete()));
  EXPECT_EQ(of_day(story, TicketFigure::kInTime), 1);
}

TEST(TicketFigures, ALineWithoutAQueueHasNoDeadlinesToMeet) {
  auto parts = testing::three_lines();
  std::erase_if(parts.queues, [](const QueueState& queue) { return queue.facts.line == 1; });
  TicketStory story(kMonday, std::move(parts));
  story.open(Urgency::kHigh);
  story.pass_minutes(60);
  ASSERT_TRUE(story.act(testing::complete()));
  EXPECT_EQ(of_day(story, TicketFigure::kNoDeadline), 1);
  EXPECT_EQ(completed(story), 1);
  EXPECT_FALSE(count(story, TicketGroup::kDay, "").in_time_pct());
}

TEST(TicketFigures, AQueueWithoutANormForItsUrgencyHasNoDeadlineToMeet) {
  auto parts = testing::three_lines();
  parts.queues[0].facts.norms[static_cast<std::size_t>(Urgency::kHigh) - 1].completion = {};
  TicketStory story(kMonday, std::move(parts));
  story.open(Urgency::kHigh);
  ASSERT_TRUE(story.act(testing::start()));
  ASSERT_TRUE(story.act(testing::wait_for(WaitReason::kInformation)));
  story.pass_minutes(60);
  ASSERT_TRUE(story.act(testing::resume()));
  story.pass_minutes(60);
  ASSERT_TRUE(story.act(testing::complete()));
  EXPECT_EQ(of_day(story, TicketFigure::kNoDeadline), 1);
  EXPECT_EQ(of_day(story, TicketFigure::kInTime), 0);
  EXPECT_FALSE(count(story, TicketGroup::kDay, "").in_time_pct());
}

TEST(TicketFigures, ARejectionCountsByItsReasonAndNotAsCompleted) {
  TicketStory story = started();
  ASSERT_TRUE(story.act(testing::reject()));
  EXPECT_EQ(of_day(story, rejected_for(RejectReason::kNotReproducible)), 1);
  EXPECT_EQ(count(story, TicketGroup::kDay, "").sum(rejected_figures()), 1);
  EXPECT_EQ(completed(story), 0);
}

TEST(TicketFigures, ReopenedItIsNotCompletedUntilItIsDoneAgain) {
  TicketStory story = done_at(kDue);
  story.go_to(at("2025-02-11 10:00"));
  ASSERT_TRUE(story.act(testing::reopen()));
  EXPECT_EQ(completed(story), 0);
  EXPECT_EQ(of_day(story, TicketFigure::kReopened, kNextDay), 1);
  story.pass_minutes(1);
  ASSERT_TRUE(story.act(testing::complete()));
  EXPECT_EQ(completed(story, kThatDay), 0);
  EXPECT_EQ(completed(story, kNextDay), 1);
  ASSERT_TRUE(story.act(testing::reopen()));
  EXPECT_EQ(of_day(story, TicketFigure::kReopened, kNextDay), 2);
  EXPECT_EQ(rows(story, TicketFigure::kReopened, kNextDay), 2);
}

TEST(TicketFigures, ClosedForEverItStaysCompletedOnItsDay) {
  TicketStory story = done_at(kDue);
  story.go_to(at("2025-02-20 10:00"));
  story.moments_pass();
  ASSERT_EQ(story.ticket().status, TicketStatus::kClosed);
  EXPECT_EQ(completed(story, kThatDay), 1);
}

TEST(TicketFigures, StandUnderWhatTheTicketIsNow) {
  TicketStory story = started();
  EXPECT_EQ(count(story, TicketGroup::kLine, "1").at(TicketFigure::kAccepted), 1);
  ASSERT_TRUE(story.act(testing::assign(2)));
  ASSERT_TRUE(story.act(testing::reclassify(Urgency::kLow, "password")));
  EXPECT_EQ(count(story, TicketGroup::kLine, "1").at(TicketFigure::kAccepted), 0);
  for (const auto& [group, value] :
       std::map<TicketGroup, std::string>{{TicketGroup::kLine, "2"},
                                          {TicketGroup::kUrgency, "low"},
                                          {TicketGroup::kTopic, "password"}}) {
    EXPECT_EQ(count(story, group, value).at(TicketFigure::kAccepted), 1) << value;
  }
}

TEST(TicketFigures, OfTheRegionAreThoseOfItsSites) {
  const TicketStory story = done_at(kDue);
  for (const auto& [group, value] :
       std::map<TicketGroup, std::string>{{TicketGroup::kDay, ""},
                                          {TicketGroup::kLine, "1"},
                                          {TicketGroup::kUrgency, "high"},
                                          {TicketGroup::kTopic, "printer"}}) {
    EXPECT_EQ(count(story, group, value, kThatDay, kHubSite).counters,
              count(story, group, value).counters);
    EXPECT_EQ(count(story, group, value).at(TicketFigure::kInTime), 1) << value;
  }
  EXPECT_EQ(count(story, TicketGroup::kSite, "17", kThatDay, kHubSite).counters,
            count(story, TicketGroup::kDay, "").counters);
}

TEST(TicketFigures, InOtherHandsItCountsWhereItWasOpened) {
  TicketStory story = started();
  story.hand_over(kFarEast);
  ASSERT_TRUE(story.act(testing::complete()));
  EXPECT_EQ(completed(story), 1);
  EXPECT_EQ(count(story, TicketGroup::kDay, "", kThatDay, kFarEast).counters, Counters{});
}

// V13
TEST(TicketFigures, WishesAreCountedByWhatTheyAreForAndHotLinesByWhichItWas) {
  RegisterContact contact;
  contact.asking = {.kind = ContactKind::kWish, .wish = WishSubject::kSoftware};
  TicketStory wish(kMonday);
  wish.open(Urgency::kLow, "printer", contact);
  const auto accepted = [](const TicketStory& story, const char* subject, TicketClass of) {
    return count(story, TicketGroup::kSubject, subject, kThatDay, kWest, of)
        .at(TicketFigure::kAccepted);
  };
  EXPECT_EQ(accepted(wish, "wish.software", TicketClass::kWishes), 1);
  EXPECT_EQ(accepted(wish, "wish.software", TicketClass::kTickets), 0);
  EXPECT_EQ(accepted(wish, "wish.documents", TicketClass::kWishes), 0);
  contact.asking = {.kind = ContactKind::kHotLine};
  TicketStory call(kMonday);
  call.open(Urgency::kLow, "printer", contact);
  EXPECT_EQ(accepted(call, "hot_line.", TicketClass::kTickets), 1) << "which was not said";
  contact.asking = {.kind = ContactKind::kSupport};
  TicketStory request(kMonday);
  request.open(Urgency::kLow, "printer", contact);
  for (const CubeRow& row : facets(request.entity()).cubes)
    EXPECT_FALSE(row.key.starts_with(
        keys::ticket_cells(TicketClass::kTickets, kWest, TicketGroup::kSubject, kThatDay)))
        << "other kinds have no such cell";
}

TEST(TicketFigures, WishesAreCountedApart) {
  TicketStory story(kMonday);
  story.open(Urgency::kLow, "printer", std::nullopt, ContactKind::kWish);
  EXPECT_EQ(of_day(story, TicketFigure::kAccepted), 0);
  EXPECT_EQ(rows(story, TicketFigure::kAccepted, kThatDay), 0);
  const TicketCount wishes =
      count(story, TicketGroup::kDay, "", kThatDay, kWest, TicketClass::kWishes);
  EXPECT_EQ(wishes.at(TicketFigure::kAccepted), 1);
  EXPECT_EQ(rows(story, TicketFigure::kAccepted, kThatDay, TicketClass::kWishes), 1);
}

TEST(TicketFigures, OpenAsManyRowsAsTheySay) {
  TicketStory story = done_at(kDue + 1);
  for (int again = 0; again < 3; ++again) {
    ASSERT_TRUE(story.act(testing::reopen()));
    ASSERT_TRUE(story.act(testing::complete()));
  }
  for (std::size_t i = 0; i < kCounterCount; ++i) {
    const auto figure = static_cast<TicketFigure>(i);
    EXPECT_EQ(rows(story, figure, kThatDay), of_day(story, figure)) << i;
  }
  EXPECT_EQ(of_day(story, TicketFigure::kReopened), 3);
}

TEST(TicketFigures, TheShareInTimeIsOfThoseWithADeadlineHalfUp) {
  TicketCount sum;
  sum.counters[static_cast<std::size_t>(TicketFigure::kInTime)] = 1;
  sum.counters[static_cast<std::size_t>(TicketFigure::kLate)] = 1'999;
  sum.counters[static_cast<std::size_t>(TicketFigure::kNoDeadline)] = 5'000;
  EXPECT_EQ(sum.in_time_pct(), 0);
  sum.counters[static_cast<std::size_t>(TicketFigure::kInTime)] = 5;
  sum.counters[static_cast<std::size_t>(TicketFigure::kLate)] = 995;
  EXPECT_EQ(sum.in_time_pct(), 1);
}

TEST(TicketFigures, ACellSaysItsDayAndItsValue) {
  const Bytes key =
      KeyWriter()
          .raw(keys::ticket_cells(TicketClass::kWishes, kWest, TicketGroup::kTopic, kNextDay))
          .raw("printer")
          .take();
  const TicketCell cell = ticket_cell(key);
  EXPECT_EQ(cell.day, kNextDay);
  EXPECT_EQ(cell.value, "printer");
}

TEST(CellRows, EndWithTheLastCounterThatIsNotZero) {
  Counters counters{};
  counters[2] = 7;
  const Bytes row = counters_row(counters);
  EXPECT_EQ(row.size(), 3 * sizeof(std::int64_t));
  EXPECT_EQ(counters_of(row), counters);
  EXPECT_EQ(counters_of(row.substr(1)), Counters{});
  EXPECT_EQ(counters_of(Bytes((kCounterCount + 1) * sizeof(std::int64_t), '\1')), Counters{});
}

}  // namespace
}  // namespace opora::protocol
