#include "protocol/base/clock.h"

#include <gtest/gtest.h>

namespace opora {
namespace {

TEST(HybridClock, NeverStandsStillOrGoesBackWhenTheWallDoes) {
  HybridClock clock;
  const Hlt a = clock.next(TimeMs{1000});
  const Hlt b = clock.next(TimeMs{1000});
  const Hlt c = clock.next(TimeMs{500});
  EXPECT_LT(a, b);
  EXPECT_LT(b, c);
  EXPECT_EQ(c.time(), TimeMs{1000});
}

TEST(HybridClock, FollowsAPeerThatIsALittleAhead) {
  HybridClock clock;
  EXPECT_TRUE(clock.merge(Hlt{std::uint64_t{61'000} << 16}, TimeMs{1000}));
  EXPECT_GE(clock.next(TimeMs{1000}).time(), TimeMs{61'000});
}

TEST(HybridClock, IsNotDraggedAlongByAPeerMoreThanAMinuteAhead) {
  HybridClock clock;
  EXPECT_FALSE(clock.merge(Hlt{std::uint64_t{61'001} << 16}, TimeMs{1000}));
  EXPECT_EQ(clock.next(TimeMs{1000}).time(), TimeMs{1000});
}

}  // namespace
}  // namespace opora
