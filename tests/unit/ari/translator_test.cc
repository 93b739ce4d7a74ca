// The call queue over an Asterisk's messages as they were recorded on 22.10: which requests it
// sends, in which order, and what it makes of late, lost and foreign ones.
#include "node/telephony/ari/translator.h"

#include <gtest/gtest.h>

#include "node/telephony/queue/core.h"
#include "tests/support/call_plan.h"

namespace opora::testing {
namespace {

using namespace telephony;
using namespace telephony::ari;

std::string channel_json(const std::string& id, const std::string& state,
                         const std::string& name = "PJSIP/trunk-00000000") {
  return R"({"id":")" + id + R"(","name":")" + name + R"(","state":")" + state +
         R"(","caller":{"name":"Ivanova A","number":"84951234567"},"connected":{"name":"","number":""},)"
         R"("dialplan":{"context":"from-trunk","exten":"100","priority":3},"language":"en"})";
}
std::string message_json(const std::string& type, const std::string& channel,
                         const std::string& more = "") {
  return R"({"type":")" + type + R"(","timestamp":"2026-11-21T17:12:56.968+0000",)" + more +
         R"("channel":)" + channel + R"(,"asterisk_id":"00:00:00:00:00:00","application":"opora"})";
}

// A core, a translator and a list of what was sent.
class Ari : public ::testing::Test {
 protected:
  Ari() {
    tell(Reconciled{});
    tell(Asked{{}, AgentNo{100}, SetState{protocol::AgentState::kReady, {}}});
    now_ = now_ + 1'000;
    tell(Asked{{}, AgentNo{103}, SetState{protocol::AgentState::kReady, {}}});
  }
  static Settings settings() {
    Settings out;
    out.endpoints = {{AgentNo{100}, "PJSIP/op1"}, {AgentNo{103}, "PJSIP/op2"}};
    out.extensions = {{"100", AgentNo{100}}, {"103", AgentNo{103}}};
    out.trunk = "PJSIP/{number}@trunk";
    out.region = "PJSIP/region";
    out.closed_media = "sound:closed";
    return out;
  }
  void says(const std::string& json) {
    const auto message = read_message(json);
    ASSERT_TRUE(message.ok()) << message.error().path << message.error().message;
    take(translator_.hear(*message));
  }
  void take(const Translator::Heard& heard) {
    for (const Request& each : heard.requests) send(each);
    for (const Event& each : heard.events) tell(each);
  }
  void tell(const Event& event) {
    for (const Command& each : core_.step(plan_, event, now_).commands)
      for (const Request& request : translator_.ask(each)) send(request);
  }
  void send(const Request& request) {
    static const char* const kNames[] = {"GET ", "POST ", "DELETE "};
    sent_.push_back(kNames[static_cast<int>(request.method)] + request.target);
    last_ = request;
  }
  std::vector<std::string> sent() { return std::exchange(sent_, {}); }
  void comes(const std::string& id = "CH1") {
    says(message_json("StasisStart", channel_json(id, "Ring"), R"("args":["in","desk"],)"));
  }
  void takes(const std::string& id = "opora-1-1", const std::string& name = "PJSIP/op1-00000001") {
    says(message_json("StasisStart", channel_json(id, "Up", name),
                      R"("args":["leg","opora-1-1"],)"));
  }
  Phase phase() const { return core_.floor().calls.at(CallNo{1}).phase; }
  bool is_over() const { return core_.floor().calls.empty(); }

  const Plan plan_ = hospital_plan();
  Core core_;
  std::uint64_t calls_ = 0;
  Translator translator_{settings(), [this] { return CallNo{++calls_}; }};
  TimeMs now_{1'795'442'400'000};
  std::vector<std::string> sent_;
  Request last_;
};

