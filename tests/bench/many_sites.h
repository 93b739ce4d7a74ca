// Many sites at one hub, for the benches that measure what the hub's process costs: this process is
// the hub (engine over RocksDB, replicator over real sockets with CURVE); a child of it holds all
// sites, each with an engine over a store in memory and a connection of its own.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "sync/journal/memory_store.h"
#include "tests/bench/link_pair.h"

namespace opora::bench {

inline constexpr auto kPatience = std::chrono::seconds(120);
// Sessions, first records and the region's rubricator are through.
inline constexpr auto kSettle = std::chrono::milliseconds(2'000);

// Descriptors for all connections: the hard limit.
void raise_limit();
// Of this process, from /proc: VmRSS, or VmHWM, the most since forget_peak().
double memory_mb(const std::string& which);
void forget_peak();

// An engine without a thread: whoever submits does the work.
class InlineEngine final : public sync::BatchIntake {
 public:
  InlineEngine(SiteNo site, const Clock& clock, Random& random, sync::EngineObserver& observer)
      : clock_(clock),
        core_(must(sync::EngineCore::open(store_, settings(site, protocol::SiteKey()), clock,
                                          random, observer),
                   "engine")) {}
  sync::Store& store() { return store_; }
  void submit(sync::ReceivedBatch batch) override {
    const std::lock_guard lock(mutex_);
    std::vector<sync::Command> nothing;
    const std::array batches{&batch};
    while (!batch.finished()) must(core_->run(nothing, batches), "commit");
  }
  void submit(sync::Command command) {
    const std::lock_guard lock(mutex_);
    std::vector<sync::Command> one;
    one.push_back(std::move(command));
    must(core_->run(one, {}), "commit");
  }
  TimeMs settled_before() const override { return clock_.now() + -1; }
  const sync::Vault& vault() const override { return core_->vault(); }
  SiteNo site() const override { return core_->site(); }

 private:
  const Clock& clock_;
  sync::MemoryStore store_;
  std::mutex mutex_;
  std::unique_ptr<sync::EngineCore> core_;
};

class SimulatedSite {
 public:
  struct Link {
    const protocol::LinkContext& context;
    std::string endpoint;
    LinkKey hub;
    protocol::LinkKeyPair keys;
  };
  SimulatedSite(SiteNo site, Link link);
  // Without the rubricator there is no topic to register under.
  bool ready() const { return observer_.ready; }
  void register_contact(std::uint32_t number);
  void leave();
  void come_back();

 private:
  const SiteNo site_;
  const Link link_;
  SystemClock clock_;
  SystemRandom random_;
  Moments nothing_{0};
  SiteObserver observer_;
  Quiet quiet_;
  InlineEngine engine_;
  sync::StoreStreams streams_;
  std::optional<sync::NodeReplicator> replicator_;
};

// All sites of the child.
class SiteCrowd {
 public:
  SiteCrowd(const std::string& endpoint, const LinkKey& hub,
            const std::vector<protocol::LinkKeyPair>& keys);
  std::vector<std::unique_ptr<SimulatedSite>> sites;

 private:
  std::vector<std::unique_ptr<protocol::LinkContext>> contexts_;
};

class ManySites final : public sync::EngineObserver {
 public:
  hub::Outbox outbox;
  std::atomic<std::uint64_t> arrived{0};
  void on_event(sync::Transaction& txn, const protocol::Event& event,
                const sync::JournalRef& ref) override {
    outbox.on_event(txn, event, ref);
    if (ref.origin != kHubSite) ++arrived;
  }
  void on_key(sync::Transaction& txn, const AggregateId& aggregate) override {
    outbox.on_key(txn, aggregate);
  }
};

class Connected final : public Quiet {
 public:
  std::atomic<std::size_t> count{0};
  void connected(SiteNo, const sync::PeerInfo&) override { ++count; }
  void disconnected(SiteNo, protocol::CloseReason, const std::string&) override { --count; }
};

// The hub's side, open for these sites.
class CrowdedHub {
 public:
  CrowdedHub(const std::string& folder, const protocol::LinkKeyPair& keys,
             const std::vector<protocol::LinkKeyPair>& sites);
  ~CrowdedHub();
  std::string endpoint() const { return replicator_->link_endpoint(); }
  void wait_connected(std::size_t count) const;
  ManySites observer;

 private:
  Connected link_;
  Place place_;
  std::optional<Sites> directory_;
  const protocol::LinkContext context_;
  std::optional<sync::HubReplicator> replicator_;
};

// Forks: the child runs `be_sites` with what it reads from and writes to, and this process
// `be_hub`.
struct Pipes {
  int in;
  int out;
};
using BeSites =
    std::function<void(Pipes, const LinkKey& hub, const std::vector<protocol::LinkKeyPair>& keys)>;
using BeHub = std::function<void(Pipes, const protocol::LinkKeyPair& own,
                                 const std::vector<protocol::LinkKeyPair>& keys)>;
void run_both(std::size_t sites, const BeSites& be_sites, const BeHub& be_hub);
// A line of text through a pipe; empty: the other end is gone.
std::string receive(int pipe);
void say(int pipe, const std::string& text);

}  // namespace opora::bench
