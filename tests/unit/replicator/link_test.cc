// The link over real sockets on the loopback: what people see of it when things go well, break and
// come back.
#include <gtest/gtest.h>

#include "tests/unit/replicator/region.h"

namespace opora::sync::testing {
namespace {

std::vector<Bytes> numbered(int from, int to) {
  std::vector<Bytes> out;
  for (int i = from; i <= to; ++i) out.push_back("record " + std::to_string(i));
  return out;
}

class Link : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(hub.start().ok()); }
  void append(Site& one, int from, int to) {
    for (Bytes& record : numbered(from, to)) one.append(std::move(record));
  }
  ::testing::AssertionResult hub_holds(const Site& one, int count) {
    const auto held = [&] { return hub.streams.received_count(StreamKind::kJournal, one.no); };
    if (!eventually([&] { return held() == static_cast<std::size_t>(count); })) {
      return ::testing::AssertionFailure() << "the hub holds " << held() << " of " << count;
    }
    if (hub.streams.received(StreamKind::kJournal, one.no) !=
        one.streams.sent(StreamKind::kJournal, kHubSite)) {
      return ::testing::AssertionFailure() << "the hub holds other records than the site";
    }
    return ::testing::AssertionSuccess();
  }

  Hub hub;
  Site site{17};
};

TEST_F(Link, CarriesBothWaysAndAcknowledges) {
  append(site, 1, 1);
  hub.append(StreamKind::kCommon, kHubSite, "rubricator");
  ASSERT_TRUE(site.join(hub).ok());
  ASSERT_TRUE(eventually([&] { return site.up() && hub.witness.up(site.no); }));
  append(site, 2, 2);
  hub.append(StreamKind::kPrivate, site.no, "user");
  EXPECT_TRUE(eventually([&] { return site.acked() == StreamPos{2}; }));
  EXPECT_TRUE(hub_holds(site, 2));
  EXPECT_TRUE(
      eventually([&] { return site.streams.received_count(StreamKind::kPrivate, kHubSite) == 1; }));
  EXPECT_TRUE(
      eventually([&] { return site.streams.received_count(StreamKind::kCommon, kHubSite) == 1; }));
  EXPECT_EQ(hub.witness.software(), "node 1.0");
  EXPECT_EQ(hub.witness.alarms() + site.witness.alarms(), 0u);
}

TEST_F(Link, ABacklogOfTensOfMegabytesArrivesInOrder) {
  constexpr int kRecords = 40'000;
  for (int i = 1; i <= kRecords; ++i)
    site.append("record " + std::to_string(i) + std::string(600, 'x'));
  ASSERT_TRUE(site.join(hub).ok());
  EXPECT_TRUE(hub_holds(site, kRecords));
  EXPECT_TRUE(eventually([&] { return site.acked().v == kRecords; }));
}

TEST_F(Link, TheLargestRecordPasses) {
  site.append(Bytes(protocol::kMaxEntryBytes, 'x'));
  ASSERT_TRUE(site.join(hub).ok());
  EXPECT_TRUE(hub_holds(site, 1));
}

TEST_F(Link, NothingIsAcknowledgedBeforeItIsStored) {
  hub.streams.hold();
  ASSERT_TRUE(site.join(hub).ok());
  append(site, 1, 3);
  ASSERT_TRUE(eventually([&] { return hub.streams.waiting_writes() > 0; }));
  // Pings come and go meanwhile, and they carry marks too.
  ASSERT_TRUE(eventually([&] { return hub.witness.status(site.no).pending == 3; }));
  EXPECT_EQ(site.acked(), StreamPos{0});
  hub.streams.release();
  EXPECT_TRUE(eventually([&] { return site.acked() == StreamPos{3}; }));
}

TEST_F(Link, GoesOnAfterTheHubRestarts) {
  ASSERT_TRUE(site.join(hub).ok());
  append(site, 1, 50);
  ASSERT_TRUE(hub_holds(site, 50));
  hub.stop();
  ASSERT_TRUE(eventually([&] { return !site.up(); }));
  append(site, 51, 100);
  ASSERT_TRUE(hub.restart().ok());
  EXPECT_TRUE(hub_holds(site, 100));
  EXPECT_EQ(hub.witness.alarms() + site.witness.alarms(), 0u);
}

