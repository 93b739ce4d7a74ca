#include "node/telephony/queue/step.h"

#include <algorithm>

#include "protocol/base/check.h"

namespace opora::telephony {

using protocol::AgentState;
using protocol::BreakReason;
using protocol::CallStep;

Call* Step::call(CallNo no) {
  const auto found = floor.calls.find(no);
  if (found == floor.calls.end() || over_.contains(no)) return nullptr;
  calls.insert(no);
  return &found->second;
}

Agent* Step::agent(AgentNo no) {
  auto found = floor.agents.find(no);
  if (found == floor.agents.end()) {
    if (no.v == 0 || !plan.agents.contains(no)) return nullptr;
    Agent fresh;
    fresh.no = no;
    fresh.since = fresh.idle_since = now;
    found = floor.agents.emplace(no, std::move(fresh)).first;
  }
  agents.insert(no);
  return &found->second;
}

Call& Step::open(Call fresh) {
  fresh.arrived_at = fresh.phase_at = now;
  const CallNo no = fresh.no;
  calls.insert(no);
  return floor.calls.emplace(no, std::move(fresh)).first->second;
}

Leg* Step::leg(Call& call, LegNo no) {
  const auto found =
      std::find_if(call.legs.begin(), call.legs.end(), [no](const Leg& l) { return l.no == no; });
  return found == call.legs.end() ? nullptr : &*found;
}

Leg* Step::serving(Call& call) {
  Leg* found = with_role(call, LegRole::kAgent);
  return found != nullptr && found->state == LegState::kUp ? found : nullptr;
}

Leg* Step::with_role(Call& call, LegRole role) {
  const auto found = std::find_if(call.legs.begin(), call.legs.end(),
                                  [role](const Leg& l) { return l.role == role; });
  return found == call.legs.end() ? nullptr : &*found;
}

void Step::resume(Call& call) {
  ResumePerson out{call.no, {}};
  for (const Leg& leg : call.legs) {
    const bool hears_him = leg.role == LegRole::kAgent || leg.role == LegRole::kParty ||
                           leg.role == LegRole::kSpecialist || leg.role == LegRole::kRegion;
    if (hears_him && leg.state == LegState::kUp) out.with.push_back(leg.no);
  }
  forget_holds(call);
  tell(std::move(out));
}

void Step::forget_holds(Call& call) {
  call.held = call.held_on_screen = call.held_by_phone = false;
}

LegNo Step::dial(Call& call, Dial dial) {
  OPORA_CHECK(!is_full(call));
  dial.call = call.no;
  dial.leg = LegNo{call.next_leg++};
  const TimeMs until = now + dial.ring_ms + kRingGraceMs;
  call.legs.push_back(
      {dial.leg, dial.role, LegState::kDialling, dial.agent, until, false, dial.to_region});
  if (dial.agent.v != 0) {
    Agent* who = agent(dial.agent);
    OPORA_CHECK(who != nullptr && who->call.v == 0);
    who->call = call.no;
    who->leg = dial.leg;
    who->rest = Rest::kNone;
    who->rest_until = {};
  }
  const LegNo no = dial.leg;
  if (dial.role == LegRole::kRegion && may_travel(call)) {
    call.travels = true;
    dial.journey = {call.journey, {}, call.entered_at.v == 0 ? 0 : now - call.entered_at};
    dial.priority = call.priority;
    dial.skills = call.skills;
  }
  if (dial.to_region) dial.told = call.told;
  tell(std::move(dial));
  return no;
}

bool may_travel(const Call& call) {
  return call.direction == protocol::Direction::kIn && !call.journey.is_zero();
}

void Step::drop(Call& call, LegNo no, Release how) {
  const auto found =
      std::find_if(call.legs.begin(), call.legs.end(), [no](const Leg& l) { return l.no == no; });
  if (found == call.legs.end()) return;
  const AgentNo who = found->agent;
  // Who only listened has done nothing for it, and nothing to wrap up.
  const bool overhears = found->role == LegRole::kListening || found->role == LegRole::kWhispering;
  call.legs.erase(found);
  if (who.v == 0) return;
  Agent* freed = agent(who);
  OPORA_CHECK(freed != nullptr && freed->call == call.no);
  release(*freed, overhears ? Release::kSpared : how, wrap_up_of(call));
}

void Step::hang_up(Call& call, LegNo no, HangUpWhy why, Release how) {
  tell(HangUpLeg{call.no, no, why});
  drop(call, no, how);
}

void Step::drop_others(Call& call, LegNo stays, Release how) {
  const std::vector<Leg> legs = call.legs;
  for (const Leg& each : legs) {
    if (each.no == stays) continue;
    const bool rang = each.state == LegState::kDialling;
    const bool elsewhere = rang && stays != kPerson;
    hang_up(call, each.no, elsewhere ? HangUpWhy::kTakenElsewhere : HangUpWhy::kOver,
            rang ? Release::kSpared : how);
  }
}

std::int64_t Step::wrap_up_of(const Call& call) const {
  const QueuePlan* queue = plan.queue(call.queue);
  return queue == nullptr ? 0 : queue->wrap_up_ms;
}

void Step::release(Agent& agent, Release how, std::int64_t wrap_up_ms) {
  agent.call = {};
  agent.leg = {};
  if (how == Release::kServed) {
    agent.idle_since = now;
    if (wrap_up_ms > 0 && agent.state == AgentState::kReady) {
      agent.rest = Rest::kWrapUp;
      agent.rest_until = now + wrap_up_ms;
    }
  }
  if (!agent.then) return;
  const SetState to{*agent.then, agent.then_reason};
  set_state(agent, to, Aside::kNone);
}

void Step::set_state(Agent& agent, SetState to, Aside aside) {
  const bool same = agent.state == to.state && agent.reason == to.reason && agent.aside == aside;
  agent.then.reset();
  agent.then_reason = BreakReason::kNone;
  if (same) return;
  agent.state = to.state;
  agent.reason = to.reason;
  agent.aside = aside;
  agent.since = now;
  if (to.state == AgentState::kReady) {
    agent.idle_since = now;
  } else {
    agent.rest = Rest::kNone;
    agent.rest_until = {};
  }
  tell_agent(agent);
}

void Step::tell_agent(const Agent& agent) {
  tell(TellAgent{agent.no, agent.state, agent.reason, agent.aside, now});
}

void Step::enter(Call& call, Phase phase, TimeMs until) {
  call.phase = phase;
  call.phase_at = now;
  call.until = until;
}

void Step::enter_queue(Call& call, ToQueue to) {
  call.queue = plan.known(to.queue);
  call.priority = std::max(call.priority, to.priority);
  call.skills = Skills{call.skills.v | to.skills.v};
  if (call.entered_at.v == 0) call.entered_at = now;
  call.queued_at = now;
  call.stage = 0;
  forget_holds(call);
  if (call.person != Person::kAbsent) report(call, CallStep::kQueued, {});
  back_to_queue(call);
}

// The PBX's own queue has no legs of ours.
void Step::leave(Call& call) {
  const bool here = call.person == Person::kUp;
  if (here) tell(FallBack{call.no});
  if (call.person == Person::kUnanswered) tell(HangUpLeg{call.no, kPerson, HangUpWhy::kNotTaken});
  const Outcome outcome = call.person == Person::kAbsent ? Outcome::kNotReached
                          : call.answered_at.v != 0      ? Outcome::kTalked
                          : here                         ? Outcome::kAtOwnQueue
                                                         : Outcome::kLost;
  finish(call, outcome, PersonIs::kGone);
}

void Step::back_to_queue(Call& call) {
  if (call.next_leg >= kMostRings) return leave(call);
  if (plan.queue(call.queue) == nullptr) call.queue = plan.home;
  if (call.entered_at.v == 0) call.entered_at = now;
  const bool waited = call.phase == Phase::kWaiting || call.phase == Phase::kRinging;
  if (!waited) call.queued_at = now;
  enter(call, Phase::kWaiting, {});
  forget_holds(call);
  const QueuePlan* queue = plan.queue(call.queue);
  const std::int64_t every = queue == nullptr ? 0 : queue->announce_every_ms;
  call.announce_at = every > 0 && call.person == Person::kUp ? now + every : TimeMs{};
  if (call.person == Person::kUp) tell(Park{call.no, call.queue});
  widen(*this, call);
  call.look_at = now;  // once nobody who is free has taken it
}

void Step::connect(Call& call, Leg& leg) {
  const LegNo no = leg.no;
  const AgentNo who = leg.agent;
  leg.role = LegRole::kAgent;
  drop_others(call, no, Release::kServed);
  enter(call, Phase::kTalking, {});
  forget_holds(call);
  if (call.answered_at.v == 0) call.answered_at = now;
  call.last_agent = who;
  tell(Join{call.no, no});
  report(call, CallStep::kAnswered, who);
}

void Step::report(Call& call, CallStep what, AgentNo agent) {
  const TimeMs at = call.next_seq == 1 && what == CallStep::kQueued ? call.entered_at : now;
  TellCall told{call.no, call.next_seq++, what, at, call.queue, agent, call.direction};
  if (call.travels) {
    told.journey = call.journey;
    told.from_site = call.from_site;
  }
  tell(told);
}

void Step::finish(Call& call, Outcome outcome, PersonIs person) {
  // Who hung up in the menu is counted from his arrival; who came outside the hours is not counted,
  // unless he waited before.
  const bool counts = call.phase != Phase::kClosed || call.next_seq > 1;
  stop_recording(*this, call);
  if (counts && call.next_seq == 1 && call.entered_at.v == 0) {
    call.entered_at = call.arrived_at;
    report(call, CallStep::kQueued, {});
  }
  if (outcome == Outcome::kNotReached && call.person == Person::kAbsent)
    outcome = Outcome::kNotDialled;
  const Leg* served = serving(call);
  // Whom he talked with another day has done nothing in a call that nobody answered.
  const AgentNo talked = call.answered_at.v != 0 ? call.last_agent : AgentNo{};
  const AgentNo who = served == nullptr ? talked : served->agent;
  drop_others(call, kPerson, Release::kServed);
  if (person == PersonIs::kThere && call.person != Person::kAbsent)
    tell(HangUpLeg{call.no, kPerson, HangUpWhy::kOver});
  if (counts && call.next_seq > 1) report(call, CallStep::kEnded, {});
  if (outcome == Outcome::kTalked) learn(call);
  tell(Finish{call.no, outcome, who});
  over_.insert(call.no);
}

void Step::learn(const Call& call) {
  if (call.answered_at.v == 0 || plan.queue(call.queue) == nullptr) return;
  QueueFigures& of = floor.figures.try_emplace(call.queue, QueueFigures{call.queue}).first->second;
  // A call that was forgotten on a table for hours says nothing of the next one.
  constexpr std::int64_t kLongest = 3'600'000;
  const std::int64_t took = std::min(now - call.answered_at + wrap_up_of(call), kLongest);
  of.handle_ms += (took - of.handle_ms) / 8;
  figures.insert(call.queue);
}

void Step::reindex() {
  for (const CallNo no : over_) floor.forget(no);
  for (const CallNo no : calls) {
    const auto found = floor.calls.find(no);
    if (found != floor.calls.end() && floor.index(found->second)) widened.push_back(no);
  }
  for (const AgentNo no : agents)
    if (floor.index(floor.agents.at(no))) called_in.push_back(no);
}

// What may have become possible: calls that have come to wait or wait for more agents, agents who
// have become free or serve more. In the order of places, so that nobody is passed over.
void Step::meet() {
  reindex();
  if (!floor.linked) return;
  std::set<Place> entered;
  for (const CallNo no : widened) {
    const auto found = floor.calls.find(no);
    if (found != floor.calls.end() && found->second.phase == Phase::kWaiting)
      entered.insert(place_of(found->second));
  }
  while (true) {
    std::optional<Place> next;
    if (!entered.empty()) next = *entered.begin();
    for (const AgentNo no : called_in)
      if (const auto best = best_place(*this, no); best && (!next || *best < *next)) next = best;
    if (!next) return;
    const bool has_come = entered.erase(*next) > 0;
    match_call(*this, next->call);
    // Whoever is free for it has it now.
    OPORA_CHECK(has_come || floor.calls.at(next->call).phase == Phase::kRinging);
  }
}

// Who still waits, where it is time. False: nobody is to be looked at.
bool Step::look_around() {
  bool looked = false;
  const std::set<CallNo> touched = calls;
  for (const CallNo no : touched) {
    const auto found = floor.calls.find(no);
    if (found == floor.calls.end() || found->second.phase != Phase::kWaiting) continue;
    const TimeMs at = found->second.look_at;
    if (at.v == 0 || at > now) continue;
    look(*this, found->second);
    looked = true;
  }
  return looked;
}

// Nobody goes over whom somebody here is free to serve. It comes to an end: no plan sends calls
// round in a circle.
void Step::settle() {
  // Whose wider pool came due while the PBX was away: before agents are given to those behind him.
  const std::set<CallNo> touched = calls;
  for (const CallNo no : touched) {
    const auto found = floor.calls.find(no);
    if (found != floor.calls.end() && found->second.phase == Phase::kWaiting)
      widen(*this, found->second);
  }
  do meet();
  while (floor.linked && look_around());
}

}  // namespace opora::telephony
