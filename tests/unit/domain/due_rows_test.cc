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
    KeyReader key(std::string_view(row.key).substr(prefix.size()));
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
  EXPECT_TRUE(story.act(testing::start()));
  EXPECT_EQ(moments(story), Moments{at("2025-02-10 15:00")});
  EXPECT_EQ(dues(story), Moments{at("2025-02-10 17:00")});
  story.go_to(at("2025-02-10 15:00"));
  story.moments_pass();
  EXPECT_EQ(moments(story), Moments{at("2025-02-10 17:00")});
  story.go_to(at("2025-02-10 17:00"));
  story.moments_pass();
  EXPECT_EQ(moments(story), Moments{}) << "everything was said";
  EXPECT_EQ(dues(story), Moments{at("2025-02-10 17:00")}) << "it is late until it is done";
}

TEST(DueRows, WhoWaitsForTheApplicantHasNone) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_TRUE(story.act(testing::start()));
  EXPECT_TRUE(story.act(testing::wait_for(WaitReason::kFiles)));
  EXPECT_EQ(moments(story), Moments{});
  EXPECT_EQ(dues(story), Moments{});
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

}  // namespace
}  // namespace opora::protocol
