#include "node/telephony/queue/core.h"

#include <algorithm>

#include "node/telephony/queue/step.h"

namespace opora::telephony {

namespace {

bool belongs(const Floor& floor, const Call& call, const Leg& leg) {
  if (leg.agent.v == 0) return true;
  const auto agent = floor.agents.find(leg.agent);
  return agent != floor.agents.end() && agent->second.call == call.no &&
         agent->second.leg == leg.no;
}

// Rows that were not written together (a damaged store): nobody is in a call that does not know
// him.
void part(Floor& floor) {
  for (auto& row : floor.calls) {
    Call& call = row.second;
    std::erase_if(call.legs, [&](const Leg& leg) { return !belongs(floor, call, leg); });
  }
  for (auto& row : floor.agents) {
    Agent& agent = row.second;
    const auto call = floor.calls.find(agent.call);
    const bool known = call != floor.calls.end() &&
                       std::any_of(call->second.legs.begin(), call->second.legs.end(),
                                   [&](const Leg& leg) { return leg.no == agent.leg; });
    if (known) continue;
    agent.call = {};
    agent.leg = {};
  }
  for (auto& [no, call] : floor.calls) {
    const bool alone = call.legs.empty();
    const bool needs = call.phase == Phase::kRinging || call.phase == Phase::kTalking ||
                       call.phase == Phase::kOutside;
    if (alone && needs) {
      call.phase = Phase::kWaiting;
      Step::forget_holds(call);
    }
  }
}

}  // namespace

Core::Core(Rows rows) {
  for (Call& call : rows.calls) floor_.calls.emplace(call.no, std::move(call));
  for (Agent& agent : rows.agents) floor_.agents.emplace(agent.no, std::move(agent));
  for (QueueFigures& of : rows.figures) floor_.figures.emplace(of.no, of);
  part(floor_);
  for (const auto& [no, call] : floor_.calls) floor_.index(call);
  for (const auto& [no, agent] : floor_.agents) floor_.index(agent);
}

Core::Done Core::step(const Plan& plan, const Event& event, TimeMs now) {
  const bool restarted = std::holds_alternative<Restarted>(event);
  floor_.now = restarted ? now : std::max(now, floor_.now);
  Step step(floor_, plan, floor_.now);
  std::visit([&](const auto& each) { on(step, each); }, event);
  step.settle();
  follow_recordings(step);
  return {std::move(step.commands),
          {step.calls.begin(), step.calls.end()},
          {step.agents.begin(), step.agents.end()},
          {step.figures.begin(), step.figures.end()}};
}

std::optional<TimeMs> Core::next_wake() const {
  std::optional<TimeMs> at;
  if (!floor_.agent_dues.empty()) at = floor_.agent_dues.begin()->first;
  if (floor_.linked && !floor_.call_dues.empty()) {
    const TimeMs call = floor_.call_dues.begin()->first;
    if (!at || call < *at) at = call;
  }
  return at;
}

}  // namespace opora::telephony
