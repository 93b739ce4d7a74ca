// What the engine costs over a real store, beside the disk alone in the same run: contacts saved in
// groups of 64, call events received in slices of 256, and both against one append + fdatasync of
// 600 bytes.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string>

#include <benchmark/benchmark.h>

#include "protocol/base/check.h"
#include "sync/journal/rocks_store.h"
#include "tests/support/region.h"
#include "tests/support/temp_folder.h"

namespace opora::testing {
namespace {

using protocol::CallStep;
using sync::Stream;

// An engine over a store on the disk.
class DiskSite {
 public:
  explicit DiskSite(SiteNo no) : store_(open()) {
    sync::EngineSettings settings{no, {}, [](TimeMs) { return std::int16_t{180}; }};
    auto core = sync::EngineCore::open(*store_, std::move(settings), clock_, random_, observer_);
    OPORA_CHECK(core.ok());
    core_ = std::move(*core);
  }
  sync::EngineCore& core() { return *core_; }
  void run(std::vector<sync::Command>& commands) {
    clock_.advance(10);
    OPORA_CHECK(core_->run(commands, {}).ok());
  }
  void receive(Stream stream, SiteNo peer, std::vector<sync::Entry> entries) {
    std::vector<sync::Command> none;
    sync::ReceivedBatch batch{stream, peer, std::move(entries),
                              [](Result<sync::StreamHead> head) { OPORA_CHECK(head.ok()); }};
    while (!batch.finished()) OPORA_CHECK(core_->run(none, std::array{&batch}).ok());
  }

 private:
  std::unique_ptr<sync::RocksStore> open() {
    auto store = sync::RocksStore::open(folder_.path() / "store");
    OPORA_CHECK(store.ok());
    return std::move(*store);
  }

  TempFolder folder_;
  ManualClock clock_;
  SeededRandom random_{1};
  sync::EngineObserver observer_;
  std::unique_ptr<sync::RocksStore> store_;
  std::unique_ptr<sync::EngineCore> core_;
};

void append_and_sync(benchmark::State& state) {
  const TempFolder folder;
  const int fd =
      ::open((folder.path() / "log").c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  OPORA_CHECK(fd >= 0);
  const std::string record(600, 'x');
  for (auto _ : state) {
    OPORA_CHECK(::write(fd, record.data(), record.size()) == static_cast<ssize_t>(record.size()));
    OPORA_CHECK(::fdatasync(fd) == 0);
  }
  ::close(fd);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(append_and_sync)->UseRealTime();

// Every second contact opens a ticket, as at a desk that serves both.
void register_contacts(benchmark::State& state) {
  const auto group = static_cast<std::size_t>(state.range(0));
  DiskSite site(SiteNo{17});
  ManualClock clock;
  TestSite hub(kHubSite, clock);
  hub.must(publishing({{"appointment", "call", "appointments", "Запись на приём"}}));
  site.receive(Stream::kCommon, kHubSite,
               as_stream(hub.outgoing(Stream::kJournal), Stream::kCommon));
  std::uint64_t saved = 0;
  for (auto _ : state) {
    std::vector<sync::Command> commands;
    for (std::size_t i = 0; i < group; ++i, ++saved) {
      const std::string phone = "+7912" + std::to_string(1'000'000 + saved % 9'000'000);
      commands.push_back(
          registering(contact_from(phone, saved % 2 == 0 ? "не печатает принтер" : "")));
      commands.back().key = key_of(std::to_string(saved), "body");
      commands.back().done = [](Result<sync::Answer> answer) { OPORA_CHECK(answer.ok()); };
    }
    site.run(commands);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(group));
}
BENCHMARK(register_contacts)->Arg(1)->Arg(64)->UseRealTime();

struct Sent {
  std::vector<sync::Entry> records;
  std::vector<sync::Entry> keys;
};

// Whole calls of four steps, several at a time, as a busy site sends them.
const Sent& calls_of_a_site() {
  static const Sent sent = [] {
    ManualClock clock;
    TestSite site(SiteNo{17}, clock);
    constexpr int kCalls = 20'000;
    for (int call = 0; call < kCalls; ++call) {
      const std::string id = std::to_string(call);
      const std::string agent = "10" + std::to_string(call % 8);
      std::vector<sync::Command> commands;
      for (auto& step :
           {step(id, 1, CallStep::kQueued, call), step(id, 2, CallStep::kRinging, call + 5, agent),
            step(id, 3, CallStep::kAnswered, call + 9, agent),
            step(id, 4, CallStep::kEnded, call + 90)})
        commands.push_back(observing(step));
      clock.advance(1'000);
      site.run_group(std::move(commands));
    }
    return Sent{site.outgoing(Stream::kJournal), site.outgoing(Stream::kJournalKeys)};
  }();
  return sent;
}

std::vector<sync::Entry> slice(const std::vector<sync::Entry>& entries, std::size_t from,
                               std::size_t size) {
  const auto begin = entries.begin() + static_cast<std::ptrdiff_t>(from);
  return {begin, begin + static_cast<std::ptrdiff_t>(std::min(size, entries.size() - from))};
}

void receive_call_events(benchmark::State& state) {
  const Sent& sent = calls_of_a_site();
  constexpr std::size_t kSlice = sync::kRemoteSlice;
  std::optional<DiskSite> hub;
  std::size_t at = sent.records.size();
  for (auto _ : state) {
    if (at + kSlice > sent.records.size()) {
      state.PauseTiming();
      hub.reset();
      hub.emplace(kHubSite);
      at = 0;
      state.ResumeTiming();
    }
    // One key for each call of four events; keys go ahead of records.
    hub->receive(Stream::kJournalKeys, SiteNo{17}, slice(sent.keys, at / 4, kSlice / 4));
    hub->receive(Stream::kJournal, SiteNo{17}, slice(sent.records, at, kSlice));
    at += kSlice;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kSlice));
}
BENCHMARK(receive_call_events)->UseRealTime();

}  // namespace
}  // namespace opora::testing

BENCHMARK_MAIN();
