// What a site has set for its calls, with the names under which reports know its agents. A value;
// plan_file.h reads it, whoever made it may share it between threads.
#pragma once

#include <map>
#include <string>

#include "node/telephony/queue/plan.h"
#include "protocol/domain/call_back.h"

namespace opora::telephony {

// To whom a call back goes that nobody here takes up (N2).
struct CallBackRegion {
  SiteNo site;                // 0: it stays
  std::int64_t after_ms = 0;  // behind the moment from which he was to be called
  std::int64_t lease_ms = 30 * 60'000;
};

struct SitePlan {
  Plan calls;                         // passed check()
  protocol::CallBackRule call_backs;  // O7
  CallBackRegion call_backs_region;
  // Where it is not the number itself: as the telephone system and the users' records have it.
  std::map<AgentNo, std::string> names;
  std::map<std::string, Skills, std::less<>> skills{};  // by name

  std::string name_of(AgentNo agent) const {
    const auto found = names.find(agent);
    return found == names.end() ? std::to_string(agent.v) : found->second;
  }
};

}  // namespace opora::telephony
