// What a session sends: from where, how much at once, and what it does when the receiver disagrees.
#include "tests/unit/sync_core/story.h"

namespace opora::sync::testing {
namespace {

using Words = std::vector<std::string>;
constexpr StreamKind kJournal = StreamKind::kJournal;

class SendingStory : public Story {
 protected:
  void SetUp() override { we_are_a_site(); }
  void connect_to(protocol::Hello peer_hello) {
    connect();
    hear(std::move(peer_hello));
  }
  // n records of the size of a full batch.
  void append_full(int n) {
    for (int i = 0; i < n; ++i) append(kJournal, Bytes(protocol::kMaxBatchBytes, 'x'));
  }
};

TEST_F(SendingStory, ABacklogGoesInOneBatch) {
  append(kJournal, 1, 5);
  connect_to(hello());
  EXPECT_EQ(batches(), "1-5");
}

TEST_F(SendingStory, ResumesAfterWhatTheReceiverHolds) {
  append(kJournal, 1, 5);
  connect_to(hello_holding(kJournal, StreamPos{3}));
  const auto sent = said<protocol::Batch>();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0], batch(kJournal, 4, 5));
}

TEST_F(SendingStory, SendsNothingToAReceiverThatHoldsAll) {
  append(kJournal, 1, 5);
  connect_to(hello_holding(kJournal, StreamPos{5}));
  EXPECT_EQ(batches(), "");
  append(kJournal, 6, 6);
  EXPECT_EQ(batches(), "6-6");
}

TEST_F(SendingStory, NewRecordsFollowAtOnce) {
  connect_to(hello());
  append(kJournal, 1, 3);
  EXPECT_EQ(batches(), "1-1 2-2 3-3");
}

TEST_F(SendingStory, SendsNothingBeforeTheHello) {
  connect();
  append(kJournal, 1, 3);
  EXPECT_EQ(batches(), "");
  hear(hello());
  EXPECT_EQ(batches(), "1-3");
}

TEST_F(SendingStory, KeysGoAheadOfRecords) {
  append(kJournal, 1, 1);
  append(StreamKind::kJournalKeys, Bytes(48, 'k'));
  connect_to(hello());
  const auto sent = said<protocol::Batch>();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].stream, StreamKind::kJournalKeys);
  EXPECT_EQ(sent[1].stream, kJournal);
}

TEST_F(SendingStory, KeysOfABacklogGoALittleAheadOfTheRecordsThatTheyOpen) {
  constexpr StreamKind kKeys = StreamKind::kJournalKeys;
  for (std::uint64_t i = 0; i < 10 * kKeysAhead; ++i) append(kKeys, Bytes(48, 'k'));
  append_full(40);
  connect_to(hello());
  EXPECT_EQ(batches(), "1-85 1-1");
  hear(ack(kKeys, 85));
  EXPECT_EQ(batches(), "86-767");
  hear(ack(kKeys, 767));
  EXPECT_EQ(batches(), "") << "one record of 40 is under way";
  hear(ack(kJournal, 1));
  EXPECT_EQ(batches(), "2-2 768-1449 3-3 4-4 5-5 6-6 7-7 8-8");
}

TEST_F(SendingStory, OffersNoStreamThatThePeerDoesNotKnow) {
  append(StreamKind::kJournalKeys, Bytes(48, 'k'));
  append(kJournal, 1, 1);
  protocol::Hello old = hello();
  std::erase_if(old.receives,
                [](const auto& state) { return state.stream == StreamKind::kJournalKeys; });
  connect_to(old);
  EXPECT_EQ(batches(), "1-1");
  const auto pings = said<protocol::Ping>();
  ASSERT_EQ(pings.size(), 1u);
  ASSERT_EQ(pings[0].sends.size(), 1u);
  EXPECT_EQ(pings[0].sends[0].stream, kJournal);
}

TEST_F(SendingStory, KeepsTwoMebibytesInFlightAndNoMore) {
  append_full(20);
  connect_to(hello());
  batches();
  hear(ack(kJournal, 1));
  EXPECT_EQ(said<protocol::Batch>().size(), 8u);
  hear(ack(kJournal, 2));
  EXPECT_EQ(batches(), "10-10");
  hear(ack(kJournal, 10));
  EXPECT_EQ(said<protocol::Batch>().size(), 8u);
}

