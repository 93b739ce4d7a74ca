// The line between a site and the hub breaks, in the ways in which lines do.
#include <chrono>

#include <gtest/gtest.h>

#include "tests/support/forwarder.h"
#include "tests/unit/replicator/region.h"

namespace opora::sync::testing {
namespace {

using Line = opora::testing::Forwarder::Line;
using std::chrono::steady_clock;

class Cut : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(hub.start().ok());
    line = std::make_unique<opora::testing::Forwarder>(hub.endpoint);
    hub.directory.allow(site.keys.public_key, site.no);
    ASSERT_TRUE(site.start(line->endpoint(), hub.keys.public_key).ok());
    ASSERT_TRUE(eventually([&] { return site.up() && hub.witness.up(site.no); }));
  }
  // Site first: nobody talks to a forwarder that is gone.
  void TearDown() override {
    site.stop();
    hub.stop();
  }
  bool hub_holds(std::size_t count) {
    return eventually(
        [&] { return hub.streams.received_count(StreamKind::kJournal, site.no) == count; });
  }

  Hub hub;
  Site site{17};
  std::unique_ptr<opora::testing::Forwarder> line;
};

// The promise to the people at the desk is 3 s. The bound here leaves room for a busy machine, and
// is still below what a third missed ping would take.
TEST_F(Cut, SilenceIsNoticedByBothSides) {
  const auto cut_at = steady_clock::now();
  line->set(Line::kFreeze);
  EXPECT_TRUE(eventually([&] { return !site.up() && !hub.witness.up(site.no); }));
  EXPECT_GE(steady_clock::now() - cut_at, std::chrono::milliseconds(1'400));
  EXPECT_TRUE(hub.witness.closed_for(protocol::CloseReason::kSilent));
  EXPECT_TRUE(site.witness.closed_for(protocol::CloseReason::kSilent));
}

TEST_F(Cut, WhatWasRegisteredDuringTheCutArrivesAfterIt) {
  site.append("before");
  ASSERT_TRUE(hub_holds(1));
  line->set(Line::kFreeze);
  site.append("during");
  ASSERT_TRUE(eventually([&] { return !site.up(); }));
  site.append("later");
  line->set(Line::kPass);
  EXPECT_TRUE(hub_holds(3));
  EXPECT_EQ(hub.streams.received(StreamKind::kJournal, site.no),
            (std::vector<Bytes>{"before", "during", "later"}));
  EXPECT_EQ(hub.witness.alarms() + site.witness.alarms(), 0u);
}

TEST_F(Cut, AClosedConnectionIsNoticedAtOnceAndComesBack) {
  for (int round = 1; round <= 5; ++round) {
    line->set(Line::kRefuse);
    ASSERT_TRUE(eventually([&] { return !site.up(); }));
    site.append("round " + std::to_string(round));
    line->set(Line::kPass);
    ASSERT_TRUE(hub_holds(static_cast<std::size_t>(round)));
  }
  EXPECT_FALSE(site.witness.closed_for(protocol::CloseReason::kSilent));
  EXPECT_EQ(hub.witness.alarms() + site.witness.alarms(), 0u);
}

// A killed process says no goodbye, and its successor is there before the silence is noticed.
TEST_F(Cut, ARestartedSiteWaitsForItsGhostAndNoLonger) {
  ASSERT_TRUE(eventually([&] { return hub.witness.up(site.no); }));
  line->set(Line::kFreeze);
  Site successor(17);
  successor.keys = site.keys;
  successor.streams.reopen(2);
  ASSERT_TRUE(successor.join(hub).ok());
  EXPECT_TRUE(eventually([&] { return successor.up(); }));
  EXPECT_FALSE(hub.witness.alarmed(site.no, AlarmCode::kDoubled));
}

// A line that flaps all the time while a backlog is on its way.
TEST_F(Cut, ABacklogGetsThroughAFlappingLine) {
  constexpr std::size_t kRecords = 20'000;
  for (std::size_t i = 0; i < kRecords; ++i)
    site.append("record " + std::to_string(i) + std::string(300, 'x'));
  while (hub.streams.received_count(StreamKind::kJournal, site.no) < kRecords / 2) {
    line->set(Line::kPass);
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    line->set(Line::kRefuse);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  line->set(Line::kPass);
  EXPECT_TRUE(hub_holds(kRecords));
  EXPECT_EQ(hub.streams.received(StreamKind::kJournal, site.no),
            site.streams.sent(StreamKind::kJournal, kHubSite));
}

}  // namespace
}  // namespace opora::sync::testing
