// Whose an assignment is (A9): of the site that gave it, as long as that answers for the ticket.
#include <random>

#include "protocol/base/archive.h"
#include "protocol/domain/facets.h"
#include "tests/unit/domain/ticket_story.h"

namespace opora::protocol {
namespace {

using testing::at;
using testing::TicketStory;

const TimeMs kMonday = at("2025-02-10 09:00");

TEST(TicketHandover, A9AtTheNewSiteNobodyHasItAndAnybodyMayStart) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_TRUE(story.act(testing::start("petrov")));
  story.hand_over(testing::kFarEast);
  EXPECT_EQ(story.ticket().assignee, "");
  EXPECT_EQ(story.ticket().status, TicketStatus::kAssigned) << "nobody works on it";
  EXPECT_EQ(story.refused(testing::start("ivanov")), "");
  EXPECT_TRUE(story.act(testing::start("ivanov")));
  EXPECT_EQ(story.ticket().assignee, "ivanov");
  EXPECT_EQ(story.ticket().status, TicketStatus::kInWork);
  EXPECT_EQ(list_row(story.ticket()).assignee, "ivanov");
}

TEST(TicketHandover, BackAgainTheFirstAssignmentIsOverToo) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_TRUE(story.act(testing::start("petrov")));
  story.hand_over(testing::kFarEast);
  story.hand_over(testing::kWest);
  EXPECT_EQ(story.ticket().assignee, "");
  EXPECT_EQ(story.refused(testing::start("sidorov")), "");
}

TEST(TicketHandover, WhatWaitsGoesOnWaitingAndIsThenNobodys) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_TRUE(story.act(testing::start("petrov")));
  EXPECT_TRUE(story.act(testing::wait_for(WaitReason::kFiles)));
  story.hand_over(testing::kFarEast);
  EXPECT_EQ(story.ticket().status, TicketStatus::kWaiting);
  EXPECT_EQ(story.ticket().assignee, "");
  EXPECT_TRUE(story.act(testing::resume()));
  EXPECT_EQ(story.ticket().status, TicketStatus::kAssigned);
}

TEST(TicketHandover, ItsOwnersDoNotDependOnTheOrderInWhichTheyAreHeardOf) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_TRUE(story.act(testing::start("petrov")));
  EXPECT_TRUE(story.act(testing::wait_for(WaitReason::kFiles)));
  EXPECT_TRUE(story.act(testing::resume()));
  story.hand_over(testing::kFarEast);
  EXPECT_TRUE(story.act(testing::assign(2, "ivanov")));
  auto order = story.events();
  std::mt19937 chance(7);
  for (int i = 0; i < 50; ++i) {
    std::shuffle(order.begin(), order.end(), chance);
    const Entity replica = testing::heard_in_order(story.entity().id, order);
    EXPECT_EQ(to_row(*replica.as<TicketState>()), to_row(story.ticket()));
  }
}

}  // namespace
}  // namespace opora::protocol
