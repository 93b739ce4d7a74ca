// What waits for the region, as people count it.
#include "node/waiting_forms.h"

#include <gtest/gtest.h>

#include "tests/support/region.h"

namespace opora::node {
namespace {

using testing::contact_from;

class WaitingFormsTest : public ::testing::Test {
 protected:
  WaitingFormsTest() {
    hub.must(testing::publishing({{"appointment", "call", "appointments", "Запись на приём"}}));
    replicate(hub, site);
  }
  void observe_call() {
    const std::string id = "c" + std::to_string(++calls);
    site.observe(testing::step(id, 0, protocol::CallStep::kQueued, 0));
  }
  testing::Saved open_ticket() { return site.save(contact_from("89123456789", "принтер")); }
  StreamPos end() {
    const auto last = sync::last_record(*site.store().snapshot(), site.no());
    return last ? last->ref.n : StreamPos{};
  }
  std::uint64_t waiting(StreamPos acked) { return forms.count(*site.store().snapshot(), acked); }

  testing::ManualClock clock;
  testing::TestSite hub{kHubSite, clock};
  testing::TestSite site{SiteNo{17}, clock};
  WaitingForms forms{SiteNo{17}};
  int calls = 0;
};

TEST_F(WaitingFormsTest, AContactThatOpensATicketIsOneForm) {
  EXPECT_EQ(waiting({}), 0u);
  open_ticket();
  EXPECT_EQ(end().v, 2u);
  EXPECT_EQ(waiting({}), 1u);
  site.save(contact_from("89123456789"));
  EXPECT_EQ(waiting({}), 2u);
}

TEST_F(WaitingFormsTest, TwoActionsOnOneTicketAreTwoForms) {
  const auto saved = open_ticket();
  protocol::TicketAction comment;
  comment.what = protocol::TicketAction::What::kComment;
  comment.text = "Позвонил";
  site.must(testing::acting(saved.ticket, comment));
  site.must(testing::acting(saved.ticket, comment));
  EXPECT_EQ(waiting({}), 3u);
}

TEST_F(WaitingFormsTest, WhatNobodyTypedIsNoForm) {
  observe_call();
  site.must(testing::setting_agent({"101", protocol::AgentState::kReady, {}, DeskNo{1}}));
  EXPECT_GE(end().v, 2u);
  EXPECT_EQ(waiting({}), 0u);
  open_ticket();
  EXPECT_EQ(waiting({}), 1u);
}

TEST_F(WaitingFormsTest, WhatTheRegionConfirmsWaitsNoMore) {
  open_ticket();
  EXPECT_EQ(waiting({}), 1u);
  const StreamPos first = end();
  observe_call();
  open_ticket();
  EXPECT_EQ(waiting(first), 1u);
  EXPECT_EQ(waiting(end()), 0u);
  open_ticket();
  EXPECT_EQ(waiting(StreamPos{end().v - 2}), 1u);
  EXPECT_EQ(waiting(end()), 0u);
}

TEST_F(WaitingFormsTest, BeginsBehindWhatWasConfirmedBefore) {
  open_ticket();
  const StreamPos before = end();
  open_ticket();
  EXPECT_EQ(waiting(before), 1u);
}

TEST_F(WaitingFormsTest, CountsALargeBacklogInStepsFromBelow) {
  WaitingForms slow(SiteNo{17}, 2);
  for (int i = 0; i < 3; ++i) open_ticket();
  const auto rows = site.store().snapshot();
  EXPECT_EQ(slow.count(*rows, {}), 1u);
  EXPECT_EQ(slow.count(*rows, {}), 2u);
  EXPECT_EQ(slow.count(*rows, {}), 3u);
  EXPECT_EQ(slow.count(*rows, {}), 3u);
  // Confirmed faster than it is counted.
  EXPECT_LE(slow.count(*rows, end()), 3u);
  for (int i = 0; i < 3; ++i) slow.count(*rows, end());
  EXPECT_EQ(slow.count(*rows, end()), 0u);
}

}  // namespace
}  // namespace opora::node
