// Calls as telephone systems tell of them, agents, and the calls back that lost calls owe (T5, T13,
// O7, N2).
#include <algorithm>
#include <utility>

#include "node/telephony/call_back_notes.h"
#include "protocol/domain/ownership.h"
#include "sync/projection/projection.h"
#include "tests/sim/region/workload.h"

namespace opora::sim {

using protocol::CallBackResult;
using protocol::CallBackState;
using protocol::CallStep;
using protocol::Direction;
using protocol::Kind;
using Rows = protocol::keys::CallBackRows;

namespace {

const std::string kSource = "pbx";
// Calls at once at a site; its agents; those who call the region.
constexpr std::size_t kLines = 3;
constexpr std::int64_t kAgents = 4;
constexpr std::int64_t kCallers = 9;

std::string one_of(Dice& dice, const char* what, std::int64_t last) {
  return what + std::to_string(dice.between(1, last));
}

// At every second site people are called at any hour.
protocol::CallBackRule rule_of(SiteNo site) {
  protocol::CallBackRule rule;
  if (site.v % 2 == 1) rule.from_min = 0, rule.to_min = 24 * 60;
  return rule;
}

// As POST /telephony/events decides it.
sync::Command telling(const protocol::ObserveCall& event) {
  sync::Command command = testing::observing(event);
  command.decide = [decide = std::move(command.decide)](sync::Decision& decision) {
    auto answer = decide(decision);
    if (!answer.ok()) return answer;
    const auto rule = rule_of(decision.context().site);
    telephony::CallBackNotes(decision, rule).note();
    return answer;
  };
  return command;
}

template <class Said>
Result<protocol::Drafts> decide_as(const Said& said, const protocol::CallBackRule& rule,
                                   const protocol::Entity& task,
                                   const protocol::DecideContext& context) {
  if constexpr (std::is_same_v<Said, protocol::TryCallBack>)
    return protocol::decide(said, rule, task, context);
  else return protocol::decide(said, task, context);
}

// What the node's API and its watch decide of a call back.
template <class Said>
sync::Command saying(const Sim& sim, const AggregateId& task, const Said& said) {
  constexpr bool kHome = std::is_same_v<Said, protocol::TakeCallBackHome>;
  const bool no_lease = kHome && sim.planted == Planted::kLeaseIgnored;
  const bool no_claim = sim.planted == Planted::kClaimIgnored;
  sync::Command command;
  command.decide = [=](sync::Decision& decision) -> Result<sync::Answer> {
    protocol::Entity entity = decision.load(Kind::kCallBack, task);
    auto context = decision.context();
    if (no_lease) context.now = context.now + protocol::kMaxLeaseMs;
    if (auto* state = std::get_if<CallBackState>(&entity.state); no_claim && state != nullptr)
      state->claim = {};
    auto drafts = decide_as(said, rule_of(context.site), entity, context);
    if (!drafts.ok()) return drafts.error();
    decision.emit(std::move(*drafts));
    return sync::Answer{};
  };
  return command;
}

std::vector<AggregateId> tasks_in(const Process& process, Rows which) {
  std::vector<AggregateId> out;
  process.disk().synced()->scan_prefix(sync::Table::kIndex,
                                       protocol::keys::call_backs(which, process.site()),
                                       [&](std::string_view key, std::string_view) {
                                         out.push_back(protocol::keys::id_of(key));
                                         return true;
                                       });
  return out;
}

}  // namespace

void Workload::telephone(SiteNo site) {
  if (sim_.dice.percent(12)) return agent_state(site);
  if (sim_.dice.percent(35)) return owed(site);
  call(site);
}

void Workload::call(SiteNo site) {
  if (sim_.dice.percent(15)) return call_told_anyhow(site);
  auto& lines = lines_[site];
  const bool comes_one = lines.empty() || (lines.size() < kLines && sim_.dice.percent(35));
  if (comes_one) return comes(site);
  const std::size_t which = sim_.dice.next() % lines.size();
  goes_on(lines[which]);
  if (lines[which].last == CallStep::kEnded) other_side_ends(lines[which]);
  std::erase_if(lines, [](const Line& line) { return line.last == CallStep::kEnded; });
}

// Its steps in any order, and the same ones again.
void Workload::call_told_anyhow(SiteNo site) {
  const std::string id = one_of(sim_.dice, "call", 60);
  const auto seq = static_cast<std::uint32_t>(sim_.dice.between(1, 4));
  const auto step = std::array{CallStep::kQueued, CallStep::kRinging, CallStep::kAnswered,
                               CallStep::kEnded}[seq - 1];
  auto observed = testing::step(id, seq, step, seq * 10, seq == 1 ? "" : "agent7");
  Task task{site, "call", fresh("call"), [observed] { return testing::observing(observed); }};
  task.may_be_empty = true;
  begin(std::move(task));
}

void Workload::comes(SiteNo site) {
  Line line{site, fresh("line"), one_of(sim_.dice, "891300000", kCallers),
            one_of(sim_.dice, "line", 2)};
  line.desk = DeskNo{static_cast<std::uint16_t>(sim_.dice.between(0, 2))};
  if (sim_.dice.percent(20)) line.direction = Direction::kOut;
  if (sim_.dice.percent(10)) line.phone.clear();  // withheld
  const bool out = line.direction == Direction::kOut;
  if (out) line.agent = one_of(sim_.dice, "agent", kAgents);
  tell_of(line, out ? CallStep::kRinging : CallStep::kQueued);
  lines_[site].push_back(std::move(line));
}

// Rung, taken, passed on to another, over to the region, lost: whatever may follow.
void Workload::goes_on(Line& line) {
  if (may_go_over(line) && sim_.dice.percent(30)) return goes_over(line);
  if (came_over(line)) return;
  const std::int64_t dice = sim_.dice.between(0, 99);
  const bool waits = line.last == CallStep::kQueued || line.last == CallStep::kHandedOver;
  if (waits && dice < 60) {
    line.agent = one_of(sim_.dice, "agent", kAgents);
    return tell_of(line, CallStep::kRinging);
  }
  if (waits && dice < 68 && line.journey.is_zero()) {
    line.handed_over = true;
    return tell_of(line, CallStep::kHandedOver);
  }
  if (line.last == CallStep::kRinging) {
    if (dice < 50 && line.from_site.v == 0) return tell_of(line, CallStep::kAnswered);
    // Nobody took it: back to the same place.
    if (dice < 62 && line.direction == Direction::kIn) return tell_of(line, CallStep::kQueued);
  }
  if (line.last == CallStep::kAnswered && dice < 30) {
    line.agent = one_of(sim_.dice, "agent", kAgents);
    return tell_of(line, dice < 15 ? CallStep::kRinging : CallStep::kAnswered);
  }
  tell_of(line, CallStep::kEnded);
}

void Workload::tell_of(Line& line, CallStep step) {
  line.last = step;
  protocol::ObserveCall event;
  event.source = kSource;
  event.call_id = line.id;
  event.seq = ++line.seq;
  event.step = step;
  event.at = kStart + sim_.timeline.wall_ms();
  if (line.seq == 1) {
    if (line.entered.v == 0) line.entered = event.at;
    event.at = line.entered;  // of whichever site was the first
  }
  event.journey = line.journey;
  event.from_site = line.from_site;
  event.desk = line.desk;
  event.line = line.line;
  if (step == CallStep::kRinging || step == CallStep::kAnswered) event.agent = line.agent;
  event.phone = line.seq == 1 ? line.phone : "";
  event.direction = line.direction;
  Task task{line.site, "call", fresh("call"), [event] { return telling(event); }};
  const auto id = protocol::call_aggregate(line.site, kSource, line.id);
  if (!line.journey.is_zero()) {
    Ledger::Journey& journey = ledger_.journeys[line.journey];
    journey.calls.insert(id);
    journey.told.emplace_back(line.site, key(task).id);
  }
  if (step == CallStep::kEnded) {
    ledger_.calls[id] = {line.site, line.phone, key(task).id};
    if (sim_.planted == Planted::kCallEndsTwice && sim_.dice.percent(10)) {
      ++event.seq;
      begin({line.site, "call", fresh("call"), [event] { return telling(event); }});
    }
  }
  begin(std::move(task));
}

void Workload::hang_up() {
  for (auto& [site, lines] : std::exchange(lines_, {})) {
    for (Line& line : lines) tell_of(line, CallStep::kEnded);
  }
}

void Workload::agent_state(SiteNo site) {
  protocol::SetAgentState said;
  said.agent = one_of(sim_.dice, "agent", kAgents);
  said.desk = DeskNo{1};
  said.state = static_cast<protocol::AgentState>(sim_.dice.between(1, 3));
  if (said.state == protocol::AgentState::kBreak)
    said.reason = static_cast<protocol::BreakReason>(sim_.dice.between(1, 5));
  begin({site, "agent", fresh("agent"), [said] { return testing::setting_agent(said); }});
}

// What a desk sees of whom it has to call back, and what it does about one of them.
void Workload::owed(SiteNo site) {
  const Process* process = find_(site);
  const auto lent =
      process == nullptr ? std::vector<AggregateId>() : tasks_in(*process, Rows::kLent);
  if (!lent.empty() && sim_.dice.percent(40))
    return take_home(site, lent[sim_.dice.next() % lent.size()]);
  const auto open =
      process == nullptr ? std::vector<AggregateId>() : tasks_in(*process, Rows::kOpen);
  if (open.empty()) return call(site);
  const AggregateId task = open[sim_.dice.next() % open.size()];
  if (sim_.dice.percent(25)) return lend(site, task);
  claim(site, task);
}

void Workload::claim(SiteNo site, const AggregateId& task) {
  const std::string by = one_of(sim_.dice, "operator", 3);
  Task said{site, "call back claimed", fresh("claim"),
            [=, this] { return saying(sim_, task, protocol::ClaimCallBack{by}); }};
  said.then = [=, this](const Bytes&) {
    if (sim_.dice.percent(20)) return;  // forgotten: it runs out
    const std::string waiting = fresh("call to somebody ");
    open_.emplace(waiting, "nothing");
    sim_.timeline.after(sim_.dice.between(0, 6'000), [=, this] {
      open_.erase(waiting);
      tried(site, task, by);
    });
  };
  begin(std::move(said));
}

void Workload::tried(SiteNo site, const AggregateId& task, const std::string& by) {
  constexpr std::array kResults = {CallBackResult::kNoAnswer, CallBackResult::kNoAnswer,
                                   CallBackResult::kBusy,     CallBackResult::kReached,
                                   CallBackResult::kReached,  CallBackResult::kWrongNumber,
                                   CallBackResult::kReleased, CallBackResult::kNotNeeded};
  const auto result = kResults[sim_.dice.next() % kResults.size()];
  begin({site, "call back tried", fresh("tried"), [=, this] {
           return saying(sim_, task, protocol::TryCallBack{result, by});
         }});
}

void Workload::lend(SiteNo site, const AggregateId& task) {
  const protocol::RouteCallBack route{
      any_site(), sim_.dice.between(protocol::kMinLeaseMs, protocol::kMaxLeaseMs)};
  begin({site, "call back lent", fresh("lent"), [=, this] { return saying(sim_, task, route); }});
}

void Workload::take_home(SiteNo site, const AggregateId& task) {
  begin({site, "call back taken home", fresh("home"),
         [=, this] { return saying(sim_, task, protocol::TakeCallBackHome{}); }});
}

}  // namespace opora::sim
