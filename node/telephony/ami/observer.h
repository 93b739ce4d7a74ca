// Observer: what an Asterisk's own queues (app_queue) do, as telephone events and states of agents
// that any telephone system tells. Pure: a packet and when → what to tell. It asks for nothing and
// decides nothing: the PBX does.
//
// A call is the caller's channel, by its Uniqueid, from the queue that it joins to the end of the
// talk, or of the channel:
//
//   QueueCallerJoin ─▶ queued ─AgentCalled─▶ ringing ─AgentConnect─▶ talking ─AgentComplete─▶ ended
//                        ▲   ◀─AgentRingNoAnswer─┘                      │
//                        └────────── another QueueCallerJoin ───────────┘
//   QueueCallerAbandon, Hangup: ended. QueueCallerLeave alone ends nothing: AgentConnect follows
//   it, or the dialplan goes on with the caller.
//
// An agent is a member of queues: offline when he is in none of ours or his phone is not there, on
// a break when he is paused in all of them, else ready.
//
// AMI replays nothing: after a cut reconcile() goes by what the PBX has. What happened in it is
// told with the time at which it was seen, who waits with the time that the PBX says he waits.
//
// Limits. kMaxCalls at once, kMaxRings tellings of a ring a call (a queue that rings all of its
// members every few seconds says each), kMaxMembers.
#pragma once

#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "node/telephony/ami/session.h"
#include "node/telephony/ami/settings_file.h"
#include "protocol/domain/events.h"

namespace opora::telephony::ami {

inline constexpr std::size_t kMaxCalls = 2'000;
inline constexpr std::size_t kMaxMembers = 2'000;
inline constexpr int kMaxRings = 20;

struct ToldCall {
  std::string call_id;
  protocol::CallStep step = protocol::CallStep::kQueued;
  TimeMs at;
  DeskNo desk;
  std::string line;
  std::string agent;
  std::string phone;  // with the first
};
struct ToldAgent {
  std::string agent;
  protocol::AgentState state = protocol::AgentState::kOffline;
  protocol::BreakReason reason = protocol::BreakReason::kNone;
  DeskNo desk;
  bool operator==(const ToldAgent&) const = default;
};
using Told = std::variant<ToldCall, ToldAgent>;
using AllTold = std::vector<Told>;

class Observer {
 public:
  explicit Observer(Settings settings) : settings_(std::move(settings)) {}

  // Before reconcile(): not everything that was told need have been taken. Then the calls that the
  // journal has and that have not ended.
  void forget() {
    calls_.clear();
    told_.clear();
  }
  void know(const std::string& call_id, protocol::CallStep step, const std::string& agent);

  AllTold hear(const Packet& event, TimeMs now);
  AllTold reconcile(const Snapshot& all, TimeMs now);

 private:
  struct Call {
    protocol::CallStep step = protocol::CallStep::kQueued;
    std::string agent;  // who rings or talks
    int rings = 0;
  };
  struct Member {
    bool paused = false;
    bool present = true;
    std::string reason;
    bool operator==(const Member&) const = default;
  };
  using Members = std::map<std::string, Member>;  // by queue

  void joins(const Packet& event, TimeMs at, AllTold& out);
  void rings(const Packet& event, TimeMs at, AllTold& out);
  void answered(const Packet& event, TimeMs now, AllTold& out);
  void answers(const std::string& call_id, const std::string& agent, const QueueSettings* queue,
               TimeMs now, AllTold& out);
  void ends(const std::string& call_id, TimeMs now, AllTold& out);
  void caught_up(const Snapshot& all, const std::set<std::string>& waiting, TimeMs now,
                 AllTold& out);
  void member(const Packet& event);
  void member_gone(const Packet& event);
  void say_agents(AllTold& out);
  ToldAgent state_of(const std::string& agent) const;

  const Settings settings_;
  std::map<std::string, Call> calls_;
  std::map<std::string, Members> members_;  // by agent
  std::map<std::string, ToldAgent> told_;
};

}  // namespace opora::telephony::ami
