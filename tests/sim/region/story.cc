#include "tests/sim/region/story.h"

#include <cstdio>

namespace opora::sim {

void Story::tell(std::string_view who, std::string_view what) {
  mix(static_cast<std::uint64_t>(timeline_.now_ms()));
  for (const char c : who) mix(static_cast<unsigned char>(c));
  for (const char c : what) mix(static_cast<unsigned char>(c));
  if (reader_ == Reader::kNobody) return;
  std::printf("%9.3f s  %-7.*s %.*s\n", static_cast<double>(timeline_.now_ms()) / 1000,
              static_cast<int>(who.size()), who.data(), static_cast<int>(what.size()), what.data());
}

void Story::wrong(std::string what) {
  tell("WRONG", what);
  what = "at " + std::to_string(timeline_.now_ms()) + " ms: " + what;
  if (on_wrong_) on_wrong_(what);
  if (violations_.size() < kMaxViolations) violations_.push_back(std::move(what));
}

}  // namespace opora::sim
