// What is done with a letter next: every combination of what can be the matter.
#include "node/mail/outbox.h"

#include <gtest/gtest.h>

namespace opora::node {
namespace {

constexpr TimeMs kNow{1'795'152'667'250};
constexpr std::int64_t kGiveUp = 4 * 3'600'000;

protocol::Telling telling(TimeMs since = kNow) {
  return {OwnerTerm{1}, OwnerSeq{5}, protocol::TellWhat::kDone, since, {}};
}

Circumstances good() {
  return {kNow, RelayState::kReady, Clocks::kConfirmed, Address::kKnown, kGiveUp};
}

TEST(Outbox, SendsWhenNothingIsTheMatter) {
  EXPECT_EQ(next_step(telling(), {}, good()), Step::kSend);
}

TEST(Outbox, WithoutARelayNothingIsSaid) {
  Circumstances at = good();
  at.relay = RelayState::kNone;
  at.address = Address::kNone;
  EXPECT_EQ(next_step(telling(kNow + -2 * kGiveUp), {}, at), Step::kNoRelay);
}

TEST(Outbox, WithoutAnAddressItIsSaidAtOnceAlsoWhileTheRegionIsAway) {
  Circumstances at = good();
  at.address = Address::kNone;
  at.clocks = Clocks::kOwn;
  at.relay = RelayState::kResting;
  EXPECT_EQ(next_step(telling(), {}, at), Step::kSayNoAddress);
}

TEST(Outbox, WaitsForTheRegionsClockThenForTheRelayThenForItsTurn) {
  const Tries tried{OwnerTerm{1}, OwnerSeq{5}, 3, kNow, kNow + 60'000, 451};
  Circumstances at = good();
  at.clocks = Clocks::kOwn;
  at.relay = RelayState::kResting;
  EXPECT_EQ(next_step(telling(), tried, at), Step::kWaitForRegion);
  at.clocks = Clocks::kConfirmed;
  EXPECT_EQ(next_step(telling(), tried, at), Step::kWaitForRelay);
  at.relay = RelayState::kReady;
  EXPECT_EQ(next_step(telling(), tried, at), Step::kWaitForNextTry);
  at.now = kNow + 60'000;
  EXPECT_EQ(next_step(telling(), tried, at), Step::kSend);
}

TEST(Outbox, AClockThatIsSetBackEndsThePause) {
  const TimeMs next_year = kNow + 365 * 86'400'000LL;
  const Tries tried{OwnerTerm{1}, OwnerSeq{5}, 3, next_year, next_year + 60'000, 451};
  EXPECT_EQ(next_step(telling(), tried, good()), Step::kSend);
}

TEST(Outbox, TheTriesOfAnotherTellingCountForNothing) {
  const Tries others{OwnerTerm{1}, OwnerSeq{4}, 9, kNow, kNow + 600'000, 451};
  EXPECT_EQ(next_step(telling(), others, good()), Step::kSend);
}

TEST(Outbox, GivesUpAfterTheStatedTimeWhateverItWaitsFor) {
  for (const RelayState relay : {RelayState::kResting, RelayState::kReady}) {
    for (const Clocks clocks : {Clocks::kOwn, Clocks::kConfirmed}) {
      Circumstances at = good();
      at.relay = relay;
      at.clocks = clocks;
      at.now = kNow + kGiveUp;
      EXPECT_NE(next_step(telling(), {}, at), Step::kSayGivenUp);
      at.now = kNow + (kGiveUp + 1);
      EXPECT_EQ(next_step(telling(), {}, at), Step::kSayGivenUp);
    }
  }
}

TEST(Outbox, LeavesSomebodyTheTimeToCallBeforeThat) {
  protocol::Telling hurried = telling();
  hurried.times = {kNow + 45 * 60'000, kNow + 60 * 60'000};
  for (const Clocks clocks : {Clocks::kOwn, Clocks::kConfirmed}) {
    Circumstances at = good();
    at.clocks = clocks;
    at.now = hurried.times.warn + -1;
    EXPECT_NE(next_step(hurried, {}, at), Step::kSayGivenUp);
    at.now = hurried.times.warn;
    EXPECT_EQ(next_step(hurried, {}, at), Step::kSayGivenUp);
  }
}

TEST(Pause, DoublesUpToTheLongest) {
  EXPECT_EQ(pause_ms(1, kLongestPauseMs, 0), kFirstPauseMs);
  EXPECT_EQ(pause_ms(2, kLongestPauseMs, 0), 2 * kFirstPauseMs);
  EXPECT_EQ(pause_ms(4, kLongestPauseMs, 0), 8 * kFirstPauseMs);
  EXPECT_EQ(pause_ms(9, kLongestPauseMs, 0), kLongestPauseMs);
  EXPECT_EQ(pause_ms(4'000'000'000, kLongestPauseMs, 0), kLongestPauseMs);
  EXPECT_EQ(pause_ms(9, kLongestRelayPauseMs, 0), kLongestRelayPauseMs);
}

TEST(Pause, IsUpToAFifthLongerByChance) {
  EXPECT_EQ(pause_ms(1, kLongestPauseMs, 0.5), kFirstPauseMs + kFirstPauseMs / 10);
  EXPECT_EQ(pause_ms(1, kLongestPauseMs, 1), kFirstPauseMs + kFirstPauseMs / 5);
}

TEST(Tries, AreOneRowATicketThatIsReadBack) {
  const Tries tries{OwnerTerm{2}, OwnerSeq{5}, 3, kNow, kNow + 60'000, 451};
  const auto read = from_row<Tries>(to_row(tries));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->count, 3u);
  EXPECT_EQ(read->next, kNow + 60'000);
  EXPECT_FALSE(read->of(telling()));
}

}  // namespace
}  // namespace opora::node
