#include "sync/engine/engine.h"

#include <atomic>
#include <future>
#include <memory>

#include <gtest/gtest.h>

#include "protocol/codec/record_codec.h"
#include "sync/journal/unread.h"
#include "tests/support/region.h"

namespace opora::testing {
namespace {

using sync::Answer;
using sync::Command;
using sync::Engine;
using sync::ReceivedBatch;
using sync::Stream;
using sync::StreamHead;

// Counts answers; each submission must get exactly one.
struct Answers {
  std::atomic<int> ok = 0;
  std::atomic<int> unavailable = 0;
  std::atomic<int> too_many = 0;
  std::atomic<int> other = 0;
  int all() const { return ok + unavailable + too_many + other; }
  template <class T>
  void take(const Result<T>& answer) {
    if (answer.ok()) ++ok;
    else if (answer.error().code == Code::kUnavailable) ++unavailable;
    else if (answer.error().code == Code::kTooMany) ++too_many;
    else ++other;
  }
};

class EngineTest : public ::testing::Test {
 protected:
  void start() {
    sync::EngineSettings settings{
        SiteNo{17}, {}, [](TimeMs) { return std::int16_t{0}; }, vocabulary};
    auto core = sync::EngineCore::open(store, std::move(settings), clock, random, observer);
    engine = std::make_unique<Engine>(std::move(core.value()), clock, [this] { ++failures; });
  }
  Command call(std::uint32_t seq) {
    Command command = observing(step("c", seq, protocol::CallStep::kQueued, 0));
    command.done = [this](Result<Answer> answer) { answers.take(answer); };
    return command;
  }
  // Holds the engine's thread until `release` is set: what is submitted meanwhile waits.
  Command holding(std::promise<void>& entered, std::shared_future<void> release) {
    Command command;
    command.decide = [&entered, release](sync::Decision&) -> Result<Answer> {
      entered.set_value();
      release.wait();
      return Answer{};
    };
    command.done = [this](Result<Answer> answer) { answers.take(answer); };
    return command;
  }
  ReceivedBatch batch(std::vector<sync::Entry> entries) {
    return {Stream::kCommon, kHubSite, std::move(entries),
            [this](Result<StreamHead> head) { heads.take(head); }};
  }
  std::vector<sync::Entry> hub_records(std::uint32_t count) {
    TestSite hub{kHubSite, clock};
    for (std::uint32_t i = 0; i < count; ++i)
      hub.observe(step("c", i, protocol::CallStep::kQueued, 0));
    return as_stream(hub.outgoing(Stream::kJournal), Stream::kCommon);
  }

  // Of the last event of the site.
  TimeMs journal_time() {
    const auto last = sync::last_record(*store.snapshot(), SiteNo{17});
    return protocol::decode_record(last->record)->env.hlt.time();
  }