TEST_F(SendingStory, KeepsToTheReceiversSmallerWindow) {
  append_full(20);
  protocol::Hello small = hello();
  small.window = 3 * protocol::kMaxBatchBytes;
  connect_to(small);
  batches();
  hear(ack(kJournal, 1, small.window));
  EXPECT_EQ(said<protocol::Batch>().size(), 3u);
  hear(ack(kJournal, 4, 0));
  EXPECT_EQ(batches(), "") << "a window below a batch is a pause";
  hear(ack(kJournal, 4, protocol::kMaxBatchBytes));
  EXPECT_EQ(batches(), "5-5");
}

TEST_F(SendingStory, AWindowThatIsTooLargeDoesNotCount) {
  append_full(20);
  protocol::Hello large = hello();
  large.window = 0xffff'ffff;
  connect_to(large);
  batches();
  hear(ack(kJournal, 1, large.window));
  EXPECT_EQ(said<protocol::Batch>().size(), 8u);
}

TEST_F(SendingStory, SmallBatchesUnderWayAreBoundedToo) {
  connect_to(hello());
  append(kJournal, 1, 200);
  EXPECT_EQ(said<protocol::Batch>().size(), kMaxBatchesInFlight);
  hear(ack(kJournal, 1));
  EXPECT_EQ(batches(), "65-200") << "what had to wait goes together";
}

TEST_F(SendingStory, AcknowledgementsAreReportedWhenTheyAdvance) {
  append(kJournal, 1, 5);
  connect_to(hello_holding(kJournal, StreamPos{2}));
  done<Acked>();
  hear(ack(kJournal, 4));
  auto reports = done<Acked>();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].durable, StreamPos{4});
  hear(ack(kJournal, 4));
  hear(ack(kJournal, 3));
  EXPECT_TRUE(done<Acked>().empty()) << "marks are cumulative; late ones say nothing new";
  hear(protocol::Ack{{{kJournal, StreamPos{4}, StreamPos{3}, {}}}, kSessionWindow});
  reports = done<Acked>();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].safe, StreamPos{3});
}

TEST_F(SendingStory, MarksInAPingCountLikeAnAck) {
  append(kJournal, 1, 5);
  connect_to(hello());
  done<Acked>();
  protocol::Ping ping;
  ping.marks = ack(kJournal, 5).marks;
  ping.window = kSessionWindow;
  hear(ping);
  const auto reports = done<Acked>();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].durable, StreamPos{5});
}

TEST_F(SendingStory, AnAckOfWhatWasNeverSentIsAViolation) {
  append(kJournal, 1, 5);
  connect_to(hello());
  hear(ack(kJournal, 6));
  EXPECT_EQ(alarms(), Words{"protocol"});
  EXPECT_EQ(ending(), "protocol");
}

TEST_F(SendingStory, AMarkOfAStreamThatWeReceiveIsAViolation) {
  connect_to(hello());
  hear(ack(StreamKind::kCommon, 0));
  EXPECT_EQ(ending(), "protocol");
}

TEST_F(SendingStory, ANackIsAnsweredFromThere) {
  append(kJournal, 1, 9);
  connect_to(hello());
  hear(ack(kJournal, 2));
  EXPECT_EQ(batches(), "1-9");
  hear(protocol::Nack{kJournal, StreamPos{5}});
  EXPECT_EQ(batches(), "5-9");
}

TEST_F(SendingStory, ALateNackIsIgnored) {
  append(kJournal, 1, 9);
  connect_to(hello());
  hear(ack(kJournal, 6));
  batches();
  hear(protocol::Nack{kJournal, StreamPos{5}});
  hear(protocol::Nack{kJournal, StreamPos{10}});
  hear(protocol::Nack{kJournal, StreamPos{protocol::kMaxPosition}});
  hear(protocol::Nack{StreamKind::kCommon, StreamPos{1}});
  EXPECT_EQ(batches(), "");
  EXPECT_EQ(ending(), "open");
}

TEST_F(SendingStory, ANackIntoABatchKeepsItsBeginningCounted) {
  for (int i = 0; i < 40; ++i) append(kJournal, Bytes(protocol::kMaxBatchBytes / 2, 'x'));
  connect_to(hello());
  EXPECT_EQ(batches(), "1-1");
  hear(ack(kJournal, 1));
  EXPECT_EQ(batches(), "2-3 4-5 6-7 8-9 10-11 12-13 14-15 16-17");
  hear(protocol::Nack{kJournal, StreamPos{5}});
  EXPECT_EQ(batches(), "5-6 7-8 9-10 11-12 13-14 15-16") << "2 to 17 fill the window";
}

