// Sites that come back to the hub all at once, each with what it piled up while it was cut off: the
// most memory that the hub's process takes beyond what it had before.
//   bench_return FOLDER SITES CONTACTS_A_SITE
#include <unistd.h>

#include <cstdio>
#include <string>
#include <thread>

#include "tests/bench/many_sites.h"

namespace opora::bench {
namespace {

constexpr auto kMostForAll = std::chrono::seconds(600);

// The child: connects, leaves, piles up, comes back.
void be_the_sites(Pipes pipes, const LinkKey& hub, const std::vector<protocol::LinkKeyPair>& keys,
                  std::uint64_t contacts) {
  const std::string endpoint = receive(pipes.in);
  if (endpoint.empty()) return;
  const SiteCrowd crowd(endpoint, hub, keys);
  for (const auto& site : crowd.sites)
    wait_until([&] { return site->ready(); }, "the rubricator", kPatience);
  for (const auto& site : crowd.sites) site->leave();
  for (const auto& site : crowd.sites) {
    for (std::uint64_t n = 0; n < contacts; ++n)
      site->register_contact(static_cast<std::uint32_t>(n));
  }
  say(pipes.out, "piled up");
  if (receive(pipes.in).empty()) return;
  for (const auto& site : crowd.sites) site->come_back();
  (void)receive(pipes.in);
  std::fflush(nullptr);
  _exit(0);
}

void be_the_hub(Pipes pipes, CrowdedHub& hub, std::size_t sites, std::uint64_t contacts) {
  say(pipes.out, hub.endpoint());
  if (receive(pipes.in).empty()) give_up("the sites are gone");
  hub.wait_connected(0);
  std::this_thread::sleep_for(kSettle);
  const std::uint64_t arrived_before = hub.observer.arrived;
  const std::uint64_t all = arrived_before + sites * contacts;
  forget_peak();
  const double before = memory_mb("VmRSS");
  const SteadyTime begin = steady_now();
  say(pipes.out, "come back");
  wait_until([&] { return hub.observer.arrived >= all; }, "all that was piled up", kMostForAll);
  std::printf(
      "{\"sites\":%zu,\"contacts\":%llu,\"before_mb\":%.2f,\"peak_mb\":%.2f,\"seconds\":%.2f}\n",
      sites, static_cast<unsigned long long>(contacts), before, memory_mb("VmHWM"),
      seconds_between(begin, steady_now()));
}

}  // namespace
}  // namespace opora::bench

int main(int argc, char** argv) {
  using namespace opora::bench;
  if (argc != 4) give_up("bench_return FOLDER SITES CONTACTS_A_SITE");
  if (!opora::init_crypto()) give_up("no randomness");
  const std::string folder = argv[1];
  const std::uint64_t contacts = number(argv[3], 1);
  run_both(
      number(argv[2], 1),
      [&](Pipes pipes, const auto& hub, const auto& keys) {
        be_the_sites(pipes, hub, keys, contacts);
      },
      [&](Pipes pipes, const auto& own, const auto& keys) {
        CrowdedHub hub(folder, own, keys);
        be_the_hub(pipes, hub, keys.size(), contacts);
      });
}
