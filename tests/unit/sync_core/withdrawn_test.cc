// Rights that end while a record waits in the queue: what is sent in its place, what the receiver
// makes of that, and a peer of the version before.
#include "tests/unit/sync_core/story.h"

namespace opora::sync::testing {
namespace {

using Words = std::vector<std::string>;
constexpr StreamKind kPrivate = StreamKind::kPrivate;
constexpr StreamKind kKeys = StreamKind::kPrivateKeys;

class WithdrawingStory : public Story {
 protected:
  void the_right_ends(StreamKind stream, int from, int to) {
    for (int n = from; n <= to; ++n)
      store.withdraw(stream, peer, StreamPos{static_cast<std::uint64_t>(n)});
  }
  // "over 2-4" and "1-1" in the order in which they went.
  Words sent(StreamKind stream) {
    Words out;
    for (const Action& action : actions) {
      const auto* send = std::get_if<Send>(&action);
      if (send == nullptr) continue;
      if (const auto* batch = std::get_if<protocol::Batch>(&send->frame.message);
          batch != nullptr && batch->stream == stream)
        out.push_back(span(batch->first, batch->entries.size()));
      if (const auto* over = std::get_if<protocol::Withdrawn>(&send->frame.message);
          over != nullptr && over->stream == stream)
        out.push_back("over " + span(over->first, over->count));
    }
    actions.clear();
    return out;
  }
  static std::string span(StreamPos first, std::size_t count) {
    return std::to_string(first.v) + "-" + std::to_string(first.v + count - 1);
  }
  protocol::Hello old_hello() const {
    protocol::Hello out = hello();
    out.version = 1;
    return out;
  }
};

class WithdrawingHub : public WithdrawingStory {
 protected:
  void SetUp() override { we_are_the_hub(); }
};

TEST_F(WithdrawingHub, PassesOverWhatTheSiteMayNotHaveAndSendsTheRest) {
  append(kPrivate, 1, 6);
  the_right_ends(kPrivate, 2, 4);
  connect();
  hear(hello());
  EXPECT_EQ(sent(kPrivate), (Words{"1-1"})) << "the first batch of a session goes alone";
  hear(ack(kPrivate, 1));
  EXPECT_EQ(sent(kPrivate), (Words{"over 2-4", "5-6"}));
}

TEST_F(WithdrawingHub, AnEmptiedQueueIsOneMessage) {
  append(kPrivate, 1, 3'000);
  the_right_ends(kPrivate, 1, 3'000);
  connect();
  hear(hello());
  const auto over = said<protocol::Withdrawn>();
  ASSERT_EQ(over.size(), 1u);
  EXPECT_EQ(over[0], withdrawn(kPrivate, 1, 3'000));
  EXPECT_EQ(batches(), "");
}

TEST_F(WithdrawingHub, DecidesWhenItSendsNotWhenTheRecordWasAppended) {
  append(kPrivate, 1, 1);
  connect();
  hear(hello());
  EXPECT_EQ(sent(kPrivate), (Words{"1-1"}));
  // Lost on the way, and the right with it: the same position goes otherwise the second time.
  the_right_ends(kPrivate, 1, 1);
  hear(protocol::Nack{kPrivate, StreamPos{1}, protocol::NackReason::kGap});
  EXPECT_EQ(sent(kPrivate), (Words{"over 1-1"}));
}

TEST_F(WithdrawingHub, WhatIsPassedOverIsAcknowledgedAsAnyEntry) {
  append(kPrivate, 1, 2);
  the_right_ends(kPrivate, 1, 2);
  connect();
  hear(hello());
  hear(ack(kPrivate, 2));
  EXPECT_EQ(ending(), "open");
  append(kPrivate, 3, 3);
  actions.clear();
  wait(kPingEveryMs);
  const auto pings = said<protocol::Ping>();
  ASSERT_EQ(pings.size(), 1u);
  EXPECT_EQ(pings[0].pending, 1u) << "the queue was empty before";
}

TEST_F(WithdrawingHub, AKeyIsWithheldFromAnOldSiteAndItsStreamGoesOn) {
  append(kKeys, Bytes(48, 'k'));
  append(kKeys, Bytes(48, 'l'));
  the_right_ends(kKeys, 1, 1);
  connect();
  hear(old_hello());
  auto sent = said<protocol::Batch>();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].entries, std::vector<Bytes>{Bytes(16, 'k')}) << "its name alone, no key";
  hear(ack(kKeys, 1));
  sent = said<protocol::Batch>();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].entries, std::vector<Bytes>{Bytes(48, 'l')});
}

TEST_F(WithdrawingHub, AnOldSitesStreamStopsInFrontOfItWithAnAlarm) {
  append(kPrivate, 1, 3);
  append(StreamKind::kCommon, 1, 3);
  the_right_ends(kPrivate, 2, 2);
  connect();
  hear(old_hello());
  EXPECT_EQ(sent(kPrivate), (Words{"1-1"}));
  hear(ack(kPrivate, 1));
  hear(ack(StreamKind::kCommon, 3));
  EXPECT_TRUE(said<protocol::Withdrawn>().empty());
  const auto alarms = done<Alarm>();
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_EQ(alarms[0].code, AlarmCode::kWithdrawn);
  EXPECT_EQ(alarms[0].text,
            "private stopped: what waited at 2 was withdrawn, and link version 1, which the "
            "receiver speaks, cannot pass over it");
  append(kPrivate, 4, 4);
  append(StreamKind::kCommon, 4, 4);
  EXPECT_EQ(batches(), "4-4") << "the others go on";
}

TEST_F(WithdrawingHub, AnOldSiteThatWasUpdatedGoesOnBehindIt) {
  append(kPrivate, 1, 3);
  the_right_ends(kPrivate, 2, 2);
  connect();
  hear(hello_holding(kPrivate, StreamPos{1}));
  hear(ack(kPrivate, 2));
  EXPECT_EQ(sent(kPrivate), (Words{"over 2-2", "3-3"}));
}

TEST_F(WithdrawingHub, AStoreThatWithdrawsWhatEverySiteGetsIsNotBelieved) {
  append(StreamKind::kCommon, 1, 2);
  store.withdraw(StreamKind::kCommon, peer, StreamPos{1});
  connect();
  hear(hello());
  EXPECT_EQ(alarms(), Words{"source"});
  EXPECT_EQ(batches(), "");
}

class PassingSite : public WithdrawingStory {
 protected:
  void SetUp() override {
    we_are_a_site();
    connect();
    hear(hello());
    actions.clear();
  }
};

TEST_F(PassingSite, StoresTheCursorBehindItAndNothingElse) {
  hear(batch(kPrivate, 1, 2));
  hear(withdrawn(kPrivate, 3, 5));
  EXPECT_EQ(acked(kPrivate), "nothing");
  stored();
  stored();
  EXPECT_EQ(acked(kPrivate), "durable 5");
  EXPECT_EQ(held(kPrivate), (std::vector<Bytes>{record(1), record(2), "", "", ""}));
  hear(batch(kPrivate, 6, 6));
  stored();
  EXPECT_EQ(held(kPrivate).back(), record(6));
  EXPECT_EQ(alarms(), Words{});
}

TEST_F(PassingSite, HasItAlreadyAndSaysSo) {
  hear(batch(kPrivate, 1, 3));
  stored();
  actions.clear();
  hear(withdrawn(kPrivate, 2, 3));
  EXPECT_EQ(acked(kPrivate), "durable 3");
  EXPECT_EQ(held(kPrivate).size(), 3u) << "what came while it had the right stays";
}

TEST_F(PassingSite, AsksFromBehindWhatItHasWhenARunBeginsBefore) {
  hear(batch(kPrivate, 1, 3));
  hear(withdrawn(kPrivate, 2, 5));
  const auto nacks = said<protocol::Nack>();
  ASSERT_EQ(nacks.size(), 1u);
  EXPECT_EQ(nacks[0].from, StreamPos{4});
  hear(withdrawn(kPrivate, 4, 5));
  stored();
  stored();
  EXPECT_EQ(acked(kPrivate), "durable 5");
}

TEST_F(PassingSite, AsksForWhatIsMissingInFrontOfIt) {
  hear(withdrawn(kPrivate, 3, 5));
  const auto nacks = said<protocol::Nack>();
  ASSERT_EQ(nacks.size(), 1u);
  EXPECT_EQ(nacks[0].from, StreamPos{1});
}

TEST_F(PassingSite, WhatDoesNotFollowIsAskedForAgainAndThenNotTaken) {
  auto other = withdrawn(kPrivate, 1, 2);
  other.before.b.fill(9);
  hear(other);
  EXPECT_EQ(said<protocol::Nack>().size(), 1u);
  hear(other);
  EXPECT_EQ(alarms(), Words{"chain"});
  EXPECT_TRUE(writes.empty());
}

TEST_F(PassingSite, OnlyItsOwnTwoStreamsHaveWithdrawnEntries) {
  hear(withdrawn(StreamKind::kCommon, 1, 1));
  EXPECT_EQ(ending(), "protocol");
}

TEST_F(PassingSite, OfTheVersionBeforeItKnowsNoSuchMessage) {
  SessionConfig old{Role::kSite, kSite, kHubSite, kOurSession, "node 0.9"};
  old.version = 1;
  begin(std::move(old));
  connect();
  EXPECT_EQ(said<protocol::Hello>().at(0).version, 1);
  hear(hello());
  EXPECT_TRUE(session->live());
  EXPECT_EQ(done<PeerUp>().at(0).info.version, 1);
  hear(withdrawn(kPrivate, 1, 1));
  EXPECT_EQ(ending(), "open");
  EXPECT_TRUE(writes.empty());
}

class PassedHub : public WithdrawingStory {};

TEST_F(PassedHub, TakesNoWordOfASiteThatItsJournalHasNothingSomewhere) {
  we_are_the_hub();
  connect();
  hear(hello());
  actions.clear();
  hear(withdrawn(StreamKind::kJournal, 1, 1));
  EXPECT_EQ(ending(), "protocol");
  EXPECT_TRUE(writes.empty());
}

}  // namespace
}  // namespace opora::sync::testing