TEST_F(SendingStory, AStreamsFirstBatchOfASessionIsSmallSoThatItsAckComesSoon) {
  for (int i = 0; i < 64; ++i) append(kJournal, Bytes(kFirstBatchBytes / 8, 'x'));
  connect_to(hello());
  EXPECT_EQ(batches(), "1-8");
  hear(ack(kJournal, 4));
  EXPECT_EQ(batches(), "9-64");
}

TEST_F(SendingStory, AFirstBatchThatWasLostIsSentAgain) {
  for (int i = 0; i < 64; ++i) append(kJournal, Bytes(kFirstBatchBytes / 8, 'x'));
  connect_to(hello());
  EXPECT_EQ(batches(), "1-8");
  hear(protocol::Nack{kJournal, StreamPos{3}});
  EXPECT_EQ(batches(), "") << "what came of it is about to be acknowledged";
  hear(ack(kJournal, 2));
  EXPECT_EQ(batches(), "3-64");
  hear(protocol::Nack{kJournal, StreamPos{3}});
  EXPECT_EQ(batches(), "3-64");
}

TEST_F(SendingStory, AFirstBatchOfWhichNothingCameIsSentAgainAtOnce) {
  for (int i = 0; i < 64; ++i) append(kJournal, Bytes(kFirstBatchBytes / 8, 'x'));
  connect_to(hello());
  batches();
  hear(protocol::Nack{kJournal, StreamPos{1}});
  EXPECT_EQ(batches(), "1-64");
}

TEST_F(SendingStory, AReadThatANackOvertakesIsNotSent) {
  append(kJournal, 1, 9);
  connect_to(hello());
  batches();
  answer_reads = false;
  append(kJournal, 10, 10);
  auto fetches = done<Fetch>();
  ASSERT_EQ(fetches.size(), 1u);
  EXPECT_EQ(fetches[0].from, StreamPos{10});
  hear(protocol::Nack{kJournal, StreamPos{3}});
  step(Fetched{kJournal,
               StreamPos{10},
               chain_of(kJournal, 9),
               {{StreamPos{10}, chain_of(kJournal, 10), record(10)}}});
  EXPECT_EQ(batches(), "");
  fetches = done<Fetch>();
  ASSERT_EQ(fetches.size(), 1u);
  EXPECT_EQ(fetches[0].from, StreamPos{3});
}

TEST_F(SendingStory, AnAckOvertakesAStepBack) {
  append(kJournal, 1, 9);
  connect_to(hello());
  answer_reads = false;
  hear(protocol::Nack{kJournal, StreamPos{3}});
  done<Fetch>();
  hear(ack(kJournal, 9));
  EXPECT_TRUE(done<Fetch>().empty());
  answer_reads = true;
  append(kJournal, 10, 10);
  batches();
  EXPECT_EQ(session->live(), true);
  hear(ack(kJournal, 10));
  EXPECT_EQ(ending(), "open");
}

TEST_F(SendingStory, AReceiverThatHoldsMoreThanWeStopsTheJournalAndItsKeysAndTheSessionStays) {
  append(kJournal, 1, 3);
  append(StreamKind::kJournalKeys, Bytes(16, 'k'));
  connect_to(hello_holding(kJournal, StreamEnd{StreamPos{5}, chain_of(kJournal, 5)}));
  EXPECT_EQ(alarms(), Words{"amnesia"});
  EXPECT_TRUE(said<protocol::Batch>().empty()) << "keys of records that it does not take";
  EXPECT_EQ(ending(), "open");
}

TEST_F(SendingStory, AReceiverThatHoldsSomethingElseStopsThatStreamOnly) {
  append(kJournal, 1, 3);
  protocol::Hello forked = hello_holding(kJournal, StreamEnd{StreamPos{2}, chain_of(kJournal, 1)});
  connect_to(forked);
  EXPECT_EQ(alarms(), Words{"fork"});
  EXPECT_EQ(batches(), "");
  append(kJournal, 4, 4);
  hear(protocol::Nack{kJournal, StreamPos{3}});
  EXPECT_EQ(batches(), "");
  const auto pings = said<protocol::Ping>();
  ASSERT_FALSE(pings.empty());
  EXPECT_EQ(pings.back().sends.back().stopped, protocol::StopReason::kFork)
      << "the receiver is told";
}

