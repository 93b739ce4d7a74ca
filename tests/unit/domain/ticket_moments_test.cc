// What the owner of a ticket says by itself because time has passed (A-esc, A17).
#include "protocol/domain/texts.h"
#include "protocol/domain/ticket_times.h"
#include "tests/unit/domain/ticket_story.h"

namespace opora::protocol {
namespace {

using testing::at;
using testing::TicketStory;

const TimeMs kMonday = at("2025-02-10 09:00");

std::vector<std::string> said(const TicketStory& story) {
  std::vector<std::string> out;
  for (const Event& event : story.events()) {
    const auto* reached = std::get_if<TicketDueReached>(&event.facts);
    if (reached != nullptr)
      out.push_back(std::string(to_name(reached->clock)) + " " +
                    std::string(to_name(reached->threshold)));
  }
  return out;
}
using Words = std::vector<std::string>;

TEST(TicketMoments, EachThresholdIsSaidOnceAndInOrder) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_EQ(next_moment(story.entity())->at, at("2025-02-10 10:30"));
  EXPECT_EQ(story.moments_pass(), 0u);
  story.go_to(at("2025-02-10 15:00"));
  EXPECT_EQ(story.moments_pass(), 3u);
  EXPECT_EQ(story.moments_pass(), 0u);
  story.go_to(at("2025-02-11 12:00"));
  EXPECT_EQ(story.moments_pass(), 1u);
  EXPECT_EQ(said(story), (Words{"reaction warned", "reaction missed", "completion warned",
                                "completion missed"}));
  EXPECT_EQ(next_moment(story.entity()), std::nullopt);
}

TEST(TicketMoments, WhatMovedAheadIsSaidAgainAndWhatStandsIsNot) {
  TicketStory story(kMonday);
  story.open(Urgency::kCritical);
  EXPECT_TRUE(story.act(testing::start()));
  story.go_to(at("2025-02-10 12:30"));
  EXPECT_EQ(story.moments_pass(), 1u) << "three of four hours";
  EXPECT_TRUE(story.act(testing::wait_for(WaitReason::kFiles)));
  story.pass_minutes(300);
  EXPECT_EQ(story.moments_pass(), 0u);
  EXPECT_TRUE(story.act(testing::resume()));
  EXPECT_EQ(story.moments_pass(), 0u) << "three quarters are used, and were told of";
  EXPECT_TRUE(story.act(testing::reclassify(Urgency::kMedium)));
  story.go_to(at("2025-02-17 09:00"));
  EXPECT_EQ(story.moments_pass(), 2u);
}

TEST(TicketMoments, OnlyTheOwnerSpeaks) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  story.go_to(at("2025-02-12 12:00"));
  DecideContext other = story.context();
  other.site = testing::kFarEast;
  EXPECT_TRUE(decide_moment(story.entity(), ClockTrust::kConfirmed, other).empty());
  EXPECT_TRUE(decide_times(story.entity(), other).empty());
}

TEST(TicketMoments, A17IsClosedForEverWhenTheTimeToObjectIsOver) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_TRUE(story.act(testing::complete()));
  const TimeMs until = story.ticket().reopen_until;
  story.go_to(until + -1);
  EXPECT_EQ(story.moments_pass(), 0u);
  story.go_to(until);
  EXPECT_EQ(story.moments_pass(ClockTrust::kOwn), 0u) << "not on a clock that may be wrong";
  EXPECT_EQ(story.moments_pass(), 1u);
  EXPECT_EQ(story.ticket().status, TicketStatus::kClosed);
  EXPECT_EQ(story.moments_pass(), 0u);
  EXPECT_EQ(story.refused(testing::reopen()), "action");
}

TEST(TicketMoments, A15WhatIsNotToldIsSaidThoughTheClockIsNotConfirmed) {
  TicketStory story(kMonday);
  story.open_with_mail();
  EXPECT_TRUE(story.act(testing::complete()));
  story.go_to(story.ticket().reopen_until);
  EXPECT_EQ(story.moments_pass(ClockTrust::kOwn), 2u) << "near, and over";
  EXPECT_EQ(story.ticket().status, TicketStatus::kDone);
  EXPECT_EQ(story.moments_pass(), 1u);
  EXPECT_EQ(story.ticket().status, TicketStatus::kClosed);
}

}  // namespace
}  // namespace opora::protocol