TEST_F(Ari, ACallIsAnsweredParkedAndRungFor) {
  comes();
  EXPECT_EQ(
      sent(),
      (std::vector<std::string>{
          "POST /ari/channels/CH1/variable?variable=ACD_CALL_ID&value=1",
          "POST /ari/channels/CH1/answer",
          "POST /ari/bridges/opora-q-1?type=holding",
          "POST /ari/bridges/opora-q-1/addChannel?channel=CH1",
          "POST /ari/bridges/opora-q-1/moh?mohClass=default",
          "POST /ari/channels/opora-1-1?endpoint=PJSIP%2Fop1&app=opora&appArgs=leg%2Copora-1-1"
          "&timeout=15&callerId=84951234567",
      }));
  EXPECT_EQ(last_.body,
            R"~({"variables":{"ACD_CALL_ID":"1","PJSIP_TRANSFER_HANDLING()":"ari-only"}})~");
}

TEST_F(Ari, TheAgentAnswersBothAreBridgedAndHeHangsUp) {
  comes();
  sent();
  says(message_json("ChannelStateChange", channel_json("opora-1-1", "Ringing")));
  takes();
  EXPECT_EQ(sent(), (std::vector<std::string>{
                        "POST /ari/bridges/opora-t-1?type=mixing",
                        "POST /ari/bridges/opora-t-1/addChannel?channel=CH1%2Copora-1-1",
                    }));
  EXPECT_EQ(phase(), Phase::kTalking);
  says(message_json("StasisEnd", channel_json("opora-1-1", "Up")));
  says(message_json("ChannelDestroyed", channel_json("opora-1-1", "Up"),
                    R"("cause":16,"cause_txt":"Normal Clearing",)"));
  EXPECT_TRUE(is_over());
  EXPECT_EQ(sent().front(), "DELETE /ari/channels/CH1?reason=normal");
}

TEST_F(Ari, ACallerWhoHangsUpEndsByStasisEndAlone) {
  comes();
  sent();
  says(message_json("StasisEnd", channel_json("CH1", "Up")));
  EXPECT_TRUE(is_over());
  EXPECT_EQ(sent().front(), "DELETE /ari/channels/opora-1-1?reason=normal");
  takes();  // he took the phone at the same moment
  EXPECT_EQ(sent().front(), "DELETE /ari/channels/opora-1-1?reason=normal");
}

TEST_F(Ari, CausesAreWhatAPhoneDid) {
  comes();
  says(message_json("ChannelDestroyed", channel_json("opora-1-1", "Ringing"), R"("cause":19,)"));
  EXPECT_EQ(core_.floor().agents.at(AgentNo{100}).aside, Aside::kNoAnswer);
  says(message_json("ChannelDestroyed", channel_json("opora-1-2", "Ringing"), R"("cause":21,)"));
  EXPECT_EQ(core_.floor().agents.at(AgentNo{103}).aside, Aside::kDeclined);
  EXPECT_EQ(phase(), Phase::kWaiting);
}

// 58: it has no codec of the call's (488). 1: it knows no such number (404).
TEST_F(Ari, APhoneThatRefusesEveryCallIsNotThere) {
  comes();
  says(message_json("ChannelDestroyed", channel_json("opora-1-1", "Down"), R"("cause":58,)"));
  EXPECT_EQ(core_.floor().agents.at(AgentNo{100}).aside, Aside::kUnreachable);
  says(message_json("ChannelDestroyed", channel_json("opora-1-2", "Down"), R"("cause":1,)"));
  EXPECT_EQ(core_.floor().agents.at(AgentNo{103}).aside, Aside::kUnreachable);
  EXPECT_EQ(phase(), Phase::kWaiting);
}

TEST_F(Ari, APhoneThatGoesWithoutACauseRestsForAWhile) {
  comes();
  says(message_json("ChannelDestroyed", channel_json("opora-1-1", "Down"), R"("cause":0,)"));
  EXPECT_EQ(core_.floor().agents.at(AgentNo{100}).rest, Rest::kPhoneBusy);
  EXPECT_EQ(core_.floor().agents.at(AgentNo{103}).call, CallNo{1});
}

