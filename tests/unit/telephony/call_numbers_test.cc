// Numbers of calls: promised before they are given, never given twice.
#include "node/telephony/call_numbers.h"

#include <gtest/gtest.h>

namespace opora::telephony {
namespace {

constexpr TimeMs kNow{1'795'442'400'000};

TEST(CallNumbers, AreGivenOnceTheirRowIsWritten) {
  CallNumbers numbers;
  const std::uint64_t row = numbers.open(0, kNow);
  EXPECT_FALSE(numbers.take());
  numbers.grant(row);
  const auto first = numbers.take();
  ASSERT_TRUE(first);
  EXPECT_EQ(numbers.take(), CallNo{first->v + 1});
  EXPECT_LT(first->v, row);
}

TEST(CallNumbers, OfTheNextStartLieBehindAllThatWerePromised) {
  CallNumbers before;
  const std::uint64_t row = before.open(0, kNow);
  CallNumbers after;  // in the same second
  after.grant(after.open(row, kNow));
  EXPECT_GE(after.take()->v, row);
}

TEST(CallNumbers, OfAStoreThatIsAWeekOldAreNotGivenAgain) {
  CallNumbers last_week;
  const std::uint64_t row = last_week.open(0, kNow);
  CallNumbers yesterday;
  yesterday.grant(yesterday.open(row, kNow + 6 * 86'400'000));
  const auto given = yesterday.take();
  CallNumbers restored;  // with last week's row
  restored.grant(restored.open(row, kNow + 7 * 86'400'000));
  EXPECT_GT(restored.take()->v, given->v + CallNumbers::kBlock);
}

TEST(CallNumbers, OfAClockThatWasSetBackGoOnWhereTheyWere) {
  CallNumbers before;
  const std::uint64_t row = before.open(0, kNow);
  CallNumbers after;
  after.grant(after.open(row, TimeMs{-1}));
  EXPECT_GE(after.take()->v, row);
}

TEST(CallNumbers, AskForMoreWhenHalfIsLeftAndRunOutWhenNoneIsGranted) {
  CallNumbers numbers;
  const std::uint64_t row = numbers.open(0, kNow);
  numbers.grant(row);
  EXPECT_FALSE(numbers.wants());
  for (std::uint64_t i = 0; i <= CallNumbers::kBlock / 2; ++i) ASSERT_TRUE(numbers.take());
  EXPECT_EQ(numbers.wants(), row + CallNumbers::kBlock);
  while (numbers.take()) {
  }
  EXPECT_FALSE(numbers.take());
  numbers.grant(*numbers.wants());
  EXPECT_EQ(numbers.take(), CallNo{row});
}

// A number is shown by browsers, which count exactly up to 2^53.
TEST(CallNumbers, FitIntoABrowsersNumber) {
  CallNumbers numbers;
  EXPECT_LT(numbers.open(0, kMaxEventTime), std::uint64_t{1} << 53);
}

}  // namespace
}  // namespace opora::telephony