TEST_F(Link, WritesThatDieWithTheHubAreSentAgain) {
  hub.streams.hold();
  ASSERT_TRUE(site.join(hub).ok());
  append(site, 1, 50);
  ASSERT_TRUE(eventually([&] { return hub.streams.waiting_writes() > 0; }));
  hub.stop();
  hub.streams.crash();
  hub.streams.release();
  ASSERT_TRUE(hub.restart().ok());
  EXPECT_TRUE(hub_holds(site, 50));
}

TEST_F(Link, GoesOnAfterTheSiteRestarts) {
  ASSERT_TRUE(site.join(hub).ok());
  append(site, 1, 10);
  ASSERT_TRUE(hub_holds(site, 10));
  site.stop();
  EXPECT_TRUE(eventually([&] { return !hub.witness.up(site.no); }));
  EXPECT_TRUE(hub.witness.closed_for(protocol::CloseReason::kStopping));
  append(site, 11, 20);
  ASSERT_TRUE(site.join(hub).ok());
  EXPECT_TRUE(hub_holds(site, 20));
}

TEST_F(Link, TheNewerSessionOfTheSameProcessReplacesTheOlder) {
  ASSERT_TRUE(site.join(hub).ok());
  ASSERT_TRUE(eventually([&] { return hub.witness.up(site.no); }));
  Site again(17);
  again.keys = site.keys;
  ASSERT_TRUE(again.join(hub).ok());
  EXPECT_TRUE(eventually([&] { return hub.witness.closed_for(protocol::CloseReason::kReplaced); }));
  EXPECT_TRUE(eventually([&] { return again.witness.connections(kHubSite) > 0; }));
  EXPECT_FALSE(hub.witness.alarmed(site.no, AlarmCode::kDoubled));
}

TEST_F(Link, ACopyOfARunningSiteIsRefusedWithAnAlarm) {
  ASSERT_TRUE(site.join(hub).ok());
  ASSERT_TRUE(eventually([&] { return hub.witness.up(site.no); }));
  Site copy(17, 9);
  copy.keys = site.keys;
  ASSERT_TRUE(copy.join(hub).ok());
  EXPECT_TRUE(eventually([&] { return hub.witness.alarmed(site.no, AlarmCode::kDoubled); }));
  EXPECT_TRUE(eventually([&] { return !copy.witness.last_trouble().empty(); }));
  EXPECT_FALSE(copy.up());
  append(site, 1, 1);
  EXPECT_TRUE(hub_holds(site, 1));
}

TEST_F(Link, AStrangersKeyIsRefused) {
  Site stranger(17);
  ASSERT_TRUE(stranger.start(hub.endpoint, hub.keys.public_key).ok());
  EXPECT_TRUE(eventually([&] { return stranger.witness.last_trouble() == "our key was refused"; }));
  EXPECT_FALSE(stranger.up());
}

TEST_F(Link, AHubWithAnotherKeyIsNotTalkedTo) {
  hub.directory.allow(site.keys.public_key, site.no);
  ASSERT_TRUE(site.start(hub.endpoint, protocol::generate_link_keys().public_key).ok());
  EXPECT_TRUE(eventually([&] { return !site.witness.last_trouble().empty(); }));
  EXPECT_FALSE(site.up());
}

TEST_F(Link, ASiteIsWhoItsKeySaysNotWhoItClaimsToBe) {
  hub.directory.allow(site.keys.public_key, SiteNo{5});
  ASSERT_TRUE(site.start(hub.endpoint, hub.keys.public_key).ok());
  EXPECT_TRUE(eventually([&] { return hub.witness.alarmed(SiteNo{5}, AlarmCode::kIdentity); }));
  append(site, 1, 1);
  EXPECT_TRUE(eventually([&] { return !site.witness.last_trouble().empty(); }));
  EXPECT_EQ(hub.streams.received_count(StreamKind::kJournal, SiteNo{5}), 0u);
  EXPECT_EQ(hub.streams.received_count(StreamKind::kJournal, SiteNo{17}), 0u);
}

