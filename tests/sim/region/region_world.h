// One run: a hub, some sites, a network, people, faults and checkers, by one seed. A fault phase,
// then a quiet phase in which everything must converge.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "tests/sim/region/administrator.h"
#include "tests/sim/region/checks.h"
#include "tests/sim/region/faults.h"
#include "tests/sim/region/hostile.h"
#include "tests/sim/region/workload.h"

namespace opora::sim {

// What a run must at least have had.
inline constexpr std::uint64_t kLeastCommands = 500;
inline constexpr std::uint64_t kLeastFaults = 50;

struct RunOptions {
  std::uint64_t seed = 1;
  Planted planted = Planted::kNone;
  Story::Reader reader = Story::Reader::kNobody;
  std::uint32_t sites = 0;      // 0: the seed decides, 2 to 6
  std::string_view often = {};  // the kind of fault that happens often; empty: none
  std::function<void(const std::string&)> on_wrong = nullptr;
  AwaitCrashes awaits = {};  // in the fault phase
  bool journeys = false;     // callers go over from site to site (T23)
};

struct RunReport {
  std::uint64_t seed = 0;
  std::uint32_t nodes = 0;
  std::uint64_t acknowledged = 0;
  std::map<std::string, std::uint64_t> refused;
  std::map<std::string, std::uint64_t> faults;
  std::map<std::string, std::uint64_t> life;  // of tickets, by what happened to them
  std::uint64_t landed_faults = 0;            // that did something
  std::uint64_t awaits = 0;                   // counted while crashes fall on some of them
  double node_hours = 0;
  std::uint64_t trace = 0;
  std::vector<std::string> violations;
  std::string too_little;  // of what a run must have had; empty: enough
};

RunReport run_region(const RunOptions& options);

}  // namespace opora::sim
