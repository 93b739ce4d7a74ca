// A14: by when a ticket had to be registered, of what it is now.
#include "protocol/domain/texts.h"
#include "protocol/domain/ticket_times.h"
#include "tests/unit/domain/ticket_story.h"

namespace opora::protocol {
namespace {

using testing::at;
using testing::TicketStory;

const TimeMs kMonday = at("2025-02-10 09:00");

TEST(Registration, A14RegistrationGoesByTheUrgencyThatTheTicketHasNow) {
  struct Case {
    Urgency first;
    Urgency then;
    TimeMs due;
    Missed missed;
  };
  // Received at 8:30, registered at 9:00; the queue works from 7 to 18.
  const std::vector<Case> cases = {
      {Urgency::kLow, Urgency::kMedium, at("2025-02-10 14:30"), Missed::kNo},
      {Urgency::kLow, Urgency::kHigh, at("2025-02-10 09:30"), Missed::kNo},
      {Urgency::kLow, Urgency::kCritical, at("2025-02-10 08:40"), Missed::kYes},
      {Urgency::kCritical, Urgency::kLow, at("2025-02-10 16:30"), Missed::kNo},
      {Urgency::kCritical, Urgency::kHigh, at("2025-02-10 09:30"), Missed::kNo},
  };
  for (const Case& one : cases) {
    TicketStory story(kMonday);
    story.open(one.first, "printer", at("2025-02-10 08:30"));
    story.pass_minutes(5);
    EXPECT_TRUE(story.act(testing::reclassify(one.then)));
    EXPECT_EQ(story.ticket().times.registration_due, one.due) << to_name(one.then);
    EXPECT_EQ(missed(story.ticket()), one.missed) << to_name(one.then);
  }
}

TEST(Registration, A14WhatComesAfterTheRegistrationMovesItNot) {
  TicketStory story(kMonday);
  story.open(Urgency::kLow, "printer", at("2025-02-10 08:30"));
  const TimeMs due = story.ticket().times.registration_due;
  EXPECT_TRUE(story.act(testing::start()));
  EXPECT_TRUE(story.act(testing::wait_for(WaitReason::kFiles)));
  EXPECT_EQ(story.ticket().times.registration_due, due);
  story.pass_minutes(60);
  EXPECT_TRUE(story.act(testing::resume()));
  EXPECT_TRUE(story.act(testing::assign(3, "petrov")));
  story.hand_over(testing::kFarEast);
  EXPECT_TRUE(story.act(testing::start("ivanov")));
  EXPECT_EQ(story.ticket().times.registration_due, due);
}

}  // namespace
}  // namespace opora::protocol
