#include "tests/bench/many_sites.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>

namespace opora::bench {
namespace {

// A context of ZeroMQ bears 1 023 sockets; a site has two, and some more for a moment when its
// connection is made anew.
constexpr std::size_t kSitesAContext = 100;

}  // namespace

void raise_limit() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) give_up("no limit of descriptors");
  files.rlim_cur = files.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &files) != 0) give_up("the limit of descriptors stays");
}

double memory_mb(const std::string& which) {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    double kb = 0;
    if (word == which + ":" && status >> kb) return kb / 1024;
  }
  return 0;
}

void forget_peak() {
  std::ofstream refs("/proc/self/clear_refs");
  if (!(refs << "5" << std::flush)) give_up("the most memory so far cannot be forgotten");
}

SimulatedSite::SimulatedSite(SiteNo site, Link link)
    : site_(site),
      link_(std::move(link)),
      observer_(nothing_),
      engine_(site, clock_, random_, observer_),
      streams_(engine_.store(), engine_) {
  come_back();
}

void SimulatedSite::register_contact(std::uint32_t number) {
  protocol::RegisterContact one = contact(number);
  one.outcome = protocol::Outcome::kSolved;
  engine_.submit(registering(std::move(one), random_));
}

void SimulatedSite::leave() {
  observer_.replicator = nullptr;
  replicator_->stop();
  replicator_.reset();
}

void SimulatedSite::come_back() {
  replicator_.emplace(link_.context,
                      sync::NodeLinkOptions{link_.endpoint, link_.hub, link_.keys, site_, "bench"},
                      sync::LinkPorts{streams_, streams_, quiet_, clock_, random_});
  must(replicator_->start(), "site's link");
  observer_.replicator = &*replicator_;
}

SiteCrowd::SiteCrowd(const std::string& endpoint, const LinkKey& hub,
                     const std::vector<protocol::LinkKeyPair>& keys) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i % kSitesAContext == 0) contexts_.push_back(std::make_unique<protocol::LinkContext>());
    sites.push_back(std::make_unique<SimulatedSite>(
        SiteNo{static_cast<std::uint32_t>(i) + 1},
        SimulatedSite::Link{*contexts_.back(), endpoint, hub, keys[i]}));
  }
}

CrowdedHub::CrowdedHub(const std::string& folder, const protocol::LinkKeyPair& keys,
                       const std::vector<protocol::LinkKeyPair>& sites)
    : place_(folder, kHubSite, protocol::SiteKey(), observer) {
  observer.outbox.attach(place_.core());
  publish_rubricator(place_.core());
  place_.start();
  std::vector<LinkKey> known;
  known.reserve(sites.size());
  for (const auto& pair : sites) known.push_back(pair.public_key);
  directory_.emplace(std::move(known));
  replicator_.emplace(context_,
                      sync::HubLinkOptions{"tcp://127.0.0.1:*", "tcp://127.0.0.1:*", keys, "bench"},
                      place_.ports(link_), *directory_, *directory_);
  must(replicator_->start(), "hub's link");
}

CrowdedHub::~CrowdedHub() {
  replicator_->stop();
  place_.engine().stop();
}

void CrowdedHub::wait_connected(std::size_t count) const {
  wait_until([&] { return link_.count == count; }, "all sites connected, or gone", kPatience);
}

void run_both(std::size_t sites, const BeSites& be_sites, const BeHub& be_hub) {
  raise_limit();
  const auto hub_keys = protocol::generate_link_keys();
  std::vector<protocol::LinkKeyPair> keys(sites);
  for (auto& pair : keys) pair = protocol::generate_link_keys();
  std::array<int, 2> down{};
  std::array<int, 2> up{};
  if (pipe(down.data()) != 0 || pipe(up.data()) != 0) give_up("no pipe");
  // Before any thread.
  const pid_t child = fork();
  if (child < 0) give_up("no child");
  if (child == 0) {
    close(down[1]);
    close(up[0]);
    be_sites({down[0], up[1]}, hub_keys.public_key, keys);
    // Nothing of theirs is asked for again; a thousand orderly ends would take longer than the
    // bench.
    std::fflush(nullptr);
    _exit(0);
  }
  close(down[0]);
  close(up[1]);
  be_hub({up[0], down[1]}, hub_keys, keys);
  close(down[1]);
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0) give_up("the sites ended early");
}

std::string receive(int pipe) {
  std::string out;
  char one = 0;
  while (read(pipe, &one, 1) == 1 && one != '\n') out.push_back(one);
  return out;
}

void say(int pipe, const std::string& text) {
  const std::string line = text + "\n";
  if (write(pipe, line.data(), line.size()) < 0) give_up("the other process is gone");
}

}  // namespace opora::bench
