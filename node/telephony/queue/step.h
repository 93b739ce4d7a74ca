// One step of the core while it runs: the floor, the plan, now, and what has come of it so far. The
// parts of the rules are free functions over it, one file a part. Lives for one step.
#pragma once

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "node/telephony/queue/command.h"
#include "node/telephony/queue/floor.h"

namespace opora::telephony {

// The PBX lets a phone ring for the queue's time and says so; when it does not, we end it.
inline constexpr std::int64_t kRingGraceMs = 3'000;
// Longer than any prompt: the PBX says when one is over.
inline constexpr std::int64_t kMaxPromptMs = 120'000;
// A person who is called, a specialist, the region: as long as a mobile phone rings before its
// voice box.
inline constexpr std::int64_t kOutsideRingMs = 30'000;
// A ring that we end so late was not ours to end: the clock has gone on, or we have not. Nobody is
// to blame for it.
inline constexpr std::int64_t kLateMs = 10'000;
// A waiting call is looked at so often for overflow; people notice no less.
inline constexpr std::int64_t kLookEveryMs = 5'000;
// A PBX that did not record a call twice is not asked again in that call.
inline constexpr std::uint8_t kMaxTapeFaults = 2;
// The region could not be reached: not again before. When nobody took him there, at the next look.
inline constexpr std::int64_t kOverflowRetryMs = 30'000;
// A phone that was busy past the queue, or failed in any other way, is tried again.
inline constexpr std::int64_t kPhoneBusyMs = 15'000;
// Legs of a call are numbered in 16 bits, once; after so many its person is no better off here. The
// rest is for what agents ask for in their talk.
inline constexpr std::uint16_t kMostRings = 60'000;

// How an agent gets out of a call.
enum class Release : std::uint8_t {
  kServed = 1,  // wrap-up, then idle from now on
  kSpared = 2,  // did nothing for it: keeps his place among the idle
};
enum class PersonIs : std::uint8_t { kThere = 1, kGone = 2 };

class Step {
 public:
  Step(Floor& the_floor, const Plan& the_plan, TimeMs at)
      : floor(the_floor), plan(the_plan), now(at) {}

  Floor& floor;
  const Plan& plan;
  const TimeMs now;
  Commands commands;
  // Rows to write; a call that is not on the floor any more has none.
  std::set<CallNo> calls;
  std::set<AgentNo> agents;
  std::set<QueueNo> figures;
  // To be matched although their place has not changed.
  std::vector<CallNo> widened;
  std::vector<AgentNo> called_in;

  void tell(Command command) { commands.push_back(std::move(command)); }

  // Each marks the row as touched. Nothing: not here, or over.
  Call* call(CallNo no);
  Agent* agent(AgentNo no);  // made when the plan has him
  Call& open(Call fresh);

  // Legs.
  Leg* leg(Call& call, LegNo no);
  Leg* serving(Call& call);  // the agent who is up
  Leg* with_role(Call& call, LegRole role);
  bool is_full(const Call& call) const { return call.legs.size() >= kMaxLegs; }
  LegNo dial(Call& call, Dial dial);  // CHECKs that the agent is in no call
  // The leg is gone, or is to go: its agent is free of the call.
  void drop(Call& call, LegNo no, Release how);
  void hang_up(Call& call, LegNo no, HangUpWhy why, Release how);
  // All but this one; kPerson: all.
  void drop_others(Call& call, LegNo stays, Release how);

  // Agents.
  void release(Agent& agent, Release how, std::int64_t wrap_up_ms);
  void set_state(Agent& agent, SetState to, Aside aside);
  void tell_agent(const Agent& agent);

  // Calls.
  void enter(Call& call, Phase phase, TimeMs until);
  void enter_queue(Call& call, ToQueue to);
  void back_to_queue(Call& call);  // to its place
  void connect(Call& call, Leg& leg);
  void resume(Call& call);               // he is held no more
  static void forget_holds(Call& call);  // whoever held him, he is somewhere else
  void report(Call& call, protocol::CallStep what, AgentNo agent);
  void finish(Call& call, Outcome outcome, PersonIs person);

