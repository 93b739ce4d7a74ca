// What agents ask for: their state, and what happens to the call that they are in (O4, T13).
#include "node/telephony/queue/step.h"

namespace opora::telephony {

using protocol::AgentState;
using protocol::BreakReason;
using protocol::CallStep;

namespace {

// The call in which this agent serves the person; nothing when he only consults or listens.
Call* served_by(Step& step, const Agent& who) {
  Call* call = step.call(who.call);
  if (call == nullptr || call->phase != Phase::kTalking) return nullptr;
  const Leg* leg = step.serving(*call);
  return leg != nullptr && leg->agent == who.no ? call : nullptr;
}

bool fits(const SetState& what) {
  const bool on_break = what.state == AgentState::kBreak;
  return on_break == (what.reason != BreakReason::kNone) && what.reason != BreakReason::kNoAnswer;
}

Dial dial_to(const Target& to, LegRole role) {
  Dial dial;
  dial.role = role;
  dial.ring_ms = kOutsideRingMs;
  if (const auto* agent = std::get_if<ToAgent>(&to)) dial.agent = agent->agent;
  if (const auto* number = std::get_if<ToNumber>(&to)) dial.number = number->number;
  dial.to_region = std::holds_alternative<ToRegion>(to);
  return dial;
}

// Why this agent's phone cannot ring for another's call.
Refusable not_free(Step& step, const Target& to) {
  const auto* target = std::get_if<ToAgent>(&to);
  if (target == nullptr) return {};
  const Agent* agent = step.agent(target->agent);
  if (agent == nullptr) return Refusal::kUnknown;
  if (agent->call.v != 0 || agent->state == AgentState::kOffline) return Refusal::kBusy;
  return {};
}

Refusable ask(Step& step, Agent& who, const SetState& what) {
  return set_state_of(step, who, what);
}

bool consults(Step& step, Call& call) {
  return step.with_role(call, LegRole::kConsulted) != nullptr;
}

void hold(Step& step, Call& call) {
  if (call.held) return;
  call.held = true;
  call.held_at = step.now;
  step.tell(HoldPerson{call.no});
}

Refusable ask(Step& step, Agent& who, const Hold&) {
  Call* call = served_by(step, who);
  if (call == nullptr) return Refusal::kNoCall;
  if (call->held_on_screen || consults(step, *call)) return Refusal::kNotNow;
  call->held_on_screen = true;
  hold(step, *call);
  return {};
}

// Also of whom his telephone holds: that it does so no more may not have been heard.
Refusable ask(Step& step, Agent& who, const Resume&) {
  Call* call = served_by(step, who);
  if (call == nullptr) return Refusal::kNoCall;
  if (!call->held || consults(step, *call)) return Refusal::kNotNow;
  step.resume(*call);
  return {};
}

Refusable ask(Step& step, Agent& who, const HangUpCall&) {
  Call* call = step.call(who.call);
  if (call == nullptr) return Refusal::kNoCall;
  const LegNo leg = who.leg;
  if (served_by(step, who) != nullptr)
    Step::forget_holds(*call);  // he means the call, not his phone
  const Leg* his = step.leg(*call, leg);
  const bool refuses =
      call->phase == Phase::kRinging && his != nullptr && his->state == LegState::kDialling;
  step.tell(HangUpLeg{call->no, leg, HangUpWhy::kOver});
  on(step, LegEnded{call->no, leg, refuses ? LegEnd::kDeclined : LegEnd::kHungUp});
  return {};
}

Refusable ask(Step& step, Agent& who, const ReadyAgain&) {
  if (who.rest != Rest::kWrapUp) return Refusal::kNotNow;
  who.rest = Rest::kNone;
  who.rest_until = {};
  who.idle_since = step.now;
  return {};
}

Refusable ask(Step& step, Agent& who, const Transfer& what) {
  Call* call = served_by(step, who);
  if (call == nullptr) return Refusal::kNoCall;
  if (const auto busy = not_free(step, what.to)) return busy;
  const auto* queue = std::get_if<ToCallers>(&what.to);
  if (queue != nullptr && step.plan.queue(queue->queue) == nullptr) return Refusal::kUnknown;
  step.drop_others(*call, kPerson, Release::kServed);
  call->last_agent = {};  // he passed it on: not to him again
  if (queue != nullptr) {
    step.enter_queue(*call, {queue->queue});
    return {};
  }
  if (call->entered_at.v == 0) call->entered_at = step.now;
  call->queued_at = step.now;
  call->queue = step.plan.known(call->queue);
  Step::forget_holds(*call);
  step.tell(Park{call->no, call->queue});
  step.enter(*call, Phase::kRinging, {});
  const bool agent = std::holds_alternative<ToAgent>(what.to);
  // Nobody talks with him now: screens name whose phone rings.
  if (agent) step.report(*call, CallStep::kQueued, {});
  const bool region = std::holds_alternative<ToRegion>(what.to);
  const LegRole role = agent ? LegRole::kAgent : region ? LegRole::kRegion : LegRole::kSpecialist;
  step.dial(*call, dial_to(what.to, role));
  return {};
}

Refusable ask(Step& step, Agent& who, const Consult& what) {
  Call* call = served_by(step, who);
  if (call == nullptr) return Refusal::kNoCall;
  if (std::holds_alternative<ToCallers>(what.to)) return Refusal::kNotNow;
  if (consults(step, *call)) return Refusal::kNotNow;
  if (step.is_full(*call)) return Refusal::kTooMany;
  if (const auto busy = not_free(step, what.to)) return busy;
  hold(step, *call);
  step.dial(*call, dial_to(what.to, LegRole::kConsulted));
  return {};
}

Leg* consulted_of(Step& step, Call& call) {
  Leg* leg = step.with_role(call, LegRole::kConsulted);
  return leg != nullptr && leg->state == LegState::kUp ? leg : nullptr;
}

Refusable ask(Step& step, Agent& who, const CompleteTransfer&) {
  Call* call = served_by(step, who);
  if (call == nullptr) return Refusal::kNoCall;
  Leg* consulted = consulted_of(step, *call);
  if (consulted == nullptr) return Refusal::kNotNow;
  if (consulted->agent.v != 0) {
    // The role goes over first: of two agents only one serves.
    step.connect(*call, *consulted);
  } else {
    go_outside(step, *call, *consulted);
  }
  return {};
}

Refusable ask(Step& step, Agent& who, const CancelConsult&) {
  Call* call = served_by(step, who);
  if (call == nullptr) return Refusal::kNoCall;
  const Leg* consulted = step.with_role(*call, LegRole::kConsulted);
  if (consulted == nullptr) return Refusal::kNotNow;
  step.hang_up(*call, consulted->no, HangUpWhy::kOver, Release::kSpared);
  end_consult(step, *call);
  return {};
}

Refusable ask(Step& step, Agent& who, const Conference&) {
  Call* call = served_by(step, who);
  if (call == nullptr) return Refusal::kNoCall;
  Leg* consulted = consulted_of(step, *call);
  if (consulted == nullptr) return Refusal::kNotNow;
  step.resume(*call);
  consulted->role = LegRole::kParty;
  step.tell(Join{call->no, consulted->no});
  return {};
}

Refusable ask(Step& step, Agent& who, const DialOut& what) {
  if (who.call.v != 0 || who.state == AgentState::kOffline) return Refusal::kBusy;
  if (what.call.v == 0 || step.floor.calls.contains(what.call)) return Refusal::kNoCall;
  if (step.floor.calls.size() >= kMaxCalls) return Refusal::kTooMany;
  Call fresh;
  fresh.no = what.call;
  fresh.direction = protocol::Direction::kOut;
  fresh.person = Person::kAbsent;
  Call& call = step.open(std::move(fresh));
  step.enter(call, Phase::kDialling, {});
  step.dial(call, {{}, {}, who.no, {}, LegRole::kAgent, kOutsideRingMs});
  return {};
}

Refusable ask(Step& step, Agent& who, const PickUp& what) {
  if (who.call.v != 0 || who.state == AgentState::kOffline) return Refusal::kBusy;
  Call* call = step.call(what.call);
  const bool waits =
      call != nullptr && (call->phase == Phase::kWaiting || call->phase == Phase::kRinging);
  if (!waits) return Refusal::kNoCall;
  step.drop_others(*call, kPerson, Release::kSpared);
  step.enter(*call, Phase::kRinging, {});
  step.dial(*call, {{}, {}, who.no, {}, LegRole::kAgent, kOutsideRingMs});
  return {};
}

// Whose telephone this leg is.
Agent* at_phone(Step& step, CallNo no, LegNo leg_no) {
  Call* call = step.call(no);
  const Leg* leg = call == nullptr ? nullptr : step.leg(*call, leg_no);
  return leg == nullptr ? nullptr : step.agent(leg->agent);
}

// To a colleague with whom he speaks already: the end of their consultation.
Refusable pass_on(Step& step, Agent& who, const Target& to) {
  Call* call = served_by(step, who);
  const Leg* consulted = call == nullptr ? nullptr : consulted_of(step, *call);
  const auto* agent = std::get_if<ToAgent>(&to);
  const bool done = consulted != nullptr && agent != nullptr && consulted->agent == agent->agent;
  return done ? ask(step, who, CompleteTransfer{}) : ask(step, who, Transfer{to});
}

// Of what supervisors ask for, all that their own phone has no part in.
bool is_about_others(const Ask& what) {
  return std::holds_alternative<SetStateOf>(what) || std::holds_alternative<Lend>(what) ||
         std::holds_alternative<Recall>(what) || std::holds_alternative<OpenReserve>(what) ||
         std::holds_alternative<CloseReserve>(what);
}

// What changes nothing at the PBX is done while it is away as well.
bool needs_pbx(const Ask& what) {
  return !(std::holds_alternative<SetState>(what) || std::holds_alternative<ReadyAgain>(what) ||
           is_about_others(what));
}

}  // namespace

Refusable set_state_of(Step& step, Agent& who, const SetState& what) {
  if (!fits(what)) return Refusal::kNotNow;
  if (who.call.v != 0) {
    who.then = what.state;
    who.then_reason = what.reason;
    return {};
  }
  // Ready is also how somebody comes back whom an unanswered phone took out.
  who.rest = Rest::kNone;
  who.rest_until = {};
  step.set_state(who, what, Aside::kNone);
  return {};
}

void on(Step& step, const Asked& event) {
  Agent nobody;  // a supervisor who is no agent of the plan may change what is others'
  Agent* agent = step.agent(event.agent);
  if (agent == nullptr && !is_about_others(event.what))
    return step.tell(Refused{event.ask, Refusal::kUnknown});
  Agent& who = agent == nullptr ? nobody : *agent;
  if (!step.floor.linked && needs_pbx(event.what))
    return step.tell(Refused{event.ask, Refusal::kUnavailable});
  const Refusable refused =
      std::visit([&](const auto& what) { return ask(step, who, what); }, event.what);
  if (refused) step.tell(Refused{event.ask, *refused});
}

// A second hold, or the end of none, is nothing.
void on(Step& step, const PhoneHolds& event) {
  Agent* who = at_phone(step, event.call, event.leg);
  Call* call = who == nullptr ? nullptr : served_by(step, *who);
  if (call == nullptr || !step.floor.linked) return;
  call->held_by_phone = event.holds;
  if (event.holds) return hold(step, *call);
  if (call->held && !call->held_on_screen && !consults(step, *call)) step.resume(*call);
}

void on(Step& step, const PhoneTransfers& event) {
  const auto first = static_cast<std::ptrdiff_t>(step.commands.size());
  Agent* who = at_phone(step, event.call, event.leg);
  Refusable refused = Refusal::kNoCall;
  if (who != nullptr)
    refused = step.floor.linked ? pass_on(step, *who, event.to) : Refusal::kUnavailable;
  // On that leg, so before it is hung up.
  step.commands.insert(step.commands.begin() + first, AnswerPhone{event.call, event.leg, !refused});
}

}  // namespace opora::telephony
