// After a time without the PBX's events, or without ourselves: what it has, against what we have.
// Afterwards every caller is where his call's state says, and every agent is in a call that exists.
#include <algorithm>

#include "node/telephony/queue/step.h"

namespace opora::telephony {

namespace {

const SeenLeg* find(const SeenCall& seen, LegNo no) {
  const auto found = std::find_if(seen.legs.begin(), seen.legs.end(),
                                  [no](const SeenLeg& leg) { return leg.no == no; });
  return found == seen.legs.end() ? nullptr : &*found;
}

// Nobody here knows it: its person gets the PBX's own queue, not silence.
void hand_back(Step& step, const SeenCall& seen) {
  for (const SeenLeg& leg : seen.legs)
    if (leg.no != kPerson) step.tell(HangUpLeg{seen.no, leg.no, HangUpWhy::kNotOurs});
  if (find(seen, kPerson) != nullptr) step.tell(FallBack{seen.no});
}

void reap(Step& step, const SeenCall& seen) {
  const Call& call = step.floor.calls.at(seen.no);
  for (const SeenLeg& leg : seen.legs) {
    const bool ours =
        leg.no == kPerson || std::any_of(call.legs.begin(), call.legs.end(),
                                         [&](const Leg& l) { return l.no == leg.no; });
    if (!ours) step.tell(HangUpLeg{seen.no, leg.no, HangUpWhy::kNotOurs});
  }
}

// What changed while nobody told us.
void catch_up(Step& step, CallNo no, const SeenCall& seen) {
  const Call* call = step.call(no);
  const SeenLeg* person = find(seen, kPerson);
  if (call->person != Person::kAbsent && person == nullptr)
    return on(step, LegEnded{no, kPerson, LegEnd::kHungUp});
  const std::vector<Leg> legs = call->legs;
  for (const Leg& leg : legs) {
    if (step.call(no) == nullptr) return;
    const SeenLeg* there = find(seen, leg.no);
    if (there == nullptr) on(step, LegEnded{no, leg.no, LegEnd::kFault});
    else if (there->state == LegState::kUp) on(step, LegAnswered{no, leg.no});
  }
  if (person != nullptr && person->state == LegState::kUp) on(step, LegAnswered{no, kPerson});
}

// Commands of before may be lost: said again, they do no harm.
void say_again(Step& step, CallNo no, const SeenCall& seen) {
  Call* call = step.call(no);
  if (call == nullptr || call->person == Person::kAbsent) return;
  const SeenLeg* person = find(seen, kPerson);
  const bool unanswered = person != nullptr && person->state != LegState::kUp;
  if (unanswered && call->person == Person::kUp) step.tell(Answer{no});
  switch (call->phase) {
    case Phase::kMenu:
      call->until = step.now + kMaxPromptMs;
      return step.tell(PlayMenu{no, call->menu});
    case Phase::kClosed:
      call->until = step.now + kMaxPromptMs;
      if (call->promised) return step.tell(PlayPromise{no});
      return step.tell(PlayClosed{no, call->queue.v != 0});
    case Phase::kWaiting:
    case Phase::kRinging:
      if (call->person == Person::kUnanswered) return step.tell(Ring{no});
      return step.tell(Park{no, call->queue});
    case Phase::kTalking:
      if (call->held) return step.tell(HoldPerson{no});
      break;
    case Phase::kOutside: break;
    case Phase::kDialling: return;
  }
  for (const Leg& leg : call->legs) {
    const bool hears = leg.role == LegRole::kAgent || leg.role == LegRole::kParty ||
                       leg.role == LegRole::kSpecialist || leg.role == LegRole::kRegion;
    if (hears && leg.state == LegState::kUp) step.tell(Join{no, leg.no});
  }
}

void leave_to_own_queue(Step& step, CallNo no) {
  Call* call = step.call(no);
  if (call == nullptr) return;
  const bool talked = call->answered_at.v != 0;
  const Outcome outcome = call->gone_over ? Outcome::kGoneOver
                          : talked        ? Outcome::kTalked
                                          : Outcome::kAtOwnQueue;
  step.finish(*call, outcome, PersonIs::kGone);
}

}  // namespace

void on(Step& step, const Reconciled& event) {
  for (const CallNo no : event.at_own_queue) leave_to_own_queue(step, no);
  std::map<CallNo, const SeenCall*> seen;
  for (const SeenCall& call : event.calls) seen.emplace(call.no, &call);
  std::vector<CallNo> ours;
  for (const auto& [no, call] : step.floor.calls) ours.push_back(no);
  for (const auto& [no, call] : seen) {
    if (step.floor.calls.contains(no)) reap(step, *call);
    else hand_back(step, *call);
  }
  step.floor.linked = true;
  for (const CallNo no : ours) {
    if (step.call(no) == nullptr) continue;
    const auto there = seen.find(no);
    const SeenCall has = there == seen.end() ? SeenCall{no, {}} : *there->second;
    catch_up(step, no, has);
    say_again(step, no, has);
    if (const Call* call = step.call(no); call != nullptr) check_recording(step, *call);
  }
  for (const auto& [no, call] : step.floor.calls) step.widened.push_back(no);
}

void on(Step& step, const LinkLost&) { step.floor.linked = false; }

void on(Step& step, const PlanChanged&) {
  std::vector<CallNo> homeless;
  for (const auto& [no, call] : step.floor.calls) {
    if (call.phase == Phase::kWaiting && step.plan.queue(call.queue) == nullptr)
      homeless.push_back(no);
    step.widened.push_back(no);
    if (call.phase == Phase::kTalking) step.calls.insert(no);  // recorded, or no more
  }
  for (const CallNo no : homeless)
    if (Call* call = step.call(no); call != nullptr) step.enter_queue(*call, {step.plan.home});
}

// The clock may have been set back while we were away: no stamp lies ahead of it, and so no timer
// further than its length. Timers of calls begin anew.
void on(Step& step, const Restarted&) {
  step.floor.linked = false;
  const auto not_ahead = [&](TimeMs& at) { at = std::min(at, step.now); };
  std::vector<CallNo> calls;
  for (const auto& [no, call] : step.floor.calls) calls.push_back(no);
  for (const CallNo no : calls) {
    Call& call = *step.call(no);
    if (call.phase == Phase::kWaiting) call.queue = step.plan.known(call.queue);
    if (call.entered_at.v == 0 && call.phase == Phase::kWaiting) call.entered_at = step.now;
    for (TimeMs* at : {&call.arrived_at, &call.entered_at, &call.phase_at, &call.answered_at})
      not_ahead(*at);
    if (call.queued_at.v == 0) call.queued_at = call.entered_at;
    for (TimeMs* at : {&call.held_at, &call.queued_at}) not_ahead(*at);
    for (TimeMs* at : {&call.announce_at, &call.look_at, &call.overflow_after}) not_ahead(*at);
    if (call.until.v != 0) call.until = step.now + kMaxPromptMs;
    // Whoever did not take his phone while we were away is not to blame.
    for (Leg& leg : call.legs)
      if (leg.until.v != 0) leg.until = step.now + kOutsideRingMs + kRingGraceMs;
  }
  std::vector<AgentNo> agents;
  for (const auto& [no, agent] : step.floor.agents) agents.push_back(no);
  for (const AgentNo no : agents) {
    Agent& agent = *step.agent(no);
    for (TimeMs* at : {&agent.since, &agent.idle_since}) not_ahead(*at);
    if (agent.rest_until.v != 0) agent.rest_until = step.now;
    // Every browser lost us as well; each says so when it is back.
    agent.lost_at = step.now;
    agent.lost_told = false;
  }
}

}  // namespace opora::telephony
