// A node's call queue over HTTP and WebSocket with a simulated Asterisk, and what tests say of it.
#pragma once

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "node/telephony/ari/connection.h"
#include "node/telephony/call_rows.h"
#include "node/telephony/call_shell.h"
#include "sync/engine/engine.h"
#include "sync/journal/memory_store.h"
#include "tests/support/ari_simulator.h"
#include "tests/support/call_plan.h"
#include "tests/support/moved_clock.h"
#include "tests/support/region.h"

namespace opora::testing {

using namespace telephony;

// Monday, 23 November 2026, 17:00 in Moscow: no menu.
inline constexpr TimeMs kMonday17{1'795'442'400'000};

// A node with its engine, over a store and a PBX that outlive it.
class Node {
 public:
  Node(sync::Store& store, const Clock& clock, AriSimulator& pbx, ari::Lease lease)
      : engine_(core(store, clock), clock, [] {}),
        connection_({"127.0.0.1", pbx.port(), "opora", "secret"}, settings(), {50, 2'000}),
        shell_([this](sync::Command command) { engine_.submit(std::move(command)); }, connection_,
               std::make_shared<SitePlan>(SitePlan{recorded_plan(), {}, {}, {}}), 5'000) {
    connection_.set_lease(lease);
    shell_.start();
    connection_.start(shell_);
  }
  ari::Connection& connection() { return connection_; }
  ~Node() {
    connection_.stop();
    engine_.stop();
  }
  CallShell& shell() { return shell_; }
  std::optional<Refusal> asks(std::uint32_t agent, Ask what) {
    std::promise<std::optional<Refusal>> answered;
    shell_.ask({AgentNo{agent}, {}}, std::move(what),
               [&](std::optional<Refusal> refusal) { answered.set_value(refusal); });
    return answered.get_future().get();
  }

 private:
  static Plan recorded_plan() {
    Plan out = hospital_plan();
    for (auto& [no, queue] : out.queues) queue.recording = Recording::kAll;
    return out;
  }
  static ari::Settings settings() {
    ari::Settings out;
    for (const std::uint32_t no : {100U, 103U})
      out.endpoints[AgentNo{no}] = "PJSIP/" + std::to_string(no);
    out.trunk = "PJSIP/{number}@trunk";
    out.closed_media = "sound:closed";
    return out;
  }
  std::unique_ptr<sync::EngineCore> core(sync::Store& store, const Clock& clock) {
    sync::EngineSettings settings{SiteNo{3}, {}, [](TimeMs) { return std::int16_t{180}; }};
    return sync::EngineCore::open(store, std::move(settings), clock, random_, observer_).value();
  }

  SeededRandom random_{7};
  sync::EngineObserver observer_;
  sync::Engine engine_;
  ari::Connection connection_;
  CallShell shell_;
};

class LiveAri : public ::testing::Test {
 protected:
  LiveAri() {
    pbx_.registers("PJSIP/100");
    begins();
  }
  void begins(ari::Lease lease = {}) {
    node_ = std::make_unique<Node>(store_, clock_, pbx_, lease);
    until("the queue runs", [&] { return works(); });
  }
  // Who asks for what needs the PBX is refused as long as it is away.
  bool works() {
    return node_->asks(100, PickUp{CallNo{1}}) != Refusal::kUnavailable &&
           node_->shell().next_call().has_value();
  }
  void ready(std::uint32_t agent) {
    node_->shell().desk_seen(AgentNo{agent});
    EXPECT_FALSE(node_->asks(agent, SetState{protocol::AgentState::kReady, {}}));
  }
  // However long it takes on this machine.
  template <class Is>
  void until(const char* what, Is&& is) {
    for (int i = 0; i < 6'000; ++i) {
      if (is()) return;
      node_->shell().look(clock_.now());
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    FAIL() << what;
  }
  bool talk(const std::string& caller) {
    const std::string bridge = pbx_.bridge_of(caller);
    return bridge.starts_with("opora-t-") && pbx_.in_bridge(bridge).size() == 2;
  }
  std::string talks(const std::string& line = "desk") {
    std::string caller = pbx_.comes(line, "84951234567");
    until("the phone rings", [&] { return pbx_.rings("PJSIP/100"); });
    pbx_.answers("PJSIP/100");
    until("they talk", [&] { return talk(caller); });
    return caller;
  }
  // The node says to its guard that it lives.
  void beats() {
    node_->connection().lease_begins();
    node_->connection().lease_told();
  }
  bool was_asked(const std::string& request) {
    return std::ranges::count(pbx_.requests(), request) > 0;
  }
  bool is_over() {
    return pbx_.channels() == 0 && read_rows(*store_.snapshot()).rows.calls.empty();
  }

  MovedClock clock_{kMonday17};
  sync::MemoryStore store_;
  AriSimulator pbx_;
  std::unique_ptr<Node> node_;
};

}  // namespace opora::testing
