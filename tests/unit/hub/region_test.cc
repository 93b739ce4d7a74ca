// What the hub knows of its links: whether its own clock may be gone by.
#include "hub/region.h"

#include <gtest/gtest.h>

#include "sync/journal/memory_store.h"
#include "tests/support/moved_clock.h"
#include "tests/support/region.h"

namespace opora::hub {
namespace {

constexpr std::int64_t kDay = 86'400'000;

std::unique_ptr<sync::EngineCore> core(sync::Store& store, const Clock& clock, Random& random,
                                       sync::EngineObserver& observer) {
  sync::EngineSettings settings{kHubSite, {}, [](TimeMs) { return std::int16_t{0}; }};
  return sync::EngineCore::open(store, std::move(settings), clock, random, observer).value();
}

class RegionClock : public ::testing::Test {
 protected:
  RegionClock() {
    for (const std::uint32_t no : {1U, 2U, 3U}) region_.connected(SiteNo{no}, {});
  }
  ~RegionClock() override { engine_.stop(); }

  // As its last ping had it, so much ahead of the hub.
  void says(std::uint32_t site, std::int64_t ahead_ms) {
    sync::PeerStatus status;
    status.now = Hlt{static_cast<std::uint64_t>((clock_.now() + ahead_ms).v) << 16};
    region_.peer_status(SiteNo{site}, status);
  }

  testing::MovedClock clock_{testing::kMorning};
  testing::SeededRandom random_{3};
  sync::EngineObserver observer_;
  sync::MemoryStore store_;
  sync::Engine engine_{core(store_, clock_, random_, observer_), clock_, [] {}};
  sync::StoreStreams streams_{store_, engine_};
  app::Live live_;
  Region region_{store_, streams_, clock_, live_};
};

TEST_F(RegionClock, OfWhichNobodySaidAnythingIsNotGoneBy) {
  EXPECT_FALSE(region_.clock_confirmed());
}

TEST_F(RegionClock, ThatMostSitesShareIsGoneBy) {
  says(1, 0);
  says(2, -kMaxClockLeadMs);
  says(3, kDay);
  EXPECT_TRUE(region_.clock_confirmed());
}

TEST_F(RegionClock, AMonthAheadOfTheSitesIsNotGoneBy) {
  says(1, -30 * kDay);
  says(2, -30 * kDay);
  says(3, 0);
  EXPECT_FALSE(region_.clock_confirmed());
}

TEST_F(RegionClock, IsAskedAnewOfASiteThatCameBack) {
  says(1, 0);
  EXPECT_TRUE(region_.clock_confirmed());
  region_.disconnected(SiteNo{1}, protocol::CloseReason::kStopping, "");
  EXPECT_FALSE(region_.clock_confirmed());
  region_.connected(SiteNo{1}, {});
  EXPECT_FALSE(region_.clock_confirmed());
  says(1, 0);
  EXPECT_TRUE(region_.clock_confirmed());
}

}  // namespace
}  // namespace opora::hub
