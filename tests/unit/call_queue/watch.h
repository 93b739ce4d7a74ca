// Looks at every step of the call queue and says what is wrong with it. It knows a PBX as far as it
// was told of by events and commands, so it is a function of the steps alone: a failing case stays
// one when steps that do not matter are left out. One thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "node/telephony/queue/core.h"

namespace opora::testing {

using namespace telephony;

// A call as the PBX has it.
struct AtPbx {
  enum class Where { kPrompt, kParked, kHeld, kJoined } where = Where::kPrompt;
  std::optional<LegState> person;
  std::map<LegNo, LegState> legs;
  std::map<LegNo, AgentNo> agents;
  std::set<LegNo> joined;
  std::uint16_t records = 0;  // the part; 0: nothing
  bool unanswered = false;    // from another site, which has him meanwhile
};

class Watch {
 public:
  // What the PBX has done before the core hears of it.
  void told(const Event& event);
  void did(const Commands& commands);
  // Of the floor and of the commands so far; empty: all is well.
  std::string wrong(const Core& core, const Plan& plan);

  const std::map<CallNo, AtPbx>& pbx() const { return pbx_; }
  const std::map<CallNo, int>& ends() const { return ends_; }
  std::size_t opened() const { return opened_.size(); }

 private:
  void apply(const Command& command);
  void dialled(const Dial& dial);
  void parked(const Park& park);
  void answered(const Answer& answer);
  void recorded(const StartRecording& start);
  void say(std::string what) {
    if (fault_.empty()) fault_ = std::move(what);
  }
  AtPbx* at(CallNo call) {
    const auto found = pbx_.find(call);
    return found == pbx_.end() ? nullptr : &found->second;
  }

  // Whose time of entry has changed.
  std::string moved(const Floor& floor);

  std::map<CallNo, AtPbx> pbx_;
  std::map<CallNo, TimeMs> places_;
  std::set<CallNo> opened_;
  std::map<CallNo, int> ends_;
  std::map<CallNo, int> reported_ends_;
  std::map<CallNo, std::uint32_t> seqs_;
  std::map<CallNo, std::uint16_t> parts_;
  std::string fault_;
  bool linked_ = true;  // what is done is heard
};

// A phone that failed is not rung again by the same call while no time passes, unless its agent
// says that he is there: a phone that fails at once would be rung without end.
class Redials {
 public:
  std::string wrong(const Floor& before, const Event& event, const Commands& commands, TimeMs now);

 private:
  std::map<std::pair<CallNo, AgentNo>, TimeMs> failed_;
};

// Why nobody of this site should have sent a call over in this step: somebody is there and the call
// has not waited here for long; or somebody is free who may serve it.
class GoingOver {
 public:
  std::string wrong(const Floor& floor, const Plan& plan, const Commands& commands);

 private:
  std::map<CallNo, std::pair<QueueNo, TimeMs>> waits_;  // in which queue, since when
};

// The parts of wrong() that look at the floor alone.
std::string wrong_agents(const Floor& floor);
std::string wrong_phases(const Floor& floor);
std::string wrong_indexes(const Floor& floor);
// A call is recorded while somebody talks with its person where the plan says so, and only then.
std::string wrong_tapes(const Floor& floor, const Plan& plan);
// An agent is free while a call waits that he may serve.
std::string idle_beside_waiting(const Floor& floor, const Plan& plan);
// A call rings at an agent who should have had another one first.
std::string passed_over(const Floor& floor, const Plan& plan, const Commands& commands);
// It rings at an agent although one who may serve it has been free for longer, is of as good a
// rank, and still is free; unless he served the caller last. Whom a stage that was reached in this
// step admits, it admits from now on.
std::string passed_over_agent(const Floor& before, const Floor& floor, const Plan& plan,
                              const Commands& commands);

}  // namespace opora::testing
