// What happened in one run: the trace's hash (the same for the same seed), what was wrong, how
// often each fault did something, and, when someone reads along, every event in words.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/sim/region/timeline.h"

namespace opora::sim {

class Story {
 public:
  enum class Reader { kNobody, kStandardOutput };
  Story(const Timeline& timeline, Reader reader) : timeline_(timeline), reader_(reader) {}

  // One thing that happened, in words.
  void tell(std::string_view who, std::string_view what);
  // Numbers that must be the same in every run of the seed.
  void mix(std::uint64_t value) { trace_ = (trace_ ^ value) * 0x100000001b3; }
  // A broken promise. The first kMaxViolations are kept.
  void wrong(std::string what);
  // Is told of each promise that is broken, at once.
  void on_wrong(std::function<void(const std::string&)> told) { on_wrong_ = std::move(told); }
  // A fault did something.
  void fault(const std::string& kind) { ++faults_[kind]; }

  std::uint64_t trace() const { return trace_; }
  const std::vector<std::string>& violations() const { return violations_; }
  const std::map<std::string, std::uint64_t>& faults() const { return faults_; }

 private:
  static constexpr std::size_t kMaxViolations = 20;

  const Timeline& timeline_;
  Reader reader_;
  std::uint64_t trace_ = 0xcbf29ce484222325;
  std::vector<std::string> violations_;
  std::function<void(const std::string&)> on_wrong_;
  std::map<std::string, std::uint64_t> faults_;
};

}  // namespace opora::sim
