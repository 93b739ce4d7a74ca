// The link over real sockets on the loopback.
#include <gtest/gtest.h>

#include "tests/unit/replicator/region.h"

namespace opora::sync::testing {
namespace {

TEST(Link, CarriesBothWaysAndAcknowledges) {
  Hub hub;
  ASSERT_TRUE(hub.start().ok());
  Site site(17);
  site.append("first");
  hub.append(StreamKind::kCommon, kHubSite, "rubricator");
  ASSERT_TRUE(site.join(hub).ok());
  ASSERT_TRUE(eventually([&] { return site.up() && hub.witness.up(site.no); }));
  site.append("second");
  hub.append(StreamKind::kPrivate, site.no, "user");
  EXPECT_TRUE(eventually([&] { return site.acked() == StreamPos{2}; }));
  EXPECT_EQ(hub.streams.received(StreamKind::kJournal, site.no),
            (std::vector<Bytes>{"first", "second"}));
  EXPECT_TRUE(
      eventually([&] { return site.streams.received_count(StreamKind::kPrivate, kHubSite) == 1; }));
  EXPECT_TRUE(
      eventually([&] { return site.streams.received_count(StreamKind::kCommon, kHubSite) == 1; }));
  EXPECT_EQ(hub.witness.software(), "node 1.0");
  EXPECT_EQ(hub.witness.alarms() + site.witness.alarms(), 0u);
}

}  // namespace
}  // namespace opora::sync::testing
