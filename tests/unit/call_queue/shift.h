// A shift of a small hospital as a story: callers come, agents take calls, time passes. Every step
// is watched, every row that a step touched is kept as bytes, and a restart goes on from those.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "node/telephony/queue/rows.h"
#include "tests/support/call_plan.h"
#include "tests/unit/call_queue/watch.h"

namespace opora::testing {

using protocol::AgentState;
using protocol::BreakReason;
using protocol::CallStep;

// Monday, 23 November 2026, 17:00 in Moscow: no menu.
inline constexpr TimeMs kMonday17{1'795'442'400'000};
inline constexpr std::int64_t kSecond = 1'000;

class Shift : public ::testing::Test {
 protected:
  Shift() {
    happens(Reconciled{});
    now_ = kMonday17;
  }

  void happens(const Event& event) {
    watch_.told(event);
    done_ = core_.step(plan_, event, now_);
    watch_.did(done_.commands);
    all_.insert(all_.end(), done_.commands.begin(), done_.commands.end());
    keep(done_);
    const std::string wrong = watch_.wrong(core_, plan_);
    EXPECT_EQ(wrong, "");
  }

  // Callers.
  CallNo comes(const std::string& line) {
    const CallNo no{++last_call_};
    happens(Arrived{no, line});
    return no;
  }
  void presses(CallNo call, char digit) { happens(Digit{call, digit}); }
  void hangs_up(CallNo call) { happens(LegEnded{call, kPerson, LegEnd::kHungUp}); }

  // Agents.
  void ready(std::uint32_t agent) { asks(agent, SetState{AgentState::kReady, {}}); }
  void asks(std::uint32_t agent, Ask what) {
    happens(Asked{{++asks_}, AgentNo{agent}, std::move(what)});
  }
  void takes(std::uint32_t agent) {
    const Agent& who = this->agent(agent);
    ASSERT_NE(who.call.v, 0U);
    happens(LegRings{who.call, who.leg});
    happens(LegAnswered{who.call, who.leg});
  }
  void rings(std::uint32_t agent) {
    const Agent& who = this->agent(agent);
    happens(LegRings{who.call, who.leg});
  }
  void ignores(std::uint32_t agent) {
    const Agent& who = this->agent(agent);
    happens(LegEnded{who.call, who.leg, LegEnd::kNoAnswer});
  }
  void puts_down(std::uint32_t agent) {
    const Agent& who = this->agent(agent);
    happens(LegEnded{who.call, who.leg, LegEnd::kHungUp});
  }
  // The leg that was dialled last, of whoever it is.
  void answers_last() {
    const Dial& dial = last<Dial>();
    happens(LegAnswered{dial.call, dial.leg});
  }

  // Time: each due moment on the way is a tick of its own.
  void passes(std::int64_t ms) {
    const TimeMs until = now_ + ms;
    while (const auto wake = core_.next_wake()) {
      if (*wake > until) break;
      now_ = std::max(now_, *wake);
      happens(Tick{});
      const auto next = core_.next_wake();
      ASSERT_TRUE(!next || *next > now_) << "a tick that changes nothing";
    }
    now_ = until;
  }

  // The process ends and comes back with the rows that it wrote.
  void restarts() {
    core_ = Core(rows());
    happens(Restarted{});
  }
  Core::Rows rows() const {
    Core::Rows out;
    for (const auto& [no, row] : calls_) out.calls.push_back(decode_call(row).value());
    for (const auto& [no, row] : agents_) out.agents.push_back(decode_agent(row).value());
    for (const auto& [no, row] : figures_) out.figures.push_back(decode_figures(row).value());
    return out;
  }
  // All that the PBX has, as it is.
  Reconciled snapshot() const {
    Reconciled seen;
    for (const auto& [no, call] : watch_.pbx()) {
      SeenCall each{no, {}};
      if (call.person) each.legs.push_back({kPerson, *call.person});
      for (const auto& [leg, state] : call.legs) each.legs.push_back({leg, state});
      if (!each.legs.empty()) seen.calls.push_back(each);
    }
    return seen;
  }

  // What is.
  const Call& call(CallNo no) const { return core_.floor().calls.at(no); }
  bool is_over(CallNo no) const { return !core_.floor().calls.contains(no); }
  Phase phase(CallNo no) const { return call(no).phase; }
  const Agent& agent(std::uint32_t no) const { return core_.floor().agents.at(AgentNo{no}); }
  CallNo at_phone(std::uint32_t no) const { return agent(no).call; }
  std::uint16_t position(CallNo no) const { return position_in(core_.floor(), call(no)); }

  // What was said, in the last step or at all.
  template <class T>
  std::vector<T> said() const {
    return of<T>(done_.commands);
  }
  template <class T>
  std::vector<T> ever() const {
    return of<T>(all_);
  }
  template <class T>
  T last() const {
    const auto all = of<T>(all_);
    EXPECT_FALSE(all.empty());
    return all.empty() ? T{} : all.back();
  }
  std::vector<CallStep> steps_of(CallNo no) const {
    std::vector<CallStep> out;
    for (const TellCall& each : ever<TellCall>())
      if (each.call == no) out.push_back(each.step);
    return out;
  }
  Outcome outcome(CallNo no) const {
    for (const Finish& each : ever<Finish>())
      if (each.call == no) return each.outcome;
    ADD_FAILURE() << "call " << no.v << " goes on";
    return {};
  }

  Plan plan_ = hospital_plan();
  Core core_;
  TimeMs now_{kMonday17.v - 17 * 3'600 * kSecond};

 private:
  template <class T>
  static std::vector<T> of(const Commands& commands) {
    std::vector<T> out;
    for (const Command& each : commands)
      if (const T* found = std::get_if<T>(&each)) out.push_back(*found);
    return out;
  }
  static std::uint16_t position_in(const Floor& floor, const Call& call) {
    const auto& places = floor.waiting.at(call.queue);
    return static_cast<std::uint16_t>(
        1 + std::distance(places.begin(), places.lower_bound(place_of(call))));
  }
  void keep(const Core::Done& done) {
    const Floor& floor = core_.floor();
    for (const CallNo no : done.calls) {
      if (floor.calls.contains(no)) calls_[no] = encode(floor.calls.at(no));
      else calls_.erase(no);
    }
    for (const AgentNo no : done.agents) agents_[no] = encode(floor.agents.at(no));
    for (const QueueNo no : done.figures) figures_[no] = encode(floor.figures.at(no));
  }

  Watch watch_;
  Core::Done done_;
  Commands all_;
  std::map<CallNo, Bytes> calls_;
  std::map<AgentNo, Bytes> agents_;
  std::map<QueueNo, Bytes> figures_;
  std::uint64_t last_call_ = 0;
  std::uint64_t asks_ = 0;
};

}  // namespace opora::testing
