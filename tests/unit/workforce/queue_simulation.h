// A queue played call by call, to hold formulas against: calls come at random, each with a patience
// and a length of its own, the first who came is the first who is answered. The dice are seeded and
// the standard's generator, so a run is the same on every machine.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <queue>
#include <random>
#include <vector>

#include "protocol/domain/erlang.h"

namespace opora::testing {

class QueueSimulation {
 public:
  QueueSimulation(const protocol::Traffic& traffic, int operators, std::uint64_t seed)
      : traffic_(traffic), dice_(seed) {
    for (int i = 0; i < operators; ++i) free_from_.push(0);
  }

  protocol::QueueFigures run(int calls, double within_s) {
    protocol::QueueFigures out;
    double busy = 0;
    double now = 0;
    for (int i = 0; i < calls; ++i) {
      now += after(1 / traffic_.calls_per_s);
      const double patience = traffic_.patience_s ? after(*traffic_.patience_s)
                                                  : std::numeric_limits<double>::infinity();
      const double length = after(traffic_.handling_s);
      const double wait = std::max(0.0, free_from_.top() - now);
      if (wait > 0) out.waits += 1;
      out.wait_s += std::min(wait, patience);
      // Who hangs up leaves the operator to the next.
      if (wait > patience) {
        out.gives_up += 1;
        continue;
      }
      if (wait <= within_s) out.within += 1;
      free_from_.pop();
      free_from_.push(now + wait + length);
      busy += length;
    }
    out.occupancy = busy / now / static_cast<double>(free_from_.size());
    for (double* share : {&out.waits, &out.within, &out.gives_up, &out.wait_s}) *share /= calls;
    return out;
  }

 private:
  double after(double mean) {
    const auto part = static_cast<double>(dice_() >> 11) * 0x1p-53;
    return -mean * std::log1p(-part);
  }

  protocol::Traffic traffic_;
  std::mt19937_64 dice_;
  // When each operator is free, the soonest first.
  std::priority_queue<double, std::vector<double>, std::greater<>> free_from_;
};

}  // namespace opora::testing
