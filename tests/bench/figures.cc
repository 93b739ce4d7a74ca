#include "tests/bench/figures.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace opora::bench {

std::string Latencies::json(double seconds) {
  std::sort(us_.begin(), us_.end());
  const auto at = [&](std::size_t percent) {
    return us_.empty() ? 0.0 : us_[std::min(us_.size() - 1, us_.size() * percent / 100)];
  };
  const double rate = seconds > 0 ? static_cast<double>(us_.size()) / seconds : 0;
  char text[256];
  std::snprintf(text, sizeof text,
                "{\"count\":%zu,\"seconds\":%.3f,\"rate\":%.1f,\"median_us\":%.1f,\"min_us\":%.1f,"
                "\"max_us\":%.1f,\"p99_us\":%.1f}",
                us_.size(), seconds, rate, at(50), at(0), at(100), at(99));
  return text;
}

void give_up(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

std::uint64_t number(const char* text, std::uint64_t least) {
  std::uint64_t value = 0;
  const char* end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, value);
  if (error != std::errc() || stop != end || value < least) {
    give_up(std::string("not a number of at least ") + std::to_string(least) + ": " + text);
  }
  return value;
}

}  // namespace opora::bench
