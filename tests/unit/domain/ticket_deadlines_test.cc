// The three deadlines of a ticket in its queue (A14, V3, V10), with the days that it skips.
#include "protocol/domain/ticket_deadlines.h"

#include <gtest/gtest.h>

#include "tests/unit/domain/calendars.h"

namespace opora::protocol {
namespace {

using testing::at;
using testing::day;

class TicketDeadlinesTest : public ::testing::Test {
 protected:
  TicketDeadlinesTest() {
    for (std::size_t i = 0; i < kUrgencies; ++i)
      queue_.norms[i] = default_norms(static_cast<Urgency>(i + 1));
    queue_.reactions = {{"доступ", {30, NormUnit::kHours, Running::kWorkingTime}},
                        {"", {2 * 60, NormUnit::kHours, Running::kWorkingTime}}};
  }
  TicketDeadlines of(TicketClock clock) { return deadlines_of(clock, queue_, office_); }

  QueueChanged queue_;
  const WorkCalendar seven_to_six_ = testing::seven_to_six();
  const ProductionCalendar russia_ = testing::russia();
  const WorkingTime office_{seven_to_six_, russia_, testing::east(180)};
};

TEST_F(TicketDeadlinesTest, RunRegistrationFromTheReceiptAndTheOthersFromTheRegistration) {
  const auto out = of({Urgency::kHigh, "", at("2025-02-10 09:00"), at("2025-02-10 09:30"), {}});
  EXPECT_EQ(out.registration->due_at, at("2025-02-10 10:00"));
  EXPECT_EQ(out.reaction->due_at, at("2025-02-10 11:30"));
  EXPECT_EQ(out.completion->due_at, at("2025-02-10 17:30"));
  EXPECT_EQ(out.completion->warn_at, at("2025-02-10 15:30"));
}

TEST_F(TicketDeadlinesTest, RunNothingButRegistrationBeforeItIsRegistered) {
  const auto out = of({Urgency::kHigh, "", at("2025-02-10 09:00"), std::nullopt, {}});
  EXPECT_TRUE(out.registration.has_value());
  EXPECT_FALSE(out.reaction.has_value());
  EXPECT_FALSE(out.completion.has_value());
}

TEST_F(TicketDeadlinesTest, TakeTheReactionOfTheCategoryElseOfAllOthersElseNone) {
  EXPECT_EQ(reaction_norm(queue_, "доступ").minutes, 30u);
  EXPECT_EQ(reaction_norm(queue_, "печать").minutes, 120u);
  queue_.reactions.pop_back();
  EXPECT_EQ(reaction_norm(queue_, "печать").minutes, 0u);
  const auto out =
      of({Urgency::kHigh, "печать", at("2025-02-10 09:00"), at("2025-02-10 09:00"), {}});
  EXPECT_FALSE(out.reaction.has_value());
}

TEST_F(TicketDeadlinesTest, NameEachDayThatTheySkipWithItsReason) {
  const TimeMs evening = at("2025-04-30 16:00");
  const auto out = of({Urgency::kHigh, "", evening, evening, {}});
  EXPECT_EQ(out.completion->due_at, at("2025-05-05 14:00"));
  const std::vector<SkippedDay> skipped = {{day("2025-04-30"), DayReason::kProduction, true},
                                           {day("2025-05-01"), DayReason::kProduction, false},
                                           {day("2025-05-02"), DayReason::kProduction, false},
                                           {day("2025-05-03"), DayReason::kWeek, false},
                                           {day("2025-05-04"), DayReason::kWeek, false}};
  EXPECT_EQ(out.completion->skipped, skipped);
}

TEST_F(TicketDeadlinesTest, StandStillWhileTheApplicantIsWaitedFor) {
  const TimeMs ten = at("2025-02-10 10:00");
  const Pause hour{at("2025-02-10 11:00"), at("2025-02-10 12:00")};
  EXPECT_EQ(of({Urgency::kCritical, "", ten, ten, {hour}}).completion->due_at,
            at("2025-02-10 15:00"));
  const Pause open{at("2025-02-10 11:00"), std::nullopt};
  const auto never = of({Urgency::kCritical, "", ten, ten, {open}});
  EXPECT_EQ(never.completion->due_at, std::nullopt);
  EXPECT_EQ(never.registration->due_at, at("2025-02-10 10:10"));
}

TEST_F(TicketDeadlinesTest, RefuseTimesThatDoNotFollowEachOther) {
  const TimeMs ten = at("2025-02-10 10:00");
  const TimeMs noon = at("2025-02-10 12:00");
  const auto path = [](const TicketClock& clock) {
    const Status status = check(clock);
    return status.ok() ? std::string() : status.error().path;
  };
  EXPECT_EQ(path({Urgency::kLow, "", ten, noon, {{ten, noon}, {noon, std::nullopt}}}), "");
  EXPECT_EQ(path({Urgency::kLow, "", noon, ten, {}}), "registered_at");
  EXPECT_EQ(path({Urgency::kLow, "", ten, ten, {{noon, ten}}}), "pauses[0].to");
  EXPECT_EQ(path({Urgency::kLow, "", ten, ten, {{ten, std::nullopt}, {noon, noon}}}),
            "pauses[1].from");
  EXPECT_EQ(path({Urgency::kLow, "", ten, ten, {{ten, noon}, {ten, noon}}}), "pauses[1].from");
  EXPECT_EQ(path({Urgency::kLow, "", ten, ten, std::vector<Pause>(kMaxPauses + 1, {ten, ten})}),
            "pauses");
}

}  // namespace
}  // namespace opora::protocol
