#include "node/monitor_journal.h"

#include <algorithm>
#include <map>
#include <utility>

#include "node/telephony/call_back_notes.h"
#include "node/telephony/call_journal.h"
#include "protocol/domain/call_summary.h"
#include "protocol/domain/decide.h"

namespace opora::node {

using protocol::CallState;
using protocol::Kind;
using telephony::ami::ToldAgent;
using telephony::ami::ToldCall;

namespace {

class MonitorJournal {
 public:
  MonitorJournal(sync::Decision& decision, std::uint32_t phantom_ms)
      : decision_(decision), phantom_ms_(phantom_ms) {}

  void tell(const ToldCall& told) {
    const protocol::DecideContext context = decision_.context();
    const AggregateId id = protocol::call_aggregate(context.site, kMonitorSource, told.call_id);
    const auto* call = decision_.load(Kind::kCall, id).as<CallState>();
    if (call != nullptr && telephony::has_ended(*call)) return;
    std::uint32_t& last = told_[id];
    if (call != nullptr && !call->seen.empty()) last = std::max(last, call->seen.rbegin()->first);
    protocol::ObserveCall event;
    event.source = kMonitorSource;
    event.call_id = told.call_id;
    event.seq = ++last;
    event.step = told.step;
    event.at = told.at;
    event.desk = told.desk;
    event.line = told.line;
    event.agent = told.agent;
    event.phone = told.phone;
    emit(protocol::decide(event, call, phantom_ms_, context));
  }

  void tell(const ToldAgent& told) {
    const protocol::DecideContext context = decision_.context();
    const AggregateId id = protocol::agent_aggregate(context.site, told.agent);
    const auto* row = decision_.load(Kind::kAgent, id).as<protocol::AgentRowState>();
    if (row != nullptr && row->state == told.state && row->reason == told.reason) return;
    emit(protocol::decide(protocol::SetAgentState{told.agent, told.state, told.reason, told.desk},
                          context));
  }

 private:
  void emit(Result<protocol::Drafts> drafts) {
    if (auto fit = telephony::fitting(std::move(drafts))) decision_.emit(std::move(*fit));
  }

  sync::Decision& decision_;
  const std::uint32_t phantom_ms_;
  std::map<AggregateId, std::uint32_t> told_;  // the last number of each call in this decision
};

}  // namespace

void tell_journal(sync::Decision& decision, const telephony::ami::AllTold& all,
                  std::uint32_t phantom_ms) {
  MonitorJournal journal(decision, phantom_ms);
  for (const auto& each : all) std::visit([&](const auto& told) { journal.tell(told); }, each);
  const protocol::CallBackRule usual;  // a site that drives nothing has no plan of calls
  telephony::CallBackNotes(decision, usual).note();
}

std::vector<OpenCall> open_calls(const sync::Reader& rows, SiteNo site) {
  std::vector<OpenCall> out;
  rows.scan_prefix(sync::Table::kIndex, protocol::keys::live_calls(site),
                   [&](std::string_view key, std::string_view) {
                     const auto row =
                         sync::read_entity(rows, Kind::kCall, protocol::keys::id_of(key));
                     const auto* call = row.as<CallState>();
                     if (call == nullptr || call->source != kMonitorSource) return true;
                     const auto& last = call->seen.rbegin()->second;
                     out.push_back({call->call_id, last.step, last.agent});
                     return out.size() < telephony::ami::kMaxCalls;
                   });
  return out;
}

}  // namespace opora::node
