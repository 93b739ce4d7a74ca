// A ticket's life: the rules of its actions that need words. Who may do what in which state, from
// where, is ticket_table_test's.
#include <set>

#include "protocol/domain/texts.h"
#include "tests/unit/domain/ticket_story.h"

namespace opora::protocol {
namespace {

using testing::at;
using testing::TicketStory;
using What = TicketAction::What;

const TimeMs kMonday = at("2025-02-10 09:00");

// A ticket of each state, by what leads to it.
TicketStory in_state(TicketStatus status) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  const auto act = [&](const TicketAction& action) { EXPECT_TRUE(story.act(action)); };
  // Two things to do, one of them done, because of a problem: what is done with these needs them.
  act(testing::action(What::kAddItem));
  act(testing::action(What::kAddItem));
  act(testing::item(What::kTickItem, 2));
  act(testing::of_problem(AggregateId{{2}}));
  switch (status) {
    case TicketStatus::kRegistered: break;
    case TicketStatus::kAssigned: act(testing::assign(2)); break;
    case TicketStatus::kInWork: act(testing::start()); break;
    case TicketStatus::kWaiting:
      act(testing::start());
      act(testing::wait_for(WaitReason::kInformation));
      break;
    case TicketStatus::kDone: act(testing::complete()); break;
    case TicketStatus::kRejected: act(testing::reject()); break;
    case TicketStatus::kClosed:
      act(testing::complete());
      act(testing::close_for_ever());
      break;
    case TicketStatus::kMerged: act(testing::merge_into(testing::an_earlier_ticket())); break;
  }
  EXPECT_EQ(story.ticket().status, status);
  return story;
}

// In the order of a life.
constexpr std::array kStates = {TicketStatus::kRegistered, TicketStatus::kAssigned,
                                TicketStatus::kInWork,     TicketStatus::kWaiting,
                                TicketStatus::kDone,       TicketStatus::kClosed,
                                TicketStatus::kRejected,   TicketStatus::kMerged};

// Well formed: only the state, the person and the place may be in their way.
struct NamedAction {
  std::string_view name;
  TicketAction action;
};
std::vector<NamedAction> actions() {
  return {{"comment", testing::action(What::kComment)},
          {"assign", testing::assign(2)},
          {"start", testing::start()},
          {"wait", testing::wait_for(WaitReason::kRemoteSession, kMonday + kDayMs)},
          {"resume", testing::resume()},
          {"reclassify", testing::reclassify(Urgency::kLow)},
          {"complete", testing::complete()},
          {"reject", testing::reject()},
          {"reopen", testing::reopen()},
          {"close", testing::close_for_ever()},
          {"merge", testing::merge_into(testing::an_earlier_ticket())},
          {"unmerge", testing::action(What::kUnmerge)},
          {"add_item", testing::action(What::kAddItem)},
          {"tick_item", testing::item(What::kTickItem, 1)},
          {"untick_item", testing::item(What::kUntickItem, 2)},
          {"remove_item", testing::item(What::kRemoveItem, 1)},
          {"link_problem", testing::of_problem()},
          {"unlink_problem", testing::action(What::kUnlinkProblem)}};
}

// A16, A17
TEST(TicketLife, WhatTheTableOfStatesForbidsTheRulesRefuse) {
  for (const TicketStatus state : kStates) {
    const TicketStory story = in_state(state);
    for (const NamedAction& named : actions()) {
      SCOPED_TRACE(std::string(named.name) + " of " + std::string(to_name(state)));
      EXPECT_EQ(story.ask(named.action).ok(), possible(named.action.what, state));
    }
  }
}

TEST(TicketLife, A9PassingUpNeedsAReason) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  TicketAction up = testing::assign(2);
  up.text = " ";
  EXPECT_EQ(story.refused(up), "reason");
  up.line = 1;
  EXPECT_EQ(story.refused(up), "");
}

TEST(TicketLife, WhatSaysSomethingToSomebodyNeedsItsText) {
  const std::set<std::string_view> silent = {
      "assign",    "start",       "resume",      "reject",       "merge",         "unmerge",
      "tick_item", "untick_item", "remove_item", "link_problem", "unlink_problem"};
  for (const TicketStatus state : kStates) {
    const TicketStory story = in_state(state);
    for (NamedAction named : actions()) {
      if (!possible(named.action.what, state) || silent.contains(named.name)) continue;
      named.action.text = "\n";
      EXPECT_EQ(story.refused(named.action), "text") << named.name;
    }
  }
}

