// A3: the guard over HTTP with a simulated Asterisk and a node's file: who goes where, and when.
#include "node/guard/guard.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/ari_simulator.h"
#include "tests/support/temp_folder.h"
#include "web/client/ws_client.h"

namespace opora::guard {
namespace {

using testing::AriSimulator;
using testing::TempFolder;

void listen(AriSimulator& pbx, web::WsClient& events) {
  ASSERT_TRUE(events.open("/ari/events?app=opora").ok());
  while (!pbx.heard()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

class GuardTest : public ::testing::Test {
 protected:
  // A node that took callers: its WebSocket, and what it sent.
  void SetUp() override {
    listen(pbx_, events_);
    lives();
  }
  void lives() {
    ASSERT_TRUE(node_->write({1, ++beats_, kSilenceMs}));
    turns(250);
  }
  void turns(std::int64_t ms) {
    for (; ms > 0; ms -= Watch::kEveryMs) {
      now_ = now_ + Watch::kEveryMs;
      guard_.turn(now_);
    }
  }
  std::string waits() {
    std::string id = pbx_.comes("100", "84951234567");
    post("/ari/bridges/opora-q-1?type=holding");
    post("/ari/bridges/opora-q-1/addChannel?channel=" + id);
    return id;
  }
  std::string talks() {
    std::string id = pbx_.comes("100", "84951234567");
    const std::string other = pbx_.comes("100", "84957654321");
    post("/ari/bridges/opora-t-1?type=mixing");
    post("/ari/bridges/opora-t-1/addChannel?channel=" + id + "," + other);
    return id;
  }
  void post(const std::string& target) {
    ASSERT_TRUE(requests_.send(web::HttpClient::Method::kPost, target).ok());
  }
  std::size_t hand_overs() {
    return static_cast<std::size_t>(std::ranges::count_if(
        pbx_.requests(), [](const std::string& each) { return each.ends_with("/continue"); }));
  }

  TempFolder folder_;
  AriSimulator pbx_;
  web::WsClient events_{{"127.0.0.1", pbx_.port(), "opora", "secret"}};
  web::HttpClient requests_{{"127.0.0.1", pbx_.port(), "opora", "secret"}};
  std::unique_ptr<BeatFile> node_ = BeatFile::open(folder_ / "beat", "guard-beat").value();
  Guard guard_{{{"127.0.0.1", pbx_.port(), "opora", "secret"}, "opora", "opora-fallback"},
               folder_ / "beat"};
  std::uint64_t beats_ = 0;
  TimeMs now_{1'000'000};
};

TEST_F(GuardTest, NobodyIsMovedWhileTheNodeLives) {
  const std::string caller = waits();
  for (int i = 0; i < 100; ++i) {
    turns(9'000);
    lives();
  }
  EXPECT_FALSE(pbx_.at_own_queue(caller));
  EXPECT_EQ(hand_overs(), 0U);
}

TEST_F(GuardTest, WhoWaitsForADeadNodeGoesToThePbxsOwnQueueAndWhoTalksGoesOn) {
  const std::string waiting = waits();
  const std::string in_menu = pbx_.comes("100", "84951111111");
  const std::string talking = talks();
  turns(9'500);
  EXPECT_EQ(hand_overs(), 0U);
  turns(500);
  EXPECT_TRUE(pbx_.at_own_queue(waiting));
  EXPECT_TRUE(pbx_.at_own_queue(in_menu));
  EXPECT_FALSE(pbx_.at_own_queue(talking));
  turns(60'000);
  EXPECT_EQ(hand_overs(), 2U);
}

TEST_F(GuardTest, WhoComesToADeadNodesApplicationFollowsTheOthers) {
  turns(10'250);
  const std::string late = waits();
  turns(1'000);
  EXPECT_TRUE(pbx_.at_own_queue(late));
}

TEST_F(GuardTest, WhoseTalkEndsWhileTheNodeIsDeadIsNotLeftInSilence) {
  const std::string talking = talks();
  turns(20'000);
  ASSERT_FALSE(pbx_.at_own_queue(talking));
  post("/ari/bridges/opora-q-1?type=holding");
  post("/ari/bridges/opora-q-1/addChannel?channel=" + talking);
  turns(1'000);
  EXPECT_TRUE(pbx_.at_own_queue(talking));
}

TEST_F(GuardTest, ANodeThatCameBackDecidesAndIsStoodInForTheNextTime) {
  turns(12'000);
  lives();
  const std::string caller = waits();
  turns(9'500);
  EXPECT_FALSE(pbx_.at_own_queue(caller));
  turns(500);
  EXPECT_TRUE(pbx_.at_own_queue(caller));
}

TEST_F(GuardTest, AnAsteriskThatFailsIsAskedAgain) {
  const std::string caller = waits();
  turns(9'500);
  pbx_.fail_next(5);
  turns(10'000);
  EXPECT_TRUE(pbx_.at_own_queue(caller));
  EXPECT_EQ(std::ranges::count(pbx_.requests(), "POST /ari/channels/" + caller + "/continue"), 1);
}

TEST_F(GuardTest, OneWhoCannotBeMovedKeepsNobodyBehindHim) {
  std::vector<std::string> callers;
  for (int i = 0; i < 3; ++i) callers.push_back(waits());
  pbx_.holds_fast(*std::ranges::min_element(callers));
  turns(10'250);
  EXPECT_EQ(std::ranges::count_if(callers,
                                  [&](const std::string& each) { return pbx_.at_own_queue(each); }),
            2);
}

TEST(GuardWithoutANode, DoesNothing) {
  const TempFolder folder;
  AriSimulator pbx;
  web::WsClient events({"127.0.0.1", pbx.port(), "opora", "secret"});
  listen(pbx, events);
  const std::string caller = pbx.comes("100", "84951234567");
  Guard guard({{"127.0.0.1", pbx.port(), "opora", "secret"}, "opora", "opora-fallback"},
              folder / "beat");
  for (TimeMs now{}; now < TimeMs{120'000}; now = now + Watch::kEveryMs) guard.turn(now);
  EXPECT_FALSE(pbx.at_own_queue(caller));
}

}  // namespace
}  // namespace opora::guard
