// What a site knows of its link, and what of it a restart keeps.
#include "node/link_state.h"

#include <future>

#include <gtest/gtest.h>

#include "sync/engine/engine.h"
#include "sync/journal/memory_store.h"
#include "tests/support/moved_clock.h"
#include "tests/support/region.h"

namespace opora::node {
namespace {

constexpr std::int64_t kSecondMs = 1'000;

class LinkStateTest : public ::testing::Test {
 protected:
  ~LinkStateTest() override { engine.stop(); }

  static std::unique_ptr<sync::EngineCore> core(sync::Store& store, const Clock& clock,
                                                Random& random, sync::EngineObserver& observer) {
    sync::EngineSettings settings{SiteNo{17}, {}, [](TimeMs) { return std::int16_t{0}; }};
    return sync::EngineCore::open(store, std::move(settings), clock, random, observer).value();
  }
  void hear() { state.peer_status(kHubSite, {}); }
  // And waits until it is written.
  void save() {
    state.save(engine);
    std::promise<void> done;
    sync::Command last;
    last.decide = [](sync::Decision&) { return Result<sync::Answer>(sync::Answer{}); };
    last.done = [&](const Result<sync::Answer>&) { done.set_value(); };
    engine.submit(std::move(last));
    done.get_future().get();
  }
  // As a restart would find it.
  std::optional<TimeMs> kept() {
    sync::StoreStreams again(store, engine);
    return LinkState(store, again, clock, live).last_success();
  }

  testing::MovedClock clock{testing::kMorning};
  testing::SeededRandom random{3};
  sync::EngineObserver observer;
  sync::MemoryStore store;
  sync::Engine engine{core(store, clock, random, observer), clock, [] {}};
  sync::StoreStreams streams{store, engine};
  app::Live live;
  LinkState state{store, streams, clock, live};
};

TEST_F(LinkStateTest, KnowsNothingOfARegionThatNeverSpoke) {
  save();
  EXPECT_FALSE(state.last_success());
  EXPECT_FALSE(kept());
}

TEST_F(LinkStateTest, WhenTheRegionWasLastHeardOfSurvivesARestart) {
  hear();
  save();
  EXPECT_EQ(kept(), testing::kMorning);
}

TEST_F(LinkStateTest, AChattyRegionIsWrittenOnceAMinute) {
  hear();
  save();
  for (int second = 1; second < 60; ++second) {
    clock.advance(kSecondMs);
    hear();
    save();
    ASSERT_EQ(kept(), testing::kMorning) << second;
  }
  EXPECT_EQ(state.last_success(), testing::kMorning + 59 * kSecondMs);
  clock.advance(kSecondMs);
  hear();
  save();
  EXPECT_EQ(kept(), testing::kMorning + 60 * kSecondMs);
}

TEST_F(LinkStateTest, SilenceIsNotTakenForAWord) {
  hear();
  save();
  clock.advance(3'600 * kSecondMs);
  save();
  EXPECT_EQ(kept(), testing::kMorning);
  EXPECT_EQ(state.last_success(), testing::kMorning);
}

TEST_F(LinkStateTest, WhatTheRegionConfirmedIsWrittenAtOnce) {
  hear();
  save();
  clock.advance(kSecondMs);
  state.acked(kHubSite, sync::StreamKind::kJournal, StreamPos{5}, StreamPos{0});
  save();
  EXPECT_EQ(kept(), testing::kMorning + kSecondMs);
}

TEST_F(LinkStateTest, ASilenceIsRememberedWhenItIsOverAlsoOverARestart) {
  hear();
  clock.advance(10 * 60 * kSecondMs);
  EXPECT_EQ(state.silence()->to, testing::kMorning) << "it goes on";
  hear();
  const auto silence = state.silence();
  ASSERT_TRUE(silence);
  EXPECT_EQ(silence->from, testing::kMorning);
  EXPECT_EQ(silence->to, testing::kMorning + 600 * kSecondMs);
  clock.advance(kSecondMs);
  hear();
  save();
  sync::StoreStreams again(store, engine);
  const auto kept = LinkState(store, again, clock, live).silence();
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->from, silence->from);
  EXPECT_EQ(kept->to, silence->to);
}

TEST_F(LinkStateTest, ARestartIsNoSilence) {
  hear();
  clock.advance(protocol::kSilenceMs - 1);
  hear();
  EXPECT_EQ(state.silence()->from, TimeMs{}) << "only that before the first word";
}

TEST_F(LinkStateTest, AnErrorHasACodeThatTheScreensTranslate) {
  state.unreachable(kHubSite, "no answer");
  EXPECT_EQ(state.view().last_error, "no answer");
  EXPECT_EQ(state.view().last_error_code, LinkState::kUnreachable);
  state.connected(kHubSite, {});
  EXPECT_EQ(state.view().last_error_code, "");
  state.disconnected(kHubSite, protocol::CloseReason::kSilent, "nothing heard");
  EXPECT_EQ(state.view().last_error, "nothing heard");
  EXPECT_EQ(state.view().last_error_code, "silent");
}

}  // namespace
}  // namespace opora::node
