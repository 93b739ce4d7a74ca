#include "tests/unit/call_queue/chance.h"

#include <algorithm>

#include "tests/support/call_plan.h"
#include "tests/unit/call_queue/tell.h"

namespace opora::testing {

using protocol::AgentState;
using protocol::BreakReason;

namespace {

Plan busy_plan() {
  Plan plan = hospital_plan();
  QueuePlan& reference = plan.queues[kReference];
  reference.stages = {{0, Rank{1}, Stage::SkillRule::kAsked},
                      {20'000, Rank{2}, Stage::SkillRule::kAsked},
                      {40'000, Rank{3}, Stage::SkillRule::kWaived}};
  plan.lines["desk"].notice = LinePlan::Notice::kFirst;
  reference.announce_every_ms = 30'000;
  reference.recording = plan.queues[kChildren].recording = Recording::kAll;
  reference.call_back_after_ms = 10'000;
  reference.overflow.to = OverflowTo::kRegion;
  reference.overflow.waited_ms = 60'000;
  reference.overflow.closed = Overflow::When::kGoes;
  reference.overflow.no_trunk = Overflow::NoTrunk::kCallsBack;
  plan.queues[kChildren].overflow = {OverflowTo::kQueue, kReference, 0, 0, 2};
  plan.queues[kAdults].pick = Pick::kBestRank;
  plan.queues[kAdults].overflow = {OverflowTo::kQueue, kReference, 0, 120'000};
  plan.queues[kAdults].wrap_up_ms = 0;
  plan.agents[AgentNo{104}].serves[kReference] = Rank{2};
  plan.agents[AgentNo{105}].serves[kReference] = Rank{3};
  plan.agents[AgentNo{103}].skills = Skills{3};
  return plan;
}

Plan small_plan() {
  Plan plan = hospital_plan();
  plan.queues.erase(kAdults);
  plan.menus[kMorningMenu].digits.erase('2');
  for (auto& [no, agent] : plan.agents)
    if (agent.serves.erase(kAdults) > 0) agent.serves[kReference] = Rank{1};
  plan.agents.erase(AgentNo{106});
  return plan;
}

// A person chose who gets the call, or whom.
bool by_hand(const Event& event) {
  if (std::holds_alternative<PhoneTransfers>(event)) return true;
  const auto* asked = std::get_if<Asked>(&event);
  return asked != nullptr && (std::holds_alternative<PickUp>(asked->what) ||
                              std::holds_alternative<Transfer>(asked->what) ||
                              std::holds_alternative<Consult>(asked->what) ||
                              std::holds_alternative<DialOut>(asked->what) ||
                              std::holds_alternative<Monitor>(asked->what));
}

// Told once: the number of a call is made with it.
bool opens(const Event& event) {
  const auto* asked = std::get_if<Asked>(&event);
  return std::holds_alternative<Arrived>(event) || std::holds_alternative<CallBackEntered>(event) ||
         (asked != nullptr && std::holds_alternative<DialOut>(asked->what));
}

template <class Map, class Id>
std::string differs(const Map& rows, const std::map<Id, Bytes>& kept) {
  if (rows.size() != kept.size()) return "a row was not written";
  for (const auto& [no, row] : rows) {
    const auto found = kept.find(no);
    if (found == kept.end() || found->second != encode(row))
      return "a row that changed was not told of";
  }
  return "";
}

}  // namespace

const std::vector<Plan>& plans() {
  static const std::vector<Plan> kAll{busy_plan(), small_plan()};
  return kAll;
}

std::string Theatre::play(const Happening& next) {
  if (std::holds_alternative<Restarted>(next.event)) {
    Core::Rows rows;
    for (const auto& [no, row] : calls_) rows.calls.push_back(decode_call(row).value());
    for (const auto& [no, row] : agents_) rows.agents.push_back(decode_agent(row).value());
    for (const auto& [no, row] : figures_) rows.figures.push_back(decode_figures(row).value());
    core_ = Core(std::move(rows));
  }
  watch_.told(next.event);
  const Plan& plan = plans().at(next.plan);
  const Floor before = core_.floor();
  const Core::Done done = core_.step(plan, next.event, next.at);
  watch_.did(done.commands);
  commands_ += done.commands.size();
  for (const Command& each : done.commands)
    for (const char c : tell(each))
      digest_ = (digest_ ^ static_cast<std::uint8_t>(c)) * 1'099'511'628'211U;
  const Floor& floor = core_.floor();
  for (const CallNo no : done.calls) {
    if (floor.calls.contains(no)) calls_[no] = encode(floor.calls.at(no));
    else calls_.erase(no);
  }
  for (const AgentNo no : done.agents) agents_[no] = encode(floor.agents.at(no));
  for (const QueueNo no : done.figures) figures_[no] = encode(floor.figures.at(no));
  if (std::holds_alternative<Tick>(next.event))
    if (const auto wake = core_.next_wake(); wake && *wake <= floor.now)
      return "a tick left something due";
  const std::string passed = by_hand(next.event) ? "" : passed_over(floor, plan, done.commands);
  const std::string agent =
      by_hand(next.event) ? "" : passed_over_agent(before, floor, plan, done.commands);
  const std::string again = redials_.wrong(before, next.event, done.commands, floor.now);
  const std::string over =
      going_over_.wrong(floor, plan, by_hand(next.event) ? Commands{} : done.commands);
  for (const std::string& wrong : {watch_.wrong(core_, plan), passed, agent, again, over, kept()})
    if (!wrong.empty()) return wrong;
  return "";
}

std::string Theatre::kept() {
  const Floor& floor = core_.floor();
  for (const std::string& wrong : {differs(floor.calls, calls_), differs(floor.agents, agents_),
                                   differs(floor.figures, figures_)})
    if (!wrong.empty()) return wrong;
  return "";
}

Happening Chance::next(const Scene& stage) {
  const auto wake = stage.core.next_wake();
  if (dice_.percent(30)) now_ = now_ + dice_.between(0, 4'000);
  if (wake && dice_.percent(15)) now_ = std::max(now_, *wake);
  if (wake && *wake <= now_) return {Tick{}, now_, plan_};
  if (dice_.percent(1)) {
    plan_ = 1 - plan_;
    return {PlanChanged{}, now_, plan_};
  }
  if (dice_.percent(1)) return {Restarted{}, now_, plan_};
  if (!stage.core.floor().linked && dice_.percent(40)) return {after_a_cut(stage), now_, plan_};
  Event event = any(stage);
  if (!opens(event) && dice_.percent(8)) late_.push_back(event);  // told again later
  if (dice_.percent(4)) {
    late_.push_back(event);  // told late
    return {Tick{}, now_, plan_};
  }
  return {std::move(event), now_, plan_};
}

Event Chance::any(const Scene& stage) {
  if (dice_.percent(1)) return LinkLost{};
  if (!late_.empty() && dice_.percent(5)) {
    const auto pick = late_.begin() + static_cast<std::ptrdiff_t>(dice_.next() % late_.size());
    Event event = std::move(*pick);
    late_.erase(pick);
    return event;
  }
  if (dice_.percent(14)) {
    static const std::vector<std::string> kLines{"100", "desk", "urgent", "child", "unknown"};
    Arrived came{CallNo{++calls_},
                 kLines[dice_.next() % kLines.size()],
                 {},
                 Skills{dice_.percent(20) ? 1U : 0U},
                 dice_.percent(20) ? any_agent() : AgentNo{}};
    came.journey.id.b.fill(static_cast<std::uint8_t>(calls_ | 1));
    if (dice_.percent(20)) came.journey.from = SiteNo{17};
    if (dice_.percent(20)) came.journey.waited_ms = dice_.between(0, 120'000);
    if (dice_.percent(30)) came.told = static_cast<Told>(dice_.between(1, 3));
    return came;
  }
  if (dice_.percent(2))
    return CallBackEntered{CallNo{++calls_},
                           QueueNo{static_cast<std::uint16_t>(dice_.between(1, 3))},
                           now_ + -dice_.between(0, 60'000)};
  if (dice_.percent(1))
    return CallBackWithdrawn{any_call(stage), static_cast<Withdrawal>(dice_.between(1, 2))};
  return dice_.percent(60) ? of_the_pbx(stage) : of_an_agent(stage);
}

Event Chance::of_the_pbx(const Scene& stage) {
  const CallNo no = any_call(stage);
  const auto found = stage.watch.pbx().find(no);
  if (found == stage.watch.pbx().end() || dice_.percent(3))
    return LegAnswered{no, LegNo{static_cast<std::uint16_t>(dice_.between(0, 4))}};
  const AtPbx& call = found->second;
  if (dice_.percent(12)) return Digit{no, static_cast<char>('0' + dice_.between(1, 4))};
  if (dice_.percent(8)) return Played{no, dice_.percent(90) ? Prompt::kHeard : Prompt::kFailed};
  if (dice_.percent(5))
    return RecordingEnded{no, static_cast<std::uint16_t>(dice_.between(0, 3)),
                          dice_.percent(50) ? TapeEnd::kDone : TapeEnd::kFailed};
  const auto legs = static_cast<std::int64_t>(call.legs.size());
  const auto pick = dice_.between(legs == 0 ? -1 : -legs / 2, legs - 1);
  const auto why = static_cast<LegEnd>(dice_.between(1, 6));
  if (pick < 0) {
    const bool dialled = call.person == LegState::kDialling && !call.unanswered;
    if (dialled && dice_.percent(60)) return LegAnswered{no, kPerson};
    return LegEnded{no, kPerson, why};
  }
  const auto leg = std::next(call.legs.begin(), pick);
  if (dice_.percent(4)) return PhoneHolds{no, leg->first, dice_.percent(60)};
  if (dice_.percent(2)) return PhoneTransfers{no, leg->first, ToAgent{any_agent()}};
  if (leg->second == LegState::kUp)
    return LegEnded{no, leg->first, dice_.percent(70) ? LegEnd::kHungUp : why};
  if (dice_.percent(25)) return LegRings{no, leg->first};
  if (dice_.percent(60))
    return LegAnswered{no, leg->first, dice_.percent(5) ? any_agent() : AgentNo{}};
  return LegEnded{no, leg->first, why};
}

Event Chance::of_an_agent(const Scene& stage) {
  const AgentNo agent = any_agent();
  if (dice_.percent(4)) return DeskLost{agent};
  if (dice_.percent(8)) return DeskSeen{agent};
  return Asked{{dice_.next()}, agent, any_ask(stage)};
}

Ask Chance::any_ask(const Scene& stage) {
  const auto target = [&]() -> Target {
    switch (dice_.between(0, 3)) {
      case 0: return ToAgent{any_agent()};
      case 1: return ToCallers{QueueNo{static_cast<std::uint16_t>(dice_.between(1, 4))}};
      case 2: return ToNumber{"103"};
      default: return ToRegion{};
    }
  };
  const auto state = [&]() -> SetState {
    if (dice_.percent(70)) return {AgentState::kReady, {}};
    if (dice_.percent(50)) return {AgentState::kBreak, BreakReason::kRest};
    return {AgentState::kOffline, {}};
  };
  switch (dice_.between(0, 19)) {
    case 0: return Hold{};
    case 1: return Resume{};
    case 2: return HangUpCall{};
    case 3: return ReadyAgain{};
    case 4: return Transfer{target()};
    case 5:
    case 6: return Consult{target()};
    case 7: return CompleteTransfer{};
    case 8: return CancelConsult{};
    case 9: return Conference{};
    case 10: return DialOut{CallNo{++calls_}};
    case 11: return PickUp{any_call(stage)};
    case 12: return SetStateOf{any_agent(), state()};
    case 13: return Lend{any_agent(), kChildren, Rank{1}};
    case 14: return Recall{any_agent()};
    case 15: return dice_.percent(50) ? Ask{OpenReserve{kReserve}} : Ask{CloseReserve{kReserve}};
    case 16: return Monitor{any_call(stage), static_cast<LegRole>(dice_.between(5, 8))};
    default: return state();
  }
}

// What the PBX has, when calls and legs went, were taken or came while nobody told of it.
Reconciled Chance::after_a_cut(const Scene& stage) {
  Reconciled seen;
  for (const auto& [no, call] : stage.watch.pbx()) {
    SeenCall each{no, {}};
    if (dice_.percent(10)) continue;
    if (call.person && dice_.percent(90)) {
      const bool dialled = *call.person == LegState::kDialling && !call.unanswered;
      const bool answered = dialled && dice_.percent(30);
      each.legs.push_back({kPerson, answered ? LegState::kUp : *call.person});
    }
    for (const auto& [leg, state] : call.legs) {
      if (dice_.percent(20)) continue;
      each.legs.push_back({leg, dice_.percent(30) ? LegState::kUp : state});
    }
    if (dice_.percent(5)) each.legs.push_back({LegNo{60}, LegState::kUp});
    if (!each.legs.empty()) seen.calls.push_back(std::move(each));
  }
  return seen;
}

CallNo Chance::any_call(const Scene& stage) {
  const auto& calls = stage.core.floor().calls;
  if (calls.empty() || dice_.percent(2))
    return CallNo{
        static_cast<std::uint64_t>(dice_.between(1, static_cast<std::int64_t>(calls_) + 2))};
  const auto pick = static_cast<std::ptrdiff_t>(dice_.next() % calls.size());
  return std::next(calls.begin(), pick)->first;
}

AgentNo Chance::any_agent() { return AgentNo{static_cast<std::uint32_t>(dice_.between(100, 107))}; }

std::string play(const Story& story) {
  Theatre stage;
  for (const Happening& each : story)
    if (std::string wrong = stage.play(each); !wrong.empty()) return wrong;
  return "";
}

Story shrunk(Story story, const Fails& fails) {
  for (std::size_t part = story.size() / 2; part > 0; part /= 2) {
    for (std::size_t from = 0; from + part <= story.size();) {
      Story less = story;
      const auto begin = less.begin() + static_cast<std::ptrdiff_t>(from);
      less.erase(begin, begin + static_cast<std::ptrdiff_t>(part));
      if (!fails(less)) from += part;
      else story = std::move(less);
    }
  }
  return story;
}

std::string told(const Story& story) {
  std::string out;
  for (const Happening& each : story) {
    const std::int64_t after = each.at - story.front().at;
    out += "+" + std::to_string(after) + " " + tell(each.event) + "\n";
  }
  return out;
}

}  // namespace opora::testing
