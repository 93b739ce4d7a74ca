// What piled up at a site while the link was away, and how fast it is at the hub once it is back:
// both engines over RocksDB with both replicators in this process, real sockets on loopback, CURVE.
//   bench_catchup fill FOLDER EVENTS   FOLDER/site with so many events, FOLDER/hub without them;
//                                      prints {"events":…,"mean_bytes":…} of what is stored
//   bench_catchup run FOLDER PORT      the hub is away, comes back at PORT, takes everything
#include <algorithm>
#include <cstdio>
#include <string>
#include <thread>

#include "sync/projection/rebuild.h"
#include "sync/search/search_index.h"
#include "tests/bench/link_pair.h"
#include "web/app/text_index.h"

namespace opora::bench {
namespace {

using protocol::CallStep;
using protocol::PersonalField;
using std::chrono::milliseconds;
using sync::StreamKind;

// The slowest disk on which this is worth running takes as long.
constexpr auto kPatience = std::chrono::seconds(600);
// By then a site that finds nobody tries as rarely as it ever does.
constexpr auto kAway = milliseconds(5'000);
constexpr TimeMs kBegins{1'772'427'600'000};  // 2026-03-02T08:00+03:00
constexpr std::int64_t kBetweenCallsMs = 60'000;
constexpr std::uint32_t kPhantomMs = 5'000;
constexpr std::uint64_t kAgents = 5;
// Four call events take some 330 bytes each, so that a contact with this much text brings the mean
// to 600.
constexpr std::size_t kNoteBytes = 850;

// The keys with which both installations wrap theirs at rest: what was filled is opened again.
protocol::SiteKey key_of(SiteNo site) {
  return *protocol::SiteKey::from(Bytes(protocol::kKeyBytes, static_cast<char>(site.v + 1)));
}

sync::Command observing(protocol::ObserveCall call) {
  sync::Command command;
  command.decide = [call = std::move(call)](sync::Decision& decision) -> Result<sync::Answer> {
    const auto context = decision.context();
    const auto id = protocol::call_aggregate(context.site, call.source, call.call_id);
    auto drafts =
        protocol::decide(call, decision.load(protocol::Kind::kCall, id).as<protocol::CallState>(),
                         kPhantomMs, context);
    if (!drafts.ok()) return drafts.error();
    decision.emit(std::move(*drafts));
    return sync::Answer{};
  };
  return command;
}

// An answered call in four steps, and the contact that came of it.
void add_call(std::uint32_t number, TimeMs queued, Random& random,
              std::vector<sync::Command>& out) {
  protocol::RegisterContact registered = contact(number);
  protocol::ObserveCall step;
  step.source = "pbx";
  step.call_id = std::to_string(number);
  step.desk = DeskNo{1};
  step.line = "122";
  step.phone = registered.personal[PersonalField::kPhone];
  const auto add = [&](CallStep kind, std::int64_t after_s) {
    step.step = kind;
    step.at = queued + after_s * 1'000;
    out.push_back(observing(step));
    ++step.seq;
  };
  add(CallStep::kQueued, 0);
  step.agent = std::to_string(101 + number % kAgents);
  add(CallStep::kRinging, 10);
  add(CallStep::kAnswered, 15);
  add(CallStep::kEnded, 45);
  registered.outcome = protocol::Outcome::kSolved;
  std::string& note = registered.personal[PersonalField::kNote];
  while (note.size() < kNoteBytes) note += registered.personal[PersonalField::kSummary] + ". ";
  out.push_back(registering(std::move(registered), random));
}

// The last record, found by this word once the full text is through.
constexpr const char* kLastWord = "последнее";

sync::Command last_ticket(Random& random) {
  protocol::RegisterContact last = contact(0);
  last.personal[PersonalField::kSummary] = kLastWord;
  return registering(std::move(last), random);
}

void publish_to(sync::EngineCore& hub, const sync::Store& hub_store, sync::EngineCore& site) {
  publish_rubricator(hub);
  const auto rows = hub_store.snapshot();
  std::vector<sync::Entry> entries;
  sync::scan_stream(
      *rows, StreamKind::kCommon, kHubSite, StreamPos{1}, [&](const sync::StreamRow& row) {
        const auto ref = sync::JournalRef::from_key(row.payload);
        entries.push_back({row.pos, row.chain, sync::read_record(*rows, *ref)->record});
        return true;
      });
  receive(site, StreamKind::kCommon, kHubSite, std::move(entries));
}

double mean_record_bytes(const sync::Store& store) {
  std::uint64_t bytes = 0;
  std::uint64_t records = 0;
  sync::scan_journal(*store.snapshot(), kSite, StreamPos{1}, [&](const sync::JournalRow& row) {
    bytes += row.record.size();
    ++records;
    return true;
  });
  return records == 0 ? 0 : static_cast<double>(bytes) / static_cast<double>(records);
}

void fill(const std::string& folder, std::uint64_t events) {
  SystemRandom random;
  StepClock clock(kBegins);
  Moments nothing(0);
  HubObserver hub_observer(nothing);
  Place hub(folder + "/hub", kHubSite, key_of(kHubSite), hub_observer);
  hub_observer.outbox.attach(hub.core());
  const auto store = must(sync::RocksStore::open(folder + "/site"), "store");
  must(sync::ensure_projection(*store, sync::Vault(key_of(kSite))), "projections");
  sync::EngineObserver nobody;
  const auto core =
      must(sync::EngineCore::open(*store, settings(kSite, key_of(kSite)), clock, random, nobody),
           "engine");
  publish_to(hub.core(), hub.store(), *core);
  std::vector<sync::Command> group;
  for (std::uint32_t call = 0; core->journal_end().v + group.size() + 2 < events; ++call) {
    clock.step(kBetweenCallsMs);
    add_call(call, clock.now(), random, group);
    if (group.size() + 5 > sync::kMaxGroup) run(*core, std::exchange(group, {}));
  }
  group.push_back(last_ticket(random));
  run(*core, std::move(group));
  std::printf("{\"events\":%llu,\"mean_bytes\":%.1f}\n",
              static_cast<unsigned long long>(core->journal_end().v), mean_record_bytes(*store));
}

// The site hears here what the hub has.
class FirstAck final : public Quiet {
 public:
  void acked(SiteNo, StreamKind stream, StreamPos durable, StreamPos) override {
    if (stream == StreamKind::kJournal && durable.v > 0 && !came_) {
      at_ = steady_now();
      came_ = true;
    }
  }
  bool came() const { return came_; }
  SteadyTime at() const { return at_; }

 private:
  SteadyTime at_;
  std::atomic<bool> came_{false};
};

class CatchUpHub final : public HubObserver {
 public:
  using HubObserver::HubObserver;
  std::atomic<app::TextIndex*> text{nullptr};
  void on_answered(const Committed& committed) override {
    if (app::TextIndex* index = text.load()) index->changed(committed.touched);
  }
};

void print(const Moments& applied, std::uint64_t events, SteadyTime back, SteadyTime first_ack,
           SteadyTime text) {
  const SteadyTime end = applied.at(events);
  // Behind the first tenth everything is warm.
  const std::uint64_t from = events / 10 + 1;
  const double steady = static_cast<double>(events - from) / seconds_between(applied.at(from), end);
  std::printf(
      "{\"events\":%llu,\"first_ack_ms\":%.1f,\"seconds\":%.3f,\"steady_rate\":%.0f,"
      "\"text_seconds\":%.3f}\n",
      static_cast<unsigned long long>(events), seconds_between(back, first_ack) * 1e3,
      seconds_between(back, end), steady, seconds_between(end, text));
}

void catch_up(const std::string& folder, std::uint64_t port) {
  const std::string endpoint = "tcp://127.0.0.1:" + std::to_string(port);
  Moments nothing(0);
  SiteObserver site_observer(nothing);
  Place site(folder + "/site", kSite, key_of(kSite), site_observer);
  const std::uint64_t events = site.core().journal_end().v;
  Moments applied(events);
  CatchUpHub hub_observer(applied);
  Place hub(folder + "/hub", kHubSite, key_of(kHubSite), hub_observer);
  hub_observer.outbox.attach(hub.core());
  hub.start();
  site.start();
  auto search = must(sync::SearchIndex::open({folder + "/search.sqlite"}), "search");
  app::TextIndex text(*search, hub.store(), hub.engine().vault());
  hub_observer.text = &text;

  const protocol::LinkContext hub_context;
  const protocol::LinkContext site_context;
  const auto hub_keys = protocol::generate_link_keys();
  const auto site_keys = protocol::generate_link_keys();
  Sites directory({site_keys.public_key});
  Quiet hub_link;
  FirstAck site_link;
  sync::NodeReplicator site_side(site_context,
                                 {endpoint, hub_keys.public_key, site_keys, kSite, "bench"},
                                 site.ports(site_link));
  must(site_side.start(), "site's link");
  std::this_thread::sleep_for(kAway);
  sync::HubReplicator hub_side(hub_context, {endpoint, "tcp://127.0.0.1:*", hub_keys, "bench"},
                               hub.ports(hub_link), directory, directory);
  const SteadyTime back = steady_now();
  must(hub_side.start(), "hub's link");
  wait_until([&] { return applied.known() == events && site_link.came(); }, "all events at the hub",
             kPatience);
  wait_until([&] { return !text.search(kLastWord, 1).empty(); }, "the full text", kPatience);
  const SteadyTime found = steady_now();
  site_side.stop();
  hub_side.stop();
  hub_observer.text = nullptr;
  site.engine().stop();
  hub.engine().stop();
  print(applied, events, back, site_link.at(), found);
}

}  // namespace
}  // namespace opora::bench

int main(int argc, char** argv) {
  using namespace opora::bench;
  const std::string what = argc == 4 ? argv[1] : "";
  if (!opora::init_crypto()) give_up("no randomness");
  if (what == "fill") {
    fill(argv[2], number(argv[3], 10));
  } else if (what == "run") {
    catch_up(argv[2], number(argv[3], 1));
  } else {
    give_up("bench_catchup fill FOLDER EVENTS | run FOLDER PORT");
  }
}
