// What supervisors ask for (N3, A6): states of others, agents lent between queues, the reserve, a
// call overheard or taken over. Whether somebody is a supervisor was asked before.
#include "node/telephony/queue/step.h"

namespace opora::telephony {

namespace {

Refusable lend(Step& step, AgentNo no, QueueNo queue, Rank rank) {
  Agent* agent = step.agent(no);
  if (agent == nullptr || step.plan.queue(queue) == nullptr || rank.v == 0)
    return Refusal::kUnknown;
  agent->lent[queue] = rank;
  step.called_in.push_back(no);
  return {};
}

}  // namespace

Refusable ask(Step& step, Agent&, const SetStateOf& what) {
  Agent* agent = step.agent(what.agent);
  if (agent == nullptr) return Refusal::kUnknown;
  return set_state_of(step, *agent, what.set);
}

Refusable ask(Step& step, Agent&, const Lend& what) {
  return lend(step, what.agent, what.queue, what.rank);
}

Refusable ask(Step& step, Agent&, const Recall& what) {
  Agent* agent = step.agent(what.agent);
  if (agent == nullptr) return Refusal::kUnknown;
  agent->lent.clear();
  return {};
}

Refusable ask(Step& step, Agent&, const OpenReserve& what) {
  const auto group = step.plan.reserves.find(what.group);
  if (group == step.plan.reserves.end()) return Refusal::kUnknown;
  for (const AgentNo no : group->second.agents)
    if (const auto refused = lend(step, no, group->second.queue, group->second.rank))
      return refused;
  return {};
}

Refusable ask(Step& step, Agent&, const CloseReserve& what) {
  const auto group = step.plan.reserves.find(what.group);
  if (group == step.plan.reserves.end()) return Refusal::kUnknown;
  for (const AgentNo no : group->second.agents)
    if (Agent* agent = step.agent(no); agent != nullptr) agent->lent.erase(group->second.queue);
  return {};
}

Refusable ask(Step& step, Agent& who, const Monitor& what) {
  if (who.call.v != 0) return Refusal::kBusy;
  const bool known = what.how == LegRole::kListening || what.how == LegRole::kWhispering ||
                     what.how == LegRole::kTakingOver;
  if (!known) return Refusal::kUnknown;
  Call* call = step.call(what.call);
  if (call == nullptr || call->phase != Phase::kTalking) return Refusal::kNoCall;
  if (step.is_full(*call)) return Refusal::kTooMany;
  step.dial(*call, {{}, {}, who.no, {}, what.how, kOutsideRingMs});
  return {};
}

}  // namespace opora::telephony
