#include "node/telephony/last_agent.h"

#include "protocol/domain/phone.h"
#include "protocol/domain/state.h"

namespace opora::telephony {

using protocol::CallState;
using protocol::Kind;

namespace {

// Of a number that calls again and again without an answer: a look-up has an end.
constexpr std::size_t kLatestCalls = 20;

// Empty: nobody answered it here. Who had it last is who knows how it ended.
const protocol::Observation* last_answer(const CallState& call) {
  const protocol::Observation* out = nullptr;
  for (const auto& [seq, seen] : call.seen)
    if (seen.step == protocol::CallStep::kAnswered && !seen.agent.empty()) out = &seen;
  return out;
}

AgentNo agent_of(const SitePlan& plan, const std::string& name) {
  for (const auto& [no, agent] : plan.calls.agents)
    if (plan.name_of(no) == name) return no;
  return {};
}

}  // namespace

AgentNo last_agent_of(sync::Decision& decision, const SitePlan& plan, const std::string& number) {
  const std::string key = protocol::phone_key(number);
  if (key.empty()) return {};
  const protocol::DecideContext context = decision.context();
  AgentNo out;
  std::size_t looked = 0;
  decision.rows().scan_prefix(
      sync::Table::kIndex, protocol::keys::by_phone(key, Kind::kCall),
      [&](std::string_view row, std::string_view) {
        const auto* call = decision.load(Kind::kCall, protocol::keys::id_of(row)).as<CallState>();
        const auto* answer =
            call == nullptr || call->site != context.site ? nullptr : last_answer(*call);
        if (answer == nullptr) return ++looked < kLatestCalls;
        if (context.now - answer->at <= kKnowsHimMs) out = agent_of(plan, answer->agent);
        return false;
      });
  return out;
}

}  // namespace opora::telephony
