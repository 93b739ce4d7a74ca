// From a commit at a site to the same record applied and synced at the hub: both engines over
// RocksDB with both replicators in this process, joined by real sockets on loopback with CURVE.
// Contacts are registered at RATE a second.
//   bench_link FOLDER RATE MILLISECONDS
#include <cstdio>
#include <string>
#include <thread>

#include "tests/bench/link_pair.h"

namespace opora::bench {
namespace {

// Nothing that works takes so long.
constexpr auto kPatience = std::chrono::seconds(20);

// One contact at each of `count` moments, evenly.
void register_contacts(Place& site, std::uint32_t count, std::uint64_t rate) {
  const SteadyTime begin = steady_now();
  for (std::uint32_t i = 0; i < count; ++i) {
    std::this_thread::sleep_until(begin +
                                  std::chrono::microseconds(std::uint64_t{1'000'000} * i / rate));
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
  Place hub(folder + "/hub", kHubSite, protocol::SiteKey(), hub_observer);
  Place site(folder + "/site", kSite, protocol::SiteKey(), site_observer);
  hub_observer.outbox.attach(hub.core());
  publish_rubricator(hub.core());
  hub.start();
  site.start();

  const protocol::LinkContext hub_context;
  const protocol::LinkContext site_context;
  const auto hub_keys = protocol::generate_link_keys();
  const auto site_keys = protocol::generate_link_keys();
  Sites directory({site_keys.public_key});
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
  wait_until([&] { return site_observer.ready.load(); }, "the rubricator at the site", kPatience);

  register_contacts(site, count, rate);
  wait_until([&] { return applied.known() == count; }, "all contacts at the hub", kPatience);
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
