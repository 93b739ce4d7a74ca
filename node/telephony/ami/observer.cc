#include "node/telephony/ami/observer.h"

#include <algorithm>
#include <charconv>

namespace opora::telephony::ami {

using protocol::AgentState;
using protocol::BreakReason;
using protocol::CallStep;

namespace {

// Ids of channels are the PBX's own, numbers are a stranger's text.
constexpr std::size_t kMaxCallId = 128;
constexpr std::size_t kMaxNumber = 32;
// A wait of more is a field that says something else.
constexpr std::int64_t kMostSeconds = 86'400;

std::string number_in(const Packet& packet) {
  std::string out;
  for (const char c : packet.get("CallerIDNum"))
    if (std::string_view("+0123456789*#").find(c) != std::string::npos && out.size() < kMaxNumber)
      out += c;
  return out;
}

std::int64_t seconds(const Packet& packet, std::string_view field) {
  const std::string_view text = packet.get(field);
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size()) return 0;
  return std::clamp<std::int64_t>(out, 0, kMostSeconds);
}

std::string call_id(const Packet& packet) {
  const std::string_view id = packet.get("Uniqueid");
  return id.size() > kMaxCallId ? std::string() : std::string(id);
}

// "PJSIP/op2" of "PJSIP/op2-00000044".
std::string_view interface_of(std::string_view channel) {
  return channel.substr(0, channel.rfind('-'));
}

// AST_DEVICE_INVALID, AST_DEVICE_UNAVAILABLE: the phone is not registered.
bool is_there(std::string_view status) { return status != "4" && status != "5"; }

}  // namespace

void Observer::know(const std::string& call_id, CallStep step, const std::string& agent) {
  if (calls_.size() < kMaxCalls) calls_.emplace(call_id, Call{step, agent, 0});
}

AllTold Observer::hear(const Packet& event, TimeMs now) {
  AllTold out;
  const std::string_view name = event.get("Event");
  if (name == "QueueCallerJoin") joins(event, now, out);
  else if (name == "AgentCalled") rings(event, now, out);
  else if (name == "AgentConnect") answered(event, now, out);
  else if (name == "AgentComplete" || name == "QueueCallerAbandon" || name == "Hangup")
    ends(call_id(event), now, out);
  else if (name == "QueueMemberStatus" || name == "QueueMemberPause" || name == "QueueMemberAdded")
    member(event);
  else if (name == "QueueMemberRemoved") member_gone(event);
  else return out;
  say_agents(out);
  return out;
}

void Observer::joins(const Packet& event, TimeMs at, AllTold& out) {
  const QueueSettings* queue = settings_.queue(event.get("Queue"));
  const std::string id = call_id(event);
  if (queue == nullptr || id.empty()) return;
  if (!calls_.contains(id) && calls_.size() == kMaxCalls) return;
  const auto [call, is_new] = calls_.try_emplace(id);
  call->second.step = CallStep::kQueued;
  call->second.agent.clear();
  out.push_back(ToldCall{id, CallStep::kQueued, at, queue->desk, queue->line, "",
                         is_new ? number_in(event) : std::string()});
}

void Observer::rings(const Packet& event, TimeMs at, AllTold& out) {
  const auto call = calls_.find(call_id(event));
  const QueueSettings* queue = settings_.queue(event.get("Queue"));
  const std::string agent = settings_.agent_at(event.get("Interface"));
  if (call == calls_.end() || queue == nullptr || agent.empty()) return;
  call->second.step = CallStep::kRinging;
  call->second.agent.clear();
  if (++call->second.rings > kMaxRings) return;
  call->second.agent = agent;
  out.push_back(ToldCall{call->first, CallStep::kRinging, at, queue->desk, queue->line, agent, ""});
}

void Observer::answered(const Packet& event, TimeMs now, AllTold& out) {
  const std::string id = call_id(event);
  const QueueSettings* queue = settings_.queue(event.get("Queue"));
  const std::string agent = settings_.agent_at(event.get("Interface"));
  const auto call = calls_.find(id);
  if (call == calls_.end() || queue == nullptr || agent.empty()) return;
  // A ring that was one of too many, or another's: reports count from that of who answered.
  if (call->second.agent != agent)
    out.push_back(ToldCall{id, CallStep::kRinging, now + -1'000 * seconds(event, "RingTime"),
                           queue->desk, queue->line, agent, ""});
  answers(id, agent, queue, now, out);
}

void Observer::answers(const std::string& id, const std::string& agent, const QueueSettings* queue,
                       TimeMs now, AllTold& out) {
  Call& call = calls_.at(id);
  if (call.step == CallStep::kAnswered && call.agent == agent) return;
  call.step = CallStep::kAnswered;
  call.agent = agent;
  out.push_back(ToldCall{id, CallStep::kAnswered, now, queue == nullptr ? DeskNo{} : queue->desk,
                         queue == nullptr ? "" : queue->line, agent, ""});
}

