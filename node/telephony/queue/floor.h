// All calls and agents of a site, and what is derived from them: who waits in which order, who is
// free since when, what is due next. Owned by the core, one thread. The derived part is a function
// of the rows: index() of every row gives it again.
#pragma once

#include <map>
#include <set>
#include <utility>

#include "node/telephony/queue/plan.h"
#include "node/telephony/queue/state.h"

namespace opora::telephony {

// A waiting call's place: the more urgent before, then who came first (A2b).
struct Place {
  std::uint8_t below_urgent = kMaxPriority;  // kMaxPriority − priority
  TimeMs entered_at;
  CallNo call;
  auto operator<=>(const Place&) const = default;
};
Place place_of(const Call& call);
// Free for a call of a queue.
bool is_idle(const Agent& agent);
// The first moment at which something of it has to be done; zero: none.
TimeMs due_of(const Call& call);
TimeMs due_of(const Agent& agent);

// A desk that is gone for so long was not just reloaded.
inline constexpr std::int64_t kLostGraceMs = 30'000;

struct Floor {
  std::map<CallNo, Call> calls;
  std::map<AgentNo, Agent> agents;
  std::map<QueueNo, QueueFigures> figures;
  TimeMs now;
  bool linked = false;  // the PBX's events come

  using Waiting = std::map<QueueNo, std::set<Place>>;
  using Idle = std::set<std::pair<TimeMs, AgentNo>>;
  Waiting waiting;
  Idle idle;
  std::set<std::pair<TimeMs, CallNo>> call_dues;
  std::set<std::pair<TimeMs, AgentNo>> agent_dues;

  // True: it was not there before.
  bool index(const Call& call);
  bool index(const Agent& agent);
  void forget(CallNo call);

 private:
  struct CallIndex {
    QueueNo queue{};  // 0: does not wait
    Place place{};
    TimeMs due{};
  };
  struct AgentIndex {
    bool idle = false;
    TimeMs since{};
    TimeMs due{};
  };
  std::map<CallNo, CallIndex> indexed_calls_;
  std::map<AgentNo, AgentIndex> indexed_agents_;
};

}  // namespace opora::telephony