TEST(TicketLife, V10WaitingHasAReasonAndARemoteSessionATime) {
  const TicketStory story = in_state(TicketStatus::kInWork);
  EXPECT_EQ(story.refused(testing::wait_for(WaitReason::kNone)), "reason");
  EXPECT_EQ(story.refused(testing::wait_for(WaitReason::kRemoteSession)), "until");
  EXPECT_EQ(story.refused(testing::wait_for(WaitReason::kRemoteSession, kMonday)), "until");
  EXPECT_EQ(story.refused(testing::wait_for(WaitReason::kFiles, kMonday + kDayMs)), "until");
}

TEST(TicketLife, V11RejectionHasAReason) {
  const TicketStory story = in_state(TicketStatus::kAssigned);
  TicketAction reject = testing::reject();
  reject.reason = RejectReason::kNone;
  EXPECT_EQ(story.refused(reject), "reason");
}

TEST(TicketLife, StartingTakesWhatIsNobodysAndNotWhatIsAnothers) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_EQ(story.refused(testing::start("")), "assignee");
  EXPECT_TRUE(story.act(testing::start("ivanova")));
  EXPECT_EQ(story.ticket().assignee, "ivanova");
  EXPECT_TRUE(story.act(testing::assign(1, "petrov")));
  EXPECT_EQ(story.refused(testing::start("ivanova")), "assignee");
  EXPECT_EQ(story.refused(testing::start("petrov")), "");
}

TEST(TicketLife, AnotherUrgencyOrTopicIsAnother) {
  const TicketStory story = in_state(TicketStatus::kAssigned);
  EXPECT_EQ(story.refused(testing::reclassify(std::nullopt)), "urgency");
  EXPECT_EQ(story.refused(testing::reclassify(Urgency::kHigh)), "urgency");
  EXPECT_EQ(story.refused(testing::reclassify(std::nullopt, "no such topic")), "topic");
  EXPECT_EQ(story.refused(testing::reclassify(std::nullopt, "password")), "");
}

TEST(TicketLife, WhoWaitsForTheApplicantWaitsOnInOtherHands) {
  TicketStory story = in_state(TicketStatus::kWaiting);
  EXPECT_TRUE(story.act(testing::assign(2, "sidorov")));
  EXPECT_EQ(story.ticket().status, TicketStatus::kWaiting);
  EXPECT_EQ(story.ticket().times.completion_due, TimeMs{});
  EXPECT_TRUE(story.act(testing::resume()));
  EXPECT_EQ(story.ticket().status, TicketStatus::kInWork);
  EXPECT_EQ(story.ticket().assignee, "sidorov");
}

TEST(TicketLife, ATicketThatIsOnlyPushedAroundIsStoppedSomewhere) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  for (std::size_t i = 1; i < kMaxStays; ++i)
    ASSERT_TRUE(story.act(testing::assign(i % 2 == 0 ? 1 : 2)));
  EXPECT_EQ(story.refused(testing::assign(1)), "history");
  EXPECT_EQ(story.refused(testing::assign(2)), "") << "it stays where it is";
  ASSERT_TRUE(story.act(testing::start()));
  for (std::size_t i = 0; i < kMaxWaits; ++i) {
    ASSERT_TRUE(story.act(testing::wait_for(WaitReason::kFiles)));
    ASSERT_TRUE(story.act(testing::resume()));
  }
  EXPECT_EQ(story.refused(testing::wait_for(WaitReason::kFiles)), "history");
  ASSERT_TRUE(story.act(testing::complete()));
  EXPECT_EQ(story.refused(testing::reopen()), "history");
}

TEST(TicketLife, WithoutATimetableNothingIsTimedAndNothingIsReopened) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  DecideContext untimed = story.context();
  untimed.times = nullptr;
  const auto done = decide(testing::complete(), story.entity(), untimed);
  EXPECT_EQ(std::get<TicketClosed>(done->front().facts).reopen_until, TimeMs{});
  const auto up = decide(testing::assign(2), story.entity(), untimed);
  const auto& times = std::get<TicketAssigned>(up->front().facts).times;
  EXPECT_EQ(times.queue, "first");
  EXPECT_EQ(times.completion_due, story.ticket().times.completion_due);
}

}  // namespace
}  // namespace opora::protocol
