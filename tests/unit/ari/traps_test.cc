// The traps of ARI, one after the other, against a simulated Asterisk that has them: events that
// come late, twice and turned round, requests that are done and called a failure, stalls, floods,
// channels with other ids, leavings, calls of others. Whatever happens, every call ends, nobody is
// left alone and nothing of ours stays behind.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/unit/ari/live_ari.h"

namespace opora::testing {
namespace {

using ari::Kind;

class Traps : public LiveAri {
 protected:
  // Nothing of the call is left but the queue's own bridge.
  void ends(const std::string& caller) {
    pbx_.hangs_up(caller);
    until("all is over", [&] { return is_over(); });
    until("no bridge of the call is left", [&] { return pbx_.bridges() <= 1; });
  }
  long asked(const std::string& request) { return std::ranges::count(pbx_.requests(), request); }
  Aside aside(std::uint32_t agent) {
    for (const Agent& each : read_rows(*store_.snapshot()).rows.agents)
      if (each.no == AgentNo{agent}) return each.aside;
    return Aside::kNone;
  }
  std::string waits() {
    std::string caller = pbx_.comes("desk", "84951234567");
    until("he waits", [&] { return pbx_.bridge_of(caller) == "opora-q-1"; });
    return caller;
  }
};

TEST_F(Traps, EventsThatComeTheOtherWayRoundAreOneCall) {
  pbx_.reorder();
  ready(100);
  ends(talks());
}

TEST_F(Traps, EventsThatComeTwiceAndTheOtherWayRoundAreOneCall) {
  pbx_.reorder();
  pbx_.duplicate();
  ready(100);
  ends(talks());
}

// Unless he is known to be gone his call waits for ever, and phones ring for nobody.
TEST_F(Traps, WhoseEndIsHeardBeforeHisBeginningIsNoCallForLong) {
  pbx_.reorder();
  for (int i = 0; i < 20; ++i) pbx_.hangs_up(pbx_.comes("desk", "84951234567"));
  ready(100);
  until("nobody is left", [&] { return is_over(); });
  const std::string caller = pbx_.comes("desk", "84957654321");
  until("they talk", [&] {
    pbx_.answers("PJSIP/100");  // whoever rings
    return talk(caller);
  });
  ends(caller);
}

TEST_F(Traps, WhoseBeginningIsHeardAgainAfterHisEndIsNoCallForLong) {
  ready(100);
  ends(talks());
  pbx_.duplicate();
  pbx_.reorder();
  for (int i = 0; i < 20; ++i) pbx_.hangs_up(pbx_.comes("desk", "84951234567"));
  until("nobody is left", [&] { return is_over(); });
}

TEST_F(Traps, WhatWasDoneAndCalledAFailureIsAskedForAgainAndHarmless) {
  pbx_.fail_behind(3);
  const std::string caller = waits();
  pbx_.fail_behind(2);
  pbx_.presses(caller, '1');
  ends(caller);
}

// Its phone would ring for twenty seconds while its agent is thought to be out of reach.
TEST_F(Traps, APhoneThatRingsAlthoughThePbxSaidThatItDoesNotIsStopped) {
  const std::string caller = waits();
  pbx_.fail_next_dial();
  ready(100);
  until("its agent is aside", [&] { return aside(100) == Aside::kUnreachable; });
  until("it does not ring", [&] { return !pbx_.rings("PJSIP/100"); });
  ends(caller);
}

TEST_F(Traps, AStallOfThePbxIsOutlasted) {
  ready(100);
  const std::string caller = talks();
  pbx_.stall();
  pbx_.hangs_up(caller);
  const std::string next = pbx_.comes("desk", "84957654321");
  std::this_thread::sleep_for(std::chrono::milliseconds(3'000));  // longer than an echo may take
  pbx_.go_on();
  until("the first call is over", [&] { return pbx_.heard() && pbx_.channels() >= 1; });
  until("the next one is served or waits", [&] {
    return pbx_.bridge_of(next) == "opora-q-1" || pbx_.at_own_queue(next) || talk(next);
  });
  ends(next);
}

// As much as the simulator keeps for a reader (1 000 messages) before it cuts him off.
TEST_F(Traps, AFloodIsReadWithoutACut) {
  ready(100);
  const std::string caller = talks();
  const long looks = asked("GET /ari/channels");
  EXPECT_EQ(pbx_.flood("ChannelVarset", 1'000), 0) << "filtered";
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(pbx_.flood("ChannelHold", 40), 40);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  ends(caller);
  EXPECT_EQ(asked("GET /ari/channels"), looks);
}

TEST_F(Traps, WhoPicksACallUpTalksInHisPlace) {
  ready(100);
  const std::string caller = pbx_.comes("desk", "84951234567");
  until("the phone rings", [&] { return pbx_.rings("PJSIP/100"); });
  const std::string other = pbx_.picks_up("PJSIP/100", "PJSIP/103");
  until("they talk", [&] { return talk(caller); });
  EXPECT_EQ(pbx_.bridge_of(other), pbx_.bridge_of(caller));
  ends(caller);
}

TEST_F(Traps, WhatIsLeftOfCallsThatNobodyKnowsIsTakenAway) {
  ready(100);
  const std::string caller = talks();
  const std::string waiting = waits();
  node_.reset();
  sync::MemoryStore forgets;
  node_ = std::make_unique<Node>(forgets, clock_, pbx_, ari::Lease{});
  until("the phone is put down", [&] { return pbx_.channels() == 2; });
  until("callers have the PBX's own queue",
        [&] { return pbx_.at_own_queue(caller) && pbx_.at_own_queue(waiting); });
  until("no bridge of the call is left", [&] { return pbx_.bridges() <= 1; });
  node_.reset();
}

TEST_F(Traps, CallsOfOthersAreNeverTouched) {
  const std::string stranger = pbx_.stranger("84950000001");
  ready(100);
  const std::string caller = talks();
  pbx_.cut();
  until("the node hears again", [&] { return pbx_.heard(); });
  node_.reset();
  begins();
  pbx_.hangs_up(caller);
  until("the call is over", [&] { return pbx_.channels() == 1; });
  EXPECT_TRUE(pbx_.is_there(stranger));
  for (const std::string& each : pbx_.requests())
    EXPECT_EQ(each.find(stranger), std::string::npos) << each;
}

TEST(Recorded, EverySampleOfAnAsteriskIsRead) {
  int known = 0;
  for (const auto& file : std::filesystem::directory_iterator(OPORA_RECORDED)) {
    if (file.path().extension() != ".json") continue;
    std::ostringstream text;
    text << std::ifstream(file.path()).rdbuf();
    const auto message = ari::read_message(text.str());
    ASSERT_TRUE(message.ok()) << file.path() << message.error().path;
    if (message->kind != Kind::kOther) ++known;
  }
  EXPECT_GE(known, 11);
}

}  // namespace
}  // namespace opora::testing
