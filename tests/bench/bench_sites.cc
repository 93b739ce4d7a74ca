// Many sites at one hub with light traffic: what the hub's process costs.
//   bench_sites FOLDER SITES MILLISECONDS
#include <poll.h>
#include <sys/resource.h>

#include <cstdio>
#include <string>
#include <thread>

#include "tests/bench/many_sites.h"

namespace opora::bench {
namespace {

using std::chrono::milliseconds;

// Each site registers a contact so often: a desk at its busiest.
constexpr std::chrono::nanoseconds kBetweenContacts = std::chrono::seconds(1);
// Less than this share of the contacts at the hub in time: it did not keep up, and what it cost
// means nothing.
constexpr double kLeastArrived = 0.8;

bool ended(int pipe_in) {
  pollfd one{pipe_in, POLLIN, 0};
  return poll(&one, 1, 0) > 0;
}

// The child: works until the hub's process closes its end of the pipe.
void be_the_sites(Pipes pipes, const LinkKey& hub, const std::vector<protocol::LinkKeyPair>& keys) {
  const std::string endpoint = receive(pipes.in);
  if (endpoint.empty()) return;
  const SiteCrowd crowd(endpoint, hub, keys);
  SteadyTime next = steady_now();
  for (std::uint32_t number = 0; !ended(pipes.in); ++number) {
    std::this_thread::sleep_until(next);
    next += kBetweenContacts / keys.size();
    SimulatedSite& site = *crowd.sites[number % keys.size()];
    if (site.ready()) site.register_contact(number);
  }
  std::fflush(nullptr);
  _exit(0);
}

double processor_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
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
              sites, used / seconds * 1e3, memory_mb("VmRSS"), arrived / seconds);
}

}  // namespace
}  // namespace opora::bench

int main(int argc, char** argv) {
  using namespace opora::bench;
  if (argc != 4) give_up("bench_sites FOLDER SITES MILLISECONDS");
  if (!opora::init_crypto()) give_up("no randomness");
  const std::string folder = argv[1];
  const std::uint64_t time_ms = number(argv[3], 1);
  run_both(number(argv[2], 1), be_the_sites, [&](Pipes pipes, const auto& own, const auto& keys) {
    const CrowdedHub hub(folder, own, keys);
    say(pipes.out, hub.endpoint());
    hub.wait_connected(keys.size());
    measure(hub.observer, keys.size(), time_ms);
  });
}