TEST_F(Ari, AnUnregisteredPhoneIsAnHttp500WithoutEvents) {
  comes();
  ASSERT_FALSE(is_done(last_, 500));
  const auto event = translator_.failed(last_, 500);
  ASSERT_TRUE(event);
  tell(*event);
  EXPECT_EQ(core_.floor().agents.at(AgentNo{100}).aside, Aside::kUnreachable);
  EXPECT_EQ(core_.floor().agents.at(AgentNo{103}).call, CallNo{1});
}

TEST_F(Ari, WhatIsThereAlreadyIsDone) {
  EXPECT_TRUE(is_done({Request::Method::kPost, "", "", {}}, 409));
  EXPECT_TRUE(is_done({Request::Method::kDelete, "", "", {}}, 404));
  EXPECT_FALSE(is_done({Request::Method::kPost, "", "", {}}, 404));
}

TEST_F(Ari, APickUpAtThePbxComesWithAnotherChannel) {
  comes();
  takes("CH4", "PJSIP/op2-00000008");
  EXPECT_EQ(core_.floor().agents.at(AgentNo{103}).call, CallNo{1});
  EXPECT_EQ(sent().back(), "POST /ari/bridges/opora-t-1/addChannel?channel=CH1%2CCH4");
  says(message_json("ChannelDestroyed", channel_json("opora-1-1", "Ringing"), R"("cause":26,)"));
  EXPECT_EQ(phase(), Phase::kTalking);
  says(message_json("ChannelDestroyed", channel_json("CH4", "Up"), R"("cause":16,)"));
  EXPECT_TRUE(is_over());
}

// Only what the PBX says that it has not is an end: else it is looked at again.
TEST_F(Ari, WhetherAPartStillRunsIsAsked) {
  const auto asked = translator_.ask(CheckRecording{CallNo{7}, 2});
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].method, Request::Method::kGet);
  EXPECT_EQ(asked[0].target, "/ari/recordings/live/opora-r-7-2");
  EXPECT_TRUE(is_done(asked[0], 200));
  EXPECT_FALSE(is_done(asked[0], 404));
  const auto gone = translator_.failed(asked[0], 404);
  ASSERT_TRUE(gone);
  EXPECT_EQ(std::get<RecordingEnded>(*gone).part, 2);
  EXPECT_EQ(std::get<RecordingEnded>(*gone).why, TapeEnd::kDone);
  EXPECT_FALSE(translator_.failed(asked[0], 500));
  EXPECT_FALSE(translator_.failed(asked[0], 0));
}

// As recorded: the phone that rang is gone before the other one is there.
TEST_F(Ari, APickUpIsNoPhoneThatWasPutDown) {
  comes();
  says(message_json("ChannelDestroyed", channel_json("opora-1-1", "Ringing"),
                    R"("cause":16,"cause_txt":"Normal Clearing",)"));
  EXPECT_EQ(phase(), Phase::kRinging);
  takes("CH4", "PJSIP/op2-00000008");
  EXPECT_EQ(phase(), Phase::kTalking);
  EXPECT_EQ(core_.floor().agents.at(AgentNo{103}).call, CallNo{1});
  EXPECT_EQ(core_.floor().agents.at(AgentNo{100}).aside, Aside::kNone);
}

TEST_F(Ari, APhoneThatWentAndThatNobodyPickedUpEndsWithItsTime) {
  comes();
  says(message_json("ChannelDestroyed", channel_json("opora-1-1", "Ringing"), R"("cause":16,)"));
  now_ = *core_.next_wake();
  tell(Tick{});
  EXPECT_EQ(core_.floor().agents.at(AgentNo{103}).call, CallNo{1});
}