TEST_F(Link, ARevokedKeyLosesItsSessionAndTheOthersComeBack) {
  Site other(18);
  ASSERT_TRUE(site.join(hub).ok());
  ASSERT_TRUE(other.join(hub).ok());
  ASSERT_TRUE(eventually([&] { return site.up() && other.up(); }));
  hub.directory.forbid(site.keys.public_key);
  hub.replicator->revoke(site.no);
  EXPECT_TRUE(eventually([&] { return site.witness.last_trouble() == "our key was refused"; }));
  EXPECT_TRUE(hub.witness.closed_for(protocol::CloseReason::kRevoked));
  append(site, 1, 1);
  append(other, 1, 1);
  EXPECT_TRUE(hub_holds(other, 1));
  EXPECT_EQ(hub.streams.received_count(StreamKind::kJournal, site.no), 0u);
}

TEST_F(Link, ARefusedWriteEndsTheSessionAndTheNextOneDeliversIt) {
  ASSERT_TRUE(site.join(hub).ok());
  ASSERT_TRUE(eventually([&] { return site.up(); }));
  hub.streams.fail_next_write();
  append(site, 1, 5);
  EXPECT_TRUE(hub_holds(site, 5));
  EXPECT_TRUE(hub.witness.alarmed(site.no, AlarmCode::kPersist));
  EXPECT_TRUE(hub.witness.closed_for(protocol::CloseReason::kPersist));
}

TEST_F(Link, ARestoredBackupIsNoticedAndOnlyItsStreamStops) {
  ASSERT_TRUE(site.join(hub).ok());
  append(site, 1, 10);
  ASSERT_TRUE(hub_holds(site, 10));
  site.stop();
  site.streams.forget_after(StreamKind::kJournal, kHubSite, StreamPos{4});
  ASSERT_TRUE(site.join(hub).ok());
  EXPECT_TRUE(eventually([&] { return hub.witness.alarmed(site.no, AlarmCode::kAmnesia); }));
  EXPECT_TRUE(eventually([&] { return site.witness.alarmed(kHubSite, AlarmCode::kAmnesia); }));
  hub.append(StreamKind::kPrivate, site.no, "user");
  EXPECT_TRUE(
      eventually([&] { return site.streams.received_count(StreamKind::kPrivate, kHubSite) == 1; }));
  EXPECT_EQ(hub.streams.received_count(StreamKind::kJournal, site.no), 10u);
}

TEST_F(Link, DataThroughFollowsWhatIsStoredHere) {
  site.streams.set_through(Hlt{1'000});
  ASSERT_TRUE(site.join(hub).ok());
  append(site, 1, 3);
  ASSERT_TRUE(eventually([&] { return hub.witness.status(site.no).data_through == Hlt{1'000}; }));
  hub.streams.hold();
  append(site, 4, 4);
  site.streams.set_through(Hlt{2'000});
  ASSERT_TRUE(eventually([&] { return hub.witness.status(site.no).end == StreamPos{4}; }));
  EXPECT_EQ(hub.witness.status(site.no).data_through, Hlt{1'000});
  hub.streams.release();
  EXPECT_TRUE(eventually([&] { return hub.witness.status(site.no).data_through == Hlt{2'000}; }));
}

TEST_F(Link, FortySitesAtOnceEachKeepTheirOwn) {
  std::vector<std::unique_ptr<Site>> sites;
  for (std::uint32_t no = 100; no < 140; ++no) {
    sites.push_back(std::make_unique<Site>(no));
    append(*sites.back(), static_cast<int>(no), static_cast<int>(no) + 20);
    ASSERT_TRUE(sites.back()->join(hub).ok());
  }
  hub.append(StreamKind::kCommon, kHubSite, "rubricator");
  for (const auto& one : sites) {
    EXPECT_TRUE(hub_holds(*one, 21));
    EXPECT_TRUE(eventually(
        [&] { return one->streams.received_count(StreamKind::kCommon, kHubSite) == 1; }));
  }
}

}  // namespace
}  // namespace opora::sync::testing
