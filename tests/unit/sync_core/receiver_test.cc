// What a session does with what arrives: in order, twice, too early, broken.
#include "tests/unit/sync_core/story.h"

namespace opora::sync::testing {
namespace {

using Words = std::vector<std::string>;
constexpr StreamKind kJournal = StreamKind::kJournal;

class ReceivingStory : public Story {
 protected:
  void SetUp() override {
    we_are_the_hub();
    connect();
    hear(hello());
    actions.clear();
  }
  // A new session after `n` records were stored.
  void resume_with(int n) {
    hear(batch(kJournal, 1, n));
    stored();
    we_are_the_hub();
    connect();
    actions.clear();
  }
  std::vector<Bytes> records(int from, int to) {
    std::vector<Bytes> out;
    for (int n = from; n <= to; ++n) out.push_back(record(n));
    return out;
  }
  // "3 gap" of the questions that we asked.
  Words nacks() {
    Words out;
    for (const auto& nack : said<protocol::Nack>()) {
      out.push_back(std::to_string(nack.from.v) +
                    (nack.reason == protocol::NackReason::kChain ? " chain" : " gap"));
    }
    return out;
  }
};

TEST_F(ReceivingStory, AcknowledgesAfterTheSyncAndNotBefore) {
  hear(batch(kJournal, 1, 3));
  EXPECT_EQ(acked(kJournal), "nothing");
  stored();
  EXPECT_EQ(acked(kJournal), "durable 3");
  EXPECT_EQ(held(kJournal), records(1, 3));
}

TEST_F(ReceivingStory, MarksInPingsWaitForTheSyncToo) {
  hear(batch(kJournal, 1, 3));
  wait(kPingEveryMs);
  auto pings = said<protocol::Ping>();
  ASSERT_EQ(pings.size(), 1u);
  EXPECT_EQ(pings[0].marks.back().durable, StreamPos{0});
  stored();
  hear(announcing(kJournal, 3, 3));
  wait(kPingEveryMs);
  pings = said<protocol::Ping>();
  ASSERT_EQ(pings.size(), 1u);
  EXPECT_EQ(pings[0].marks.back().stream, kJournal);
  EXPECT_EQ(pings[0].marks.back().durable, StreamPos{3});
}

TEST_F(ReceivingStory, SeveralBatchesMayBeUnderWayToTheStore) {
  hear(batch(kJournal, 1, 3));
  hear(batch(kJournal, 4, 4));
  hear(batch(kJournal, 5, 9));
  EXPECT_EQ(writes.size(), 3u);
  stored();
  stored();
  EXPECT_EQ(acked(kJournal), "durable 4");
  stored();
  EXPECT_EQ(held(kJournal), records(1, 9));
}

TEST_F(ReceivingStory, ARepeatedBatchIsDroppedAndItsAckRepeated) {
  hear(batch(kJournal, 1, 3));
  stored();
  acked(kJournal);
  hear(batch(kJournal, 1, 3));
  EXPECT_TRUE(writes.empty());
  EXPECT_EQ(acked(kJournal), "durable 3");
}

TEST_F(ReceivingStory, OfAnOverlapOnlyTheNewPartIsStored) {
  hear(batch(kJournal, 1, 3));
  hear(batch(kJournal, 2, 5));
  ASSERT_EQ(writes.size(), 2u);
  ASSERT_EQ(writes[1].entries.size(), 2u);
  EXPECT_EQ(writes[1].entries[0].pos, StreamPos{4});
  EXPECT_EQ(writes[1].entries[1].chain, chain_of(kJournal, 5));
}

TEST_F(ReceivingStory, AGapIsAskedForOnceUntilTheAnswerIsDue) {
  hear(batch(kJournal, 1, 1));
  hear(batch(kJournal, 3, 4));
  EXPECT_EQ(nacks(), Words{"2 gap"});
  hear(batch(kJournal, 5, 5));
  EXPECT_EQ(nacks(), Words{});
  wait(kNackEveryMs);
  hear(batch(kJournal, 6, 6));
  EXPECT_EQ(nacks(), Words{"2 gap"});
  hear(batch(kJournal, 2, 6));
  while (!writes.empty()) stored();
  EXPECT_EQ(held(kJournal), records(1, 6));
}

TEST_F(ReceivingStory, TheLossOfTheLastBatchIsFoundByThePing) {
  hear(batch(kJournal, 1, 1));
  hear(announcing(kJournal, 4, 4));
  EXPECT_EQ(nacks(), Words{"2 gap"});
}

TEST_F(ReceivingStory, APingAboutWhatIsNotSentYetAsksForNothing) {
  hear(batch(kJournal, 1, 1));
  hear(announcing(kJournal, 400, 1));
  EXPECT_EQ(nacks(), Words{});
}

TEST_F(ReceivingStory, EntriesThatDoNotFollowAreAskedForAgainAndThenNotTaken) {
  hear(batch(kJournal, 1, 1));
  protocol::Batch broken = batch(kJournal, 2, 3);
  broken.entries[1] = "something else";
  hear(broken);
  EXPECT_EQ(nacks(), Words{"2 chain"});
  EXPECT_TRUE(alarms().empty());
  hear(broken);
  EXPECT_EQ(nacks(), Words{});
  EXPECT_EQ(alarms(), Words{"chain"});
  EXPECT_EQ(acked(kJournal), "durable 0 stopped chain");
  hear(batch(kJournal, 2, 3));
  ASSERT_EQ(writes.size(), 1u) << "a stopped stream takes nothing more";
  stored();
  EXPECT_EQ(held(kJournal), records(1, 1));
  EXPECT_EQ(ending(), "open");
}

TEST_F(ReceivingStory, AGoodCopyOfABrokenBatchIsTaken) {
  protocol::Batch broken = batch(kJournal, 1, 2);
  broken.entries[0] = "x";
  hear(broken);
  hear(batch(kJournal, 1, 2));
  stored();
  EXPECT_EQ(held(kJournal), records(1, 2));
  hear(batch(kJournal, 3, 3));
  broken = batch(kJournal, 4, 4);
  broken.after = {};
  hear(broken);
  EXPECT_TRUE(alarms().empty()) << "after a success a broken batch is a first one again";
}

TEST_F(ReceivingStory, EveryLieInABatchIsFound) {
  hear(batch(kJournal, 1, 4));
  const auto refused = [this](protocol::Batch lie) {
    const std::size_t before = writes.size();
    hear(std::move(lie));
    const bool asked = nacks() == Words{"5 chain"} || alarms() == Words{"chain"};
    we_are_the_hub();
    connect();
    hear(hello());
    actions.clear();
    hear(batch(kJournal, 1, 4));
    return asked && writes.size() == before + 1;  // the one of the new session
  };
  protocol::Batch lie = batch(kJournal, 5, 6);
  lie.before.b[0] ^= 1;
  EXPECT_TRUE(refused(lie));
  lie = batch(kJournal, 5, 6);
  lie.after.b[31] ^= 1;
  EXPECT_TRUE(refused(lie));
  lie = batch(kJournal, 5, 6);
  std::swap(lie.entries[0], lie.entries[1]);
  EXPECT_TRUE(refused(lie));
  lie = batch(kJournal, 5, 6);
  lie.entries[0].clear();
  EXPECT_TRUE(refused(lie));
  lie = batch(kJournal, 3, 6);  // an overlap that differs in what is here
  lie.entries[0] = "x";
  lie.after = chain_of(kJournal, 6);
  EXPECT_TRUE(refused(lie));
}

TEST_F(ReceivingStory, OneBrokenStreamDoesNotStopTheOther) {
  protocol::Batch broken = batch(kJournal, 1, 1);
  broken.after = {};
  hear(broken);
  hear(broken);
  EXPECT_EQ(alarms(), Words{"chain"});
  protocol::Batch keys{StreamKind::kJournalKeys, StreamPos{1}, {}, {}, {Bytes(48, 'k')}};
  keys.after = chain_next(StreamKind::kJournalKeys, {}, keys.entries[0]);
  hear(keys);
  stored();
  EXPECT_EQ(acked(StreamKind::kJournalKeys), "durable 1");
}

TEST_F(ReceivingStory, AKeyThatWasErasedMeanwhileKeepsItsPlaceInTheChain) {
  const Bytes whole(48, 'k');
  const Bytes erased(16, 'k');
  EXPECT_EQ(chain_next(StreamKind::kJournalKeys, {}, whole),
            chain_next(StreamKind::kJournalKeys, {}, erased));
  protocol::Batch keys{StreamKind::kJournalKeys, StreamPos{1}, {}, {}, {erased}};
  keys.after = chain_next(StreamKind::kJournalKeys, {}, whole);
  hear(keys);
  stored();
  EXPECT_EQ(held(StreamKind::kJournalKeys), std::vector<Bytes>{erased});
}

TEST_F(ReceivingStory, AKeyOfTheWrongSizeDoesNotFollow) {
  hear(protocol::Batch{StreamKind::kJournalKeys, StreamPos{1}, {}, {}, {Bytes(17, 'k')}});
  EXPECT_TRUE(writes.empty());
  EXPECT_EQ(nacks(), Words{"1 chain"});
}

TEST_F(ReceivingStory, ABatchOfAStreamThatWeSendIsAViolation) {
  hear(batch(StreamKind::kCommon, 1, 1));
  EXPECT_EQ(alarms(), Words{"protocol"});
  EXPECT_EQ(ending(), "protocol");
}

TEST_F(ReceivingStory, MoreThanTheWindowIsAViolation) {
  ChainHash chain;
  for (std::uint64_t pos = 1; pos <= 9; ++pos) {
    protocol::Batch full{
        kJournal, StreamPos{pos}, chain, {}, {Bytes(protocol::kMaxBatchBytes, 'x')}};
    full.after = chain = chain_next(kJournal, chain, full.entries[0]);
    hear(full);
  }
  EXPECT_EQ(writes.size(), 8u);
  EXPECT_EQ(ending(), "protocol");
}

TEST_F(ReceivingStory, CountlessTinyBatchesAreAViolationToo) {
  for (int n = 1; n <= static_cast<int>(kMaxBatchesPersisting) + 1; ++n)
    hear(batch(kJournal, n, n));
  EXPECT_EQ(writes.size(), kMaxBatchesPersisting);
  EXPECT_EQ(ending(), "protocol");
}

TEST_F(ReceivingStory, ASenderThatEndsBeforeOurCursorIsAnAmnesiac) {
  resume_with(5);
  hear(hello_ending(kJournal, {StreamPos{3}, chain_of(kJournal, 3)}));
  EXPECT_EQ(alarms(), Words{"amnesia"});
  EXPECT_EQ(acked(kJournal), "durable 5 stopped amnesia");
  EXPECT_TRUE(session->live());
}

TEST_F(ReceivingStory, APromiseAboutAStreamThatHasStoppedCountsForNothing) {
  resume_with(5);
  hear(hello_ending(kJournal, {StreamPos{3}, chain_of(kJournal, 3)}));
  hear(announcing(kJournal, 3, 3, Hlt{500}));
  EXPECT_EQ(done<PeerReport>().back().status.data_through, Hlt{0});
}

TEST_F(ReceivingStory, ASenderWithAnotherChainAtOurCursorIsAFork) {
  resume_with(5);
  hear(hello_ending(kJournal, {StreamPos{5}, chain_of(kJournal, 4)}));
  EXPECT_EQ(alarms(), Words{"fork"});
}

// After a repair from its safety journal; the journal says whether it is another machine.
TEST_F(ReceivingStory, KeysThatDifferAloneAreNoFork) {
  constexpr StreamKind kKeys = StreamKind::kJournalKeys;
  const Bytes key(48, 'k');
  hear(protocol::Batch{kKeys, StreamPos{1}, {}, chain_next(kKeys, {}, key), {key}});
  stored();
  we_are_the_hub();
  connect();
  actions.clear();
  hear(hello_ending(kKeys, {StreamPos{1}, chain_next(kKeys, {}, Bytes(48, 'l'))}));
  EXPECT_EQ(alarms(), Words{"amnesia"});
}

TEST_F(ReceivingStory, ASenderThatStopsItsStreamIsHeardOnce) {
  protocol::Ping ping = announcing(kJournal, 5, 0);
  ping.sends[0].stopped = protocol::StopReason::kSource;
  hear(ping);
  EXPECT_EQ(alarms(), Words{"source"});
  hear(ping);
  EXPECT_EQ(alarms(), Words{});
  EXPECT_EQ(nacks(), Words{});
}

TEST_F(ReceivingStory, ARefusedWriteEndsTheSession) {
  hear(batch(kJournal, 1, 3));
  step(PersistFailed{kJournal, "no space left"});
  EXPECT_EQ(alarms(), Words{"persist"});
  EXPECT_EQ(ending(), "persist");
  EXPECT_EQ(acked(kJournal), "nothing");
}

// A session broke with writes under way; they completed after the next one had read the cursor.
TEST_F(ReceivingStory, OnlyWhatThisSessionHasSeenIsAcknowledged) {
  hear(batch(kJournal, 1, 2));
  const StreamEnd beyond{StreamPos{9}, chain_of(kJournal, 9)};
  step(Persisted{kJournal, beyond, {}});
  EXPECT_EQ(acked(kJournal), "durable 2");
}

TEST_F(ReceivingStory, AStoreThatHoldsSomethingElseEndsTheSession) {
  hear(batch(kJournal, 1, 2));
  step(Persisted{kJournal, {StreamPos{2}, chain_of(kJournal, 1)}, {}});
  EXPECT_EQ(alarms(), Words{"persist"});
  EXPECT_EQ(ending(), "persist");
}

TEST_F(ReceivingStory, SafeNeverExceedsDurable) {
  hear(batch(kJournal, 1, 2));
  step(Persisted{kJournal, {StreamPos{2}, chain_of(kJournal, 2)}, StreamPos{7}});
  const auto acks = said<protocol::Ack>();
  ASSERT_EQ(acks.size(), 1u);
  EXPECT_EQ(acks[0].marks[0].safe, StreamPos{2});
}

}  // namespace
}  // namespace opora::sync::testing