TEST_F(Ari, AfterAConsultationThatIsCalledOffAllAreTogetherAgain) {
  comes();
  takes();
  sent();
  tell(Asked{{}, AgentNo{100}, Consult{ToNumber{"+73822123456"}}});
  EXPECT_EQ(
      sent().back().find("POST /ari/channels/opora-1-2?endpoint=PJSIP%2F%2B73822123456%40trunk"),
      0U);
  tell(LegAnswered{CallNo{1}, LegNo{2}});
  EXPECT_EQ(sent().back(), "POST /ari/bridges/opora-c-1/addChannel?channel=opora-1-1%2Copora-1-2");
  tell(Asked{{}, AgentNo{100}, CancelConsult{}});
  EXPECT_EQ(sent().back(), "POST /ari/bridges/opora-t-1/addChannel?channel=CH1%2Copora-1-1");
}

TEST_F(Ari, AConsultationThatIsCalledOffAfterARestartLeavesNobodyInSilence) {
  comes();
  takes();
  tell(Asked{{}, AgentNo{100}, Consult{ToNumber{"+73822123456"}}});
  tell(LegAnswered{CallNo{1}, LegNo{2}});
  Translator fresh{settings(), [] { return CallNo{50}; }};
  const auto seen = fresh.reconcile(
      read_channels(
          R"([{"id":"CH1","name":"PJSIP/trunk-0","state":"Up","channelvars":{"ACD_CALL_ID":"1"}},)"
          R"({"id":"opora-1-1","name":"PJSIP/op1-1","state":"Up"},)"
          R"({"id":"opora-1-2","name":"PJSIP/x-1","state":"Up"}])")
          .value());
  core_.step(plan_, seen.events.at(0), now_);
  const Event called_off = Asked{{}, AgentNo{100}, CancelConsult{}};
  for (const Command& each : core_.step(plan_, called_off, now_).commands)
    for (const Request& request : fresh.ask(each)) send(request);
  EXPECT_EQ(sent().back(), "POST /ari/bridges/opora-t-1/addChannel?channel=CH1%2Copora-1-1");
}

TEST_F(Ari, AfterARestartAChannelSaysWhichCallItIs) {
  comes();
  const auto channels = read_channels(
      R"([{"id":"CH1","name":"PJSIP/trunk-0","state":"Up","caller":{"number":"84951234567"},"channelvars":{"ACD_CALL_ID":"1"}},)"
      R"({"id":"opora-1-1","name":"PJSIP/op1-1","state":"Ringing","channelvars":{"ACD_CALL_ID":"1"}},)"
      R"({"id":"other","name":"PJSIP/x-1","state":"Up","channelvars":{"ACD_CALL_ID":""}}])");
  ASSERT_TRUE(channels.ok()) << channels.error().path;
  Translator fresh{settings(), [] { return CallNo{50}; }};
  const auto heard = fresh.reconcile(*channels);
  const auto& seen = std::get<Reconciled>(heard.events.at(0));
  ASSERT_EQ(seen.calls.size(), 1U);
  EXPECT_EQ(seen.calls[0].legs.size(), 2U);
  EXPECT_EQ(seen.calls[0].legs[1].state, LegState::kDialling);
  EXPECT_EQ(fresh.caller_of(CallNo{1}), "84951234567");
}

TEST_F(Ari, WhoCameWhileNobodyListenedIsANewCall) {
  const auto channels = read_channels(
      R"([{"id":"CH7","name":"PJSIP/trunk-7","state":"Ring","caller":{"number":"84951234567"},)"
      R"("dialplan":{"exten":"100","app_name":"Stasis","app_data":"opora,in,desk"},)"
      R"("channelvars":{"ACD_CALL_ID":"edge1-1795281176.0"}},)"
      R"({"id":"CH8","name":"PJSIP/trunk-8","state":"Up",)"
      R"("dialplan":{"exten":"s","app_name":"Queue","app_data":"regd,,,,20"}},)"
      R"({"id":"CH9","name":"PJSIP/trunk-9","state":"Up",)"
      R"("dialplan":{"exten":"s","app_name":"Stasis","app_data":"another,in,desk"}}])");
  ASSERT_TRUE(channels.ok()) << channels.error().path;
  take(translator_.reconcile(*channels));
  EXPECT_EQ(phase(), Phase::kRinging);
  EXPECT_EQ(core_.floor().calls.size(), 1U);
  EXPECT_EQ(sent().front(), "POST /ari/channels/CH7/variable?variable=ACD_CALL_ID&value=1");
}

