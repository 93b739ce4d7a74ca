#include "protocol/base/histogram.h"

#include <thread>

#include <gtest/gtest.h>

namespace opora {
namespace {

TEST(Histogram, CountsAValueUpToItsBoundAndTheRestApart) {
  Histogram<3> sizes({1, 10, 100});
  for (const std::int64_t value : {0, 1, 2, 10, 11, 1'000}) sizes.add(value);
  const HistogramCounts counts = sizes.counts();
  EXPECT_EQ(counts.bounds, (std::vector<std::int64_t>{1, 10, 100}));
  EXPECT_EQ(counts.counts, (std::vector<std::uint64_t>{2, 2, 1, 1}));
  EXPECT_EQ(counts.sum, 1'024);
}

TEST(Histogram, LosesNothingThatThreadsAddTogether) {
  Histogram<1> values({0});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 10'000; ++n) values.add(1);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(values.counts().counts[1], 40'000u);
  EXPECT_EQ(values.counts().sum, 40'000);
}

}  // namespace
}  // namespace opora
