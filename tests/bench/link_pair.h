// A site and the hub in one process, joined by real sockets on loopback with CURVE: production's
// engine, feed and replicator at both ends, so that one clock sees both. Used by the benches of the
// link. Each engine and replicator has its thread, as in the daemons; everything here belongs to
// the bench's main thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hub/outbox.h"
#include "sync/engine/engine.h"
#include "sync/feed/store_streams.h"
#include "sync/journal/rocks_store.h"
#include "sync/replicator/hub_replicator.h"
#include "sync/replicator/node_replicator.h"
#include "tests/bench/figures.h"
#include "tests/bench/region_data.h"

namespace opora::bench {

// When which position of the site's journal became durable. Written by one engine's thread, read
// after it has ended.
class Moments {
 public:
  explicit Moments(std::size_t positions) : at_(positions + 1) {}
  void reached(StreamPos pos);
  std::uint64_t known() const { return shown_.load(); }  // any thread
  SteadyTime at(std::uint64_t pos) const { return at_[pos]; }

 private:
  std::vector<SteadyTime> at_;
  std::uint64_t known_ = 0;
  std::atomic<std::uint64_t> shown_{0};
};

// Nobody looks at this region but the clock; an alarm ends the bench.
class Quiet : public sync::LinkObserver {
 public:
  void connected(SiteNo, const sync::PeerInfo&) override {}
  void disconnected(SiteNo, protocol::CloseReason, const std::string&) override {}
  void unreachable(SiteNo, const std::string&) override {}
  void acked(SiteNo, sync::StreamKind, StreamPos, StreamPos) override {}
  void peer_status(SiteNo, const sync::PeerStatus&) override {}
  void alarm(SiteNo, sync::AlarmCode, const std::string& text) override { give_up(text); }
};

// Who may connect: site 1, 2, 3… by the keys in this order.
class Sites final : public sync::PeerDirectory, public sync::EnrolmentDesk {
 public:
  explicit Sites(std::vector<LinkKey> keys) : keys_(std::move(keys)) {}
  std::optional<SiteNo> site_of(const LinkKey& key) const override;
  void enrol(SiteNo, const EnrolSecret&, const LinkKey&, std::function<void(Answer)> done) override;

 private:
  std::vector<LinkKey> keys_;
};

// Wakes the site's replicator after each commit and notes the commit.
class SiteObserver : public sync::EngineObserver {
 public:
  explicit SiteObserver(Moments& moments) : moments_(moments) {}
  std::atomic<sync::NodeReplicator*> replicator{nullptr};
  std::atomic<bool> ready{false};  // the rubricator is here
  void on_event(sync::Transaction&, const protocol::Event& event, const sync::JournalRef&) override;
  void on_committed(const Committed& committed) override;

 private:
  Moments& moments_;
};

// Routes as the hub does and notes what is applied of site 1's journal.
class HubObserver : public sync::EngineObserver {
 public:
  explicit HubObserver(Moments& moments) : moments_(moments) {}
  hub::Outbox outbox;
  void on_event(sync::Transaction& txn, const protocol::Event& event,
                const sync::JournalRef& ref) override;
  void on_key(sync::Transaction& txn, const AggregateId& aggregate) override;
  void on_folded() override { folded_ = applied_; }
  void on_committed(const Committed& committed) override;
  void on_set_aside(sync::Stream, SiteNo, StreamPos, const std::string& reason) override {
    give_up("set aside: " + reason);
  }

 private:
  Moments& moments_;
  StreamPos applied_;
  StreamPos folded_;  // by the group that is committed
};

// A store, its engine and its streams.
class Place {
 public:
  Place(const std::string& folder, SiteNo site, const protocol::SiteKey& key,
        sync::EngineObserver& observer);
  sync::EngineCore& core() { return *core_; }  // before start()
  void start();
  sync::Engine& engine() { return *engine_; }
  const sync::Store& store() const { return *store_; }
  sync::LinkPorts ports(sync::LinkObserver& observer) {
    return {*streams_, *streams_, observer, clock, random};
  }
  SystemClock clock;
  SystemRandom random;

 private:
  protocol::SiteKey key_;
  std::unique_ptr<sync::RocksStore> store_;
  std::unique_ptr<sync::EngineCore> core_;
  std::unique_ptr<sync::Engine> engine_;
  std::unique_ptr<sync::StoreStreams> streams_;
};

// Gives up after `patience`.
void wait_until(const std::function<bool()>& holds, const char* what,
                std::chrono::seconds patience);

}  // namespace opora::bench
