// What must hold in every world of the model, told apart from the code that it checks: from the
// events alone it says who owned the ticket when and what counts, and compares.
#pragma once

#include <optional>

#include "tests/sim/model/ownership_world.h"

namespace opora::model {

// The first promise that the step from `before` to `after` broke, in words; nothing: all is well.
std::optional<std::string> broken(const Rules& rules, const World& before, const World& after);
// At the beginning, and whenever everything has arrived.
std::optional<std::string> broken_at_peace(const Rules& rules, const World& world);

struct Explored {
  std::uint64_t states = 0;
  std::uint64_t steps = 0;
  std::uint64_t at_peace = 0;  // states in which everything has arrived
  std::size_t longest = 0;     // steps from the beginning
  std::optional<std::string> broken;
  std::vector<std::string> story;  // how it came to that
};
// Every world that can be reached, each once; stops at the first broken promise.
Explored explore(const Rules& rules, const Budget& budget);

}  // namespace opora::model
