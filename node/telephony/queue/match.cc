// Who gets which call (A3, A2b, O3). At the end of every step no agent is free while a call waits
// that he may serve.
#include <algorithm>

#include "node/telephony/queue/step.h"

namespace opora::telephony {

namespace {

void ring(Step& step, CallNo call_no, AgentNo agent) {
  Call* call = step.call(call_no);
  if (call == nullptr || step.is_full(*call)) return;
  const QueuePlan* queue = step.plan.queue(call->queue);
  const std::int64_t ring_ms = queue == nullptr ? kOutsideRingMs : queue->ring_ms;
  step.enter(*call, Phase::kRinging, {});
  step.dial(*call, {{}, {}, agent, {}, LegRole::kAgent, ring_ms});
  step.floor.index(*call);
  step.floor.index(step.floor.agents.at(agent));
}

}  // namespace

std::optional<Rank> rank_in(const Plan& plan, const Agent& agent, QueueNo queue) {
  std::optional<Rank> rank;
  const auto lent = agent.lent.find(queue);
  if (lent != agent.lent.end()) rank = lent->second;
  const auto planned = plan.agents.find(agent.no);
  if (planned == plan.agents.end()) return std::nullopt;
  const auto serves = planned->second.serves.find(queue);
  if (serves != planned->second.serves.end() && (!rank || serves->second < *rank))
    rank = serves->second;
  return rank;
}

const Stage& stage_of(const Plan& plan, const Call& call) {
  static const Stage kUsual;
  const QueuePlan* queue = plan.queue(call.queue);
  if (queue == nullptr || queue->stages.empty()) return kUsual;
  return queue->stages[std::min<std::size_t>(call.stage, queue->stages.size() - 1)];
}

bool may_serve(const Plan& plan, const Agent& agent, const Call& call) {
  const std::optional<Rank> rank = rank_in(plan, agent, call.queue);
  const Stage& stage = stage_of(plan, call);
  if (!rank || *rank > stage.max_rank) return false;
  return stage.skills == Stage::SkillRule::kWaived ||
         covers(plan.agents.at(agent.no).skills, call.skills);
}

// Of all queues that he serves, the most urgent, then the longest waiting.
std::optional<Place> best_place(const Step& step, AgentNo no) {
  const Agent& agent = step.floor.agents.at(no);
  if (!is_idle(agent)) return std::nullopt;
  const Place* best = nullptr;
  for (const auto& [queue, places] : step.floor.waiting) {
    if (places.empty() || !rank_in(step.plan, agent, queue)) continue;
    const auto first = std::find_if(places.begin(), places.end(), [&](const Place& place) {
      return may_serve(step.plan, agent, step.floor.calls.at(place.call));
    });
    if (first != places.end() && (best == nullptr || *first < *best)) best = &*first;
  }
  if (best == nullptr) return std::nullopt;
  return *best;
}

// Who served the caller last, else the longest idle, or the best rank and of these the longest
// idle.
void match_call(Step& step, CallNo no) {
  const auto found = step.floor.calls.find(no);
  if (found == step.floor.calls.end() || found->second.phase != Phase::kWaiting) return;
  const Call& call = found->second;
  const QueuePlan* queue = step.plan.queue(call.queue);
  const bool by_rank = queue != nullptr && queue->pick == Pick::kBestRank;
  std::optional<std::pair<Rank, AgentNo>> best;
  for (const auto& [since, agent_no] : step.floor.idle) {
    const Agent& agent = step.floor.agents.at(agent_no);
    if (!may_serve(step.plan, agent, call)) continue;
    if (agent_no == call.last_agent) {
      best = {Rank{}, agent_no};
      break;
    }
    const Rank rank = by_rank ? *rank_in(step.plan, agent, call.queue) : Rank{1};
    if (!best || rank < best->first) best = {rank, agent_no};
  }
  if (best) ring(step, no, best->second);
}

}  // namespace opora::telephony
