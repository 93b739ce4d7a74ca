// While more waits than a turn takes, a slice is committed beside the folding of the next.
#include <future>

#include "sync/engine/engine.h"
#include "tests/unit/engine/fixture.h"

namespace opora::testing {
namespace {

using protocol::CallStep;
using sync::Backlog;
using sync::CommitFault;
using sync::ReceivedBatch;
using sync::Stream;
using sync::StreamHead;

// A command that keeps the engine's thread, so that what is submitted meanwhile piles up.
class Holding {
 public:
  void take(sync::Engine& engine, std::function<void(Result<sync::Answer>)> done) {
    sync::Command command;
    command.decide = [this](sync::Decision&) -> Result<sync::Answer> {
      entered_.set_value();
      release_.get_future().wait();
      return sync::Answer{};
    };
    command.done = std::move(done);
    engine.submit(std::move(command));
    entered_.get_future().wait();
  }
  void let_go() { release_.set_value(); }

 private:
  std::promise<void> entered_;
  std::promise<void> release_;
};

// A second hub whose observer writes down what it is told, and in which order.
class BacklogTest : public EngineCoreTest, public sync::EngineObserver {
 protected:
  BacklogTest() { open(); }
  void open() {
    core.reset();
    core = std::move(
        sync::EngineCore::open(store, {kHubSite, {}, [](TimeMs) { return std::int16_t{180}; }},
                               clock, random, *this)
            .value());
  }
  void calls(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) site.observe(step("c", i, CallStep::kQueued, i));
  }
  ReceivedBatch batch(std::size_t from, std::size_t to) {
    const auto all = site.outgoing(Stream::kJournal);
    return {Stream::kJournal,
            site.no(),
            {all.begin() + static_cast<std::ptrdiff_t>(from),
             all.begin() + static_cast<std::ptrdiff_t>(to)},
            [this](Result<StreamHead> head) { told(head); }};
  }
  void told(const Result<StreamHead>& head) {
    const std::lock_guard lock(mutex);
    story += head.ok() ? "told " + std::to_string(head->pos.v) + ", " : "refused, ";
    ++tellings;
  }
  void on_event(sync::Transaction&, const protocol::Event& event,
                const sync::JournalRef&) override {
    last = event.env.n;
  }
  void on_folded() override { story += "folded " + std::to_string(last.v) + ", "; }
  void on_committed(const Committed&) override { story += "committed, "; }
  void on_answered(const Committed&) override { story += "answered, "; }
  Status run(ReceivedBatch& one, Backlog backlog = Backlog::kMore) {
    std::vector<sync::Command> none;
    return core->run(none, std::array{&one}, backlog);
  }
  StreamPos cursor() {
    return sync::read_cursor(*store.snapshot(), Stream::kJournal, site.no()).pos;
  }