void Observer::ends(const std::string& id, TimeMs now, AllTold& out) {
  const auto call = calls_.find(id);
  if (call == calls_.end()) return;
  const bool was_answered = call->second.step == CallStep::kAnswered;
  out.push_back(ToldCall{
      id, CallStep::kEnded, now, {}, "", was_answered ? call->second.agent : std::string(), ""});
  calls_.erase(call);
}

// ---- Agents

void Observer::member(const Packet& event) {
  const std::string_view at = event.get("Interface");
  const std::string agent = settings_.agent_at(at.empty() ? event.get("Location") : at);
  const std::string queue(event.get("Queue"));
  if (agent.empty() || settings_.queue(queue) == nullptr) return;
  if (!members_.contains(agent) && members_.size() == kMaxMembers) return;
  Member& member = members_[agent][queue];
  member.paused = event.get("Paused") == "1";
  member.reason = member.paused ? event.get("PausedReason") : std::string_view();
  member.present = is_there(event.get("Status"));
}

void Observer::member_gone(const Packet& event) {
  const auto found = members_.find(settings_.agent_at(event.get("Interface")));
  if (found != members_.end()) found->second.erase(std::string(event.get("Queue")));
}

ToldAgent Observer::state_of(const std::string& agent) const {
  ToldAgent out{agent, AgentState::kOffline, BreakReason::kNone, {}};
  const auto found = members_.find(agent);
  if (found == members_.end() || found->second.empty()) return out;
  const Members& queues = found->second;
  for (const QueueSettings& each : settings_.queues)
    if (out.desk.v == 0 && queues.contains(each.name)) out.desk = each.desk;
  if (std::ranges::none_of(queues, [](const auto& each) { return each.second.present; }))
    return out;
  out.state = AgentState::kReady;
  if (!std::ranges::all_of(queues, [](const auto& each) { return each.second.paused; })) return out;
  out.state = AgentState::kBreak;
  const auto reason = settings_.breaks.find(queues.begin()->second.reason);
  out.reason = reason == settings_.breaks.end() ? BreakReason::kOther : reason->second;
  return out;
}

// Each change of a state, once.
void Observer::say_agents(AllTold& out) {
  for (const auto& [agent, queues] : members_) {
    ToldAgent now = state_of(agent);
    const auto before = told_.find(agent);
    if (before != told_.end() && now.desk.v == 0) now.desk = before->second.desk;
    if (before != told_.end() && before->second == now) continue;
    told_[agent] = now;
    out.emplace_back(std::move(now));
  }
}

// ---- After a cut

AllTold Observer::reconcile(const Snapshot& all, TimeMs now) {
  AllTold out;
  for (auto& [agent, queues] : members_) queues.clear();
  for (const Packet& each : all.members) member(each);
  std::set<std::string> waiting;
  for (const Packet& each : all.entries) {
    const std::string id = call_id(each);
    if (settings_.queue(each.get("Queue")) == nullptr || id.empty()) continue;
    waiting.insert(id);
    const auto known = calls_.find(id);
    if (known == calls_.end() || known->second.step == CallStep::kAnswered)
      joins(each, now + -1'000 * seconds(each, "Wait"), out);
  }
  caught_up(all, waiting, now, out);
  say_agents(out);
  return out;
}

// Calls that wait no more: whoever has no channel any more has hung up; who is in a bridge with an
// agent talks with him.
void Observer::caught_up(const Snapshot& all, const std::set<std::string>& waiting, TimeMs now,
                         AllTold& out) {
  std::map<std::string, const Packet*> channels;
  std::map<std::string, std::string> agents;  // by bridge
  for (const Packet& each : all.channels) {
    channels.emplace(each.get("Uniqueid"), &each);
    // A trunk may look like an agent's telephone; it is no member.
    const std::string agent = settings_.agent_at(interface_of(each.get("Channel")));
    const auto member = members_.find(agent);
    const bool is_agent = member != members_.end() && !member->second.empty();
    if (const std::string_view bridge = each.get("BridgeId"); !bridge.empty() && is_agent)
      agents.emplace(bridge, agent);
  }
  std::vector<std::string> known;
  for (const auto& [id, call] : calls_)
    if (!waiting.contains(id)) known.push_back(id);
  for (const std::string& id : known) {
    const auto channel = channels.find(id);
    if (channel == channels.end()) {
      ends(id, now, out);
      continue;
    }
    const auto agent = agents.find(std::string(channel->second->get("BridgeId")));
    if (agent != agents.end()) answers(id, agent->second, nullptr, now, out);
  }
}

}  // namespace opora::telephony::ami
