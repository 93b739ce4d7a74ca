// A listener that hears nothing is told from one to whom nothing is said.
#include "node/telephony/ari/pulse.h"

#include <gtest/gtest.h>

namespace opora::telephony::ari {
namespace {

constexpr TimeMs kStart{1'000};

TEST(Pulse, BeatsAndIsAliveWhileEachEchoComes) {
  Pulse pulse;
  pulse.connected(kStart);
  EXPECT_FALSE(pulse.beats(kStart + 2'999));
  for (int beat = 1; beat <= 3; ++beat) {
    const TimeMs at = kStart + beat * 3'000;
    ASSERT_TRUE(pulse.beats(at));
    EXPECT_FALSE(pulse.beats(at));  // one at a time
    EXPECT_FALSE(pulse.is_dead(at + 2'999));
    pulse.echo(pulse.sequence());
    EXPECT_FALSE(pulse.is_dead(at + 3'000));
  }
}

TEST(Pulse, IsDeadWithoutItsEchoWithinWhatACallerMayWait) {
  Pulse pulse;
  pulse.connected(kStart);
  ASSERT_TRUE(pulse.beats(kStart + 3'000));
  pulse.echo("another");
  EXPECT_TRUE(pulse.is_dead(kStart + 6'000));
  pulse.connected(kStart + 6'500);
  EXPECT_FALSE(pulse.is_dead(kStart + 6'500));
}

TEST(Pulse, WaitsLongerFromTryToTryAndNotForEver) {
  Pulse pulse;
  EXPECT_EQ(pulse.failed(), 200);
  EXPECT_EQ(pulse.failed(), 400);
  for (int i = 0; i < 10; ++i) pulse.failed();
  EXPECT_EQ(pulse.failed(), 5'000);
  pulse.connected(kStart);
  EXPECT_EQ(pulse.failed(), 200);
}

}  // namespace
}  // namespace opora::telephony::ari
