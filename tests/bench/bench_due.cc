// What it costs a site to say what time brings, when few tickets are open and when many are: the
// rows of what comes next are found, and a thousand thresholds are told of through the engine. Two
// stores on the same disk, in turns.
//   bench_due FOLDER FEW MANY FIRED ROUNDS
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include "node/due_watch.h"
#include "protocol/domain/due_rows.h"
#include "sync/engine/engine.h"
#include "sync/journal/rocks_store.h"
#include "tests/bench/figures.h"
#include "tests/bench/region_data.h"
#include "tests/support/moved_clock.h"
#include "tests/support/queues.h"

namespace opora::bench {
namespace {

using testing::MovedClock;

constexpr TimeMs kBegins{1'772'427'600'000};
// One ticket after the other comes due; all of them opened within two days.
constexpr std::int64_t kBetweenTicketsMs = 100;
// Low urgency (A14): three quarters of 252 hours, long after the last was opened.
constexpr std::uint32_t kNormHours = 252;
constexpr std::int64_t kWarnAfterMs = std::int64_t{kNormHours} * 3'600'000 / 4 * 3;

// A site with so many open tickets, each with a deadline, and nothing told yet.
class Site {
 public:
  Site(const std::filesystem::path& folder, std::uint64_t tickets)
      : clock_(kBegins),
        zone_(must(app::Zone::find(kZone), "zone")),
        timetables_(zone_),
        observer_(timetables_),
        store_(must(sync::RocksStore::open(folder), "store")) {
    auto core = must(sync::EngineCore::open(*store_, settings(kSite, protocol::SiteKey()), clock_,
                                            random_, observer_),
                     "engine");
    receive_catalogues(*core);
    fill(*core, tickets);
    due_at_ = kBegins + kWarnAfterMs;
    engine_.emplace(std::move(core), clock_, [] { give_up("the store failed"); });
    watch_.emplace(*store_, clock_,
                   node::DueWatch::Settings{kSite, [] { return true; },
                                            [this] { return std::optional(clock_.now()); },
                                            [] { return std::nullopt; }},
                   timetables_);
    // That no catalogue is newer than the tickets is known from the last run, as a rule.
    for (std::uint64_t turn = 0; turn <= tickets / node::DueWatch::kMaxLooked; ++turn) look();
  }
  ~Site() { engine_->stop(); }
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  // Others are opened behind those that are there.
  void open(std::uint64_t tickets) {
    std::promise<void> done;
    for (std::uint64_t i = 0; i < tickets; ++i) {
      sync::Command command = opening(static_cast<std::uint32_t>(opened_++));
      const bool last = i + 1 == tickets;
      command.done = [&done, last](const Result<sync::Answer>& answer) {
        if (!answer.ok()) fail("opening", answer.error());
        if (last) done.set_value();
      };
      engine_->submit(std::move(command));
    }
    done.get_future().get();
  }
  // The next so many tickets come due.
  void pass(std::uint64_t tickets) {
    due_at_ = due_at_ + static_cast<std::int64_t>(tickets) * kBetweenTicketsMs;
    clock_.advance(due_at_ - clock_.now());
  }
  // Microseconds: what a turn asks first.
  double find() {
    const auto from = steady_now();
    const auto rows = store_->snapshot();
    bool found = false;
    rows->scan(sync::Table::kIndex, protocol::keys::moments(kSite),
               protocol::keys::moments_after(kSite, clock_.now()),
               [&](std::string_view, std::string_view) {
                 found = true;
                 return false;
               });
    const double out = seconds_between(from, steady_now()) * 1e6;
    if (!found) give_up("nothing is due");
    return out;
  }
  // Microseconds until so many are told of.
  double fire(std::uint64_t tickets) {
    const std::uint64_t before = observer_.told();
    const auto from = steady_now();
    while (observer_.told() < before + tickets) look();
    const double out = seconds_between(from, steady_now()) * 1e6;
    if (observer_.told() != before + tickets) give_up("others were told of, too");
    return out;
  }

 private:
  class Observer final : public sync::EngineObserver {
   public:
    explicit Observer(app::Timetables& timetables) : timetables_(timetables) {}
    void on_event(sync::Transaction&, const protocol::Event& event,
                  const sync::JournalRef&) override {
      timetables_.changed(event.env.type);
      if (event.env.type == protocol::EventType::kTicketDueReached) ++told_;
    }
    std::uint64_t told() const { return told_; }

