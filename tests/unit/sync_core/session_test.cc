// The life of a session: handshake, pings, silence, goodbye.
#include "tests/unit/sync_core/story.h"

namespace opora::sync::testing {
namespace {

using protocol::CloseReason;
using Words = std::vector<std::string>;

class SessionOfASite : public Story {
 protected:
  void SetUp() override { we_are_a_site(); }
  void go_live() {
    connect();
    hear(hello());
    ASSERT_TRUE(session->live());
    actions.clear();
  }
};

class SessionOfTheHub : public Story {
 protected:
  void SetUp() override { we_are_the_hub(); }
};

TEST_F(SessionOfASite, SaysHelloFirst) {
  store.append(StreamKind::kJournal, kHubSite, record(1));
  connect();
  const auto hellos = said<protocol::Hello>();
  ASSERT_EQ(hellos.size(), 1u);
  EXPECT_EQ(hellos[0].site, kSite);
  EXPECT_EQ(hellos[0].software, "node 1.0");
  EXPECT_EQ(hellos[0].now.time(), now.wall);
  EXPECT_EQ(hellos[0].sends.size(), 2u);
  EXPECT_EQ(hellos[0].receives.size(), 4u);
  EXPECT_EQ(hellos[0].incarnations, store.incarnations());
  EXPECT_FALSE(session->live());
}

TEST_F(SessionOfASite, TellsTheLastIncarnationsOnly) {
  for (int i = 0; i < 100; ++i) store.reopen(static_cast<std::uint8_t>(i));
  connect();
  const auto hellos = said<protocol::Hello>();
  ASSERT_EQ(hellos[0].incarnations.size(), protocol::kMaxIncarnations);
  EXPECT_EQ(hellos[0].incarnations.back(), store.incarnations().back());
}

TEST_F(SessionOfTheHub, WaitsForTheSitesHelloAndAnswersIt) {
  connect();
  EXPECT_TRUE(said<protocol::Hello>().empty());
  hear(hello());
  EXPECT_TRUE(session->live());
  ASSERT_EQ(said<protocol::Hello>().size(), 1u);
  const auto up = done<PeerUp>();
  ASSERT_EQ(up.size(), 1u);
  EXPECT_EQ(up[0].info.software, "peer 1.0");
  EXPECT_EQ(up[0].info.incarnation, hello().incarnations.back().id);
}

TEST_F(SessionOfTheHub, IsLiveOnceTheSiteHasSpokenToItsAnswer) {
  connect();
  hear_frame({kPeerSession, {}, hello()});
  EXPECT_EQ(said<protocol::Hello>().size(), 1u);
  hear_frame({kPeerSession, protocol::SessionId{1}, protocol::UnknownMessage{}});
  EXPECT_FALSE(session->live()) << "spoken to another session";
  EXPECT_TRUE(done<PeerUp>().empty());
  hear(batch(StreamKind::kJournal, 1, 2));
  EXPECT_EQ(done<PeerUp>().size(), 1u);
  ASSERT_EQ(writes.size(), 1u) << "its first word counts";
  EXPECT_EQ(writes[0].entries.size(), 2u);
}

TEST_F(SessionOfTheHub, GivesUpWhenNobodySpeaksToItsAnswer) {
  connect();
  hear_frame({kPeerSession, {}, hello()});
  wait(kHandshakeMs - 1);
  EXPECT_EQ(ending(), "open");
  wait(1);
  EXPECT_EQ(ending(), "handshake");
}

TEST_F(SessionOfTheHub, IsNotLiveForAGoodbye) {
  connect();
  hear_frame({kPeerSession, {}, hello()});
  hear(protocol::Bye{CloseReason::kStopping, ""});
  EXPECT_TRUE(done<PeerUp>().empty());
  EXPECT_TRUE(session->closed());
}

TEST_F(SessionOfTheHub, AddressesTheSessionThatSpokeToIt) {
  connect();
  step(Received{{kPeerSession, {}, hello()}});
  for (const Action& action : actions) {
    if (const auto* send = std::get_if<Send>(&action)) {
      EXPECT_EQ(send->frame.from, kOurSession);
      EXPECT_EQ(send->frame.to, kPeerSession);
    }
  }
}

TEST_F(SessionOfASite, IgnoresWhatBelongsToAnotherSession) {
  go_live();
  hear_frame({protocol::SessionId{1}, kOurSession, protocol::Bye{CloseReason::kStopping, ""}});
  hear_frame({kPeerSession, protocol::SessionId{1}, protocol::Bye{CloseReason::kStopping, ""}});
  hear_frame({kPeerSession, protocol::SessionId{1}, batch(StreamKind::kCommon, 1, 1)});
  EXPECT_TRUE(session->live());
  EXPECT_TRUE(writes.empty());
}

TEST_F(SessionOfASite, DropsWhatOvertakesTheHello) {
  connect();
  hear(batch(StreamKind::kCommon, 1, 1));
  hear(ack(StreamKind::kJournal, 5));
  EXPECT_TRUE(writes.empty());
  EXPECT_EQ(ending(), "open");
}

TEST_F(SessionOfASite, TakesARepeatedHelloOnce) {
  go_live();
  hear(hello());
  EXPECT_TRUE(done<PeerUp>().empty());
  EXPECT_EQ(ending(), "open");
}

TEST_F(SessionOfASite, IgnoresMessagesOfALaterVersion) {
  go_live();
  hear(protocol::UnknownMessage{});
  EXPECT_TRUE(actions.empty());
}

TEST_F(SessionOfASite, GivesUpWithoutAHello) {
  connect();
  EXPECT_EQ(*wake_at, now.mono + kHandshakeMs);
  wait(kHandshakeMs - 1);
  EXPECT_EQ(ending(), "open");
  wait(1);
  EXPECT_EQ(ending(), "handshake");
}

TEST_F(SessionOfASite, PingsOnceASecondWithEverythingThatMayHaveBeenLost) {
  append(StreamKind::kJournal, 1, 3);
  store.set_through(Hlt{77});
  connect();
  hear(hello_holding(StreamKind::kJournal, StreamPos{1}));
  EXPECT_EQ(said<protocol::Ping>().size(), 1u);
  wait(kPingEveryMs - 1);
  EXPECT_TRUE(said<protocol::Ping>().empty());
  wait(1);
  const auto pings = said<protocol::Ping>();
  ASSERT_EQ(pings.size(), 1u);
  EXPECT_EQ(pings[0].through, Hlt{77});
  EXPECT_EQ(pings[0].pending, 2u);
  EXPECT_EQ(pings[0].now.time(), now.wall);
  EXPECT_EQ(pings[0].marks.size(), 4u);
  const protocol::Announcement journal{StreamKind::kJournal, StreamPos{3}, StreamPos{3},
                                       protocol::StopReason::kNone};
  EXPECT_EQ(pings[0].sends.back(), journal);
}

TEST_F(SessionOfASite, EndsWhenThePeerFallsSilentAndNotBefore) {
  go_live();
  wait(kSilentAfterMs - 1);
  EXPECT_EQ(ending(), "open");
  hear(announcing(StreamKind::kCommon, 0, 0));
  wait(kSilentAfterMs - 1);
  EXPECT_EQ(ending(), "open");
  wait(1);
  EXPECT_EQ(ending(), "silent");
  EXPECT_FALSE(wake_at.has_value());
}

TEST_F(SessionOfASite, AJumpOfTheWallClockChangesNoTimer) {
  go_live();
  now.wall = now.wall + 10LL * 365 * 86'400'000;
  step(Tick{});
  EXPECT_EQ(ending(), "open");
  now.wall = TimeMs{0};
  wait(kSilentAfterMs);
  EXPECT_EQ(ending(), "silent");
}

TEST_F(SessionOfASite, SaysGoodbyeOnce) {
  go_live();
  step(Stop{CloseReason::kStopping});
  EXPECT_EQ(said<protocol::Bye>().size(), 1u);
  EXPECT_EQ(ending(), "stopping");
  step(Stop{CloseReason::kStopping});
  wait(10'000);
  hear(batch(StreamKind::kCommon, 1, 1));
  EXPECT_TRUE(actions.empty());
}

TEST_F(SessionOfASite, EndsWithThePeersGoodbyeAndDoesNotAnswerIt) {
  go_live();
  hear(protocol::Bye{CloseReason::kReplaced, "replaced"});
  EXPECT_EQ(ending(), "replaced");
  EXPECT_TRUE(said<protocol::Bye>().empty());
}

TEST_F(SessionOfASite, HearsAGoodbyeInsteadOfAHello) {
  connect();
  hear(protocol::Bye{CloseReason::kDoubled, "doubled"});
  EXPECT_EQ(ending(), "doubled");
}

TEST_F(SessionOfASite, EndsWithTheConnection) {
  go_live();
  step(Disconnected{});
  EXPECT_EQ(ending(), "disconnected");
  EXPECT_TRUE(said<protocol::Bye>().empty());
}

TEST_F(SessionOfTheHub, RefusesASiteThatClaimsToBeAnother) {
  connect();
  protocol::Hello liar = hello();
  liar.site = SiteNo{5};
  hear(liar);
  EXPECT_EQ(alarms(), Words{"identity"});
  EXPECT_EQ(ending(), "identity");
  EXPECT_TRUE(done<PeerUp>().empty());
}

TEST_F(SessionOfTheHub, SpeaksWithTheVersionBeforeAndTheVersionAfter) {
  for (const std::uint16_t version :
       {protocol::kLinkMinVersion, std::uint16_t{protocol::kLinkVersion + 1}}) {
    we_are_the_hub();
    connect();
    protocol::Hello other = hello();
    other.version = version;
    other.min_version = std::min(version, protocol::kLinkVersion);
    hear(other);
    EXPECT_TRUE(session->live()) << version;
    const auto up = done<PeerUp>();
    ASSERT_EQ(up.size(), 1u);
    EXPECT_EQ(up[0].info.version, std::min(version, protocol::kLinkVersion));
  }
}

TEST_F(SessionOfTheHub, RefusesAVersionThatItCannotSpeak) {
  connect();
  protocol::Hello later = hello();
  later.version = later.min_version = protocol::kLinkVersion + 1;
  hear(later);
  EXPECT_EQ(alarms(), Words{"version"});
  EXPECT_EQ(ending(), "version");
}

TEST_F(SessionOfTheHub, FlagsAClockThatIsAheadOnceAndKeepsTheEvents) {
  connect();
  protocol::Hello early = hello();
  early.now = Hlt{static_cast<std::uint64_t>(now.wall.v + kMaxClockLeadMs + 1) << 16};
  hear(early);
  EXPECT_EQ(alarms(), Words{"clock"});
  protocol::Ping ping = announcing(StreamKind::kJournal, 1, 0);
  ping.now = early.now;
  hear(ping);
  EXPECT_TRUE(alarms().empty());
  hear(batch(StreamKind::kJournal, 1, 1));
  stored();
  EXPECT_EQ(held(StreamKind::kJournal).size(), 1u);
}

TEST_F(SessionOfTheHub, DoesNotFlagAClockWithinAMinute) {
  connect();
  protocol::Hello early = hello();
  early.now = Hlt{static_cast<std::uint64_t>(now.wall.v + kMaxClockLeadMs) << 16};
  hear(early);
  EXPECT_TRUE(alarms().empty());
}

TEST_F(SessionOfASite, EndsOnAFrameThatDoesNotDecode) {
  go_live();
  step(Malformed{"chain: wrong size"});
  EXPECT_EQ(alarms(), Words{"protocol"});
  EXPECT_EQ(ending(), "protocol");
}

TEST_F(SessionOfTheHub, ReportsHowFarTheSiteIs) {
  connect();
  hear(hello());
  protocol::Ping ping = announcing(StreamKind::kJournal, 2, 2, Hlt{500});
  ping.pending = 2;
  ping.oldest_pending_at = TimeMs{123};
  hear(batch(StreamKind::kJournal, 1, 2));
  hear(ping);
  auto reports = done<PeerReport>();
  ASSERT_FALSE(reports.empty());
  EXPECT_EQ(reports.back().status.pending, 2u);
  EXPECT_EQ(reports.back().status.oldest_pending_at, TimeMs{123});
  EXPECT_EQ(reports.back().status.end, StreamPos{2});
  EXPECT_EQ(reports.back().status.data_through, Hlt{0}) << "what was announced is not stored yet";
  stored();
  reports = done<PeerReport>();
  ASSERT_EQ(reports.size(), 1u) << "as soon as it is stored, not with the next ping";
  EXPECT_EQ(reports[0].status.data_through, Hlt{500});
}

TEST_F(SessionOfTheHub, DataThroughNeverRunsAheadOfTheJournal) {
  connect();
  hear(hello());
  for (std::uint64_t n = 1; n <= 20; ++n) {
    hear(announcing(StreamKind::kJournal, n, 0, Hlt{n * 100}));
    EXPECT_EQ(done<PeerReport>().back().status.data_through, Hlt{0});
  }
  hear(batch(StreamKind::kJournal, 1, 8));
  stored();
  // The first announcements are remembered; of the rest only the newest, for 20.
  EXPECT_EQ(done<PeerReport>().back().status.data_through, Hlt{700});
  hear(batch(StreamKind::kJournal, 9, 20));
  stored();
  EXPECT_EQ(done<PeerReport>().back().status.data_through, Hlt{2'000});
}

TEST_F(SessionOfASite, RecallsWhatItLostOfItsOwnJournal) {
  append(StreamKind::kJournal, 1, 6);
  history = {run(1, 1), run(2, 5)};  // restored: what it had from 5 on is lost
  connect();
  const StreamEnd cursor{StreamPos{9}, chain_of(StreamKind::kJournal, 3)};
  auto answer = hello_holding(StreamKind::kJournal, cursor);
  answer.history = {run(1, 1)};
  hear(answer);
  const auto begun = done<BeginRecall>();
  ASSERT_EQ(begun.size(), 1u);
  EXPECT_EQ(begun[0].common.pos, StreamPos{4});
  EXPECT_EQ(begun[0].journal, cursor);
}

TEST_F(SessionOfASite, RecallsAlsoWhenItHasWrittenMoreThanItLost) {
  append(StreamKind::kJournal, 1, 9);
  history = {run(1, 1), run(2, 5)};
  connect();
  auto answer =
      hello_holding(StreamKind::kJournal, {StreamPos{7}, chain_of(StreamKind::kJournal, 3)});
  answer.history = {run(1, 1)};
  hear(answer);
  EXPECT_EQ(alarms(), std::vector<std::string>{"amnesia"});
  EXPECT_EQ(done<BeginRecall>().size(), 1u);
}

TEST_F(SessionOfASite, RecallsNothingWhileTwoCopiesAreRunning) {
  append(StreamKind::kJournal, 1, 9);
  history = {store.incarnations().back()};  // which still runs
  connect();
  auto answer =
      hello_holding(StreamKind::kJournal, {StreamPos{7}, chain_of(StreamKind::kJournal, 3)});
  answer.history = {history[0], run(2, 5)};
  hear(answer);
  EXPECT_EQ(alarms(), std::vector<std::string>{"fork"});
  EXPECT_TRUE(done<BeginRecall>().empty());
}

TEST_F(SessionOfTheHub, OffersARecallOnlyToASiteThatAsksForIt) {
  connect();
  hear(hello());
  for (const auto& state : said<protocol::Hello>().back().sends)
    EXPECT_NE(state.stream, StreamKind::kRecall);
}

TEST_F(SessionOfTheHub, BelievesNoPromiseOfAClockThatIsAheadAndTakesOneBackThatWas) {
  connect();
  hear(hello());
  protocol::Ping ahead = announcing(StreamKind::kJournal, 0, 0, Hlt{9'000'000});
  ahead.now = Hlt{static_cast<std::uint64_t>(now.wall.v + kMaxClockLeadMs + 1) << 16};
  hear(ahead);
  EXPECT_EQ(done<PeerReport>().back().status.data_through, Hlt{0});
  hear(announcing(StreamKind::kJournal, 0, 0, Hlt{500}));
  EXPECT_EQ(done<PeerReport>().back().status.data_through, Hlt{500});
  hear(announcing(StreamKind::kJournal, 0, 0, Hlt{400}));
  EXPECT_EQ(done<PeerReport>().back().status.data_through, Hlt{400}) << "its clock was set back";
}

TEST(SecondSession, OfTheSameIncarnationReplacesAndOfACopyIsRefusedWhileTheFirstLives) {
  const auto incarnation = [](std::uint8_t id) {
    IncarnationId out;
    out.b.fill(id);
    return out;
  };
  const auto judge = [&](std::uint8_t live, std::int64_t silent_ms, std::uint8_t arriving) {
    return judge_second_session(incarnation(live), silent_ms, incarnation(arriving));
  };
  EXPECT_EQ(judge(2, 0, 2), SecondSession::kReplaces) << "the same process over a new connection";
  EXPECT_EQ(judge(2, 0, 3), SecondSession::kRefused) << "a copy, or a ghost: nobody knows yet";
  EXPECT_EQ(judge(2, kPingEveryMs, 3), SecondSession::kRefused) << "its next ping is due";
  EXPECT_EQ(judge(2, kGhostAfterMs, 3), SecondSession::kReplaces) << "a restarted daemon's ghost";
}

}  // namespace
}  // namespace opora::sync::testing