  ManualClock clock;
  SeededRandom random{1};
  sync::EngineObserver observer;
  protocol::Vocabulary vocabulary;
  sync::MemoryStore store;
  Answers answers;
  Answers heads;
  std::atomic<int> failures = 0;
  std::unique_ptr<Engine> engine;
};

TEST_F(EngineTest, AnswersEveryCommandOnceWhateverTheNumberOfSubmitters) {
  start();
  std::vector<std::thread> desks;
  for (std::uint32_t desk = 0; desk < 4; ++desk) {
    desks.emplace_back([this, desk] {
      for (std::uint32_t i = 0; i < 200; ++i) engine->submit(call(desk * 200 + i));
    });
  }
  for (auto& desk : desks) desk.join();
  engine->stop();
  EXPECT_EQ(answers.ok, 800);
  EXPECT_EQ(answers.all(), 800);
}

TEST_F(EngineTest, AppliesBatchesOfAStreamInTheOrderOfSubmission) {
  start();
  const auto records = hub_records(700);
  for (std::size_t i = 0; i < records.size(); i += 100) {
    engine->submit(batch({records.begin() + static_cast<std::ptrdiff_t>(i),
                          records.begin() + static_cast<std::ptrdiff_t>(i + 100)}));
  }
  std::promise<void> last;
  ReceivedBatch end = batch({records.front()});  // seen before: the answer is the cursor
  end.done = [&](Result<StreamHead> head) {
    heads.take(head);
    EXPECT_EQ(head->pos.v, 700u);
    last.set_value();
  };
  engine->submit(std::move(end));
  last.get_future().wait();
  EXPECT_EQ(heads.ok, 8);
}

// The keys are to be sent again, what was recalled is all: batches of the link without entries.
TEST_F(EngineTest, TakesAnOrderThatHasNoEntries) {
  start();
  ReceivedBatch order;
  order.stream = Stream::kJournalKeys;
  order.recall.emplace().keys = {StreamPos{3}, {}};
  std::promise<void> done;
  order.done = [&](Result<StreamHead> head) {
    heads.take(head);
    done.set_value();
  };
  engine->submit(std::move(order));
  done.get_future().wait();
  EXPECT_EQ(heads.ok, 1);
  EXPECT_EQ(sync::stream_head(*store.snapshot(), Stream::kJournalKeys, SiteNo{17}).pos.v, 3u);
}

TEST_F(EngineTest, ReadsWhatAnOlderVersionLeftOnceItIsTold) {
  vocabulary.unknown = {protocol::EventType::kCallObserved};
  start();
  std::promise<void> here;
  ReceivedBatch calls = batch(hub_records(300));
  calls.done = [&](const Result<StreamHead>&) { here.set_value(); };
  engine->submit(std::move(calls));
  here.get_future().wait();
  engine.reset();
  vocabulary = {};
  start();
  const auto unread = [&] { return sync::unread_refs(*store.snapshot()).size(); };
  EXPECT_EQ(unread(), 300u) << "its observer is not ready";
  engine->read_unread();
  while (unread() > 0) std::this_thread::yield();
  engine->stop();
  EXPECT_EQ(failures, 0);
}

TEST_F(EngineTest, AnswersEverythingThatWaitsWhenItStops) {
  start();
  std::promise<void> entered;
  std::promise<void> release;
  engine->submit(holding(entered, release.get_future().share()));
  entered.get_future().wait();
  for (std::uint32_t i = 0; i < 10; ++i) engine->submit(call(i));
  engine->submit(batch(hub_records(300)));
  std::thread stopper([this] { engine->stop(); });
  release.set_value();
  stopper.join();
  EXPECT_EQ(answers.all(), 11);
  EXPECT_EQ(heads.all(), 1);
  const int commands_refused = answers.unavailable;
  const int batches_refused = heads.unavailable;

  engine->submit(call(99));
  engine->submit(batch(hub_records(1)));
  EXPECT_EQ(answers.unavailable, commands_refused + 1);
  EXPECT_EQ(heads.unavailable, batches_refused + 1);
  engine->stop();
}

TEST_F(EngineTest, RefusesAtOnceWhatWouldWaitTooLong) {
  start();
  std::promise<void> entered;
  std::promise<void> release;
  engine->submit(holding(entered, release.get_future().share()));
  entered.get_future().wait();
  const auto limit = static_cast<std::uint32_t>(sync::kMaxWaitingCommands);
  for (std::uint32_t i = 0; i < limit + 3; ++i) engine->submit(call(i));
  EXPECT_EQ(answers.too_many, 3);
  release.set_value();
  engine->stop();
  EXPECT_EQ(answers.ok, static_cast<int>(limit) + 1);
}

TEST_F(EngineTest, CallsNothingSettledThatAGroupUnderWayMayStillAddTo) {
  start();
  const TimeMs begin = clock.now();
  std::promise<void> entered;
  std::promise<void> release;
  engine->submit(holding(entered, release.get_future().share()));
  entered.get_future().wait();
  clock.advance(10'000);
  EXPECT_LT(engine->settled_before(), begin);
  release.set_value();
  std::promise<void> done;
  Command last = call(1);
  last.done = [&](const Result<Answer>&) { done.set_value(); };
  engine->submit(std::move(last));
  done.get_future().wait();
  engine->stop();
  EXPECT_EQ(journal_time(), clock.now());
  EXPECT_LT(engine->settled_before(), clock.now());
}

TEST_F(EngineTest, TellsOnceThatTheDiskFailedAndSavesNothingMore) {
  start();
  std::promise<void> entered;
  std::promise<void> release;
  engine->submit(holding(entered, release.get_future().share()));
  entered.get_future().wait();
  store.fail_next_commit(sync::CommitFault::kRowsLost);
  for (std::uint32_t i = 0; i < 600; ++i) engine->submit(call(i));
  engine->submit(batch(hub_records(300)));
  release.set_value();
  while (failures == 0) std::this_thread::yield();
  engine->submit(call(1'000));
  engine->stop();
  EXPECT_EQ(failures, 1);
  EXPECT_EQ(answers.ok, 0);
  EXPECT_EQ(answers.unavailable, 602);
  EXPECT_EQ(heads.unavailable, 1);
}

}  // namespace
}  // namespace opora::testing