  // Indexes, then calls meet agents, then those who are left may go over; at the end of each step.
  void settle();

 private:
  void learn(const Call& call);
  void leave(Call& call);
  void reindex();
  void meet();
  bool look_around();
  std::int64_t wrap_up_of(const Call& call) const;
  std::set<CallNo> over_;
};

// Who came in and goes over is one person's way; a call that an agent made is none.
bool may_travel(const Call& call);

// intake.cc
void begin(Step& step, Call& call);  // from the line: its notice, then where it leads
void route(Step& step, Call& call, const Route& to);
void on(Step& step, const Arrived& event);
void on(Step& step, const CallBackEntered& event);
void on(Step& step, const CallBackWithdrawn& event);
void on(Step& step, const Digit& event);
void on(Step& step, const Played& event);
void menu_timeout(Step& step, Call& call);
void play_closed(Step& step, Call& call, const ToClosed& to);
// He will be called back; what is left is to say so.
void promise(Step& step, Call& call);
// Ends the call as a task of O7.
void leave_call_back(Step& step, Call& call, PersonIs person);
// legs.cc
void on(Step& step, const LegRings& event);
void on(Step& step, const LegAnswered& event);
void on(Step& step, const LegEnded& event);
// The person talks with this leg and with nobody of this site.
void go_outside(Step& step, Call& call, Leg& leg);
// The agent talks with the person again, unless his telephone holds him.
void end_consult(Step& step, Call& call);
// asks.cc
void on(Step& step, const Asked& event);
void on(Step& step, const PhoneHolds& event);
void on(Step& step, const PhoneTransfers& event);
using Refusable = std::optional<Refusal>;
Refusable set_state_of(Step& step, Agent& who, const SetState& what);
// supervisor.cc
Refusable ask(Step& step, Agent& who, const SetStateOf& what);
Refusable ask(Step& step, Agent& who, const Lend& what);
Refusable ask(Step& step, Agent& who, const Recall& what);
Refusable ask(Step& step, Agent& who, const OpenReserve& what);
Refusable ask(Step& step, Agent& who, const CloseReserve& what);
Refusable ask(Step& step, Agent& who, const Monitor& what);
// waiting.cc
void on(Step& step, const Tick& event);
void on(Step& step, const DeskSeen& event);
void on(Step& step, const DeskLost& event);
// The stage that its waiting has reached.
void widen(Step& step, Call& call);
// Overflow; sets the time of the next look.
void look(Step& step, Call& call);
std::uint16_t position_of(const Floor& floor, const Call& call);  // from 1
// Whether the line on which he came leads to nobody by now.
bool is_closed(const Step& step, const Call& call);
// Agents who take calls of it.
std::size_t present(const Floor& floor, const Plan& plan, QueueNo queue);
// Until an agent has it; below zero: nobody is present.
std::int64_t expected_wait_ms(const Floor& floor, const Plan& plan, const Call& call);
// recording.cc
void on(Step& step, const RecordingEnded& event);
void stop_recording(Step& step, Call& call);
// After a time without the PBX's events.
void check_recording(Step& step, const Call& call);
// Of each call that the step touched, at its end: recorded is who talks with an agent.
void follow_recordings(Step& step);
// reconcile.cc
void on(Step& step, const Reconciled& event);
void on(Step& step, const LinkLost& event);
void on(Step& step, const PlanChanged& event);
void on(Step& step, const Restarted& event);
// match.cc
std::optional<Rank> rank_in(const Plan& plan, const Agent& agent, QueueNo queue);
const Stage& stage_of(const Plan& plan, const Call& call);
bool may_serve(const Plan& plan, const Agent& agent, const Call& call);
// Of what waits, the call that this agent is to serve next; nothing: he is not free, or there is
// none.
std::optional<Place> best_place(const Step& step, AgentNo agent);
// To the agent who is to have it, if anybody is free.
void match_call(Step& step, CallNo call);

}  // namespace opora::telephony