// By the guard, while this node was silent.
TEST_F(Ari, ACallerWhoIsInThePbxsOwnQueueByNowIsNoCallOfOurs) {
  comes();
  sent();
  const std::string json =
      R"([{"id":"CH1","name":"PJSIP/trunk-0","state":"Up","dialplan":{"exten":"s",)"
      R"("app_name":"Queue","app_data":"desk,,,,300"},"channelvars":{"ACD_CALL_ID":"1"}}])";
  const auto heard = translator_.reconcile(read_channels(json).value());
  EXPECT_EQ(heard.left, std::vector<std::string>{"CH1"});
  take(heard);
  EXPECT_TRUE(is_over());
  for (const std::string& each : sent()) EXPECT_EQ(each.find("CH1"), std::string::npos) << each;
  // After a restart as well, when only his channel says what he was.
  Translator fresh{settings(), [] { return CallNo{50}; }};
  const auto again = fresh.reconcile(read_channels(json).value());
  EXPECT_TRUE(std::get<Reconciled>(again.events.at(0)).calls.empty());
  EXPECT_EQ(std::get<Reconciled>(again.events.at(0)).at_own_queue, std::vector{CallNo{1}});
  EXPECT_TRUE(again.requests.empty());
}

TEST_F(Ari, WhatIsSaidOfAChannelIsKnownByItsWholeId) {
  const Request answer{Request::Method::kPost, "/ari/channels/CH1/answer", "", {}};
  EXPECT_TRUE(concerns(answer, "CH1"));
  EXPECT_FALSE(concerns(answer, "CH"));
  EXPECT_FALSE(concerns(answer, "CH11"));
  EXPECT_TRUE(
      concerns({Request::Method::kDelete, "/ari/channels/a%2Fb?reason=normal", "", {}}, "a/b"));
  EXPECT_FALSE(concerns({Request::Method::kDelete, "/ari/bridges/CH1", "", {}}, "CH1"));
}

TEST_F(Ari, ACallerForWhomThereIsNoNumberGoesToThePbxsOwnQueue) {
  Translator full{settings(), [] { return std::nullopt; }};
  const auto message = read_message(
      message_json("StasisStart", channel_json("CH1", "Ring"), R"("args":["in","desk"],)"));
  const auto heard = full.hear(*message);
  EXPECT_TRUE(heard.events.empty());
  ASSERT_EQ(heard.requests.size(), 1U);
  EXPECT_EQ(heard.requests[0].target,
            "/ari/channels/CH1/continue?context=opora-fallback&extension=s&priority=1");
}

TEST_F(Ari, AnotherListenerOfTheApplicationIsSeen) {
  const auto message = read_message(
      R"({"type":"ApplicationReplaced","timestamp":"2026-11-21T17:23:07.509+0000","application":"opora"})");
  ASSERT_TRUE(message.ok());
  EXPECT_TRUE(translator_.hear(*message).replaced);
}

TEST(AriMessages, OfOtherKindsAreNotRead) {
  const auto message = read_message(R"({"type":"ChannelVarset","variable":"X","channel":7})");
  ASSERT_TRUE(message.ok());
  EXPECT_EQ(message->kind, Kind::kOther);
}

TEST(AriMessages, ThatAreNoneAreErrors) {
  EXPECT_FALSE(read_message("").ok());
  EXPECT_FALSE(read_message("[]").ok());
  EXPECT_FALSE(read_message(R"({"type":"StasisStart","channel":{"name":"x"}})").ok());
  EXPECT_FALSE(read_message(std::string(kMaxMessageBytes + 1, ' ')).ok());
  EXPECT_FALSE(read_channels("{}").ok());
}

