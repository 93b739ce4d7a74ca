// V3: who ends the reaction of a ticket, and who does not.
#include "protocol/domain/ticket_times.h"
#include "tests/unit/domain/ticket_story.h"

namespace opora::protocol {
namespace {

using testing::at;
using testing::TicketStory;

const TimeMs kMonday = at("2025-02-10 09:00");

TEST(Reaction, V3Line1EndsTheReactionOfWhatStaysWithIt) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  story.pass_minutes(10);
  EXPECT_TRUE(story.act(testing::of_line(1, testing::start("ivanova"))));
  EXPECT_EQ(story.ticket().reacted_at, at("2025-02-10 09:10"));
  const TimeMs due = story.ticket().times.reaction_due;
  story.pass_minutes(30);
  EXPECT_TRUE(story.act(testing::assign(2, "")));
  EXPECT_EQ(story.ticket().reacted_at, TimeMs{}) << "passed up, no specialist ever had it";
  // Shares of two queues end within a millisecond.
  EXPECT_GE(story.ticket().times.reaction_due, due) << "and its clock runs from the registration";
  EXPECT_LE(story.ticket().times.reaction_due, due + 1);
  story.go_to(due + 1);
  EXPECT_EQ(story.moments_pass(), 2u);
  EXPECT_EQ(missed(story.ticket()), Missed::kYes);
  story.pass_minutes(5);
  EXPECT_TRUE(story.act(testing::of_line(2, testing::start("petrov"))));
  EXPECT_EQ(story.ticket().reacted_at, story.now());
}

TEST(Reaction, V3OnlyASpecialistEndsTheReactionOfAHigherLine) {
  for (const std::uint8_t line : {std::uint8_t{2}, std::uint8_t{3}}) {
    TicketStory story(kMonday);
    story.open(Urgency::kHigh);
    EXPECT_TRUE(story.act(testing::of_line(1, testing::assign(line, "ivanova"))));
    EXPECT_EQ(story.ticket().reacted_at, TimeMs{});
    EXPECT_TRUE(story.act(testing::of_line(1, testing::start("ivanova"))));
    EXPECT_EQ(story.ticket().reacted_at, TimeMs{}) << "an operator is no specialist";
    EXPECT_TRUE(story.act(testing::of_line(2, testing::assign(line, "petrov"))));
    EXPECT_EQ(story.ticket().reacted_at, kMonday);
    EXPECT_TRUE(story.act(testing::of_line(1, testing::assign(1, "ivanova"))));
    EXPECT_TRUE(story.act(testing::assign(line, "")));
    EXPECT_EQ(story.ticket().reacted_at, kMonday) << "once a specialist had it, it stays so";
  }
}

TEST(Reaction, V3ASpecialistWhoTakesItOnLine1CountsFromHisOwnMoment) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_TRUE(story.act(testing::of_line(1, testing::start("ivanova"))));
  story.pass_minutes(15);
  EXPECT_TRUE(story.act(testing::of_line(3, testing::assign(1, "petrov"))));
  EXPECT_EQ(story.ticket().reacted_at, story.now());
  story.pass_minutes(15);
  EXPECT_TRUE(story.act(testing::assign(3, "")));
  EXPECT_EQ(story.ticket().reacted_at, at("2025-02-10 09:15"));
}

}  // namespace
}  // namespace opora::protocol
