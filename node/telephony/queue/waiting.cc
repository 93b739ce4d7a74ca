// What time does: phones stop ringing, menus end, positions are announced, the pool widens, callers
// go over to where there is somebody (T23, N2); wrap-up ends, desks are gone.
#include <algorithm>

#include "node/telephony/queue/step.h"

namespace opora::telephony {

namespace {

bool may_ask_for_it(const Step& step, const Call& call, const QueuePlan& queue) {
  return !call.hidden && queue.call_back_after_ms > 0 &&
         step.now - call.entered_at >= queue.call_back_after_ms;
}

void put_through(Step& step, Call& call) {
  switch (call.phase) {
    case Phase::kMenu: return menu_timeout(step, call);
    case Phase::kClosed:
      if (call.promised) return leave_call_back(step, call, PersonIs::kThere);
      return step.finish(call, Outcome::kClosed, PersonIs::kThere);
    case Phase::kDialling: return step.finish(call, Outcome::kNotReached, PersonIs::kThere);
    case Phase::kWaiting:
    case Phase::kRinging:
    case Phase::kTalking:
    case Phase::kOutside: call.until = {};
  }
}

void end_long_rings(Step& step, CallNo no) {
  const std::vector<Leg> legs = step.floor.calls.at(no).legs;
  for (const Leg& leg : legs) {
    if (leg.until.v == 0 || leg.until > step.now) continue;
    step.tell(HangUpLeg{no, leg.no, HangUpWhy::kOver});
    const bool late = step.now - leg.until > kLateMs;
    on(step, LegEnded{no, leg.no, late ? LegEnd::kFault : LegEnd::kNoAnswer});
  }
}

void announce(Step& step, Call& call) {
  const QueuePlan* queue = step.plan.queue(call.queue);
  if (queue == nullptr || queue->announce_every_ms == 0) {
    call.announce_at = {};
    return;
  }
  const bool offers = may_ask_for_it(step, call, *queue);
  step.tell(Announce{call.no, position_of(step.floor, call),
                     expected_wait_ms(step.floor, step.plan, call), offers});
  call.announce_at = step.now + queue->announce_every_ms;
}

void call_due(Step& step, CallNo no) {
  Call* call = step.call(no);
  if (call == nullptr) return;
  const auto is_due = [&](TimeMs at) { return at.v != 0 && at <= step.now; };
  if (is_due(call->until)) put_through(step, *call);
  if (step.call(no) == nullptr) return;
  end_long_rings(step, no);
  call = step.call(no);
  if (call == nullptr || call->phase != Phase::kWaiting) return;
  if (is_due(call->announce_at)) announce(step, *call);
  if (is_due(call->look_at)) widen(step, *call);  // and is looked at when agents have been
}

void agent_due(Step& step, AgentNo no) {
  Agent* agent = step.agent(no);
  if (agent->rest_until.v != 0 && agent->rest_until <= step.now) {
    agent->rest = Rest::kNone;
    agent->rest_until = {};
    agent->idle_since = step.now;
  }
  const bool lost = agent->lost_at.v != 0 && !agent->lost_told;
  if (!lost || agent->lost_at + kLostGraceMs > step.now) return;
  // Not a break of his: reports see him leave, his own state waits for him.
  agent->lost_told = true;
  step.tell(TellAgent{no, protocol::AgentState::kOffline, {}, Aside::kNone, step.now});
}

template <class Id>
std::vector<Id> due(const std::set<std::pair<TimeMs, Id>>& dues, TimeMs now) {
  std::vector<Id> out;
  for (const auto& [at, id] : dues) {
    if (at > now) break;
    out.push_back(id);
  }
  return out;
}

// Nobody is there because of their telephones, not by choice.
bool phones_are_out(const Step& step, const Call& call) {
  return std::ranges::any_of(step.floor.agents, [&](const auto& each) {
    const bool out = each.second.aside == Aside::kUnreachable && !each.second.lost_told;
    return out && rank_in(step.plan, each.second, call.queue);
  });
}

bool goes_over(const Step& step, const Call& call, const Overflow& rule) {
  if (rule.to == OverflowTo::kNowhere || call.person != Person::kUp) return false;
  if (call.overflow_after > step.now) return false;
  if (rule.waited_ms > 0 && step.now - call.queued_at >= rule.waited_ms) return true;
  if (rule.closed == Overflow::When::kGoes && is_closed(step, call)) return true;
  const bool nobody = present(step.floor, step.plan, call.queue) == 0;
  if (nobody)
    return rule.nobody == Overflow::When::kGoes ||
           (rule.fault == Overflow::When::kGoes && phones_are_out(step, call));
  if (rule.longer_than > 0 && position_of(step.floor, call) > rule.longer_than) return true;
  return rule.estimate_ms > 0 && expected_wait_ms(step.floor, step.plan, call) >= rule.estimate_ms;
}

// True: it waits in another queue now, and is looked at there.
bool go_over(Step& step, Call& call, const Overflow& rule) {
  if (rule.to == OverflowTo::kQueue) {
    step.enter_queue(call, {rule.queue});
    return true;
  }
  const bool tried = step.with_role(call, LegRole::kRegion) != nullptr;
  if (!tried && !step.is_full(call))
    step.dial(call, {{}, {}, {}, {}, LegRole::kRegion, kOutsideRingMs, true});
  return false;
}

}  // namespace

bool is_closed(const Step& step, const Call& call) {
  return std::holds_alternative<ToClosed>(route_of(step.plan, call.line, step.now));
}

void widen(Step& step, Call& call) {
  const QueuePlan* queue = step.plan.queue(call.queue);
  if (queue == nullptr) return;
  const std::int64_t waited = step.now - call.entered_at;
  std::uint8_t stage = 0;
  for (std::size_t i = 1; i < queue->stages.size(); ++i)
    if (queue->stages[i].after_ms <= waited) stage = static_cast<std::uint8_t>(i);
  if (stage == call.stage) return;
  call.stage = stage;
  step.widened.push_back(call.no);
}

void look(Step& step, Call& call) {
  const QueuePlan* queue = step.plan.queue(call.queue);
  call.look_at = {};
  if (queue == nullptr) return;
  // Another plan has wider stages for it: first those whom they admit.
  const std::uint8_t stage = call.stage;
  widen(step, call);
  if (call.stage != stage) {
    call.look_at = step.now;
    return;
  }
  if (goes_over(step, call, queue->overflow) && go_over(step, call, queue->overflow)) return;
  if (queue->overflow.to != OverflowTo::kNowhere) call.look_at = step.now + kLookEveryMs;
  const std::size_t next = call.stage + std::size_t{1};
  if (next >= queue->stages.size()) return;
  const TimeMs wider = call.entered_at + queue->stages[next].after_ms;
  if (call.look_at.v == 0 || wider < call.look_at) call.look_at = wider;
}

std::uint16_t position_of(const Floor& floor, const Call& call) {
  const auto places = floor.waiting.find(call.queue);
  if (places == floor.waiting.end()) return 1;
  const auto ahead =
      std::distance(places->second.begin(), places->second.lower_bound(place_of(call)));
  return static_cast<std::uint16_t>(ahead + 1);
}

std::size_t present(const Floor& floor, const Plan& plan, QueueNo queue) {
  std::size_t count = 0;
  for (const auto& [no, agent] : floor.agents) {
    // A reloaded screen is back in a moment, and who talks is there whatever his screen does.
    const bool there = !agent.lost_told || agent.call.v != 0;
    if (there && agent.state == protocol::AgentState::kReady && rank_in(plan, agent, queue))
      ++count;
  }
  return count;
}

std::int64_t expected_wait_ms(const Floor& floor, const Plan& plan, const Call& call) {
  const std::size_t agents = present(floor, plan, call.queue);
  if (agents == 0) return -1;
  const auto figures = floor.figures.find(call.queue);
  const std::int64_t each =
      figures == floor.figures.end() ? QueueFigures{}.handle_ms : figures->second.handle_ms;
  return position_of(floor, call) * each / static_cast<std::int64_t>(agents);
}

void on(Step& step, const Tick&) {
  for (const AgentNo no : due(step.floor.agent_dues, step.now)) agent_due(step, no);
  if (!step.floor.linked) return;
  for (const CallNo no : due(step.floor.call_dues, step.now)) call_due(step, no);
}

void on(Step& step, const DeskSeen& event) {
  Agent* agent = step.agent(event.agent);
  if (agent == nullptr || agent->lost_at.v == 0) return;
  agent->lost_at = {};
  if (!agent->lost_told) return;
  agent->lost_told = false;
  agent->idle_since = step.now;
  step.tell_agent(*agent);
}

void on(Step& step, const DeskLost& event) {
  Agent* agent = step.agent(event.agent);
  if (agent == nullptr || agent->lost_at.v != 0) return;
  agent->lost_at = step.now;
}

}  // namespace opora::telephony
