// From a commit at a site to the same record applied and synced at the hub: both engines over
// RocksDB with both replicators in this process, joined by real sockets on loopback with CURVE.
// Contacts are registered at RATE a second.
//   bench_link FOLDER RATE MILLISECONDS
#include <cstdio>
#include <string>
#include <thread>

#include "hub/outbox.h"
#include "sync/engine/engine.h"
#include "sync/feed/store_streams.h"
#include "sync/journal/rocks_store.h"
#include "sync/projection/rebuild.h"
#include "sync/replicator/hub_replicator.h"
#include "sync/replicator/node_replicator.h"
#include "tests/bench/figures.h"
#include "tests/bench/region_data.h"

namespace opora::bench {
namespace {

using std::chrono::milliseconds;
using sync::StreamKind;

// Nothing that works takes so long.
constexpr auto kPatience = std::chrono::seconds(20);

// When which position of the site's journal became durable. Written by one engine's thread, read
// after it has ended.
class Moments {
 public:
  explicit Moments(std::size_t positions) : at_(positions + 1) {}
  void reached(StreamPos pos) {
    const SteadyTime now = steady_now();
    const std::uint64_t last = std::min<std::uint64_t>(pos.v, at_.size() - 1);
    for (; known_ < last; ++known_) at_[known_ + 1] = now;
    shown_.store(known_);
  }
  std::uint64_t known() const { return shown_.load(); }
  SteadyTime at(std::uint64_t pos) const { return at_[pos]; }

 private:
  std::vector<SteadyTime> at_;
  std::uint64_t known_ = 0;
  std::atomic<std::uint64_t> shown_{0};
};

// Nobody looks at this region but the clock.
class Quiet final : public sync::LinkObserver {
 public:
  void connected(SiteNo, const sync::PeerInfo&) override {}
  void disconnected(SiteNo, protocol::CloseReason, const std::string&) override {}
  void unreachable(SiteNo, const std::string&) override {}
  void acked(SiteNo, StreamKind, StreamPos, StreamPos) override {}
  void peer_status(SiteNo, const sync::PeerStatus&) override {}
  void alarm(SiteNo, sync::AlarmCode, const std::string& text) override { give_up(text); }
};

class OneSite final : public sync::PeerDirectory, public sync::EnrolmentDesk {
 public:
  explicit OneSite(const LinkKey& key) : key_(key) {}
  std::optional<SiteNo> site_of(const LinkKey& key) const override {
    return key == key_ ? std::optional(kSite) : std::nullopt;
  }
  void enrol(SiteNo, const EnrolSecret&, const LinkKey&,
             std::function<void(Answer)> done) override {
    done(protocol::Refused{protocol::EnrolRefusal::kUnknownCode});
  }

 private:
  LinkKey key_;
};

class SiteObserver final : public sync::EngineObserver {
 public:
  explicit SiteObserver(Moments& moments) : moments_(moments) {}
  std::atomic<sync::NodeReplicator*> replicator{nullptr};
  std::atomic<bool> ready{false};
  void on_event(sync::Transaction&, const protocol::Event& event,
                const sync::JournalRef&) override {
    if (std::holds_alternative<protocol::RubricatorPublished>(event.facts)) ready = true;
  }
  void on_committed(const Committed& committed) override {
    moments_.reached(committed.journal_end);
    if (sync::NodeReplicator* to = replicator.load()) {
      to->notify_appended(StreamKind::kJournalKeys);
      to->notify_appended(StreamKind::kJournal);
    }
  }

 private:
  Moments& moments_;
};

class HubObserver final : public sync::EngineObserver {
 public:
  explicit HubObserver(Moments& moments) : moments_(moments) {}
  hub::Outbox outbox;
  void on_event(sync::Transaction& txn, const protocol::Event& event,
                const sync::JournalRef& ref) override {
    outbox.on_event(txn, event, ref);
    if (ref.origin == kSite) applied_ = ref.n;
  }
  void on_key(sync::Transaction& txn, const AggregateId& aggregate) override {
    outbox.on_key(txn, aggregate);
  }
  void on_committed(const Committed&) override { moments_.reached(applied_); }
  void on_set_aside(sync::Stream, SiteNo, StreamPos, const std::string& reason) override {
    give_up("set aside: " + reason);
  }

