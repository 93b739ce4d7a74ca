// T5, T13: what an Asterisk's own queues do, as any telephone system tells it: over the recorded
// trace, after cuts, and with events that come late, twice, or of somebody else.
#include "node/telephony/ami/observer.h"

#include <gtest/gtest.h>

#include "tests/unit/ami/trace.h"

namespace opora::telephony::ami {
namespace {

using protocol::AgentState;
using protocol::BreakReason;
using protocol::CallStep;
using testing::packet;
using Strings = std::vector<std::string>;

constexpr TimeMs kStart{1'795'281'856'000};

Settings settings() {
  Settings out;
  out.queues = {{"regd", DeskNo{1}, "Регистратура"}, {"kids", DeskNo{2}, "Дети"}};
  out.breaks = {{"lunch", BreakReason::kRest}};
  return out;
}

// "+1957 queued 132 desk 1 84951234567", "+605 op2 ready".
std::string line(const Told& told) {
  static const char* const kSteps[] = {"", "queued", "ringing", "answered", "ended"};
  if (const auto* call = std::get_if<ToldCall>(&told)) {
    std::string out = "+" + std::to_string(call->at - kStart) + " " +
                      kSteps[static_cast<int>(call->step)] + " " +
                      call->call_id.substr(call->call_id.rfind('.') + 1);
    if (call->desk.v != 0) out += " desk " + std::to_string(call->desk.v);
    if (!call->agent.empty()) out += " " + call->agent;
    if (!call->phone.empty()) out += " " + call->phone;
    return out;
  }
  const auto& agent = std::get<ToldAgent>(told);
  static const char* const kStates[] = {"", "offline", "ready", "break"};
  std::string out = agent.agent + " " + kStates[static_cast<int>(agent.state)];
  if (agent.reason != BreakReason::kNone)
    out += agent.reason == BreakReason::kRest ? ", rest" : ", other";
  return out;
}
Strings lines(const AllTold& all) {
  Strings out;
  for (const Told& each : all) out.push_back(line(each));
  return out;
}

class ObserverTest : public ::testing::Test {
 protected:
  Strings hears(std::initializer_list<std::pair<std::string, std::string>> fields) {
    return lines(observer_.hear(packet(fields), kStart + now_));
  }
  Strings joins(const std::string& id, const std::string& queue = "regd") {
    return hears({{"Event", "QueueCallerJoin"}, {"Queue", queue}, {"Uniqueid", id}});
  }
  Strings about(const std::string& event, const std::string& id, const std::string& agent) {
    return hears({{"Event", event},
                  {"Queue", "regd"},
                  {"Uniqueid", id},
                  {"Interface", "PJSIP/" + agent},
                  {"RingTime", "4"}});
  }
  Strings reconciles(const Snapshot& all) { return lines(observer_.reconcile(all, kStart + now_)); }
  static Packet entry(const std::string& id, const std::string& wait) {
    return packet({{"Event", "QueueEntry"},
                   {"Queue", "regd"},
                   {"Uniqueid", id},
                   {"CallerIDNum", "84951234567"},
                   {"Wait", wait}});
  }
  static Packet channel(const std::string& id, const std::string& name,
                        const std::string& bridge = "") {
    return packet(
        {{"Event", "CoreShowChannel"}, {"Uniqueid", id}, {"Channel", name}, {"BridgeId", bridge}});
  }
  static Packet member(const std::string& agent, const std::string& status = "1",
                       const std::string& paused = "0", const std::string& queue = "regd") {
    return packet({{"Event", "QueueMember"},
                   {"Queue", queue},
                   {"Location", "PJSIP/" + agent},
                   {"Status", status},
                   {"Paused", paused},
                   {"PausedReason", paused == "1" ? "lunch" : ""}});
  }

