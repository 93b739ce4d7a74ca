#include "node/telephony/queue/floor.h"

#include <algorithm>
#include <initializer_list>

namespace opora::telephony {

namespace {

TimeMs first_of(std::initializer_list<TimeMs> moments) {
  TimeMs first{};
  for (const TimeMs at : moments)
    if (at.v != 0 && (first.v == 0 || at < first)) first = at;
  return first;
}

template <class Id>
void move_due(std::set<std::pair<TimeMs, Id>>& dues, Id id, TimeMs& from, TimeMs to) {
  if (from == to) return;
  if (from.v != 0) dues.erase({from, id});
  if (to.v != 0) dues.emplace(to, id);
  from = to;
}

}  // namespace

Place place_of(const Call& call) {
  return {static_cast<std::uint8_t>(kMaxPriority - call.priority.v), call.entered_at, call.no};
}

bool is_idle(const Agent& agent) {
  return agent.state == protocol::AgentState::kReady && agent.call.v == 0 &&
         agent.rest == Rest::kNone && agent.lost_at.v == 0;
}

TimeMs due_of(const Call& call) {
  TimeMs due = call.until;
  if (call.phase == Phase::kWaiting) due = first_of({due, call.announce_at, call.look_at});
  for (const Leg& leg : call.legs) due = first_of({due, leg.until});
  return due;
}

TimeMs due_of(const Agent& agent) {
  const bool waits = agent.lost_at.v != 0 && !agent.lost_told;
  return first_of({agent.rest_until, waits ? agent.lost_at + kLostGraceMs : TimeMs{}});
}

bool Floor::index(const Call& call) {
  CallIndex& was = indexed_calls_[call.no];
  move_due(call_dues, call.no, was.due, due_of(call));
  const QueueNo queue = call.phase == Phase::kWaiting ? call.queue : QueueNo{};
  const Place place = place_of(call);
  if (was.queue == queue && (queue.v == 0 || was.place == place)) return false;
  if (was.queue.v != 0) waiting[was.queue].erase(was.place);
  if (queue.v != 0) waiting[queue].insert(place);
  was.queue = queue;
  was.place = place;
  return queue.v != 0;
}

bool Floor::index(const Agent& agent) {
  AgentIndex& was = indexed_agents_[agent.no];
  move_due(agent_dues, agent.no, was.due, due_of(agent));
  const bool idle_now = is_idle(agent);
  if (was.idle == idle_now && (!idle_now || was.since == agent.idle_since)) return false;
  if (was.idle) idle.erase({was.since, agent.no});
  if (idle_now) idle.emplace(agent.idle_since, agent.no);
  was.idle = idle_now;
  was.since = agent.idle_since;
  return idle_now;
}

void Floor::forget(CallNo call) {
  const auto found = indexed_calls_.find(call);
  if (found != indexed_calls_.end()) {
    if (found->second.queue.v != 0) waiting[found->second.queue].erase(found->second.place);
    if (found->second.due.v != 0) call_dues.erase({found->second.due, call});
    indexed_calls_.erase(found);
  }
  calls.erase(call);
}

}  // namespace opora::telephony
