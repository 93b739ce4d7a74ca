// What the journal hears of the call queue: TellCall and TellAgent as the telephone events that any
// telephone system sends (protocol/domain/decide.h, ObserveCall and SetAgentState). Engine's
// thread, within a decision.
//
// What must hold. A call has one kEnded. No event is lost because its number is taken: in a store
// that is older than its journal (a backup, a repair) the rows may count from too low; then the
// numbers go on behind what the journal has.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "node/telephony/queue/command.h"
#include "node/telephony/site_plan.h"
#include "sync/engine/engine_core.h"

namespace opora::telephony {

// As the journal names this source of calls, and its calls.
inline constexpr std::string_view kCallSource = "opora";
std::string call_id_of(CallNo call);

// What a telephone system says, as the journal may have it: nothing when it was told already, or
// when it cannot be told; then the log says why. Calls that have ended hear no more.
bool has_ended(const protocol::CallState& call);
std::optional<protocol::Drafts> fitting(Result<protocol::Drafts> drafts);

class CallJournal {
 public:
  using Numbers = std::map<CallNo, std::string>;  // of persons
  CallJournal(sync::Decision& decision, const SitePlan& plan, const Numbers& numbers,
              std::uint32_t phantom_ms)
      : decision_(decision), plan_(plan), numbers_(numbers), phantom_ms_(phantom_ms) {}

  void tell(const Commands& commands);
  // Calls whose rows are gone: those that the journal has end now.
  void end(const std::vector<CallNo>& calls);

 private:
  void on(const TellCall& told);
  void on(const TellAgent& told);
  template <class Other>
  void on(const Other&) {}
  AggregateId id_of(CallNo call) const;
  DeskNo desk_of(AgentNo agent) const;
  void emit(Result<protocol::Drafts> drafts);

  sync::Decision& decision_;
  const SitePlan& plan_;
  const Numbers& numbers_;
  const std::uint32_t phantom_ms_;
  std::map<CallNo, std::uint32_t> told_;  // the last number of each call in this decision
};

}  // namespace opora::telephony
