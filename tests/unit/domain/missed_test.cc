// Whether a deadline was missed, and whether its site was cut off then: the owner says it, once,
// and every replica has it from there.
#include "protocol/domain/facets.h"
#include "protocol/domain/ticket_times.h"
#include "tests/unit/domain/ticket_story.h"

namespace opora::protocol {
namespace {

using testing::at;
using testing::TicketStory;

constexpr std::int64_t kHourMs = 60 * kMinuteMs;
const TimeMs kMonday = at("2025-02-10 09:00");
// Of a ticket of high urgency that was opened then and started at once.
const TimeMs kWarn = at("2025-02-10 15:00");
const TimeMs kDue = at("2025-02-10 17:00");

class MissedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    story.open(Urgency::kHigh);
    ASSERT_TRUE(story.act(testing::start()));
  }
  const Reached* told(Threshold threshold) const {
    return reached(story.ticket(), DueClock::kCompletion, threshold);
  }
  Missed missed_so_far() const {
    EXPECT_EQ(list_row(story.ticket()).missed, missed(story.ticket()));
    return missed(story.ticket());
  }
  TicketStory story{kMonday};
};

TEST_F(MissedTest, BeforeItsDeadlineNothingIsMissed) {
  EXPECT_EQ(missed_so_far(), Missed::kNo);
  story.go_to(kWarn);
  story.moments_pass();
  EXPECT_NE(told(Threshold::kWarned), nullptr);
  EXPECT_EQ(missed_so_far(), Missed::kNo);
}

TEST_F(MissedTest, WithALineToTheRegionItIsMissedAndNoMore) {
  story.go_to(kDue + 2'000);
  story.moments_pass();
  ASSERT_NE(told(Threshold::kMissed), nullptr);
  EXPECT_EQ(told(Threshold::kMissed)->moment, kDue);
  EXPECT_EQ(told(Threshold::kMissed)->link, LinkThen::kThere);
  EXPECT_EQ(missed_so_far(), Missed::kYes);
}

TEST_F(MissedTest, ASiteThatIsCutOffSaysSo) {
  story.cut_off_since(kWarn + kMinuteMs);
  story.go_to(kDue);
  story.moments_pass();
  EXPECT_EQ(told(Threshold::kWarned)->link, LinkThen::kThere);
  EXPECT_EQ(told(Threshold::kMissed)->link, LinkThen::kCutOff);
  EXPECT_EQ(told(Threshold::kMissed)->cut_since, kWarn + kMinuteMs);
  EXPECT_EQ(missed_so_far(), Missed::kCutOff);
}

TEST_F(MissedTest, ASilenceOfSecondsIsNoCut) {
  story.cut_off_since(kDue + -(kSilenceMs - 1));
  story.go_to(kDue + 2'000);
  story.moments_pass();
  EXPECT_EQ(told(Threshold::kMissed)->link, LinkThen::kThere);
}

TEST_F(MissedTest, WhatIsSaidAfterTheLineCameBackIsStillOfTheCut) {
  story.was_cut_off({kDue + -kHourMs, kDue + kHourMs});
  story.go_to(kDue + 2 * kHourMs);
  story.moments_pass();
  EXPECT_EQ(told(Threshold::kWarned)->link, LinkThen::kThere);
  EXPECT_EQ(told(Threshold::kMissed)->link, LinkThen::kCutOff);
  EXPECT_EQ(told(Threshold::kMissed)->cut_since, kDue + -kHourMs);
}

TEST_F(MissedTest, AMomentAtWhichTheLineCameBackIsNotOfTheCut) {
  story.was_cut_off({kDue + -kHourMs, kDue});
  story.go_to(kDue + 2'000);
  story.moments_pass();
  EXPECT_EQ(told(Threshold::kMissed)->link, LinkThen::kThere);
}

TEST_F(MissedTest, StaysWhenItIsDone) {
  story.cut_off_since(kMonday);
  story.go_to(kDue);
  story.moments_pass();
  ASSERT_TRUE(story.act(testing::complete()));
  EXPECT_EQ(missed_so_far(), Missed::kCutOff);
}

TEST_F(MissedTest, WhatWasDoneLateBeforeAnybodySaidSoIsMissedAllTheSame) {
  story.go_to(kDue + 1);
  ASSERT_TRUE(story.act(testing::complete()));
  EXPECT_EQ(told(Threshold::kMissed), nullptr);
  EXPECT_EQ(missed_so_far(), Missed::kYes);
}

TEST_F(MissedTest, ADeadlineThatLiesAheadAgainIsNotMissed) {
  story.go_to(kDue);
  story.moments_pass();
  ASSERT_TRUE(story.act(testing::reclassify(Urgency::kLow)));
  EXPECT_EQ(missed_so_far(), Missed::kNo);
}

TEST_F(MissedTest, GoesWithTheTicketToItsNextOwner) {
  story.cut_off_since(kMonday);
  story.go_to(kDue);
  story.moments_pass();
  story.hand_over(testing::kFarEast);
  EXPECT_EQ(missed_so_far(), Missed::kCutOff);
}

}  // namespace
}  // namespace opora::protocol
