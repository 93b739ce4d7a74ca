#include "tests/unit/telephony/house.h"

#include "protocol/codec/record_codec.h"
#include "protocol/domain/texts.h"
#include "sync/journal/streams.h"

namespace opora::testing {

using protocol::CallState;
using protocol::Kind;

void ToldPbx::carry_out(const Commands& commands) {
  watch.did(commands);
  told.insert(told.end(), commands.begin(), commands.end());
}

Reconciled ToldPbx::snapshot() const {
  Reconciled seen;
  for (const auto& [no, call] : watch.pbx()) {
    SeenCall each{no, {}};
    if (call.person) each.legs.push_back({kPerson, *call.person});
    for (const auto& [leg, state] : call.legs) each.legs.push_back({leg, state});
    if (!each.legs.empty()) seen.calls.push_back(each);
  }
  return seen;
}

const AggregateId kUser = AggregateId::from("user-user-user-1").value();

House::House(const Plan& plan) : plan_(std::make_shared<SitePlan>(SitePlan{plan, {}, {}, {}})) {
  clock.set(TimeMs{1'795'442'400'000});  // Monday, 23 November 2026, 17:00 in Moscow: no menu
  start();
  looks();
}

void House::start() {
  // A process that is gone has said its last word; its shell is only forgotten with its commands.
  pbx_hears_ = true;
  shell = std::make_unique<CallShell>([this](sync::Command command) { submit(std::move(command)); },
                                      pbx, plan_, 5'000);
  shell->start();
}

void House::submit(sync::Command command) {
  if (!refuses.empty()) {
    const Error refusal = refuses.front();
    refuses.erase(refuses.begin());
    return command.done(refusal);
  }
  if (dies_ == Dies::kBeforeTheCommit) return;
  if (dies_ == Dies::kAfterIt) command.done = [](const Result<sync::Answer>&) {};
  std::vector<sync::Command> group;
  group.push_back(std::move(command));
  (void)site.core().run(group, {});
}

void House::happens(const Event& event, Dies dies) {
  pbx.watch.told(event);
  dies_ = dies;
  shell->tell({event});
  dies_ = Dies::kNot;
  if (dies != Dies::kNot) restarts();
}

void House::comes(CallNo call, const std::string& line, const std::string& number) {
  const Event event = Arrived{call, line};
  pbx.watch.told(event);
  shell->tell({event, {{call, number}}});
}

std::optional<Refusal> House::asks(std::uint32_t agent, Ask what) {
  std::optional<Refusal> refusal;
  shell->ask({AgentNo{agent}, kUser}, std::move(what),
             [&](std::optional<Refusal> answer) { refusal = answer; });
  return refusal;
}

void House::takes(std::uint32_t agent) {
  const Agent& who = core().floor().agents.at(AgentNo{agent});
  const CallNo call = who.call;
  const LegNo leg = who.leg;
  happens(LegRings{call, leg});
  happens(LegAnswered{call, leg});
}

void House::passes(std::int64_t ms) {
  for (std::int64_t gone = 0; gone < ms; gone += CallShell::kEveryMs) {
    clock.advance(CallShell::kEveryMs);
    shell->look(clock.now());
  }
}

void House::plan_is(const Plan& plan) {
  plan_ = std::make_shared<SitePlan>(SitePlan{plan, {}, {}, {}});
  shell->set_plan(plan_);
}

void House::restarts() {
  pbx.watch.told(Restarted{});
  site.reopen();
  start();
}

std::vector<CallState> House::journal() {
  std::vector<CallState> out;
  std::set<AggregateId> known;
  for (const sync::Entry& entry : site.outgoing(sync::Stream::kJournal)) {
    const auto record = protocol::decode_record(entry.bytes).value();
    if (record.env.type != protocol::EventType::kCallObserved) continue;
    if (known.insert(record.env.aggregate).second)
      out.push_back(*site.entity(Kind::kCall, record.env.aggregate).as<CallState>());
  }
  return out;
}

std::vector<std::string> House::told_of(CallNo call) {
  std::vector<std::string> out;
  for (const CallState& each : journal()) {
    if (each.call_id != call_id_of(call)) continue;
    for (const auto& [seq, seen] : each.seen)
      out.push_back(std::string(protocol::to_name(seen.step)) + " " + seen.line +
                    (seen.agent.empty() ? "" : " by " + seen.agent));
  }
  return out;
}

std::string differs(const Core& one, const Core& other) {
  if (one.floor().calls != other.floor().calls) return "other calls";
  if (one.floor().agents != other.floor().agents) return "other agents";
  if (one.floor().figures != other.floor().figures) return "other figures";
  return "";
}

}  // namespace opora::testing
