// The rows in which open tickets stand in the order of time.
#include "protocol/domain/due_rows.h"

#include "tests/unit/domain/ticket_story.h"

namespace opora::protocol {
namespace {

using testing::at;
using testing::TicketStory;

const TimeMs kMonday = at("2025-02-10 09:00");

// The moments of the rows of one family.
std::vector<TimeMs> rows_of(const TicketStory& story, const Bytes& prefix) {
  std::vector<TimeMs> out;
  for (const IndexRow& row : facets(story.entity()).index) {
    if (row.key.compare(0, prefix.size(), prefix) != 0) continue;
    // Of a free ticket one byte comes first.
    const std::size_t before = prefix.front() == 'i' ? prefix.size() + 1 : prefix.size();
    KeyReader key(std::string_view(row.key).substr(before));
    out.push_back(TimeMs{key.i64()});
    EXPECT_EQ(keys::id_of(row.key), story.entity().id);
  }
  return out;
}
using Moments = std::vector<TimeMs>;

Moments moments(const TicketStory& story, SiteNo owner = testing::kWest) {
  return rows_of(story, keys::moments(owner));
}
Moments dues(const TicketStory& story) { return rows_of(story, keys::dues()); }

TEST(DueRows, AnOpenTicketStandsOnceAtWhatComesNext) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_EQ(moments(story), Moments{at("2025-02-10 10:30")});
  EXPECT_EQ(dues(story), Moments{at("2025-02-10 11:00")}) << "the reaction is nearer";
  EXPECT_EQ(next_due(story.ticket())->clock, DueClock::kReaction);
  EXPECT_TRUE(story.act(testing::start()));
  EXPECT_EQ(moments(story), Moments{at("2025-02-10 15:00")});
  EXPECT_EQ(dues(story), Moments{at("2025-02-10 17:00")});
  EXPECT_EQ(next_due(story.ticket())->clock, DueClock::kCompletion);
  story.go_to(at("2025-02-10 15:00"));
  story.moments_pass();
  EXPECT_EQ(moments(story), Moments{at("2025-02-10 17:00")});
  story.go_to(at("2025-02-10 17:00"));
  story.moments_pass();
  EXPECT_EQ(moments(story), Moments{}) << "everything was said";
  EXPECT_EQ(dues(story), Moments{at("2025-02-10 17:00")}) << "it is late until it is done";
}

TEST(DueRows, V10WhoWaitsForTheApplicantStandsWhereSomebodyHasToLookAfterHim) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_TRUE(story.act(testing::start()));
  EXPECT_TRUE(story.act(testing::wait_for(WaitReason::kFiles)));
  EXPECT_EQ(moments(story), Moments{at("2025-02-13 09:00")}) << "three working days of silence";
  EXPECT_EQ(dues(story), Moments{at("2025-02-13 09:00")});
  EXPECT_TRUE(story.act(testing::resume()));
  const TimeMs session = at("2025-02-11 10:00");
  EXPECT_TRUE(story.act(testing::wait_for(WaitReason::kRemoteSession, session)));
  EXPECT_EQ(moments(story), Moments{session});
  EXPECT_EQ(dues(story), Moments{session});
}

TEST(DueRows, WhatSomebodyHasStandsUnderHisLoginWhileItIsOpen) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  const auto whose = [&](const char* login) { return rows_of(story, keys::tickets_of(login)); };
  EXPECT_TRUE(story.act(testing::assign(2, "petrov")));
  EXPECT_EQ(whose("petrov").size(), 1u);
  EXPECT_EQ(whose("petro").size(), 0u) << "a login is not the beginning of another";
  EXPECT_TRUE(story.act(testing::assign(2, "sidorov")));
  EXPECT_EQ(whose("petrov").size(), 0u);
  EXPECT_EQ(whose("sidorov").size(), 1u);
  EXPECT_TRUE(story.act(testing::complete()));
  EXPECT_EQ(whose("sidorov").size(), 0u);
}

TEST(DueRows, WhatIsDoneStandsAtTheEndOfTheTimeToObject) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_TRUE(story.act(testing::complete()));
  EXPECT_EQ(moments(story), Moments{at("2025-02-14 00:00")});
  EXPECT_EQ(dues(story), Moments{});
  EXPECT_TRUE(story.act(testing::close_for_ever()));
  EXPECT_EQ(moments(story), Moments{});
}

TEST(DueRows, WhatIsDoneAndNotToldOfStandsAtBoth) {
  TicketStory story(kMonday);
  story.open_with_mail();
  EXPECT_TRUE(story.act(testing::complete()));
  EXPECT_EQ(moments(story), (Moments{at("2025-02-10 15:00"), at("2025-02-14 00:00")}));
  std::vector<bool> closing;
  for (const IndexRow& row : facets(story.entity()).index)
    if (row.key.starts_with(keys::moments(testing::kWest))) closing.push_back(closes(row.value));
  EXPECT_EQ(closing, (std::vector{false, true}));
  EXPECT_EQ(dues(story), Moments{}) << "the ticket itself is in time";
}

TEST(DueRows, GoWithTheOwner) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  story.hand_over(testing::kFarEast);
  EXPECT_EQ(moments(story), Moments{});
  EXPECT_EQ(moments(story, testing::kFarEast).size(), 1u);
  EXPECT_EQ(dues(story).size(), 1u);
}

