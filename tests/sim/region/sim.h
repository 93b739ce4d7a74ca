// What everything in one run shares. Owned by the world; one thread.
#pragma once

#include <functional>
#include <utility>

#include "protocol/base/hash.h"
#include "tests/sim/dice.h"
#include "tests/sim/region/planted.h"
#include "tests/sim/region/story.h"
#include "tests/sim/region/timeline.h"

namespace opora::sim {

// Called when a fault that was laid does something; what it meets first calls it, once.
using Felt = std::function<void()>;
inline void feel(Felt& felt) {
  if (const Felt once = std::exchange(felt, {})) once();
}

// A crash at every await, by several runs of one seed: of the places at which a daemon goes on with
// something that it had put off, counted over all machines, each `every`-th from the `first`-th on.
struct AwaitCrashes {
  std::uint64_t every = 0;  // 0: none
  std::uint64_t first = 0;
  std::uint64_t seen = 0;
  bool strikes() { return every != 0 && seen++ % every == first; }
};

struct Sim {
  Sim(std::uint64_t seed, Planted mistake, Story::Reader reader)
      : planted(mistake), dice(seed), story(timeline, reader) {}

  Planted planted;
  bool journeys = false;  // callers go over from site to site (T23)
  Dice dice;
  Timeline timeline;
  Story story;
  AwaitCrashes awaits;
};

// Chance as the seed decides it.
class SimRandom final : public Random {
 public:
  explicit SimRandom(Sim& sim) : dice_(sim.dice.next()) {}
  void fill(void* out, std::size_t size) override {
    auto* bytes = static_cast<std::uint8_t*>(out);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(dice_.next());
  }

 private:
  Dice dice_;
};

inline std::string name_of(SiteNo site) {
  return site == kHubSite ? "hub" : "site" + std::to_string(site.v);
}

}  // namespace opora::sim