  Observer observer_{settings()};
  std::int64_t now_ = 0;
};

TEST_F(ObserverTest, TheRecordedTraceIsTheseCallsAndStates) {
  Strings told;
  Snapshot first;
  bool begun = false;
  for (const auto& each : testing::read_trace(OPORA_TRACE)) {
    if (!begun && each.packet.is_event("QueueMember")) first.members.push_back(each.packet);
    AllTold all;
    if (!begun && each.packet.is_event("QueueStatusComplete")) {
      begun = true;
      all = observer_.reconcile(first, kStart + each.ms);
    } else if (begun && each.packet.get("ActionID").empty()) {
      all = observer_.hear(each.packet, kStart + each.ms);
    }
    for (const std::string& one : lines(all)) told.push_back(one);
  }
  EXPECT_EQ(told, (Strings{
                      "op1 ready",
                      "op2 ready",
                      "+1957 queued 132 desk 1 84951234567",
                      "+1958 ringing 132 desk 1 op2",
                      "+3164 answered 132 desk 1 op2",
                      "+9464 ended 132 op2",
                      "+17664 queued 134 desk 1 84951234567",
                      "+17665 ringing 134 desk 1 op1",
                      "+20172 ended 134",
                      "op1 break, rest",
                      "op3 ready",
                      "op3 offline",
                      "op1 ready",
                  }));
}

TEST_F(ObserverTest, ACallerOfAQueueThatIsNotWatchedIsNotTold) {
  EXPECT_EQ(joins("1", "other"), Strings{});
  EXPECT_EQ(hears({{"Event", "Hangup"}, {"Uniqueid", "1"}}), Strings{});
  EXPECT_EQ(joins(""), Strings{});
  EXPECT_EQ(joins(std::string(129, 'a')), Strings{});
}

TEST_F(ObserverTest, EachCallEndsOnce) {
  joins("1");
  about("AgentCalled", "1", "201");
  about("AgentConnect", "1", "201");
  EXPECT_EQ(about("AgentComplete", "1", "201"), Strings{"+0 ended 1 201"});
  EXPECT_EQ(hears({{"Event", "Hangup"}, {"Uniqueid", "1"}}), Strings{});
  EXPECT_EQ(about("AgentConnect", "1", "201"), Strings{});
}

TEST_F(ObserverTest, WhoLeavesAQueueForAnotherIsOneCall) {
  joins("1");
  EXPECT_EQ(hears({{"Event", "QueueCallerLeave"}, {"Queue", "regd"}, {"Uniqueid", "1"}}),
            Strings{});
  now_ = 20'000;
  EXPECT_EQ(joins("1", "kids"), Strings{"+20000 queued 1 desk 2"});
  EXPECT_EQ(hears({{"Event", "Hangup"}, {"Uniqueid", "1"}}), Strings{"+20000 ended 1"});
}

TEST_F(ObserverTest, AQueueThatRingsAllOverAndOverIsToldBounded) {
  joins("1");
  std::size_t told = 0;
  for (int i = 0; i < 1'000; ++i)
    told += about("AgentCalled", "1", "20" + std::to_string(i % 5)).size();
  EXPECT_EQ(told, static_cast<std::size_t>(kMaxRings));
  now_ = 100'000;
  EXPECT_EQ(about("AgentConnect", "1", "203"),
            (Strings{"+96000 ringing 1 desk 1 203", "+100000 answered 1 desk 1 203"}));
}

TEST_F(ObserverTest, OneOfManyPhonesThatRangAnswersWithItsOwnRing) {
  joins("1");
  about("AgentCalled", "1", "201");
  about("AgentCalled", "1", "202");
  now_ = 10'000;
  EXPECT_EQ(about("AgentConnect", "1", "201"),
            (Strings{"+6000 ringing 1 desk 1 201", "+10000 answered 1 desk 1 201"}));
}

TEST_F(ObserverTest, TextOfAStrangerIsNoNumber) {
  EXPECT_EQ(hears({{"Event", "QueueCallerJoin"},
                   {"Queue", "regd"},
                   {"Uniqueid", "1"},
                   {"CallerIDNum", "<unknown>"}}),
            Strings{"+0 queued 1 desk 1"});
  EXPECT_EQ(hears({{"Event", "QueueCallerJoin"},
                   {"Queue", "regd"},
                   {"Uniqueid", "2"},
                   {"CallerIDNum", std::string(100, '7')}}),
            Strings{"+0 queued 2 desk 1 " + std::string(32, '7')});
}

// ---- Agents

TEST_F(ObserverTest, AnAgentIsOnABreakWhenHeIsPausedEverywhere) {
  EXPECT_EQ(reconciles({{member("201"), member("201", "1", "0", "kids")}, {}, {}}),
            Strings{"201 ready"});
  const auto pauses = [&](const char* queue, const char* paused) {
    return hears({{"Event", "QueueMemberPause"},
                  {"Queue", queue},
                  {"Interface", "PJSIP/201"},
                  {"Status", "1"},
                  {"Paused", paused},
                  {"PausedReason", "coffee"}});
  };
  EXPECT_EQ(pauses("regd", "1"), Strings{});
  EXPECT_EQ(pauses("kids", "1"), Strings{"201 break, other"});
  EXPECT_EQ(pauses("kids", "1"), Strings{});
  EXPECT_EQ(pauses("kids", "0"), Strings{"201 ready"});
}

TEST_F(ObserverTest, AnAgentWhosePhoneIsNotThereIsOffline) {
  EXPECT_EQ(reconciles({{member("201", "5"), member("202", "4"), member("203", "2")}, {}, {}}),
            (Strings{"201 offline", "202 offline", "203 ready"}));
}

TEST_F(ObserverTest, WhoIsNoMemberAfterACutIsOffline) {
  reconciles({{member("201")}, {}, {}});
  EXPECT_EQ(reconciles({}), Strings{"201 offline"});
  EXPECT_EQ(reconciles({}), Strings{});
}

// ---- After a cut

TEST_F(ObserverTest, WhoWaitsAfterACutHasWaitedForAsLongAsThePbxSays) {
  now_ = 60'000;
  EXPECT_EQ(reconciles({{}, {entry("1", "45")}, {}}),
            Strings{"+15000 queued 1 desk 1 84951234567"});
  EXPECT_EQ(reconciles({{}, {entry("1", "46")}, {}}), Strings{});
  EXPECT_EQ(reconciles({{}, {entry("2", "-5")}, {}}),
            (Strings{"+60000 queued 2 desk 1 84951234567", "+60000 ended 1"}));
}

TEST_F(ObserverTest, WhoHasNoChannelAfterACutHasHungUp) {
  joins("1");
  joins("2");
  about("AgentConnect", "2", "201");
  now_ = 60'000;
  EXPECT_EQ(reconciles({{}, {}, {channel("3", "PJSIP/trunk-3")}}),
            (Strings{"+60000 ended 1", "+60000 ended 2 201"}));
}

TEST_F(ObserverTest, WhoIsInABridgeWithAnAgentAfterACutTalksWithHim) {
  joins("1");
  joins("2");
  now_ = 60'000;
  EXPECT_EQ(reconciles({{member("201")}, {entry("1", "60"), entry("2", "60")}, {}}),
            Strings{"201 ready"});
  const Snapshot all{{member("201")},
                     {},
                     {channel("1", "PJSIP/trunk-1", "b1"), channel("9", "PJSIP/201-2", "b1"),
                      channel("2", "PJSIP/trunk-3")}};
  EXPECT_EQ(reconciles(all), Strings{"+60000 answered 1 201"});
  EXPECT_EQ(reconciles(all), Strings{});
}

TEST_F(ObserverTest, WhatTheJournalKnowsIsNotToldAgain) {
  observer_.know("1", CallStep::kQueued, "");
  observer_.know("2", CallStep::kAnswered, "201");
  reconciles({{member("201")}, {entry("1", "9")}, {channel("2", "PJSIP/trunk-2")}});
  EXPECT_EQ(reconciles({{member("201")},
                        {entry("1", "9")},
                        {channel("2", "PJSIP/trunk-2", "b"), channel("8", "PJSIP/201-1", "b")}}),
            Strings{});
  EXPECT_EQ(about("AgentComplete", "2", "201"), Strings{"+0 ended 2 201"});
}

TEST_F(ObserverTest, MoreCallsThanAnySiteHasAreNotKept) {
  for (std::size_t i = 0; i < kMaxCalls; ++i) ASSERT_EQ(joins(std::to_string(i)).size(), 1U);
  EXPECT_EQ(joins("more"), Strings{});
  EXPECT_EQ(joins("7").size(), 1U);
}

}  // namespace
}  // namespace opora::telephony::ami
