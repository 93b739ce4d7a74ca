#include "web/app/pace.h"

#include <gtest/gtest.h>

namespace opora::app {
namespace {

constexpr TimeMs kStart{1'763'704'800'000};

TEST(PaceTest, SaysNothingBeforeItHasSeenTwoConfirmations) {
  Pace pace;
  EXPECT_FALSE(pace.seconds_for(100, kStart));
  pace.note(kStart, StreamPos{10});
  EXPECT_FALSE(pace.seconds_for(100, kStart));
}

TEST(PaceTest, ReckonsFromTheLastMinute) {
  Pace pace;
  for (int s = 0; s <= 10; ++s)
    pace.note(kStart + s * 1'000, StreamPos{static_cast<std::uint64_t>(s) * 50});
  EXPECT_EQ(pace.seconds_for(500, kStart + 10'000), 11);
  EXPECT_EQ(pace.seconds_for(0, kStart + 10'000), 1);
}

TEST(PaceTest, ForgetsAPaceThatIsOver) {
  Pace pace;
  pace.note(kStart, StreamPos{0});
  pace.note(kStart + 1'000, StreamPos{50});
  EXPECT_FALSE(pace.seconds_for(500, kStart + 1'001 + Pace::kWindowMs));
}

TEST(PaceTest, DoesNotReckonWithAStandstillOrAClockThatWentBack) {
  Pace pace;
  pace.note(kStart, StreamPos{7});
  pace.note(kStart + 2'000, StreamPos{7});
  EXPECT_FALSE(pace.seconds_for(5, kStart + 2'000));
  pace.note(kStart + (-5'000), StreamPos{9});
  EXPECT_FALSE(pace.seconds_for(5, kStart + (-5'000)));
}

TEST(PaceTest, StaysSmallHoweverOftenItIsTold) {
  Pace pace;
  for (int i = 0; i < 100'000; ++i) pace.note(kStart + i, StreamPos{static_cast<std::uint64_t>(i)});
  EXPECT_EQ(pace.seconds_for(60'000, kStart + 100'000), 61);
}

}  // namespace
}  // namespace opora::app
