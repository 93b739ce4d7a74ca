// A guard takes a node for dead after its silence, not before, and not because itself was asleep.
#include "node/guard/watch.h"

#include <gtest/gtest.h>

namespace opora::guard {
namespace {

constexpr TimeMs kStart{1'000'000};

Beat beat(std::uint64_t count, std::uint64_t writer = 1) { return {writer, count, kSilenceMs}; }

// Looks every quarter of a second for so long; what it saw last.
Sight watch(Watch& watch, const std::optional<Beat>& says, TimeMs& now, std::int64_t ms) {
  Sight out = Sight::kNothing;
  for (const TimeMs end = now + ms; now < end;) {
    now = now + Watch::kEveryMs;
    out = watch.see(says, now);
  }
  return out;
}

TEST(Watch, WithoutABeatNobodyIsDead) {
  Watch guard;
  TimeMs now = kStart;
  EXPECT_EQ(watch(guard, std::nullopt, now, 3'600'000), Sight::kNothing);
}

TEST(Watch, ANodeThatBeatsLives) {
  Watch guard;
  TimeMs now = kStart;
  for (std::uint64_t count = 1; count < 100; ++count)
    ASSERT_EQ(watch(guard, beat(count), now, 9'750), Sight::kLives) << count;
}

TEST(Watch, ItIsDeadAfterTenSecondsAndLivesWithTheNextBeat) {
  Watch guard;
  TimeMs now = kStart;
  EXPECT_EQ(guard.see(beat(1), now), Sight::kLives);
  EXPECT_EQ(watch(guard, beat(1), now, 9'750), Sight::kLives);
  EXPECT_EQ(watch(guard, beat(1), now, 250), Sight::kDead);
  EXPECT_EQ(watch(guard, beat(1), now, 86'400'000), Sight::kDead);
  EXPECT_EQ(guard.see(beat(2), now), Sight::kLives);
  EXPECT_EQ(watch(guard, beat(2), now, 9'750), Sight::kLives);
  EXPECT_EQ(watch(guard, beat(2), now, 250), Sight::kDead);
}

TEST(Watch, ARestartedNodeThatCountsFromTheBeginningLives) {
  Watch guard;
  TimeMs now = kStart;
  EXPECT_EQ(watch(guard, beat(1), now, 20'000), Sight::kDead);
  EXPECT_EQ(guard.see(beat(1, 2), now), Sight::kLives);
}

TEST(Watch, AFileThatCannotBeReadAnyMoreIsSilence) {
  Watch guard;
  TimeMs now = kStart;
  EXPECT_EQ(guard.see(beat(1), now), Sight::kLives);
  EXPECT_EQ(watch(guard, std::nullopt, now, 9'750), Sight::kLives);
  EXPECT_EQ(watch(guard, std::nullopt, now, 250), Sight::kDead);
}

TEST(Watch, AGuardThatWasAsleepItselfWaitsOn) {
  Watch guard;
  TimeMs now = kStart;
  EXPECT_EQ(guard.see(beat(1), now), Sight::kLives);
  for (int nap = 0; nap < 9; ++nap) {
    now = now + 60'000;
    ASSERT_EQ(guard.see(beat(1), now), Sight::kLives);
  }
  EXPECT_EQ(guard.see(beat(1), now + 60'000), Sight::kDead);
}

TEST(Watch, TheNodeSaysHowLongItsSilenceIs) {
  Watch guard;
  TimeMs now = kStart;
  EXPECT_EQ(guard.see(Beat{1, 1, 2'000}, now), Sight::kLives);
  EXPECT_EQ(watch(guard, Beat{1, 1, 2'000}, now, 1'750), Sight::kLives);
  EXPECT_EQ(watch(guard, Beat{1, 1, 2'000}, now, 250), Sight::kDead);
}

}  // namespace
}  // namespace opora::guard
