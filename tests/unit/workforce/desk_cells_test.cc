// Cells of a desk by quarters of an hour: one scan over a day finds those of that day alone.
#include "protocol/domain/desk_cells.h"

#include <gtest/gtest.h>

namespace opora::protocol::keys {
namespace {

constexpr std::int64_t kQuarterMs = 15 * 60'000;
const TimeMs kDay{20'000 * std::int64_t{86'400'000}};

TEST(QuarterCells, SayTheirQuarter) {
  const Bytes key = quarter_cube(SiteNo{17}, DeskNo{2}, kDay + (kQuarterMs + 899'999), "main");
  EXPECT_EQ(quarter_of(key), kDay + kQuarterMs);
}

TEST(QuarterCells, OfADayStandBetweenItsEnds) {
  const Bytes from = quarter_cubes(SiteNo{17}, DeskNo{2}, kDay);
  const Bytes to = quarter_cubes(SiteNo{17}, DeskNo{2}, kDay + 96 * kQuarterMs);
  const auto is_in = [&](TimeMs at, DeskNo desk) {
    const Bytes key = quarter_cube(SiteNo{17}, desk, at, "line");
    return from <= key && key < to;
  };
  EXPECT_TRUE(is_in(kDay, DeskNo{2}));
  EXPECT_TRUE(is_in(kDay + (96 * kQuarterMs - 1), DeskNo{2}));
  EXPECT_FALSE(is_in(kDay + -1, DeskNo{2}));
  EXPECT_FALSE(is_in(kDay + 96 * kQuarterMs, DeskNo{2}));
  EXPECT_FALSE(is_in(kDay, DeskNo{3}));
}

}  // namespace
}  // namespace opora::protocol::keys
