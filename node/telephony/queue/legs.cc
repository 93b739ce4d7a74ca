// What the parties of a call do: phones ring, are taken, are hung up, break.
#include <algorithm>

#include "node/telephony/queue/step.h"

namespace opora::telephony {

using protocol::AgentState;
using protocol::BreakReason;
using protocol::CallStep;

namespace {

// Whatever a phone has failed with, it is not the next to ring: one that fails at once would be
// rung without end, while others who are free wait behind it.
void put_aside(Step& step, AgentNo no, LegEnd why) {
  Agent* agent = step.agent(no);
  if (agent == nullptr || agent->call.v != 0 || agent->state != AgentState::kReady) return;
  if (why == LegEnd::kBusy || why == LegEnd::kFault || why == LegEnd::kHungUp) {
    const TimeMs until = step.now + kPhoneBusyMs;
    if (agent->rest_until >= until) return;  // wraps up
    agent->rest = Rest::kPhoneBusy;
    agent->rest_until = until;
    return;
  }
  const auto aside = why == LegEnd::kNoAnswer      ? Aside::kNoAnswer
                     : why == LegEnd::kDeclined    ? Aside::kDeclined
                     : why == LegEnd::kUnreachable ? Aside::kUnreachable
                                                   : Aside::kNone;
  const auto reason = aside == Aside::kNoAnswer ? BreakReason::kNoAnswer : BreakReason::kOther;
  if (aside != Aside::kNone) step.set_state(*agent, {AgentState::kBreak, reason}, aside);
}

void person_ended(Step& step, Call& call, LegEnd why) {
  switch (call.phase) {
    case Phase::kClosed:
      if (call.promised) return leave_call_back(step, call, PersonIs::kGone);
      return step.finish(call, Outcome::kClosed, PersonIs::kGone);
    case Phase::kMenu: return step.finish(call, Outcome::kLost, PersonIs::kGone);
    case Phase::kDialling:
      return step.finish(call,
                         why == LegEnd::kBusy          ? Outcome::kBusy
                         : why == LegEnd::kUnreachable ? Outcome::kNoTrunk
                                                       : Outcome::kNotReached,
                         PersonIs::kGone);
    case Phase::kOutside:
      return step.finish(call, call.gone_over ? Outcome::kGoneOver : Outcome::kTalked,
                         PersonIs::kGone);
    case Phase::kTalking: return step.finish(call, Outcome::kTalked, PersonIs::kGone);
    case Phase::kWaiting:
    case Phase::kRinging: break;
  }
  const bool talked = call.answered_at.v != 0;
  step.finish(call, talked ? Outcome::kTalked : Outcome::kLost, PersonIs::kGone);
}

// Who goes on with a conference: an agent before a number outside.
Leg* heir(Call& call) {
  Leg* found = nullptr;
  for (Leg& leg : call.legs) {
    if (leg.role != LegRole::kParty) continue;
    if (leg.agent.v != 0) return &leg;
    found = &leg;
  }
  return found;
}

// The agent who served is gone; what is left of the call goes on with whoever is there.
void agent_ended(Step& step, Call& call, LegEnd why) {
  if (call.phase == Phase::kDialling)
    return step.finish(call, Outcome::kNotReached, PersonIs::kThere);
  Leg* consulted = step.with_role(call, LegRole::kConsulted);
  if (consulted != nullptr && consulted->state == LegState::kUp)
    return consulted->agent.v != 0 ? step.connect(call, *consulted)
                                   : go_outside(step, call, *consulted);
  if (Leg* party = heir(call); party != nullptr) {
    if (party->agent.v == 0) return go_outside(step, call, *party);
    party->role = LegRole::kAgent;
    call.last_agent = party->agent;
    if (call.held) step.resume(call);  // whoever held him is gone
    return step.report(call, CallStep::kAnswered, party->agent);
  }
  const bool left_waiting = call.held || why == LegEnd::kFault;
  step.drop_others(call, kPerson, Release::kServed);
  if (left_waiting) return step.back_to_queue(call);
  step.finish(call, Outcome::kTalked, PersonIs::kThere);
}

void up_ended(Step& step, Call& call, const Leg& leg, LegEnd why) {
  step.drop(call, leg.no, Release::kServed);
  if (why == LegEnd::kFault) put_aside(step, leg.agent, why);
  switch (leg.role) {
    case LegRole::kAgent: return agent_ended(step, call, why);
    case LegRole::kConsulted: return end_consult(step, call);
    case LegRole::kSpecialist:
    case LegRole::kRegion:
      if (why == LegEnd::kFault) return step.back_to_queue(call);
      return step.finish(call, call.gone_over ? Outcome::kGoneOver : Outcome::kTalked,
                         PersonIs::kThere);
    case LegRole::kParty:
    case LegRole::kListening:
    case LegRole::kWhispering:
    case LegRole::kTakingOver: return;
  }
}

// A transfer waits for the region; an overflow waits in the queue meanwhile.
void region_ended(Step& step, Call& call, const Leg& leg, LegEnd why) {
  // It rang: nobody was free there yet, and somebody may be in a moment. It did not: it is closed,
  // or away.
  const bool had_him = why == LegEnd::kNoAnswer && leg.rang;
  call.overflow_after = had_him ? step.now : step.now + kOverflowRetryMs;
  if (call.phase == Phase::kRinging && step.with_role(call, LegRole::kAgent) == nullptr)
    return step.back_to_queue(call);
  const QueuePlan* queue = step.plan.queue(call.queue);
  if (queue == nullptr || call.phase != Phase::kWaiting || call.person != Person::kUp) return;
  const bool no_trunk = why == LegEnd::kBusy || why == LegEnd::kUnreachable;
  if (no_trunk && !call.hidden && queue->overflow.no_trunk == Overflow::NoTrunk::kCallsBack)
    return promise(step, call);
  // Who is still served here waits for it.
  if (queue->overflow.closed != Overflow::When::kGoes) return;
  if (present(step.floor, step.plan, call.queue) > 0) return;
  const Route to = route_of(step.plan, call.line, step.now);
  if (const auto* closed = std::get_if<ToClosed>(&to)) play_closed(step, call, *closed);
}

void dialled_ended(Step& step, Call& call, const Leg& leg, LegEnd why) {
  step.drop(call, leg.no, Release::kSpared);
  const bool his_own = call.phase == Phase::kDialling && why == LegEnd::kHungUp;
  if (!his_own) put_aside(step, leg.agent, why);
  switch (leg.role) {
    case LegRole::kAgent:
      if (call.phase == Phase::kDialling)
        return step.finish(call, Outcome::kNotReached, PersonIs::kThere);
      // He waits again: else the screens would show a phone that rings no more.
      if (leg.rang) step.report(call, CallStep::kQueued, {});
      return step.back_to_queue(call);
    case LegRole::kSpecialist: return step.back_to_queue(call);
    case LegRole::kRegion: return region_ended(step, call, leg, why);
    case LegRole::kConsulted: return end_consult(step, call);
    case LegRole::kParty:
    case LegRole::kListening:
    case LegRole::kWhispering:
    case LegRole::kTakingOver: return;
  }
}

void agent_answered(Step& step, Call& call, Leg& leg) {
  if (call.phase == Phase::kRinging && call.person == Person::kUnanswered) {
    call.person = Person::kUp;
    step.tell(Answer{call.no});
  }
  if (call.phase == Phase::kRinging && call.person == Person::kUp) return step.connect(call, leg);
  if (call.person != Person::kAbsent) return;
  step.drop_others(call, leg.no, Release::kSpared);
  call.person = Person::kDialled;
  step.enter(call, Phase::kDialling, step.now + kOutsideRingMs + kRingGraceMs);
  Dial dial{call.no, kPerson, {}, {}, LegRole::kAgent, kOutsideRingMs};
  dial.hears = leg.no;
  step.tell(std::move(dial));
}

void person_answered(Step& step, Call& call) {
  if (call.phase != Phase::kDialling || call.person != Person::kDialled) return;
  call.person = Person::kUp;
  Leg* agent = step.serving(call);
  if (agent == nullptr) return step.back_to_queue(call);
  step.connect(call, *agent);
}

// Another phone took it at the PBX. False: its agent is in a call, which cannot be.
bool pass_leg(Step& step, Call& call, LegNo leg_no, AgentNo by) {
  Leg* leg = step.leg(call, leg_no);
  Agent* taker = step.agent(by);
  if (taker == nullptr || taker->call.v != 0) return false;
  if (Agent* rang = step.agent(leg->agent); rang != nullptr)
    step.release(*rang, Release::kSpared, 0);
  leg->agent = by;
  taker->call = call.no;
  taker->leg = leg_no;
  return true;
}

void answered(Step& step, Call& call, Leg& leg) {
  leg.state = LegState::kUp;
  leg.until = {};
  switch (leg.role) {
    case LegRole::kAgent: return agent_answered(step, call, leg);
    case LegRole::kSpecialist:
    case LegRole::kRegion: return go_outside(step, call, leg);
    case LegRole::kConsulted:
      if (Leg* agent = step.serving(call); agent != nullptr)
        step.tell(JoinConsult{call.no, agent->no, leg.no});
      return;
    case LegRole::kTakingOver: return step.connect(call, leg);
    case LegRole::kListening:
    case LegRole::kWhispering:
      if (Leg* agent = step.serving(call); agent != nullptr)
        step.tell(Overhear{call.no, leg.no, agent->no, leg.role});
      return;
    case LegRole::kParty: return;
  }
}

}  // namespace

// Consulting was the screen's hold from then on.
void end_consult(Step& step, Call& call) {
  call.held_on_screen = false;
  if (call.held && !call.held_by_phone) step.resume(call);
}

void go_outside(Step& step, Call& call, Leg& leg) {
  const LegNo no = leg.no;
  const bool region = leg.role == LegRole::kRegion || leg.to_region;
  step.drop_others(call, no, Release::kServed);
  Leg* stays = step.leg(call, no);
  stays->role = region ? LegRole::kRegion : LegRole::kSpecialist;
  step.enter(call, Phase::kOutside, {});
  Step::forget_holds(call);
  step.tell(Join{call.no, no});
  if (!region) return;
  call.gone_over = true;
  // With consultation the region was asked by an agent, and hears of no journey; it counts him.
  call.travels = call.travels || may_travel(call);
  step.report(call, CallStep::kHandedOver, {});
}

void on(Step& step, const LegRings& event) {
  Call* call = step.call(event.call);
  Leg* leg = call == nullptr ? nullptr : step.leg(*call, event.leg);
  if (leg == nullptr || leg->state != LegState::kDialling || leg->rang) return;
  leg->rang = true;
  if (leg->agent.v != 0 && leg->role == LegRole::kAgent)
    step.report(*call, CallStep::kRinging, leg->agent);
}

void on(Step& step, const LegAnswered& event) {
  Call* call = step.call(event.call);
  if (call != nullptr && event.leg == kPerson) return person_answered(step, *call);
  Leg* leg = call == nullptr ? nullptr : step.leg(*call, event.leg);
  if (leg == nullptr) return step.tell(HangUpLeg{event.call, event.leg, HangUpWhy::kNotOurs});
  if (leg->state == LegState::kUp) return;
  const bool another = event.by.v != 0 && event.by != leg->agent && leg->agent.v != 0;
  if (another && !pass_leg(step, *call, event.leg, event.by)) {
    step.tell(HangUpLeg{event.call, event.leg, HangUpWhy::kNotOurs});
    return dialled_ended(step, *call, Leg(*leg), LegEnd::kFault);
  }
  answered(step, *call, *leg);
}

void on(Step& step, const LegEnded& event) {
  Call* call = step.call(event.call);
  if (call == nullptr) return;
  if (event.leg == kPerson) {
    if (call->person != Person::kAbsent) person_ended(step, *call, event.why);
    return;
  }
  const Leg* found = step.leg(*call, event.leg);
  if (found == nullptr) return;
  const Leg leg = *found;
  if (leg.state == LegState::kUp) return up_ended(step, *call, leg, event.why);
  dialled_ended(step, *call, leg, event.why);
}

}  // namespace opora::telephony
