// A shift in which anything may happen, by seed, and the same shift again from its list of steps:
// what cannot follow from what was said before (late, repeated, of calls long gone) is among it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "node/telephony/queue/rows.h"
#include "tests/sim/dice.h"
#include "tests/unit/call_queue/watch.h"

namespace opora::testing {

// One thing that happens. Of a restart: the process comes back with its rows.
struct Happening {
  Event event;
  TimeMs at;
  std::size_t plan = 0;
};
using Story = std::vector<Happening>;

// What the story is played over. Two plans: one of them has a queue less, other rules, other
// agents.
const std::vector<Plan>& plans();

// A core, its rows as a store would have them, and somebody who watches.
class Theatre {
 public:
  // Empty, or what is wrong after it.
  std::string play(const Happening& next);
  const Core& core() const { return core_; }
  const Watch& watch() const { return watch_; }
  std::size_t commands() const { return commands_; }
  // Of every command so far.
  std::uint64_t digest() const { return digest_; }

 private:
  std::string kept();

  Core core_;
  Watch watch_;
  Redials redials_;
  GoingOver going_over_;
  std::map<CallNo, Bytes> calls_;
  std::map<AgentNo, Bytes> agents_;
  std::map<QueueNo, Bytes> figures_;
  std::size_t commands_ = 0;
  std::uint64_t digest_ = 14'695'981'039'346'656'037U;
};

// Where a shift is: the queue, and the PBX as far as it was told of.
struct Scene {
  const Core& core;
  const Watch& watch;
};

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : dice_(seed) {}
  // What comes next, and how much later.
  Happening next(const Scene& stage);

 private:
  Event any(const Scene& stage);
  Event of_the_pbx(const Scene& stage);
  Event of_an_agent(const Scene& stage);
  Ask any_ask(const Scene& stage);
  Reconciled after_a_cut(const Scene& stage);
  CallNo any_call(const Scene& stage);
  AgentNo any_agent();

  sim::Dice dice_;
  TimeMs now_{1'795'442'400'000};
  std::size_t plan_ = 0;
  std::uint64_t calls_ = 0;
  std::vector<Event> late_;
};

// "+1500 leg 2 of call 3 answered".
std::string told(const Story& story);

// The same failure with as few steps as leaving out can reach.
using Fails = std::function<bool(const Story&)>;
Story shrunk(Story story, const Fails& fails);
// Empty: nothing goes wrong.
std::string play(const Story& story);

}  // namespace opora::testing
