// What the rules of the call queue cost alone: a site with 30 or 300 calls at once and an agent for
// every five, calls coming, ringing, answered and ended; events a second. Beside it what writing
// the touched rows as bytes adds.
#include <benchmark/benchmark.h>

#include "node/telephony/queue/core.h"
#include "node/telephony/queue/rows.h"
#include "protocol/base/check.h"
#include "tests/support/call_plan.h"

namespace opora::testing {
namespace {

using namespace telephony;

constexpr std::size_t kCallsOfAnAgent = 5;

Plan large_plan(std::uint32_t agents) {
  Plan plan = hospital_plan();
  plan.queues[kReference].wrap_up_ms = 0;
  plan.queues[kReference].announce_every_ms = 30'000;
  for (std::uint32_t no = 1; no <= agents; ++no)
    plan.agents[AgentNo{no + 1'000}].serves[kReference] = Rank{1};
  OPORA_CHECK(check(plan).ok());
  return plan;
}

// As a PBX that answers at once: whoever is rung answers, whoever has talked longest hangs up.
class Site {
 public:
  explicit Site(std::size_t at_once)
      : agents_(static_cast<std::uint32_t>(at_once / kCallsOfAnAgent)) {
    tell(Reconciled{});
    for (std::uint32_t no = 1; no <= agents_; ++no)
      tell(Asked{{}, AgentNo{no + 1'000}, SetState{protocol::AgentState::kReady, {}}});
    while (core_.floor().calls.size() < at_once) arrive();
  }
  // One call comes, one phone rings and is taken, one call ends: four events.
  void turn() {
    now_ = now_ + 100;
    if (const auto wake = core_.next_wake(); wake && *wake <= now_) tell(Tick{});
    arrive();
    OPORA_CHECK(!talking_.empty());
    const CallNo oldest = talking_.front();
    talking_.erase(talking_.begin());
    tell(LegEnded{oldest, kPerson, LegEnd::kHungUp});
  }
  std::size_t events() const { return events_; }
  std::size_t bytes() const { return bytes_; }
  std::size_t calls() const { return core_.floor().calls.size(); }
  void count_rows() { counts_ = true; }

 private:
  void arrive() { tell(Arrived{CallNo{++calls_}, "desk"}); }
  void tell(const Event& event) {
    ++events_;
    const Core::Done done = core_.step(plan_, event, now_);
    if (counts_) {
      for (const CallNo no : done.calls) {
        const auto found = core_.floor().calls.find(no);
        if (found != core_.floor().calls.end()) bytes_ += encode(found->second).size();
      }
      for (const AgentNo no : done.agents) bytes_ += encode(core_.floor().agents.at(no)).size();
    }
    for (const Command& each : done.commands) {
      const auto* dial = std::get_if<Dial>(&each);
      if (dial == nullptr) continue;
      tell(LegRings{dial->call, dial->leg});
      tell(LegAnswered{dial->call, dial->leg});
      talking_.push_back(dial->call);
    }
  }

  const std::uint32_t agents_;
  const Plan plan_ = large_plan(agents_);
  Core core_;
  TimeMs now_{1'795'442'400'000};
  std::vector<CallNo> talking_;
  std::uint64_t calls_ = 0;
  std::size_t events_ = 0;
  std::size_t bytes_ = 0;
  bool counts_ = false;
};

void decide(benchmark::State& state) {
  Site site(static_cast<std::size_t>(state.range(0)));
  const std::size_t before = site.events();
  for (auto _ : state) site.turn();
  state.SetItemsProcessed(static_cast<std::int64_t>(site.events() - before));
  OPORA_CHECK(site.calls() == static_cast<std::size_t>(state.range(0)));
}
BENCHMARK(decide)->Arg(30)->Arg(300);

void decide_and_encode(benchmark::State& state) {
  Site site(static_cast<std::size_t>(state.range(0)));
  site.count_rows();
  const std::size_t before = site.events();
  for (auto _ : state) site.turn();
  state.SetItemsProcessed(static_cast<std::int64_t>(site.events() - before));
  state.SetBytesProcessed(static_cast<std::int64_t>(site.bytes()));
}
BENCHMARK(decide_and_encode)->Arg(300);

}  // namespace
}  // namespace opora::testing

BENCHMARK_MAIN();
