// Who of this site's agents talked with a number last (A3): the look-up behind last-agent affinity.
// The queue's rules get his number with the event and know no journal. Engine's thread, within a
// decision; it reads rows and changes nothing.
#pragma once

#include <string>

#include "node/telephony/site_plan.h"
#include "sync/engine/engine_core.h"

namespace opora::telephony {

// For so long a caller is taken for one who comes with the same matter: the time of an answer to a
// complaint (30 days). Who calls later is anybody's.
inline constexpr std::int64_t kKnowsHimMs = 30LL * 24 * 60 * 60'000;

// 0: nobody, nobody who is in the plan any more, or the number is hidden.
AgentNo last_agent_of(sync::Decision& decision, const SitePlan& plan, const std::string& number);

}  // namespace opora::telephony
