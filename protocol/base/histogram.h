// How often values fell into which range: what a daemon tells of durations and sizes. Counters
// alone, so that adding costs nanoseconds. Any thread; a copy taken while others add may be a few
// values short, never torn within one counter.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace opora {

// A copy. counts[i]: values ≤ bounds[i] and above the bound before; the last one, which has no
// bound, the rest.
struct HistogramCounts {
  std::vector<std::int64_t> bounds;
  std::vector<std::uint64_t> counts;
  std::int64_t sum = 0;
};

template <std::size_t N>
class Histogram {
 public:
  // Ascending.
  explicit constexpr Histogram(const std::array<std::int64_t, N>& bounds) : bounds_(bounds) {}

  void add(std::int64_t value) {
    std::size_t i = 0;
    while (i < N && value > bounds_[i]) ++i;
    counts_[i].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
  }
  HistogramCounts counts() const {
    HistogramCounts out{{bounds_.begin(), bounds_.end()}, {}, sum_.load()};
    for (const auto& count : counts_) out.counts.push_back(count.load());
    return out;
  }

 private:
  const std::array<std::int64_t, N> bounds_;
  std::array<std::atomic<std::uint64_t>, N + 1> counts_{};
  std::atomic<std::int64_t> sum_{0};
};

}  // namespace opora
