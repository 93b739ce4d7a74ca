// How large slices of what piled up become on a fast and on a slow processor.
#include "sync/engine/slice_pace.h"

#include <gtest/gtest.h>

namespace opora {
namespace {

using std::chrono::nanoseconds;
using sync::kMostRemoteSlice;
using sync::kRemoteSlice;
using sync::kSliceTime;

// Slices are folded until their size rests, by a processor that takes so long for an entry.
std::size_t settled(nanoseconds an_entry, sync::SlicePace& pace) {
  for (int i = 0; i < 100; ++i) pace.folded(an_entry * pace.entries());
  return pace.entries();
}

TEST(SlicePaceTest, SlicesBeginSmall) { EXPECT_EQ(sync::SlicePace().entries(), kRemoteSlice); }

TEST(SlicePaceTest, SlicesGrowUntilTheyTakeNearlyTheTimeThatACommandMayWait) {
  sync::SlicePace pace;
  const std::size_t entries = settled(nanoseconds(10'000), pace);
  EXPECT_GT(entries, kRemoteSlice);
  EXPECT_LT(entries, kMostRemoteSlice);
  EXPECT_LE(nanoseconds(10'000) * entries, kSliceTime);
}

TEST(SlicePaceTest, SlicesStayWithinTheirBounds) {
  sync::SlicePace pace;
  EXPECT_EQ(settled(nanoseconds(1), pace), kMostRemoteSlice) << "what shares a commit is bounded";
  EXPECT_EQ(settled(nanoseconds(1'000'000), pace), kRemoteSlice) << "a slow machine gets on";
}

TEST(SlicePaceTest, SlicesThatTakeTooLongBecomeSmallerAgain) {
  sync::SlicePace pace;
  settled(nanoseconds(1), pace);
  EXPECT_LE(nanoseconds(8'000) * settled(nanoseconds(8'000), pace), kSliceTime);
}

}  // namespace
}  // namespace opora
