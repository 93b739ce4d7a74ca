// What a site has set for its calls, with the names under which reports know its agents. A value;
// plan_file.h reads it, whoever made it may share it between threads.
#pragma once

#include <map>
#include <string>

#include "node/telephony/queue/plan.h"

namespace opora::telephony {

struct SitePlan {
  Plan calls;  // passed check()
  // Where it is not the number itself: as the telephone system and the users' records have it.
  std::map<AgentNo, std::string> names;

  std::string name_of(AgentNo agent) const {
    const auto found = names.find(agent);
    return found == names.end() ? std::to_string(agent.v) : found->second;
  }
};

}  // namespace opora::telephony