TEST(AriNames, AreReadBackAndNothingElseIs) {
  EXPECT_EQ(leg_of(channel_of({CallNo{7}, LegNo{2}})), (LegKey{CallNo{7}, LegNo{2}}));
  for (const char* other : {"", "opora-", "opora-7", "opora-x-1", "opora-0-1", "opora-7-1x",
                            "edge1-1795281176.0", "opora-t-7", "opora-7-99999"})
    EXPECT_FALSE(leg_of(other)) << other;
  EXPECT_EQ(percent("a b/ё"), "a%20b%2F%D1%91");
}

// As recorded on Asterisk 22 with PJSIP_TRANSFER_HANDLING=ari-only (trap 9).
std::string refer(const std::string& to, const std::string& more = "",
                  const std::string& state = "") {
  return R"({"type":"ChannelTransfer",)" + state +
         R"("refer_to":{"requested_destination":{"destination":")" + to + "\"" + more +
         R"(}},"referred_by":{"source_channel":)" +
         channel_json("opora-1-1", "Up", "PJSIP/op1-00000001") + R"(},"application":"opora"})";
}

TEST_F(Ari, APhonesTransferButtonRingsAColleagueAndIsAnsweredBeforeItIsHungUp) {
  comes();
  takes();
  sent();
  says(refer("103"));
  const auto all = sent();
  ASSERT_GE(all.size(), 2U);
  EXPECT_EQ(all.at(0), "POST /ari/channels/opora-1-1/transfer_progress?states=channel_answered");
  EXPECT_EQ(all.at(1), "DELETE /ari/channels/opora-1-1?reason=normal");
  says(refer("103", "", R"("state":"channel_answered",)"));
  EXPECT_TRUE(sent().empty()) << "what we said ourselves";
}

// 103 is no colleague's but the ambulance's, at the trunk.
TEST_F(Ari, APhonesTransferToNoColleagueIsDeclinedAndNeverDialled) {
  comes();
  takes();
  sent();
  const std::vector<std::string> declined{
      "POST /ari/channels/opora-1-1/transfer_progress?states=channel_declined"};
  for (const std::string to : {"112", "810441234567", "reception", "+74951112233", ""}) {
    says(refer(to));
    EXPECT_EQ(sent(), declined) << to;
  }
  says(refer("103", R"(,"protocol_id":"71279402c0364eac")"));
  EXPECT_EQ(sent(), declined) << "whom he has spoken with first is a call of the PBX's";
  EXPECT_EQ(phase(), Phase::kTalking);
}

// As recorded of a dialplan that transfers by itself (Asterisk 20 and 21).
TEST_F(Ari, ALegThatTheDialplanTransferredGoesOnAsAnotherChannel) {
  comes();
  takes();
  sent();
  says(message_json("StasisStart", channel_json("CH2", "Down", "Local/203@from-internal-1;1"),
                    R"("args":[],"replace_channel":{"id":"opora-1-1","name":"PJSIP/op1-1"},)"));
  says(message_json("ChannelDestroyed", channel_json("opora-1-1", "Up"), R"("cause":16,)"));
  EXPECT_EQ(phase(), Phase::kTalking) << "the person is not hung up";
  EXPECT_TRUE(sent().empty());
  says(message_json("ChannelDestroyed", channel_json("CH2", "Up"), R"("cause":16,)"));
  EXPECT_TRUE(is_over());
}

TEST_F(Ari, APhonesHoldButtonHoldsTheCaller) {
  comes();
  takes();
  sent();
  says(message_json("ChannelHold", channel_json("opora-1-1", "Up"), R"("musicclass":"default",)"));
  EXPECT_EQ(sent().front(), "POST /ari/bridges/opora-h-1?type=holding");
  says(message_json("ChannelUnhold", channel_json("opora-1-1", "Up")));
  EXPECT_EQ(sent().back(), "POST /ari/bridges/opora-t-1/addChannel?channel=CH1%2Copora-1-1");
}

}  // namespace
}  // namespace opora::testing
