// What every bench program prints: one line of JSON on standard output with the median and the
// extremes of what it measured. Values; one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace opora::bench {

using SteadyTime = std::chrono::steady_clock::time_point;
inline SteadyTime steady_now() { return std::chrono::steady_clock::now(); }
inline double seconds_between(SteadyTime from, SteadyTime to) {
  return std::chrono::duration<double>(to - from).count();
}

// Durations of one kind of operation.
class Latencies {
 public:
  void add(SteadyTime from, SteadyTime to) { us_.push_back(seconds_between(from, to) * 1e6); }
  std::size_t count() const { return us_.size(); }
  // {"count":…,"seconds":…,"rate":…,"median_us":…,"min_us":…,"max_us":…,"p99_us":…}; zeros when
  // there is nothing. Sorts.
  std::string json(double seconds);

 private:
  std::vector<double> us_;
};

// A bench program that cannot do its work says why on standard error and ends with 1.
[[noreturn]] void give_up(const std::string& why);
// The argument as a number of at least `least`; gives up otherwise.
std::uint64_t number(const char* text, std::uint64_t least);

}  // namespace opora::bench