TEST(DueRows, OfAnOwnerUpToAMomentEndBeforeTheNext) {
  const Bytes row = KeyWriter().raw(keys::moments(testing::kWest)).i64(kMonday.v).take() +
                    std::string(sizeof(AggregateId), '\xff');
  EXPECT_LT(row, keys::moments_after(testing::kWest, kMonday));
  EXPECT_GT(row, keys::moments_after(testing::kWest, kMonday + -1));
}

// Free tickets of a line: their moments, as in the rows.
Moments free_of(const TicketStory& story, std::uint8_t line, SiteNo owner = testing::kWest) {
  return rows_of(story, keys::free_tickets(owner, line));
}
std::int64_t load_of(const TicketStory& story, const std::string& login) {
  std::int64_t out = 0;
  for (const CubeRow& cube : facets(story.entity()).cubes)
    if (cube.key == keys::load_of(story.owner(), login)) out += cube.delta[0];
  return out;
}

TEST(DueRows, WhatNobodyHasStandsAmongTheFreeOfItsLineByItsDeadline) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_EQ(free_of(story, 1), dues(story));
  EXPECT_TRUE(story.act(testing::assign(2, "")));
  EXPECT_EQ(free_of(story, 1), Moments{});
  EXPECT_EQ(free_of(story, 2), dues(story));
  EXPECT_TRUE(story.act(testing::start("petrov")));
  EXPECT_EQ(free_of(story, 2), Moments{});
}

TEST(DueRows, AFreeTicketWithoutADeadlineStandsBehindAllOthers) {
  Timetable::Parts none = testing::three_lines();
  none.queues.clear();
  TicketStory story(kMonday, none);
  story.open(Urgency::kHigh);
  EXPECT_EQ(free_of(story, 1), Moments{kMaxEventTime});
}

// The turn of a ticket that was registered then.
Bytes turn(Urgency urgency, TimeMs opened, const Timetable::Parts& parts = testing::three_lines()) {
  TicketStory story(opened, parts);
  story.open(urgency);
  for (const IndexRow& row : facets(story.entity()).index)
    if (row.key.starts_with(keys::free_tickets(testing::kWest, 1)))
      return Bytes(keys::turn_of_free(row.key));
  ADD_FAILURE() << "it is not free";
  return {};
}

TEST(DueRows, A2bOfTheFreeWhatHasStoppedEverythingComesFirstThenWhatIsDueFirst) {
  const TimeMs minute_later = kMonday + 60'000;
  EXPECT_LT(turn(Urgency::kLow, kMonday), turn(Urgency::kHigh, minute_later)) << "due before it";
  EXPECT_LT(turn(Urgency::kCritical, minute_later), turn(Urgency::kHigh, kMonday));
  EXPECT_LT(turn(Urgency::kCritical, kMonday), turn(Urgency::kCritical, minute_later));
}

TEST(DueRows, OfTheFreeThatAreDueTogetherTheMoreUrgentComesFirstThenTheOlder) {
  // Before the day begins all run from its beginning.
  const TimeMs early = at("2025-02-10 05:00");
  const TimeMs later = at("2025-02-10 05:30");
  EXPECT_LT(turn(Urgency::kHigh, later), turn(Urgency::kMedium, early));
  EXPECT_LT(turn(Urgency::kMedium, early), turn(Urgency::kMedium, later));
  Timetable::Parts none = testing::three_lines();
  none.queues.clear();
  EXPECT_LT(turn(Urgency::kHigh, later, none), turn(Urgency::kLow, early, none));
}

TEST(DueRows, WhatIsOfferedWaitsOrIsDoneIsNotFree) {
  TicketStory offered(kMonday);
  offered.open(Urgency::kHigh);
  const auto drafts =
      decide(OfferTicket{testing::kFarEast, std::nullopt, ""}, offered.entity(), offered.context());
  offered.say(drafts->front());
  EXPECT_EQ(free_of(offered, 1), Moments{});
  TicketStory waits(kMonday);
  waits.open(Urgency::kHigh);
  EXPECT_TRUE(waits.act(testing::start()));
  EXPECT_TRUE(waits.act(testing::wait_for(WaitReason::kFiles)));
  EXPECT_TRUE(waits.act(testing::assign(1, "")));
  EXPECT_EQ(free_of(waits, 1), Moments{});
  EXPECT_TRUE(waits.act(testing::resume()));
  EXPECT_EQ(free_of(waits, 1), dues(waits)) << "it goes on, and nobody has it";
  TicketStory done(kMonday);
  done.open(Urgency::kHigh);
  EXPECT_TRUE(done.act(testing::complete()));
  EXPECT_EQ(free_of(done, 1), Moments{});
}

TEST(DueRows, EachPersonsOpenTicketsAreCounted) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_EQ(load_of(story, "petrov"), 0);
  EXPECT_TRUE(story.act(testing::start("petrov")));
  EXPECT_EQ(load_of(story, "petrov"), 1);
  EXPECT_TRUE(story.act(testing::assign(2, "sidorov")));
  EXPECT_EQ(load_of(story, "petrov"), 0);
  EXPECT_EQ(load_of(story, "sidorov"), 1);
  EXPECT_TRUE(story.act(testing::complete()));
  EXPECT_EQ(load_of(story, "sidorov"), 0);
}

}  // namespace
}  // namespace opora::protocol
