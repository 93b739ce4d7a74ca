#include "protocol/domain/decide.h"

namespace opora::protocol {

Result<Drafts> decide(const ObserveCall& command, const CallState* call, std::uint32_t phantom_ms,
                      const DecideContext& context) {
  if (command.at < kMinEventTime || command.at > context.now + kMaxCallFutureMs) {
    return invalid("at", "outside 2000 … tomorrow");
  }
  const bool needs_agent =
      command.step == CallStep::kRinging || command.step == CallStep::kAnswered;
  if (needs_agent && command.agent.empty())
    return invalid("agent", "required for ringing and answered");
  const bool elsewhere = command.from_site != context.site && !command.journey.is_zero();
  if (command.from_site.v != 0 && !elsewhere)
    return invalid("from_site", "another site, and a journey that began there");
  if (call != nullptr && call->seen.contains(command.seq)) return Drafts{};

  Draft draft;
  draft.aggregate = call_aggregate(context.site, command.source, command.call_id);
  draft.facts = CallObserved{command.source,    command.call_id,
                             command.seq,       command.step,
                             command.at,        command.desk,
                             command.line,      command.agent,
                             command.direction, context.zone_offset(command.at),
                             phantom_ms,        command.journey,
                             command.from_site};
  if (!command.phone.empty()) draft.personal[PersonalField::kPhone] = command.phone;
  return Drafts{std::move(draft)};
}

Result<Drafts> decide(const SetAgentState& command, const DecideContext& context) {
  if (command.agent.empty()) return invalid("agent", "this user has no agent name");
  const bool on_break = command.state == AgentState::kBreak;
  if (on_break != (command.reason != BreakReason::kNone)) {
    return invalid("reason", on_break ? "a break has a reason" : "only a break has a reason");
  }
  Draft draft;
  draft.aggregate = agent_aggregate(context.site, command.agent);
  draft.facts =
      AgentStateChanged{command.agent, command.state, command.reason, context.now, command.desk};
  return Drafts{std::move(draft)};
}

}  // namespace opora::protocol
