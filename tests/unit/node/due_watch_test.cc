// What a site says by itself because time has passed or other catalogues came: in bounded turns,
// however much of it nobody may answer.
#include "node/due_watch.h"

#include <algorithm>
#include <future>
#include <set>
#include <utility>

#include <gtest/gtest.h>

#include "protocol/base/archive.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/ticket_times.h"
#include "sync/journal/memory_store.h"
#include "sync/projection/projection.h"
#include "tests/support/delivery.h"
#include "tests/support/moved_clock.h"
#include "tests/support/queues.h"
#include "tests/support/region.h"

namespace opora::node {
namespace {

using protocol::Kind;
using protocol::TicketState;
using testing::TestSite;

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kHourMs = 60 * kMinuteMs;
constexpr SiteNo kHere{17};

// A store that knows which tickets were read from it.
class WatchedStore final : public sync::Store {
 public:
  explicit WatchedStore(sync::Store& store) : store_(store) {}
  std::unique_ptr<sync::Reader> snapshot() const override {
    return std::make_unique<Watched>(store_.snapshot(), read_);
  }
  std::unique_ptr<sync::Transaction> begin() override { return store_.begin(); }
  Status compact(sync::Table table, std::string_view prefix) override {
    return store_.compact(table, prefix);
  }
  std::set<AggregateId> take_read() { return std::exchange(read_, {}); }

 private:
  class Watched final : public sync::Reader {
   public:
    Watched(std::unique_ptr<sync::Reader> rows, std::set<AggregateId>& read)
        : rows_(std::move(rows)), read_(read) {}
    std::optional<Bytes> get(sync::Table table, std::string_view key) const override {
      const bool of_ticket = table == sync::Table::kEntity && !key.empty() &&
                             key.front() == static_cast<char>(Kind::kTicket);
      if (of_ticket) read_.insert(protocol::keys::id_of(key));
      return rows_->get(table, key);
    }
    void scan(sync::Table table, std::string_view from, std::string_view to,
              const sync::RowVisitor& visit) const override {
      rows_->scan(table, from, to, visit);
    }
    void scan_back(sync::Table table, std::string_view from, std::string_view to,
                   const sync::RowVisitor& visit) const override {
      rows_->scan_back(table, from, to, visit);
    }

   private:
    std::unique_ptr<sync::Reader> rows_;
    std::set<AggregateId>& read_;
  };
  sync::Store& store_;
  mutable std::set<AggregateId> read_;
};

class DueWatchTest : public ::testing::Test {
 protected:
  DueWatchTest() {
    hub_.must(testing::publishing({{"appointment", "call", "appointments", "Запись на приём"}}));
    hub_.must(testing::changing_calendar(testing::round_the_clock()));
    publish(8);
  }
  ~DueWatchTest() override { engine_.stop(); }

  // The norm of the first line, as the region's catalogues have it from now on.
  void publish(std::uint32_t hours) {
    hub_.must(testing::changing_queue(testing::first_line(hours)));
    deliver(sync::Stream::kCommon);
    watch_->catalogues_changed();
  }
  AggregateId open_ticket() {
    const std::string phone = "+7912" + std::to_string(1'000'000 + ++opened_);
    const auto saved = from_row<testing::Saved>(
        run(testing::registering(testing::contact_from(phone, "не печатает"))));
    return saved.value_or(testing::Saved{}).ticket;
  }
  void complete(const AggregateId& ticket) {
    protocol::TicketAction action;
    action.what = protocol::TicketAction::What::kComplete;
    action.text = "Заменил картридж";
    run(testing::acting(ticket, action));
  }
  // The region gives a ticket of this site's to it once more, as routed work.
  void lease(const AggregateId& ticket, std::uint32_t lease_ms) {
    protocol::Draft draft;
    draft.aggregate = ticket;
    draft.term = OwnerTerm{2};
    draft.seq = OwnerSeq{1};
    draft.facts = protocol::TicketOwnerChanged{kHere, SiteNo{5}, StreamPos{1'000'000},
                                               protocol::OwnerCause::kRouted, lease_ms};
    sync::Command command;
    command.done = [](const Result<sync::Answer>&) {};
    command.decide = [draft](sync::Decision& decision) {
      decision.emit({draft});
      return Result<sync::Answer>(sync::Answer{});
    };
    hub_.must(std::move(command));
  }
  void pass(std::int64_t ms) {
    clock_.advance(ms);
    hub_clock_.advance(ms);
  }
  // One turn, and what it said is written.
  void look() {
    watch_->look(engine_);
    run(nothing());
  }
  // The process ends and starts again over the same store.
  void restart() {
    watch_ = make_watch();
    (void)read_tickets();
  }
  void catalogues_changed() { watch_->catalogues_changed(); }
  // Those that the watch read since it was asked last.
  std::set<AggregateId> read_tickets() { return watched_.take_read(); }

