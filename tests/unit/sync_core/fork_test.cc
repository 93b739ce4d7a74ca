// Two machines of one site, and a hub whose store is an older one: what a session says and orders.
#include <gmock/gmock.h>

#include "tests/unit/sync_core/story.h"

namespace opora::sync::testing {
namespace {

using protocol::Verdict;
using Words = std::vector<std::string>;

class ForkOfASite : public Story {
 protected:
  // Six records of its own from the fifth on, where the hub has others.
  void SetUp() override {
    we_are_a_site();
    append(StreamKind::kJournal, 1, 6);
    history = {store.incarnations().back()};  // which still runs
    connect();
  }
  void hub_says(Verdict verdict) {
    auto answer =
        hello_holding(StreamKind::kJournal, {StreamPos{9}, chain_of(StreamKind::kJournal, 3)});
    answer.history = {history[0], run(2, 5)};
    answer.verdict = verdict;
    hear(answer);
  }
};

TEST_F(ForkOfASite, StandsStillUntilAPersonHasDecided) {
  hub_says(Verdict::kHeld);
  EXPECT_EQ(alarms(), Words{"fork"});
  EXPECT_TRUE(done<BeginRecall>().empty());
}

TEST_F(ForkOfASite, IsAdoptedBehindWhatTheHubHas) {
  hub_says(Verdict::kAdopt);
  const auto begun = done<BeginRecall>();
  ASSERT_EQ(begun.size(), 1u);
  EXPECT_EQ(begun[0].common.pos, StreamPos{4});
  EXPECT_EQ(begun[0].own, OwnPart::kFollows);
}

TEST_F(ForkOfASite, IsSetAside) {
  hub_says(Verdict::kSetAside);
  const auto begun = done<BeginRecall>();
  ASSERT_EQ(begun.size(), 1u);
  EXPECT_EQ(begun[0].own, OwnPart::kSetAside);
}

class ForkAtTheHub : public Story {
 protected:
  // The hub has nine records, of opening 1 up to the fourth, then of opening 2.
  void SetUp() override {
    we_are_the_hub();
    hear_nine();
    history = {run(1, 1), run(2, 5)};
  }
  void hear_nine() {
    std::vector<Entry> entries;
    ChainHash chain;
    for (int n = 1; n <= 9; ++n) {
      chain = chain_next(StreamKind::kJournal, chain, record(n));
      entries.push_back({StreamPos{static_cast<std::uint64_t>(n)}, chain, record(n)});
    }
    store.persist(StreamKind::kJournal, peer, std::move(entries),
                  [](const Result<PersistedTo>&) {});
  }
  void begin_with(std::optional<Fork> known) {
    Connected event;
    for (StreamKind stream : sent_streams())
      event.sends.push_back({stream, store.end(stream, peer)});
    for (StreamKind stream : received_streams())
      event.receives.push_back(store.cursor(stream, peer));
    event.history = history;
    event.incarnations = store.incarnations();
    event.fork = known;
    step(std::move(event));
  }
  // A machine that opened its store as `opened`, with these runs, and has seven records.
  void machine_says(std::vector<std::uint8_t> opened, std::vector<protocol::Incarnation> runs) {
    auto one = hello_ending(StreamKind::kJournal, {StreamPos{7}, ChainHash{}});
    one.incarnations.clear();
    for (std::uint8_t id : opened) one.incarnations.push_back(run(id, 1));
    one.history = std::move(runs);
    hear(one);
  }
  Verdict said_verdict() { return said<protocol::Hello>().back().verdict; }
  static Fork fork_of(std::uint8_t id, Verdict decision) {
    return {run(id, 1).id, StreamPos{4}, decision};
  }
};

TEST_F(ForkAtTheHub, IsNotedWithAnAlarmWhenAnOpeningThatItKnowsWroteSomethingElse) {
  begin_with(std::nullopt);
  machine_says({1}, {run(1, 1)});
  EXPECT_EQ(said_verdict(), Verdict::kHeld);
  EXPECT_EQ(alarms(), (Words{"fork", "fork"})) << "the stream, and what a person has to do";
  const auto noted = done<NoteFork>();
  ASSERT_EQ(noted.size(), 1u);
  EXPECT_EQ(noted[0].fork, fork_of(1, Verdict::kHeld));
}

TEST_F(ForkAtTheHub, IsNotConcludedFromAHelloOfADeadConnection) {
  begin_with(std::nullopt);
  auto old = hello_ending(StreamKind::kJournal, {StreamPos{7}, chain_of(StreamKind::kJournal, 7)});
  old.incarnations = {run(2, 5)};
  old.history = history;
  hear_frame({kPeerSession, {}, old});
  EXPECT_EQ(alarms(), Words{});
  EXPECT_TRUE(done<NoteFork>().empty());
  hear(protocol::Ping{});
  EXPECT_EQ(alarms(), (Words{"fork", "fork"})) << "the site itself has fewer records than the hub";
}

TEST_F(ForkAtTheHub, IsHeldAlsoWhenThatStoreWasOpenedAnew) {
  begin_with(fork_of(1, Verdict::kHeld));
  machine_says({1, 3}, {run(1, 1), run(3, 7)});
  EXPECT_EQ(said_verdict(), Verdict::kHeld);
  EXPECT_EQ(alarms(), Words{"fork"});
}

TEST_F(ForkAtTheHub, DoesNotHoldARestoredBackup) {
  begin_with(std::nullopt);
  machine_says({1, 3}, {run(1, 1), run(3, 3)});
  EXPECT_EQ(said_verdict(), Verdict::kNone);
  EXPECT_EQ(alarms(), Words{"amnesia"});
  EXPECT_TRUE(done<NoteFork>().empty());
}

TEST_F(ForkAtTheHub, IsAnsweredAsWasDecided) {
  begin_with(fork_of(1, Verdict::kSetAside));
  machine_says({1}, {run(1, 1)});
  EXPECT_EQ(said_verdict(), Verdict::kSetAside);
  EXPECT_TRUE(done<NoteFork>().empty());
}

TEST_F(ForkAtTheHub, IsOverWhenItsMachineHasTheHubsJournal) {
  begin_with(fork_of(1, Verdict::kAdopt));
  auto one = hello_ending(StreamKind::kJournal, {StreamPos{9}, chain_of(StreamKind::kJournal, 9)});
  one.incarnations = {run(1, 1), run(3, 10)};
  one.history = history;
  hear(one);
  const auto noted = done<NoteFork>();
  ASSERT_EQ(noted.size(), 1u);
  EXPECT_EQ(noted[0].fork, std::nullopt);
}

class RestoredHub : public Story {
 protected:
  void SetUp() override { we_are_a_site(); }
  // The site has five records of the hub; `known` is the hub's opening that they came from.
  void connect_knowing(std::uint8_t known) { connect_with(known, {}); }
  // They came again, and more is to come.
  void connect_receiving_again(StreamPos until) { connect_with(6, {{StreamKind::kCommon, until}}); }