  SeededRandom random{3};
  sync::MemoryStore store;
  std::unique_ptr<sync::EngineCore> core;
  std::mutex mutex;
  std::string story;
  int tellings = 0;
  StreamPos last;
};

TEST_F(BacklogTest, AnObserverHearsWhichGroupIsDurableBeforeTheNextOneCounts) {
  calls(3);
  auto first = batch(0, 1);
  auto second = batch(1, 2);
  auto third = batch(2, 3);
  ASSERT_TRUE(run(first).ok());
  EXPECT_EQ(story, "folded 1, ") << "nobody is told before its commit has ended";
  EXPECT_EQ(cursor(), StreamPos{0});
  ASSERT_TRUE(run(second).ok());
  EXPECT_EQ(story, "folded 1, committed, told 1, answered, folded 2, ");
  EXPECT_EQ(cursor(), StreamPos{1});
  story.clear();
  ASSERT_TRUE(run(third, Backlog::kNone).ok());
  EXPECT_EQ(story, "committed, told 2, answered, folded 3, committed, told 3, answered, ");
  EXPECT_FALSE(core->commit_goes_on());
  EXPECT_EQ(cursor(), StreamPos{3});
}

TEST_F(BacklogTest, ACommandSeesWhatIsUnderWayAndIsAnsweredAfterIt) {
  calls(1);
  auto first = batch(0, 1);
  ASSERT_TRUE(run(first).ok());
  const auto id = protocol::call_aggregate(site.no(), "pbx1", "c");
  std::vector<sync::Command> one(1);
  one[0].decide = [&](sync::Decision& decision) -> Result<sync::Answer> {
    EXPECT_TRUE(decision.load(protocol::Kind::kCall, id).exists());
    EXPECT_EQ(cursor(), StreamPos{0}) << "a snapshot does not, before the end";
    return sync::Answer{"seen"};
  };
  one[0].done = [this](const Result<sync::Answer>& answer) { story += *answer + ", "; };
  story.clear();
  ASSERT_TRUE(core->run(one, {}, Backlog::kMore).ok());
  EXPECT_EQ(story, "committed, told 1, answered, folded 1, committed, seen, answered, ");
  EXPECT_FALSE(core->commit_goes_on()) << "who waits for an answer waits for one commit";
}

TEST_F(BacklogTest, AKillWhileACommitGoesOnLeavesTheOldStateOrTheNew) {
  calls(2);
  auto first = batch(0, 1);
  auto second = batch(1, 2);
  ASSERT_TRUE(run(first).ok());
  ASSERT_TRUE(run(second).ok());
  core.reset();
  store.reopen();
  open();
  EXPECT_EQ(cursor(), StreamPos{1});
  auto again = batch(0, 2);
  ASSERT_TRUE(run(again, Backlog::kNone).ok());
  EXPECT_EQ(cursor(), StreamPos{2});
}

TEST_F(BacklogTest, AFailureWithNothingBehindItIsFoundByWhoeverWaits) {
  calls(1);
  auto only = batch(0, 1);
  store.fail_next_commit(CommitFault::kRowsKept);
  ASSERT_TRUE(run(only).ok());
  EXPECT_EQ(core->settle().error().code, Code::kUnavailable);
  EXPECT_EQ(story, "folded 1, refused, ");
  EXPECT_TRUE(core->failed());
  EXPECT_TRUE(core->settle().ok()) << "said once";
}

TEST_F(BacklogTest, TheQueueSaysWhetherMoreWaitsThanItGives) {
  calls(sync::kRemoteSlice + 1);
  sync::EngineQueue queue;
  queue.push(batch(0, sync::kRemoteSlice));
  EXPECT_EQ(queue.take().backlog, Backlog::kNone);
  queue.push(batch(sync::kRemoteSlice, sync::kRemoteSlice + 1));
  EXPECT_EQ(queue.take().backlog, Backlog::kMore) << "a second one";
  sync::EngineQueue large;
  large.push(batch(0, sync::kRemoteSlice + 1));
  EXPECT_EQ(large.take().backlog, Backlog::kMore) << "the rest of the first";
  EXPECT_EQ(large.take(sync::kRemoteSlice + 1).backlog, Backlog::kNone) << "a larger slice";
}

TEST_F(BacklogTest, ASliceIsAsLargeAsItsCallerSays) {
  calls(sync::kRemoteSlice + 2);
  auto all = batch(0, sync::kRemoteSlice + 2);
  std::vector<sync::Command> none;
  ASSERT_TRUE(core->run(none, std::array{&all}, Backlog::kNone, sync::kRemoteSlice + 1).ok());
  EXPECT_EQ(cursor(), StreamPos{sync::kRemoteSlice + 1});
}

// Between chains that the caller computed only the first is looked at; claimed ones each.
TEST_F(BacklogTest, AnEntryWhoseChainIsOnlyClaimedIsLookedAt) {
  calls(3);
  auto lying = batch(0, 3);
  lying.entries[1].chain.b[0] ^= 1;
  ASSERT_TRUE(run(lying, Backlog::kNone).ok());
  EXPECT_EQ(story.substr(story.find("committed")), "committed, refused, answered, ");
  EXPECT_EQ(cursor(), StreamPos{1});

  auto wrong_start = batch(1, 3);
  wrong_start.chains = ReceivedBatch::Chains::kComputedHere;
  wrong_start.entries[0].chain.b[0] ^= 1;
  ASSERT_TRUE(run(wrong_start, Backlog::kNone).ok());
  EXPECT_EQ(cursor(), StreamPos{1}) << "the first must follow the store";

  auto computed = batch(0, 3);
  computed.chains = ReceivedBatch::Chains::kComputedHere;
  sync::prepare(computed, {});
  ASSERT_TRUE(run(computed, Backlog::kNone).ok());
  EXPECT_EQ(cursor(), StreamPos{3}) << "the first is behind the cursor and skipped";
}

TEST_F(BacklogTest, TheEnginesThreadTellsOfAllThatPiledUpAndThenRests) {
  calls(3 * sync::kRemoteSlice);
  std::vector<ReceivedBatch> batches;
  for (std::size_t i = 0; i < 24; ++i) batches.push_back(batch(32 * i, 32 * (i + 1)));
  Holding holding;
  sync::Engine engine(std::move(core), clock, [] { ADD_FAILURE(); });
  holding.take(engine, [](const Result<sync::Answer>&) {});
  std::promise<void> through;
  batches.back().done = [&](const Result<StreamHead>& head) {
    told(head);
    through.set_value();
  };
  for (ReceivedBatch& one : batches) engine.submit(std::move(one));
  holding.let_go();
  through.get_future().wait();
  clock.advance(1'000);
  engine.stop();
  EXPECT_EQ(tellings, 24);
  EXPECT_EQ(cursor(), StreamPos{3 * sync::kRemoteSlice});
  EXPECT_EQ(engine.settled_before(), clock.now() + -1) << "nothing is under way";
}

TEST_F(BacklogTest, TheEnginesThreadRefusesAllThatWaitsWhenACommitBesideItFails) {
  calls(3 * sync::kRemoteSlice);
  std::vector<ReceivedBatch> batches;
  for (std::size_t i = 0; i < 3; ++i)
    batches.push_back(batch(sync::kRemoteSlice * i, sync::kRemoteSlice * (i + 1)));
  std::promise<void> failed;
  Holding holding;
  sync::Engine engine(std::move(core), clock, [&] { failed.set_value(); });
  // The commit after that of the command, beside which the second slice is folded.
  holding.take(engine, [this](const Result<sync::Answer>&) {
    store.fail_next_commit(CommitFault::kRowsLost);
  });
  for (ReceivedBatch& one : batches) engine.submit(std::move(one));
  holding.let_go();
  failed.get_future().wait();
  engine.stop();
  EXPECT_EQ(tellings, 3) << "each batch once";
  EXPECT_EQ(story.find("told"), std::string::npos);
}

}  // namespace
}  // namespace opora::testing