  TicketState ticket(const AggregateId& id) const {
    const auto entity = sync::read_entity(*store_.snapshot(), Kind::kTicket, id);
    return *entity.as<TicketState>();
  }
  bool warned(const AggregateId& id) const {
    return protocol::reached(ticket(id), protocol::DueClock::kCompletion,
                             protocol::Threshold::kWarned) != nullptr;
  }
  int count_warned(const std::vector<AggregateId>& ids) const {
    return static_cast<int>(
        std::count_if(ids.begin(), ids.end(), [&](const auto& id) { return warned(id); }));
  }
  std::uint32_t queue_version(const AggregateId& id) const {
    return ticket(id).times.queue_version;
  }
  std::vector<AggregateId> open_tickets(int count) {
    std::vector<AggregateId> out;
    for (int i = 0; i < count; ++i) out.push_back(open_ticket());
    return out;
  }
  void deliver(sync::Stream stream) { testing::deliver_stream(hub_, engine_, stream); }

  std::optional<TimeMs> region_heard_;
  std::optional<protocol::Silence> region_silent_;
  bool clock_confirmed_ = true;

 private:
  class Observer final : public sync::EngineObserver {
   public:
    explicit Observer(app::Timetables& timetables) : timetables_(timetables) {}
    void on_event(sync::Transaction&, const protocol::Event& event,
                  const sync::JournalRef&) override {
      timetables_.changed(event.env.type);
    }

   private:
    app::Timetables& timetables_;
  };

  static sync::Command nothing() {
    sync::Command command;
    command.decide = [](sync::Decision&) { return Result<sync::Answer>(sync::Answer{}); };
    return command;
  }
  sync::Answer run(sync::Command command) {
    std::promise<Result<sync::Answer>> answered;
    command.done = [&](Result<sync::Answer> answer) { answered.set_value(std::move(answer)); };
    engine_.submit(std::move(command));
    return answered.get_future().get().value();
  }
  std::unique_ptr<sync::EngineCore> core() {
    sync::EngineSettings settings{kHere, {}, [](TimeMs) { return std::int16_t{180}; }};
    return sync::EngineCore::open(store_, std::move(settings), clock_, random_, observer_).value();
  }
  std::unique_ptr<DueWatch> make_watch() {
    return std::make_unique<DueWatch>(
        watched_, clock_,
        DueWatch::Settings{kHere, [this] { return clock_confirmed_; },
                           [this] { return region_heard_; }, [this] { return region_silent_; }},
        timetables_);
  }

