// The call queue over HTTP and WebSocket with a simulated Asterisk: calls, telephones, cuts, and a
// node that ends in the middle of a call.
#include "tests/unit/ari/live_ari.h"

namespace opora::testing {
namespace {

TEST_F(LiveAri, ACallerTalksWithThePhoneThatRangAndHangsUp) {
  ready(100);
  const std::string caller = talks();
  pbx_.hangs_up(caller);
  until("all is over", [&] { return is_over(); });
}

TEST_F(LiveAri, ACallerHearsTheQueueUntilSomebodyIsReady) {
  const std::string caller = pbx_.comes("desk", "84951234567");
  until("he waits", [&] { return pbx_.bridge_of(caller) == "opora-q-1"; });
  ready(100);
  until("the phone rings", [&] { return pbx_.rings("PJSIP/100"); });
  pbx_.answers("PJSIP/100");
  until("they talk", [&] { return talk(caller); });
  pbx_.puts_down("PJSIP/100");
  until("all is over", [&] { return is_over(); });
}

TEST_F(LiveAri, APhoneThatIsNotRegisteredPutsItsAgentAside) {
  ready(103);
  const std::string caller = pbx_.comes("desk", "84951234567");
  until("nobody is left", [&] {
    const auto agents = read_rows(*store_.snapshot()).rows.agents;
    return std::ranges::any_of(agents, [](const Agent& each) {
      return each.no == AgentNo{103} && each.aside == Aside::kUnreachable;
    });
  });
  ready(100);
  until("the other phone rings", [&] { return pbx_.rings("PJSIP/100"); });
}

TEST_F(LiveAri, WhoCallsWhileNobodyListensHasThePbxsOwnQueue) {
  pbx_.cut();
  EXPECT_TRUE(pbx_.at_own_queue(pbx_.comes("desk", "84951234567")));
}

TEST_F(LiveAri, AHangUpInACutIsSeenAfterIt) {
  ready(100);
  const std::string caller = talks();
  pbx_.cut();
  pbx_.hangs_up(caller);
  until("the agent's phone is put down", [&] { return is_over(); });
}

TEST_F(LiveAri, ARecordingGoesOnThroughACutAndIsFollowedWhenItEndedMeanwhile) {
  using Names = std::vector<std::string>;
  ready(100);
  talks();
  const auto has = [&](const Names& states) {
    Names out;
    for (const std::string& each : pbx_.recordings())
      out.push_back(each.substr(each.find(' ') + 1));
    return out == states;
  };
  until("it is recorded", [&] { return has({"recording"}); });
  const std::string name = pbx_.recordings().at(0).substr(0, pbx_.recordings().at(0).find(' '));
  const auto looks = [&] {
    return std::ranges::count(pbx_.requests(), "GET /ari/recordings/live/" + name);
  };
  for (int i = 1; i <= 3; ++i) {
    pbx_.cut();
    until("the part is looked at", [&] { return looks() == i; });
  }
  EXPECT_TRUE(has({"recording"}));
  // Its end is not heard.
  pbx_.cut();
  pbx_.ends_recordings();
  until("the next part runs", [&] { return has({"stored", "recording"}); });
}

TEST_F(LiveAri, AListenerThatHearsNothingConnectsAgain) {
  ready(100);
  pbx_.deafen();
  const std::string caller = pbx_.comes("desk", "84951234567");  // its StasisStart is not heard
  until("the phone rings", [&] { return pbx_.rings("PJSIP/100"); });
  pbx_.answers("PJSIP/100");
  until("they talk", [&] { return talk(caller); });
}

TEST_F(LiveAri, AnotherListenerDoesNotKeepTheEvents) {
  ready(100);
  web::WsClient other({"127.0.0.1", pbx_.port(), "", ""});
  ASSERT_TRUE(other.open("/ari/events?app=opora").ok());
  talks();
}

TEST_F(LiveAri, EventsThatComeTwiceAreOne) {
  pbx_.duplicate();
  ready(100);
  const std::string caller = talks();
  pbx_.hangs_up(caller);
  until("all is over", [&] { return is_over(); });
}

TEST_F(LiveAri, ARequestThatFailsIsTriedAgain) {
  const std::string caller = pbx_.comes("desk", "84951234567");
  pbx_.fail_next(2);
  until("he waits", [&] { return pbx_.bridge_of(caller) == "opora-q-1"; });
}

TEST_F(LiveAri, ANodeThatEndsAndComesBackFindsItsCalls) {
  ready(100);
  const std::string caller = talks();
  node_.reset();
  EXPECT_TRUE(talk(caller));
  begins();
  pbx_.hangs_up(caller);
  until("the agent's phone is put down", [&] { return is_over(); });
}

constexpr std::int64_t kLongerThanAnyTest = 3'600'000;

TEST_F(LiveAri, ANodeWhoseGuardHasNotHeardOfItSaysNothingToThePbx) {
  node_.reset();
  begins(ari::Lease(kLongerThanAnyTest));
  const std::string caller = pbx_.comes("desk", "84951234567");
  until("he is known", [&] { return !read_rows(*store_.snapshot()).rows.calls.empty(); });
  EXPECT_FALSE(was_asked("POST /ari/channels/" + caller + "/answer"));
  beats();
  until("he waits", [&] { return pbx_.bridge_of(caller) == "opora-q-1"; });
}

TEST_F(LiveAri, WhatANodeStillHadToSayOfACallerWhomTheGuardHasMovedIsNotSaid) {
  node_.reset();
  begins(ari::Lease(kLongerThanAnyTest));
  const std::string moved = pbx_.comes("desk", "84951234567");
  until("he is known", [&] { return !read_rows(*store_.snapshot()).rows.calls.empty(); });
  pbx_.cut();
  web::HttpClient guard({"127.0.0.1", pbx_.port(), "opora", "secret"});
  ASSERT_TRUE(
      guard.send(web::HttpClient::Method::kPost, "/ari/channels/" + moved + "/continue").ok());
  until("his call is over", [&] { return read_rows(*store_.snapshot()).rows.calls.empty(); });
  beats();
  until("the node is heard", [&] { return pbx_.heard(); });
  const std::string next = pbx_.comes("desk", "84957654321");
  until("the next one waits", [&] { return pbx_.bridge_of(next) == "opora-q-1"; });
  EXPECT_FALSE(was_asked("POST /ari/channels/" + moved + "/answer"));
  EXPECT_TRUE(pbx_.at_own_queue(moved));
}

}  // namespace
}  // namespace opora::testing