   private:
    app::Timetables& timetables_;
    std::atomic<std::uint64_t> told_{0};
  };

  static void receive_catalogues(sync::EngineCore& core) {
    Origin hub(kHubSite);
    const protocol::RubricatorPublished topics{1, {{kTopic, "call", "appointments", "Запись"}}};
    receive(
        core, sync::Stream::kCommon, kHubSite,
        {hub.next(topics, protocol::rubricator_id(), kBegins),
         hub.next(testing::round_the_clock(), protocol::calendar_aggregate("always"), kBegins),
         hub.next(testing::first_line(kNormHours), protocol::queue_aggregate("first"), kBegins)});
  }

  void fill(sync::EngineCore& core, std::uint64_t tickets) {
    while (opened_ < tickets) {
      std::vector<sync::Command> group;
      // As many in a commit as fit, each with a moment of its own.
      for (; group.size() < sync::kMaxGroup && opened_ < tickets; ++opened_)
        group.push_back(opening(static_cast<std::uint32_t>(opened_)));
      run(core, std::move(group));
    }
  }

  sync::Command opening(std::uint32_t number) {
    auto what = contact(number);
    what.outcome = protocol::Outcome::kTicket;
    what.urgency = protocol::Urgency::kLow;
    sync::Command command;
    command.decide = [this, number, what](sync::Decision& decision) -> Result<sync::Answer> {
      const auto* rubricator = decision.load(protocol::Kind::kRubricator, protocol::rubricator_id())
                                   .as<protocol::RubricatorState>();
      protocol::DecideContext at = timetables_.context(decision);
      at.now = kBegins + std::int64_t{number} * kBetweenTicketsMs;
      auto opened = protocol::decide(what, rubricator, nullptr, decision.next_ticket_counter(), at);
      if (!opened.ok()) return opened.error();
      decision.emit(std::move(opened->drafts));
      return sync::Answer{};
    };
    return command;
  }

  // One turn, and what it said is written.
  void look() {
    watch_->look(*engine_);
    std::promise<void> done;
    sync::Command nothing;
    nothing.decide = [](sync::Decision&) { return Result<sync::Answer>(sync::Answer{}); };
    nothing.done = [&](const Result<sync::Answer>&) { done.set_value(); };
    engine_->submit(std::move(nothing));
    done.get_future().get();
  }

  MovedClock clock_;
  SystemRandom random_;
  const app::Zone zone_;
  app::Timetables timetables_;
  Observer observer_;
  std::unique_ptr<sync::RocksStore> store_;
  std::optional<sync::Engine> engine_;
  std::optional<node::DueWatch> watch_;
  TimeMs due_at_;
  std::uint64_t opened_ = 0;
};

// "[1.0,2.0]"
std::string list(const std::vector<double>& values) {
  std::string out;
  for (const double value : values) out += (out.empty() ? "" : ",") + std::to_string(value);
  return "[" + out + "]";
}

struct Times {
  std::vector<double> find;
  std::vector<double> fire;
  void measure(Site& site, std::uint64_t tickets) {
    site.pass(tickets);
    find.push_back(site.find());
    fire.push_back(site.fire(tickets));
  }
  std::string json() const {
    return R"({"find_us":)" + list(find) + R"(,"fire_us":)" + list(fire) + "}";
  }
};

}  // namespace
}  // namespace opora::bench

int main(int argc, char** argv) {
  using namespace opora::bench;
  if (argc != 6) give_up("bench_due FOLDER FEW MANY FIRED ROUNDS");
  const std::filesystem::path folder = argv[1];
  const auto few = number(argv[2], 1);
  const auto many = number(argv[3], 1);
  const auto fired = number(argv[4], 1);
  const auto rounds = number(argv[5], 1);
  if (few < fired || many < fired * rounds) give_up("more are fired than there are");
  Site small(folder / "few", few);
  Site large(folder / "many", many);
  Times of_few;
  Times of_many;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    if (round > 0) small.open(few);
    of_few.measure(small, fired);
    of_many.measure(large, fired);
  }
  std::printf("{\"few\":%s,\"many\":%s}\n", of_few.json().c_str(), of_many.json().c_str());
}
