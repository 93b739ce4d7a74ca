// When a site heard of the region, on its own clock: what attributions of missed deadlines are held
// against. Kept by the checkers, apart from what the site remembers of it.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "protocol/domain/decide.h"

namespace opora::sim {

class Contacts {
 public:
  void note(TimeMs at) {
    if (last_ && at - *last_ >= kShortest) silences_.emplace_back(*last_, at);
    last_ = at;
  }
  // Not heard of from kSilenceMs before this moment on, and later if at all.
  bool surely_cut(TimeMs moment) const {
    return among(moment, [](TimeMs m, TimeMs from, TimeMs to) {
      return m >= from + protocol::kSilenceMs && m < to;
    });
  }
  // Nobody who remembers within what the site may forget in a crash could think that it was.
  bool surely_there(TimeMs moment) const {
    return !among(moment, [](TimeMs m, TimeMs from, TimeMs to) {
      return m >= from + kShortest && m < to + kForgottenMs;
    });
  }
  // Ends of silences in (from, to].
  int ended_between(TimeMs from, TimeMs to) const {
    int out = 0;
    for (const auto& [begin, end] : silences_) out += end > from && end <= to ? 1 : 0;
    return out;
  }

 private:
  // The last minute's contact is written once in a while, and a crash forgets it.
  static constexpr std::int64_t kForgottenMs = 70'000;
  static constexpr std::int64_t kShortest = protocol::kSilenceMs - kForgottenMs;

  template <class Test>
  bool among(TimeMs moment, Test test) const {
    for (const auto& [from, to] : silences_) {
      if (test(moment, from, to)) return true;
    }
    return test(moment, last_.value_or(TimeMs{}), kMaxEventTime);
  }

  std::vector<std::pair<TimeMs, TimeMs>> silences_;
  std::optional<TimeMs> last_;
};

}  // namespace opora::sim
