// What a simulated site says by itself because time passes (A14, A17): the production DueWatch and
// LinkState over its store, its clock and its engine. Belongs to one run of a daemon, and is silent
// when that is dead. Planted mistakes of deadlines stand here, between rules and engine.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "node/due_watch.h"
#include "node/link_state.h"
#include "tests/sim/region/sim.h"
#include "tests/sim/region/watch.h"

namespace opora::sim {

class SimDueWatch final : public sync::LinkObserver {
 public:
  struct Ports {
    sync::Store& store;
    sync::StoreStreams& streams;
    const Clock& clock;
    sync::BatchIntake& engine;
    Watch& watch;
    // What is under way, of this run of the daemon only.
    std::function<void(std::int64_t delay_ms, std::function<void()> job)> later;
  };
  // `may_speak`: this version knows what there is to say.
  SimDueWatch(Sim& sim, Ports ports, bool may_speak);
  ~SimDueWatch() override;

  void start();
  // As the node's observer of the engine.
  void on_event(const protocol::Event& event) { timetables_.changed(event.env.type); }
  void on_received(sync::Decision& decision, const protocol::Event& event);
  void on_answered(const sync::EngineObserver::Committed& committed);
  // Wall time went on while the line stood, and the region was heard of.
  void on_time_skipped();

  void connected(SiteNo peer, const sync::PeerInfo& info) override;
  void disconnected(SiteNo peer, protocol::CloseReason reason, const std::string& text) override;
  void unreachable(SiteNo peer, const std::string& text) override { link_.unreachable(peer, text); }
  void acked(SiteNo peer, sync::StreamKind stream, StreamPos durable, StreamPos safe) override;
  void peer_status(SiteNo peer, const sync::PeerStatus& status) override;
  void alarm(SiteNo, sync::AlarmCode, const std::string&) override {}

 private:
  class OwnWords;
  void turn();
  void save();
  void heard();
  node::DueWatch::Settings settings();
  protocol::Entity mistaken(protocol::Entity ticket) const;

  Sim& sim_;
  const Ports ports_;
  const bool may_speak_;
  const SiteNo site_;
  std::unique_ptr<OwnWords> own_words_;
  std::unique_ptr<sync::Store> rows_;  // as the watch sees them
  app::Timetables timetables_;
  app::Live live_;  // nobody listens
  node::LinkState link_;
  node::DueWatch watch_;
  std::optional<sync::PeerStatus> last_status_;  // while the line stands
  std::int64_t region_ahead_ms_ = 0;             // of this site's clock, by what it said
};

// Planted: the answer of the applicant makes the moments as if nobody had waited for him.
sync::Command resuming_without_the_pause(const AggregateId& ticket);

}  // namespace opora::sim
