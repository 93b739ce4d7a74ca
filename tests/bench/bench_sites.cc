// Many sites at one hub with light traffic: what the hub's process costs. This process is the hub
// (engine over RocksDB, replicator over real sockets with CURVE); a child of it holds all sites,
// each with an engine over a store in memory and a connection of its own.
//   bench_sites FOLDER SITES MILLISECONDS
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>

#include "sync/journal/memory_store.h"
#include "tests/bench/link_pair.h"

namespace opora::bench {
namespace {

using std::chrono::milliseconds;
using sync::StreamKind;

constexpr auto kPatience = std::chrono::seconds(120);
// Each site registers a contact so often: a desk at its busiest.
constexpr std::chrono::nanoseconds kBetweenContacts = std::chrono::seconds(1);
// Sessions, first records and the region's rubricator are through.
constexpr auto kSettle = milliseconds(2'000);
// A context of ZeroMQ bears 1 023 sockets; a site has two, and some more for a moment when its
// connection is made anew.
constexpr std::size_t kSitesAContext = 100;
// Less than this share of the contacts at the hub in time: it did not keep up, and what it cost
// means nothing.
constexpr double kLeastArrived = 0.8;

// Descriptors for all connections.
void raise_limit() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) give_up("no limit of descriptors");
  files.rlim_cur = files.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &files) != 0) give_up("the limit of descriptors stays");
}

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
  SimulatedSite(const protocol::LinkContext& context, SiteNo site, const std::string& endpoint,
                const LinkKey& hub, const protocol::LinkKeyPair& keys)
      : observer_(nothing_),
        engine_(site, clock_, random_, observer_),
        streams_(engine_.store(), engine_),
        replicator_(context, {endpoint, hub, keys, site, "bench"},
                    {streams_, streams_, link_, clock_, random_}) {
    must(replicator_.start(), "site's link");
  }
  void register_contact(std::uint32_t number) {
    // Without the rubricator there is no topic to register under.
    if (!observer_.ready) return;
    observer_.replicator = &replicator_;
    protocol::RegisterContact one = contact(number);
    one.outcome = protocol::Outcome::kSolved;
    engine_.submit(registering(std::move(one), random_));
  }

 private:
  SystemClock clock_;
  SystemRandom random_;
  Moments nothing_{0};
  SiteObserver observer_;
  Quiet link_;
  InlineEngine engine_;
  sync::StoreStreams streams_;
  sync::NodeReplicator replicator_;
};

bool ended(int pipe_in) {
  pollfd one{pipe_in, POLLIN, 0};
  return poll(&one, 1, 0) > 0;
}

// The child: works until the hub's process closes its end of the pipe.
void be_the_sites(int pipe_in, const LinkKey& hub, const std::vector<protocol::LinkKeyPair>& keys) {
  std::array<char, 128> endpoint{};
  if (read(pipe_in, endpoint.data(), endpoint.size() - 1) <= 0) return;
  std::vector<std::unique_ptr<protocol::LinkContext>> contexts;
  std::vector<std::unique_ptr<SimulatedSite>> sites;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i % kSitesAContext == 0) contexts.push_back(std::make_unique<protocol::LinkContext>());
    sites.push_back(std::make_unique<SimulatedSite>(*contexts.back(),
                                                    SiteNo{static_cast<std::uint32_t>(i) + 1},
                                                    endpoint.data(), hub, keys[i]));
  }
  SteadyTime next = steady_now();
  for (std::uint32_t number = 0; !ended(pipe_in); ++number) {
    std::this_thread::sleep_until(next);
    next += kBetweenContacts / keys.size();
    sites[number % sites.size()]->register_contact(number);
  }
  // Nothing of theirs is asked for again; a thousand orderly ends would take longer than the bench.
  std::fflush(nullptr);
  _exit(0);
}

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

double processor_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double resident_mb() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    double kb = 0;
    if (word == "VmRSS:" && status >> kb) return kb / 1024;
  }
  return 0;
}

void measure(const ManySites& hub, std::size_t sites, std::uint64_t time_ms) {
  std::this_thread::sleep_for(kSettle);
  const double before = processor_seconds();
  const std::uint64_t arrived_before = hub.arrived;
  const SteadyTime begin = steady_now();
  std::this_thread::sleep_for(milliseconds(time_ms));
  const double seconds = seconds_between(begin, steady_now());
  const double used = processor_seconds() - before;
  const auto arrived = static_cast<double>(hub.arrived - arrived_before);
  if (arrived < kLeastArrived * seconds * static_cast<double>(sites) - 1)
    give_up("the hub did not keep up");
  std::printf("{\"sites\":%zu,\"cpu_ms_a_second\":%.3f,\"resident_mb\":%.2f,\"rate\":%.1f}\n",
              sites, used / seconds * 1e3, resident_mb(), arrived / seconds);
}

void be_the_hub(const std::string& folder, int pipe_out, const protocol::LinkKeyPair& hub_keys,
                const std::vector<protocol::LinkKeyPair>& keys, std::uint64_t time_ms) {
  ManySites observer;
  Place hub(folder, kHubSite, protocol::SiteKey(), observer);
  observer.outbox.attach(hub.core());
  publish_rubricator(hub.core());
  hub.start();
  std::vector<LinkKey> known;
  known.reserve(keys.size());
  for (const auto& pair : keys) known.push_back(pair.public_key);
  Sites directory(std::move(known));
  Connected link;
  const protocol::LinkContext context;
  sync::HubReplicator replicator(context,
                                 {"tcp://127.0.0.1:*", "tcp://127.0.0.1:*", hub_keys, "bench"},
                                 hub.ports(link), directory, directory);
  must(replicator.start(), "hub's link");
  const std::string endpoint = replicator.link_endpoint();
  if (write(pipe_out, endpoint.data(), endpoint.size()) < 0) give_up("the sites are gone");
  wait_until([&] { return link.count == keys.size(); }, "all sites connected", kPatience);
  measure(observer, keys.size(), time_ms);
  close(pipe_out);
  replicator.stop();
  hub.engine().stop();
}

void run_both(const std::string& folder, std::uint64_t sites, std::uint64_t time_ms) {
  raise_limit();
  const auto hub_keys = protocol::generate_link_keys();
  std::vector<protocol::LinkKeyPair> keys(sites);
  for (auto& pair : keys) pair = protocol::generate_link_keys();
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) give_up("no pipe");
  // Before any thread.
  const pid_t child = fork();
  if (child < 0) give_up("no child");
  if (child == 0) {
    close(ends[1]);
    be_the_sites(ends[0], hub_keys.public_key, keys);
    _exit(0);
  }
  close(ends[0]);
  be_the_hub(folder, ends[1], hub_keys, keys, time_ms);
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0) give_up("the sites ended early");
}

}  // namespace
}  // namespace opora::bench

int main(int argc, char** argv) {
  using namespace opora::bench;
  if (argc != 4) give_up("bench_sites FOLDER SITES MILLISECONDS");
  if (!opora::init_crypto()) give_up("no randomness");
  run_both(argv[1], number(argv[2], 1), number(argv[3], 1));
}
