#include "tests/unit/call_queue/watch.h"

#include <algorithm>

#include "node/telephony/queue/step.h"

namespace opora::testing {

namespace {

std::string name(CallNo call) { return "call " + std::to_string(call.v); }
std::string name(AgentNo agent) { return "agent " + std::to_string(agent.v); }

template <class... F>
struct Cases : F... {
  using F::operator()...;
};
template <class... F>
Cases(F...) -> Cases<F...>;

}  // namespace

void Watch::told(const Event& event) {
  std::visit(Cases{
                 [&](const Arrived& e) {
                   if (!opened_.insert(e.call).second) return;
                   AtPbx& call = pbx_[e.call];
                   call.unanswered = e.journey.from.v != 0;
                   call.person = call.unanswered ? LegState::kDialling : LegState::kUp;
                 },
                 [&](const CallBackEntered& e) {
                   if (opened_.insert(e.call).second) pbx_[e.call];
                 },
                 [&](const Asked& e) {
                   const auto* out = std::get_if<DialOut>(&e.what);
                   if (out != nullptr && !opened_.contains(out->call)) pbx_[out->call];
                 },
                 [&](const LegAnswered& e) {
                   AtPbx* call = at(e.call);
                   if (call == nullptr) return;
                   if (e.leg == kPerson && call->person && !call->unanswered)
                     call->person = LegState::kUp;
                   const auto leg = call->legs.find(e.leg);
                   if (leg == call->legs.end()) return;
                   const bool rang = leg->second == LegState::kDialling;
                   if (rang && e.by.v != 0 && call->agents.contains(e.leg))
                     call->agents[e.leg] = e.by;
                   leg->second = LegState::kUp;
                 },
                 [&](const LegEnded& e) {
                   AtPbx* call = at(e.call);
                   if (call == nullptr) return;
                   if (e.leg == kPerson) call->person.reset();
                   call->legs.erase(e.leg);
                   call->agents.erase(e.leg);
                   call->joined.erase(e.leg);
                 },
                 [&](const RecordingEnded& e) {
                   AtPbx* call = at(e.call);
                   if (call != nullptr && call->records == e.part) call->records = 0;
                 },
                 [&](const LinkLost&) { linked_ = false; },
                 [&](const Restarted&) { linked_ = false; },
                 [&](const Reconciled& e) {
                   linked_ = true;
                   std::map<CallNo, AtPbx> seen;
                   for (const SeenCall& each : e.calls) {
                     AtPbx& to = seen[each.no] = pbx_[each.no];
                     to.person.reset();
                     to.legs.clear();
                     for (const SeenLeg& leg : each.legs) {
                       if (leg.no == kPerson) to.person = leg.state;
                       else to.legs[leg.no] = leg.state;
                     }
                     std::erase_if(to.joined, [&](LegNo no) { return !to.legs.contains(no); });
                     std::erase_if(to.agents,
                                   [&](const auto& leg) { return !to.legs.contains(leg.first); });
                   }
                   pbx_ = std::move(seen);
                 },
                 [](const auto&) {},
             },
             event);
}

void Watch::did(const Commands& commands) {
  for (const Command& each : commands) apply(each);
}

void Watch::dialled(const Dial& dial) {
  opened_.insert(dial.call);
  AtPbx& call = pbx_[dial.call];
  if (dial.leg == kPerson) {
    call.person = LegState::kDialling;
    return;
  }
  if (!call.legs.emplace(dial.leg, LegState::kDialling).second) say("a leg is dialled twice");
  if (dial.agent.v == 0) return;
  for (const auto& [no, other] : pbx_)
    for (const auto& [leg, agent] : other.agents)
      if (agent == dial.agent)
        say(name(agent) + " rings for " + name(dial.call) + " while in " + name(no));
  call.agents[dial.leg] = dial.agent;
}

void Watch::answered(const Answer& answer) {
  AtPbx* call = at(answer.call);
  if (call == nullptr || !call->person) return;
  call->unanswered = false;
  call->person = LegState::kUp;
}

void Watch::parked(const Park& park) {
  AtPbx* call = at(park.call);
  if (call == nullptr) return;
  if (call->unanswered) say(name(park.call) + " is another site's to keep");
  call->where = AtPbx::Where::kParked;
  call->joined.clear();
}

void Watch::recorded(const StartRecording& start) {
  AtPbx* call = at(start.call);
  if (call == nullptr) return say("recorded without a call");
  if (call->records != 0) say(name(start.call) + " is recorded twice at once");
  if (start.part <= parts_[start.call]) say(name(start.call) + ": a part is begun twice");
  parts_[start.call] = call->records = start.part;
}

void Watch::apply(const Command& command) {
  std::visit(Cases{
                 [&](const Answer& c) { answered(c); },
                 [&](const Park& c) { parked(c); },
                 [&](const PlayMenu& c) {
                   if (AtPbx* call = at(c.call)) call->where = AtPbx::Where::kPrompt;
                 },
                 [&](const HoldPerson& c) {
                   if (AtPbx* call = at(c.call)) call->where = AtPbx::Where::kHeld;
                 },
                 [&](const ResumePerson& c) {
                   AtPbx* call = at(c.call);
                   if (call == nullptr) return;
                   call->where = AtPbx::Where::kJoined;
                   for (const LegNo leg : call->joined)
                     if (std::ranges::find(c.with, leg) == c.with.end())
                       say(name(c.call) + ": who talked with him is left behind");
                 },
                 [&](const Dial& c) { dialled(c); },
                 [&](const Join& c) {
                   AtPbx* call = at(c.call);
                   if (call == nullptr) return say("joined without a call");
                   const auto leg = call->legs.find(c.leg);
                   if (leg == call->legs.end() || leg->second != LegState::kUp)
                     say(name(c.call) + ": joined with a leg that is not up");
                   call->where = AtPbx::Where::kJoined;
                   call->joined.insert(c.leg);
                 },
                 [&](const HangUpLeg& c) {
                   AtPbx* call = at(c.call);
                   if (call == nullptr) return;
                   if (c.leg == kPerson) call->person.reset();
                   call->legs.erase(c.leg);
                   call->agents.erase(c.leg);
                   call->joined.erase(c.leg);
                 },
                 [&](const StartRecording& c) { recorded(c); },
                 [&](const StopRecording& c) {
                   if (AtPbx* call = at(c.call); call != nullptr && call->records == c.part)
                     call->records = 0;
                 },
                 [&](const FallBack& c) {
                   if (AtPbx* call = at(c.call)) call->person.reset();
                 },
                 [&](const TellCall& c) {
                   if (c.seq != ++seqs_[c.call])
                     say(name(c.call) + ": a step is missing in the reports");
                   if (reported_ends_[c.call] > 0) say(name(c.call) + ": told after its end");
                   if (c.step == protocol::CallStep::kEnded) ++reported_ends_[c.call];
                 },
                 [&](const Finish& c) {
                   if (++ends_[c.call] > 1) say(name(c.call) + " ended twice");
                   if (seqs_.contains(c.call) && reported_ends_[c.call] != 1)
                     say(name(c.call) + " has no end in the reports");
                   const AtPbx* call = at(c.call);
                   if (call == nullptr) return;
                   if (call->person) say(name(c.call) + " is over and its person is on the line");
                   // What a process that was killed had not said yet: the next look hangs it up.
                   if (!linked_ && !call->legs.empty()) return;
                   if (!call->legs.empty()) say(name(c.call) + " is over and a leg is left");
                   if (call->records != 0) say(name(c.call) + " is over and recorded on");
                   pbx_.erase(c.call);
                 },
                 [](const auto&) {},
             },
             command);
}

std::string Watch::moved(const Floor& floor) {
  for (const auto& [no, call] : floor.calls) {
    if (call.entered_at.v == 0) continue;
    const auto place = places_.try_emplace(no, call.entered_at).first;
    // Of a clock that was set back: what would be in the future is the present.
    const bool set_back = call.entered_at < place->second && floor.now < place->second;
    if (set_back) place->second = call.entered_at;
    if (place->second != call.entered_at) return name(no) + " has lost its place";
  }
  return "";
}

std::string Watch::wrong(const Core& core, const Plan& plan) {
  const Floor& floor = core.floor();
  for (const std::string& found :
       {fault_, moved(floor), wrong_agents(floor), wrong_phases(floor), wrong_indexes(floor),
        floor.linked ? wrong_tapes(floor, plan) : "",
        floor.linked ? idle_beside_waiting(floor, plan) : ""})
    if (!found.empty()) return found;
  for (const CallNo no : opened_)
    if (!floor.calls.contains(no) && !ends_.contains(no) && pbx_.contains(no) && pbx_.at(no).person)
      return name(no) + " is lost";
  if (!floor.linked) return "";
  for (const auto& [no, call] : floor.calls) {
    const auto there = pbx_.find(no);
    // Who asked to be called back is not on the line yet.
    if (there == pbx_.end() && call.person == Person::kAbsent && call.legs.empty()) continue;
    if (there == pbx_.end()) return name(no) + " is not at the PBX";
    const AtPbx& pbx = there->second;
    const bool up = pbx.person == LegState::kUp;
    if ((call.person == Person::kUp) != up) return name(no) + ": its person is somewhere else";
    if (pbx.legs.size() != call.legs.size()) return name(no) + ": other legs at the PBX";
    const bool waits = call.phase == Phase::kWaiting || call.phase == Phase::kRinging;
    if (up && waits && pbx.where != AtPbx::Where::kParked) return name(no) + " waits in silence";
    const bool talks = call.phase == Phase::kTalking || call.phase == Phase::kOutside;
    const auto where = call.held ? AtPbx::Where::kHeld : AtPbx::Where::kJoined;
    if (talks && pbx.where != where) return name(no) + " talks to nobody";
    const bool consults = std::ranges::any_of(
        call.legs, [](const Leg& leg) { return leg.role == LegRole::kConsulted; });
    if (talks && call.held != (call.held_on_screen || call.held_by_phone || consults))
      return name(no) + " is held by nobody, or hears whom he should not";
    const bool runs = call.tape.state != TapeState::kOff;
    if (runs != (pbx.records != 0)) return name(no) + ": another recording at the PBX";
    if (talks && !call.held && pbx.joined.empty()) return name(no) + " is alone in its bridge";
  }
  return "";
}

std::string Redials::wrong(const Floor& before, const Event& event, const Commands& commands,
                           TimeMs now) {
  if (std::holds_alternative<Asked>(event)) failed_.clear();
  if (const auto* ended = std::get_if<LegEnded>(&event); ended != nullptr) {
    const auto call = before.calls.find(ended->call);
    if (call != before.calls.end())
      for (const Leg& leg : call->second.legs)
        if (leg.no == ended->leg && leg.agent.v != 0 &&
            (leg.state == LegState::kDialling || ended->why == LegEnd::kFault))
          failed_[{ended->call, leg.agent}] = now;
  }
  for (const Command& command : commands) {
    const auto* dial = std::get_if<Dial>(&command);
    if (dial == nullptr || dial->agent.v == 0) continue;
    const auto failed = failed_.find({dial->call, dial->agent});
    if (failed != failed_.end() && failed->second == now)
      return name(dial->agent) + " is rung again by " + name(dial->call) + " at once";
  }
  return "";
}

namespace {

bool is_anybody_there(const Floor& floor, const Plan& plan, QueueNo queue) {
  return std::ranges::any_of(floor.agents, [&](const auto& each) {
    const Agent& agent = each.second;
    const bool screen = agent.lost_at.v == 0 || agent.lost_at + kLostGraceMs > floor.now;
    return agent.state == protocol::AgentState::kReady && (screen || agent.call.v != 0) &&
           rank_in(plan, agent, queue);
  });
}

bool is_closed_now(const Floor& floor, const Plan& plan, const Call& call) {
  return std::holds_alternative<ToClosed>(route_of(plan, call.line, floor.now));
}

}  // namespace

std::string GoingOver::wrong(const Floor& floor, const Plan& plan, const Commands& commands) {
  for (const auto& [no, call] : floor.calls) {
    const bool waits = call.phase == Phase::kWaiting || call.phase == Phase::kRinging;
    if (!waits) waits_.erase(no);
    else if (const auto found = waits_.find(no);
             found == waits_.end() || found->second.first != call.queue)
      waits_[no] = {call.queue, floor.now};
  }
  std::map<CallNo, QueueNo> entered;
  for (const Command& command : commands) {
    if (const auto* told = std::get_if<TellCall>(&command);
        told != nullptr && told->step == protocol::CallStep::kQueued &&
        floor.calls.contains(told->call)) {
      const auto first = entered.emplace(told->call, told->queue).first->second;
      Call call = floor.calls.at(told->call);
      call.queue = first;
      call.stage = 0;
      for (const auto& [since, agent] : floor.idle)
        if (first != told->queue && may_serve(plan, floor.agents.at(agent), call))
          return name(told->call) + " was sent on although " + name(agent) + " is free";
    }
    const auto* dial = std::get_if<Dial>(&command);
    if (dial == nullptr || dial->role != LegRole::kRegion || !floor.calls.contains(dial->call))
      continue;
    const Call& call = floor.calls.at(dial->call);
    const QueuePlan* queue = plan.queue(call.queue);
    if (queue == nullptr || call.phase == Phase::kOutside) continue;
    if (call.phase != Phase::kWaiting) return name(call.no) + " is sent away while it rings here";
    const Overflow& rule = queue->overflow;
    const bool long_enough =
        rule.waited_ms > 0 && floor.now - waits_.at(call.no).second >= rule.waited_ms;
    const bool other = rule.longer_than > 0 || rule.estimate_ms > 0;
    const bool closed = rule.closed == Overflow::When::kGoes && is_closed_now(floor, plan, call);
    if (!long_enough && !other && !closed && is_anybody_there(floor, plan, call.queue))
      return name(call.no) + " is sent away although somebody is there";
  }
  return "";
}

std::string wrong_tapes(const Floor& floor, const Plan& plan) {
  for (const auto& [no, call] : floor.calls) {
    const QueuePlan* queue = plan.queue(call.queue);
    const bool asked = queue != nullptr && queue->recording == Recording::kAll;
    const auto agent = std::find_if(call.legs.begin(), call.legs.end(), [](const Leg& leg) {
      return leg.role == LegRole::kAgent && leg.state == LegState::kUp;
    });
    const bool talks = call.phase == Phase::kTalking && agent != call.legs.end();
    const bool runs = call.tape.state != TapeState::kOff;
    const bool may_begin = call.tape.part < kMaxParts && call.tape.faults < kMaxTapeFaults;
    if (runs && !asked && queue != nullptr) return name(no) + " is recorded against the plan";
    if (runs && call.told == Told::kNo) return name(no) + " is recorded and was not told";
    if (runs && !talks) return name(no) + " is recorded and nobody talks";
    if (runs && call.tape.agent != agent->agent) return name(no) + ": another agent's recording";
    if (runs && call.held != (call.tape.state == TapeState::kPaused))
      return name(no) + " is recorded while it is held, or is not while it is not";
    const bool told = call.told != Told::kNo;
    if (talks && asked && told && !call.held && may_begin && !runs)
      return name(no) + " is not recorded";
  }
  return "";
}

std::string wrong_agents(const Floor& floor) {
  std::map<AgentNo, int> legs;
  for (const auto& [no, call] : floor.calls) {
    for (const Leg& leg : call.legs) {
      if (leg.agent.v == 0) continue;
      if (++legs[leg.agent] > 1) return name(leg.agent) + " is in two legs";
      const Agent& agent = floor.agents.at(leg.agent);
      if (agent.call != no || agent.leg != leg.no)
        return name(leg.agent) + " does not know that he is in " + name(no);
    }
  }
  for (const auto& [no, agent] : floor.agents) {
    if (agent.call.v != 0 && !legs.contains(no)) return name(no) + " is stuck in a call";
    if ((agent.rest == Rest::kNone) != (agent.rest_until.v == 0))
      return name(no) + " rests without an end";
  }
  return "";
}

std::string wrong_phases(const Floor& floor) {
  for (const auto& row : floor.calls) {
    const Call& call = row.second;
    const auto count = [&](LegRole role, LegState state) {
      return std::count_if(call.legs.begin(), call.legs.end(),
                           [&](const Leg& l) { return l.role == role && l.state == state; });
    };
    const auto dialling = std::count_if(call.legs.begin(), call.legs.end(), [](const Leg& leg) {
      return leg.state == LegState::kDialling && leg.until.v != 0;
    });
    const auto outside =
        count(LegRole::kSpecialist, LegState::kUp) + count(LegRole::kRegion, LegState::kUp);
    const auto agents = count(LegRole::kAgent, LegState::kUp);
    bool well = true;
    switch (call.phase) {
      case Phase::kMenu:
      case Phase::kClosed: well = call.until.v != 0 && call.legs.empty(); break;
      case Phase::kWaiting: well = agents == 0 && outside == 0 && call.entered_at.v != 0; break;
      case Phase::kRinging: well = dialling > 0 && agents == 0 && call.entered_at.v != 0; break;
      case Phase::kTalking: well = agents == 1 && call.person == Person::kUp; break;
      case Phase::kOutside: well = agents == 0 && outside == 1; break;
      case Phase::kDialling:
        well = call.person != Person::kUp && (dialling == 1 || (agents == 1 && call.until.v != 0));
        break;
    }
    if (!well)
      return name(call.no) + " is in phase " + std::to_string(static_cast<int>(call.phase)) +
             " without what that needs";
  }
  return "";
}

std::string wrong_indexes(const Floor& floor) {
  Floor fresh;
  for (const auto& [no, call] : floor.calls) fresh.index(call);
  for (const auto& [no, agent] : floor.agents) fresh.index(agent);
  const auto none = [](Floor::Waiting places) {
    std::erase_if(places, [](const auto& queue) { return queue.second.empty(); });
    return places;
  };
  const bool same = none(fresh.waiting) == none(floor.waiting) && fresh.idle == floor.idle &&
                    fresh.call_dues == floor.call_dues && fresh.agent_dues == floor.agent_dues;
  return same ? "" : "an index is not what its rows say";
}

std::string idle_beside_waiting(const Floor& floor, const Plan& plan) {
  for (const auto& [since, agent] : floor.idle)
    for (const auto& [no, call] : floor.calls)
      if (call.phase == Phase::kWaiting && may_serve(plan, floor.agents.at(agent), call))
        return name(agent) + " is free while " + name(no) + " waits";
  return "";
}

std::string passed_over(const Floor& floor, const Plan& plan, const Commands& commands) {
  // Who came over from another queue after that phone was dialled was not there yet.
  std::set<CallNo> later;
  for (auto each = commands.rbegin(); each != commands.rend(); ++each) {
    const Command& command = *each;
    const auto* told = std::get_if<TellCall>(&command);
    if (told != nullptr && told->step == protocol::CallStep::kQueued) later.insert(told->call);
    const auto* dial = std::get_if<Dial>(&command);
    if (dial == nullptr || dial->agent.v == 0 || !floor.calls.contains(dial->call)) continue;
    const Call& rings = floor.calls.at(dial->call);
    for (const auto& [no, call] : floor.calls)
      if (call.phase == Phase::kWaiting && !later.contains(no) &&
          place_of(call) < place_of(rings) && may_serve(plan, floor.agents.at(dial->agent), call))
        return name(no) + " was before " + name(dial->call);
  }
  return "";
}

std::string passed_over_agent(const Floor& before, const Floor& floor, const Plan& plan,
                              const Commands& commands) {
  for (const Command& command : commands) {
    const auto* dial = std::get_if<Dial>(&command);
    if (dial == nullptr || dial->agent.v == 0 || !floor.calls.contains(dial->call)) continue;
    Call rings = floor.calls.at(dial->call);
    if (rings.last_agent == dial->agent) continue;
    const auto was = before.calls.find(dial->call);
    if (was != before.calls.end()) rings.stage = std::min(rings.stage, was->second.stage);
    const QueuePlan* queue = plan.queue(rings.queue);
    const bool by_rank = queue != nullptr && queue->pick == Pick::kBestRank;
    const auto rank = [&](AgentNo no) {
      return by_rank ? rank_in(plan, floor.agents.at(no), rings.queue) : std::optional(Rank{1});
    };
    const std::pair his{floor.agents.at(dial->agent).idle_since, dial->agent};
    for (const auto& [since, no] : before.idle) {
      if (std::pair{since, no} >= his) break;
      const bool still = floor.idle.contains({since, no});
      if (still && may_serve(plan, floor.agents.at(no), rings) && rank(no) <= rank(dial->agent))
        return name(no) + " is free for longer than " + name(dial->agent);
    }
  }
  return "";
}

}  // namespace opora::testing
