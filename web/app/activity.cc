#include "web/app/activity.h"

#include <algorithm>

#include "protocol/domain/call_now.h"
#include "protocol/domain/call_summary.h"
#include "protocol/domain/facets.h"
#include "sync/projection/projection.h"

namespace opora::app {

using protocol::AgentState;
using protocol::Kind;

namespace {

using Agents = std::set<std::string>;

// Returns who talks there.
Agents add_calls(const sync::Reader& rows, SiteNo site, TimeMs now, Activity& out) {
  Agents talking;
  rows.scan_prefix(sync::Table::kIndex, protocol::keys::live_calls(site),
                   [&](std::string_view key, std::string_view) {
                     const auto entity =
                         sync::read_entity(rows, Kind::kCall, protocol::keys::id_of(key));
                     const auto* call = entity.as<protocol::CallState>();
                     if (call == nullptr) return true;
                     const auto summary = protocol::summarize(*call);
                     const auto has = protocol::now_of(*call);
                     if (has.talks) {
                       ++out.talking;
                       talking.insert(has.agent);
                     } else {
                       ++out.waiting;
                       // Who was passed on waits anew.
                       const TimeMs from = summary.answered() ? has.since : summary.queued_at;
                       const std::int64_t wait = std::max<std::int64_t>(0, now - from);
                       out.longest_wait_ms = std::max(out.longest_wait_ms.value_or(0), wait);
                     }
                     return true;
                   });
  return talking;
}

void add_agents(const sync::Reader& rows, SiteNo site, const Agents& talking, Activity& out) {
  rows.scan_prefix(sync::Table::kIndex, protocol::keys::agents(site),
                   [&](std::string_view key, std::string_view) {
                     const auto entity =
                         sync::read_entity(rows, Kind::kAgent, protocol::keys::id_of(key));
                     const auto* agent = entity.as<protocol::AgentRowState>();
                     if (agent == nullptr || talking.contains(agent->agent)) return true;
                     if (agent->state == AgentState::kReady) ++out.ready;
                     if (agent->state == AgentState::kBreak) ++out.on_break;
                     return true;
                   });
}

}  // namespace

void add_activity(const sync::Reader& rows, SiteNo site, TimeMs now, Activity& out) {
  add_agents(rows, site, add_calls(rows, site, now, out), out);
}

}  // namespace opora::app