TEST_F(SendingStory, AReceiverThatHasNothingOfAStreamThatBeginsLaterIsSentItAnew) {
  append(StreamKind::kJournalKeys, Bytes(48, 'k'));
  append(kJournal, 1, 1);
  store.begin_behind(StreamKind::kJournalKeys);
  connect_to(hello());
  const auto sent = said<protocol::Batch>();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].stream, kJournal) << "the journal goes on";
  EXPECT_EQ(done<ResendKeys>().size(), 1u);
}

TEST_F(SendingStory, KeysThatDifferAloneAreSentAnewAndAreNoFork) {
  append(StreamKind::kJournalKeys, Bytes(48, 'k'));
  append(kJournal, 1, 1);
  auto theirs = hello();
  const auto keys =
      std::find_if(theirs.receives.begin(), theirs.receives.end(),
                   [](const auto& state) { return state.stream == StreamKind::kJournalKeys; });
  ASSERT_NE(keys, theirs.receives.end());
  keys->end.pos = StreamPos{1};
  keys->end.chain.b.fill(7);
  connect_to(theirs);
  EXPECT_EQ(done<ResendKeys>().size(), 1u);
  EXPECT_EQ(alarms(), Words{"amnesia"});
}

// The order to send them anew was carried out behind our Hello and ahead of the hub's.
TEST_F(SendingStory, KeysThatAgreeAndWereStoppedByAnOlderHelloAreSaidAgain) {
  append(kJournal, 1, 1);
  append(StreamKind::kJournalKeys, Bytes(48, 'k'));
  connect();
  append(StreamKind::kJournalKeys, Bytes(48, 'l'));
  hear(hello_holding(StreamKind::kJournalKeys, StreamPos{2}));
  EXPECT_TRUE(done<ResendKeys>().empty());
  EXPECT_EQ(ending(), "open");
  auto ping = announcing(StreamKind::kCommon, 0, 0);
  ping.marks = {{StreamKind::kJournalKeys, StreamPos{2}, {}, protocol::StopReason::kAmnesia}};
  hear(ping);
  EXPECT_EQ(ending(), "stopping");
  EXPECT_TRUE(alarms().empty());
}

TEST_F(SendingStory, AStoppedReceiverGivesItsWindowBack) {
  append_full(9);
  connect_to(hello());
  batches();
  hear(ack(kJournal, 1));
  append(StreamKind::kJournalKeys, Bytes(16, 'k'));
  EXPECT_EQ(said<protocol::Batch>().size(), 8u);
  hear(protocol::Ack{{{kJournal, {}, {}, protocol::StopReason::kChain}}, kSessionWindow});
  EXPECT_EQ(alarms(), Words{"chain"});
  const auto sent = said<protocol::Batch>();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].stream, StreamKind::kJournalKeys);
}

TEST_F(SendingStory, AStoreThatCannotBeReadStopsTheStream) {
  append(kJournal, 1, 3);
  store.fail_reads("checksum mismatch");
  connect_to(hello());
  EXPECT_EQ(alarms(), Words{"source"});
  EXPECT_EQ(batches(), "");
  EXPECT_EQ(ending(), "open");
}

TEST_F(SendingStory, AMalformedAnswerOfTheStoreIsNotSentOn) {
  append(kJournal, 1, 3);
  answer_reads = false;
  connect_to(hello());
  const Entry second{StreamPos{2}, chain_of(kJournal, 2), record(2)};
  step(Fetched{kJournal, StreamPos{1}, {}, {second}});
  EXPECT_EQ(alarms(), Words{"source"});
  EXPECT_EQ(batches(), "");
}

TEST_F(SendingStory, ARecordThatIsNotVisibleYetIsAskedForAgainLater) {
  connect_to(hello());
  step(Appended{kJournal, StreamPos{1}});  // told before the snapshot shows it
  EXPECT_EQ(batches(), "");
  append(kJournal, 1, 1);
  EXPECT_EQ(batches(), "1-1");
}

TEST_F(SendingStory, AGrowthThatNobodyToldIsFoundWithTheNextPing) {
  connect_to(hello());
  store.append(kJournal, kHubSite, record(1));
  wait(kPingEveryMs);
  EXPECT_EQ(batches(), "1-1");
}

}  // namespace
}  // namespace opora::sync::testing