  const app::Zone moscow_ = app::Zone::find("Europe/Moscow").value();
  testing::MovedClock clock_{testing::kMorning};
  testing::ManualClock hub_clock_;
  testing::SeededRandom random_{3};
  TestSite hub_{kHubSite, hub_clock_};
  app::Timetables timetables_{moscow_};
  Observer observer_{timetables_};
  sync::MemoryStore store_;
  WatchedStore watched_{store_};
  sync::Engine engine_{core(), clock_, [] {}};
  std::unique_ptr<DueWatch> watch_ = make_watch();
  int opened_ = 0;
};

TEST_F(DueWatchTest, TellsOfAThresholdOnce) {
  const AggregateId one = open_ticket();
  look();
  EXPECT_FALSE(warned(one));
  pass(6 * kHourMs);
  look();
  EXPECT_TRUE(warned(one));
  const auto seq = ticket(one).seq;
  for (int turn = 0; turn < 3; ++turn) look();
  EXPECT_EQ(ticket(one).seq, seq);
}

TEST_F(DueWatchTest, TicketsWhoseLeaseIsOverKeepNobodyWaiting) {
  const auto leased = open_tickets(static_cast<int>(2 * DueWatch::kMaxTickets));
  for (const AggregateId& id : leased) lease(id, kHourMs);
  deliver(sync::Stream::kPrivate);
  region_heard_ = testing::kMorning;
  pass(kMinuteMs);
  const AggregateId own = open_ticket();
  pass(6 * kHourMs + kMinuteMs);
  for (int turn = 0; turn < 3; ++turn) look();
  EXPECT_TRUE(warned(own));
  EXPECT_EQ(count_warned(leased), 0);
}

TEST_F(DueWatchTest, WhatMayNotBeAnsweredYetIsAskedAgain) {
  const auto leased = open_tickets(static_cast<int>(DueWatch::kMaxTickets) + 50);
  for (const AggregateId& id : leased) lease(id, kHourMs);
  deliver(sync::Stream::kPrivate);
  region_heard_ = testing::kMorning;
  pass(6 * kHourMs);
  look();
  look();
  ASSERT_EQ(count_warned(leased), 0);
  region_heard_ = testing::kMorning + 6 * kHourMs;
  for (int turn = 0; turn < 3; ++turn) look();
  EXPECT_EQ(count_warned(leased), static_cast<int>(leased.size()));
}

TEST_F(DueWatchTest, MoreThanATurnTakesIsTheNextTurns) {
  const auto tickets = open_tickets(static_cast<int>(DueWatch::kMaxTickets) + 20);
  pass(6 * kHourMs);
  look();
  EXPECT_EQ(count_warned(tickets), static_cast<int>(DueWatch::kMaxTickets));
  look();
  EXPECT_EQ(count_warned(tickets), static_cast<int>(tickets.size()));
}

TEST_F(DueWatchTest, A15ThatNobodyToldTheApplicantIsSaidThoughItIsNotClosedYet) {
  const AggregateId one = open_ticket();
  complete(one);
  clock_confirmed_ = false;
  pass(10 * 24 * kHourMs);
  for (int turn = 0; turn < 3; ++turn) look();
  ASSERT_EQ(ticket(one).tellings.size(), 1U);
  ASSERT_TRUE(ticket(one).tellings[0].rung);
  EXPECT_EQ(ticket(one).tellings[0].rung->threshold, protocol::Threshold::kMissed);
  EXPECT_EQ(ticket(one).status, protocol::TicketStatus::kDone);
  clock_confirmed_ = true;
  look();
  EXPECT_EQ(ticket(one).status, protocol::TicketStatus::kClosed);
}

TEST_F(DueWatchTest, ATicketThatIsDueTwiceSaysOneThingATurn) {
  const AggregateId one = open_ticket();
  complete(one);
  const std::uint32_t done = ticket(one).seq.v;
  pass(10 * 24 * kHourMs);
  for (int turn = 0; turn < 5; ++turn) look();
  EXPECT_EQ(ticket(one).seq.v, done + 3) << "near, over, closed";
  EXPECT_EQ(ticket(one).status, protocol::TicketStatus::kClosed);
}

TEST_F(DueWatchTest, OtherCataloguesReachEveryOpenTicket) {
  const auto tickets = open_tickets(static_cast<int>(DueWatch::kMaxTickets) + 20);
  look();
  publish(4);
  for (int turn = 0; turn < 3; ++turn) look();
  for (const AggregateId& id : tickets) ASSERT_EQ(queue_version(id), 2U);
}

TEST_F(DueWatchTest, AStartLooksThroughNothingThatWasLookedThrough) {
  open_tickets(3);
  look();
  ASSERT_EQ(read_tickets().size(), 3U);
  restart();
  for (int turn = 0; turn < 3; ++turn) look();
  EXPECT_TRUE(read_tickets().empty());
}

TEST_F(DueWatchTest, AStartGoesOnWhereTheLastRunStopped) {
  const auto tickets = open_tickets(static_cast<int>(DueWatch::kMaxTickets) + 20);
  look();
  look();
  publish(4);
  look();
  ASSERT_EQ(read_tickets().size(), tickets.size());
  restart();
  look();
  EXPECT_EQ(read_tickets().size(), 20U);
  for (const AggregateId& id : tickets) ASSERT_EQ(queue_version(id), 2U);
}

TEST_F(DueWatchTest, AnEditOfASiteIsNoReasonToLook) {
  open_tickets(3);
  look();
  (void)read_tickets();
  catalogues_changed();
  look();
  EXPECT_TRUE(read_tickets().empty());
}

TEST_F(DueWatchTest, CataloguesThatCameWhileItWasDownAreLookedFor) {
  const auto tickets = open_tickets(3);
  look();
  look();
  publish(4);
  restart();
  look();
  for (const AggregateId& id : tickets) EXPECT_EQ(queue_version(id), 2U);
}

TEST_F(DueWatchTest, ATicketThatWasLeftBecauseOfItsLeaseIsTakenUpWhenTheRegionIsHeard) {
  const AggregateId leased = open_ticket();
  lease(leased, kHourMs);
  deliver(sync::Stream::kPrivate);
  region_heard_ = testing::kMorning;
  pass(2 * kHourMs);
  publish(4);
  for (int turn = 0; turn < 3; ++turn) look();
  ASSERT_EQ(queue_version(leased), 1U);
  region_heard_ = testing::kMorning + 2 * kHourMs;
  for (int turn = 0; turn < 2; ++turn) look();
  EXPECT_EQ(queue_version(leased), 2U);
}

}  // namespace
}  // namespace opora::node