 private:
  Moments& moments_;
  StreamPos applied_;
};

// A store, its engine and its streams.
class Place {
 public:
  Place(const std::string& folder, SiteNo site, sync::EngineObserver& observer)
      : key_(protocol::SiteKey::random(random)),
        store_(must(sync::RocksStore::open(folder), "store")) {
    must(sync::ensure_projection(*store_, sync::Vault(key_)), "projections");
    core_ = must(sync::EngineCore::open(*store_, settings(site, key_), clock, random, observer),
                 "engine");
  }
  sync::EngineCore& core() { return *core_; }
  void start() {
    engine_ = std::make_unique<sync::Engine>(std::move(core_), clock,
                                             [] { give_up("the store failed"); });
    streams_ = std::make_unique<sync::StoreStreams>(*store_, *engine_);
  }
  sync::Engine& engine() { return *engine_; }
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

void wait_until(const std::function<bool()>& holds, const char* what) {
  const SteadyTime deadline = steady_now() + kPatience;
  while (!holds()) {
    if (steady_now() > deadline) give_up(std::string("not in time: ") + what);
    std::this_thread::sleep_for(milliseconds(1));
  }
}

// One contact at each of `count` moments, evenly.
void register_contacts(Place& site, std::uint32_t count, std::uint64_t rate) {
  const SteadyTime begin = steady_now();
  for (std::uint32_t i = 0; i < count; ++i) {
    std::this_thread::sleep_until(begin + std::chrono::microseconds(1'000'000 * i / rate));
    // Solved on the line: one record each, so that a position is a contact.
    protocol::RegisterContact one = contact(i);
    one.outcome = protocol::Outcome::kSolved;
    sync::Command command = registering(std::move(one), site.random);
    command.done = [](const Result<sync::Answer>& answer) {
      if (!answer.ok()) fail("contact", answer.error());
    };
    site.engine().submit(std::move(command));
  }
}

void measure(const std::string& folder, std::uint64_t rate, std::uint64_t time_ms) {
  const auto warm_up = static_cast<std::uint32_t>(rate);  // a second
  const auto count = warm_up + static_cast<std::uint32_t>(rate * time_ms / 1'000);
  Moments committed(count);
  Moments applied(count);
  SiteObserver site_observer(committed);
  HubObserver hub_observer(applied);
  Place hub(folder + "/hub", kHubSite, hub_observer);
  Place site(folder + "/site", kSite, site_observer);
  hub_observer.outbox.attach(hub.core());
  publish_rubricator(hub.core());
  hub.start();
  site.start();

  const protocol::LinkContext hub_context;
  const protocol::LinkContext site_context;
  const auto hub_keys = protocol::generate_link_keys();
  const auto site_keys = protocol::generate_link_keys();
  OneSite directory(site_keys.public_key);
  Quiet hub_link;
  Quiet site_link;
  sync::HubReplicator hub_side(hub_context,
                               {"tcp://127.0.0.1:*", "tcp://127.0.0.1:*", hub_keys, "bench"},
                               hub.ports(hub_link), directory, directory);
  must(hub_side.start(), "hub's link");
  sync::NodeReplicator site_side(
      site_context, {hub_side.link_endpoint(), hub_keys.public_key, site_keys, kSite, "bench"},
      site.ports(site_link));
  must(site_side.start(), "site's link");
  site_observer.replicator = &site_side;
  wait_until([&] { return site_observer.ready.load(); }, "the rubricator at the site");

  register_contacts(site, count, rate);
  wait_until([&] { return applied.known() == count; }, "all contacts at the hub");
  site_observer.replicator = nullptr;
  site_side.stop();
  hub_side.stop();
  site.engine().stop();
  hub.engine().stop();
  Latencies latencies;
  for (std::uint64_t pos = warm_up + 1; pos <= count; ++pos)
    latencies.add(committed.at(pos), applied.at(pos));
  std::puts(latencies.json(seconds_between(committed.at(warm_up + 1), applied.at(count))).c_str());
}

}  // namespace
}  // namespace opora::bench

int main(int argc, char** argv) {
  using opora::bench::number;
  if (argc != 4) opora::bench::give_up("bench_link FOLDER RATE MILLISECONDS");
  opora::bench::measure(argv[1], number(argv[2], 1), number(argv[3], 1));
}