 private:
  void connect_with(std::uint8_t known, std::vector<std::pair<StreamKind, StreamPos>> until) {
    Connected event;
    event.afresh_until = std::move(until);
    for (StreamKind stream : sent_streams())
      event.sends.push_back({stream, store.end(stream, peer)});
    for (StreamKind stream : received_streams()) {
      if (stream == StreamKind::kRecall) continue;
      event.receives.push_back({stream, {}, {}});
      if (stream == StreamKind::kCommon)
        event.receives.back().durable = {StreamPos{5}, chain_of(stream, 5)};
    }
    event.incarnations = store.incarnations();
    event.known_hub = run(known, 1).id;
    step(std::move(event));
  }
};

TEST_F(RestoredHub, IsReceivedFromAgainFromTheBeginning) {
  connect_knowing(6);  // opening 7 speaks
  hear(hello_ending(StreamKind::kCommon, {StreamPos{3}, chain_of(StreamKind::kCommon, 3)}));
  EXPECT_THAT(alarms(), ::testing::Contains("restored"));
  const auto orders = done<StartAfresh>();
  ASSERT_EQ(orders.size(), 1u);
  EXPECT_THAT(orders[0].until, ::testing::Contains(std::pair(StreamKind::kCommon, StreamPos{3})));
}

TEST_F(RestoredHub, IsNoticedAlsoWhenItHasWrittenMoreThanItLost) {
  connect_knowing(6);
  hear(hello_ending(StreamKind::kCommon, {StreamPos{8}, chain_of(StreamKind::kCommon, 3)}));
  EXPECT_TRUE(done<StartAfresh>().empty()) << "nobody has compared yet";
  protocol::Ping ping = announcing(StreamKind::kCommon, 8, 5);
  ping.sends[0].stopped = protocol::StopReason::kFork;
  hear(ping);
  EXPECT_EQ(done<StartAfresh>().size(), 1u);
}

TEST_F(RestoredHub, IsReceivedFromAnewWhenItWasRestoredOnceMoreToLessThanIsWaitedFor) {
  connect_receiving_again(StreamPos{8});
  hear(hello_ending(StreamKind::kCommon, {StreamPos{7}, chain_of(StreamKind::kCommon, 7)}));
  EXPECT_THAT(alarms(), ::testing::Contains("restored"));
  const auto orders = done<StartAfresh>();
  ASSERT_EQ(orders.size(), 1u);
  EXPECT_THAT(orders[0].until, ::testing::Contains(std::pair(StreamKind::kCommon, StreamPos{7})));
}

TEST_F(RestoredHub, GoesOnWithWhatComesAgain) {
  connect_receiving_again(StreamPos{8});
  hear(hello_ending(StreamKind::kCommon, {StreamPos{8}, chain_of(StreamKind::kCommon, 8)}));
  EXPECT_TRUE(done<StartAfresh>().empty());
}

TEST_F(RestoredHub, IsLeftToAPersonWhenItIsAMachineThatWasRolledBack) {
  connect_knowing(7);
  hear(hello_ending(StreamKind::kCommon, {StreamPos{3}, chain_of(StreamKind::kCommon, 3)}));
  EXPECT_EQ(alarms(), Words{"amnesia"});
  EXPECT_TRUE(done<StartAfresh>().empty());
}

TEST_F(RestoredHub, IsKnownFromTheFirstEntriesThatFollow) {
  connect_knowing(6);
  hear(hello_ending(StreamKind::kCommon, {StreamPos{6}, chain_of(StreamKind::kCommon, 6)}));
  EXPECT_TRUE(done<NoteHub>().empty());
  hear(batch(StreamKind::kPrivate, 1, 1));
  stored();
  const auto noted = done<NoteHub>();
  ASSERT_EQ(noted.size(), 1u);
  EXPECT_EQ(noted[0].opening, run(7, 1).id);
}

TEST_F(ForkAtTheHub, TellsHowFarAVerifiedBackupGoes) {
  begin_with(std::nullopt);
  machine_says({2}, {run(1, 1), run(2, 5)});
  SourceStatus status;
  status.safe = {{StreamKind::kJournal, StreamPos{6}}};
  step(StatusRead{status});
  const auto mark = said<protocol::Ping>().back().marks;
  const auto journal = std::find_if(mark.begin(), mark.end(), [](const protocol::Mark& one) {
    return one.stream == StreamKind::kJournal;
  });
  EXPECT_EQ(journal->safe, StreamPos{6});
}

}  // namespace
}  // namespace opora::sync::testing
