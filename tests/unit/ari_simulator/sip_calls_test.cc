// Calls over SIP, said by a caller who loses datagrams, changes his mind and comes twice.
#include "tests/support/sip_calls.h"

#include <deque>

#include <gtest/gtest.h>

namespace opora::testing {
namespace {

struct Channels : SipPbx {
  std::string comes(const std::string& line, const std::string& number) override {
    came.push_back(line + " " + number);
    return "ch" + std::to_string(came.size());
  }
  void hangs_up(const std::string& channel) override { hung_up.push_back(channel); }
  void presses(const std::string& channel, char digit) override {
    pressed.push_back(channel + " " + digit);
  }
  std::vector<std::string> came, hung_up, pressed;
};

class SipCall : public ::testing::Test {
 protected:
  void says(const std::string& method, const std::string& more = "", const std::string& id = "1",
            int sequence = 1) {
    const std::string cseq = std::to_string(sequence) + " " + method;
    calls_.take({1, 5061},
                method + " sip:100@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5061\r\n" +
                    "From: <sip:8495@127.0.0.1>;tag=a\r\nTo: <sip:100@127.0.0.1>\r\nCall-ID: " +
                    id + "\r\nContact: <sip:8495@127.0.0.1:5061>\r\nCSeq: " + cseq + "\r\n" +
                    (more.empty() ? "\r\n" : more),
                now_);
  }
  void thanks() {
    calls_.take({1, 5061},
                "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:5060\r\nFrom: <sip:100@127.0.0.1>\r\n"
                "To: <sip:8495@127.0.0.1>\r\nCall-ID: 1\r\nCSeq: 1 BYE\r\n\r\n",
                now_);
  }
  // The next that was sent: its first line without the version.
  std::string hears() {
    if (sent_.empty()) return "";
    std::string line = sent_.front().substr(0, sent_.front().find("\r\n"));
    last_ = sent_.front();
    sent_.pop_front();
    return line.starts_with("SIP/2.0 ") ? line.substr(8) : line.substr(0, line.find(' '));
  }
  void talks() {
    says("INVITE");
    calls_.answered("ch1", now_);
    says("ACK");
    EXPECT_EQ(hears(), "100 Trying");
    EXPECT_EQ(hears(), "200 OK");
  }
  void wait(std::int64_t ms) {
    for (std::int64_t i = 0; i < ms; i += 50) calls_.passes(now_ += 50);
  }

  std::int64_t now_ = 1'000;
  Channels pbx_;
  std::deque<std::string> sent_;
  std::string last_;
  SipCalls calls_{pbx_, "sip:127.0.0.1:5060",
                  [this](const SipPeer&, const std::string& text) { sent_.push_back(text); }};
};

TEST_F(SipCall, IsRungAnsweredAndHungUpByTheCaller) {
  says("INVITE");
  EXPECT_EQ(pbx_.came, std::vector<std::string>{"100 8495"});
  calls_.rings("ch1", now_);
  calls_.answered("ch1", now_);
  EXPECT_EQ(hears(), "100 Trying");
  EXPECT_EQ(hears(), "180 Ringing");
  EXPECT_EQ(hears(), "200 OK");
  EXPECT_NE(last_.find("m=audio 9 "), std::string::npos);
  EXPECT_NE(last_.find("Contact: <sip:127.0.0.1:5060>"), std::string::npos);
  says("ACK");
  says("BYE", "", "1", 2);
  EXPECT_EQ(hears(), "200 OK");
  EXPECT_EQ(pbx_.hung_up, std::vector<std::string>{"ch1"});
  calls_.ended("ch1", 16, now_);
  wait(6'000);
  EXPECT_EQ(hears(), "");
  EXPECT_EQ(calls_.calls(), 0U);
}

TEST_F(SipCall, IsHungUpByThePbxWithItsCause) {
  talks();
  calls_.ended("ch1", 34, now_);
  EXPECT_EQ(hears(), "BYE");
  EXPECT_EQ(last_.find("BYE sip:8495@127.0.0.1:5061 SIP/2.0\r\n"), 0U);
  EXPECT_NE(last_.find("Reason: Q.850;cause=34\r\n"), std::string::npos);
  wait(600);
  EXPECT_EQ(hears(), "BYE");
  thanks();
  wait(5'000);
  EXPECT_EQ(hears(), "");
  EXPECT_EQ(calls_.calls(), 0U);
  EXPECT_TRUE(pbx_.hung_up.empty());
}

TEST_F(SipCall, IsNotEndedByAByeBeforeTheCallerKnowsThatItBegan) {
  says("INVITE");
  calls_.answered("ch1", now_);
  calls_.ended("ch1", 16, now_);
  EXPECT_EQ(hears(), "100 Trying");
  EXPECT_EQ(hears(), "200 OK");
  EXPECT_EQ(hears(), "");
  says("ACK");
  EXPECT_EQ(hears(), "BYE");
}

TEST_F(SipCall, BeforeAnAnswerItsCauseIsAStatus) {
  int no = 0;
  for (const auto& [cause, status] : std::map<int, std::string>{{1, "404 Not Found"},
                                                                {16, "603 Decline"},
                                                                {17, "486 Busy Here"},
                                                                {18, "408 Request Timeout"},
                                                                {19, "480 Temporarily Unavailable"},
                                                                {34, "503 Service Unavailable"}}) {
    const std::string id = std::to_string(++no);
    says("INVITE", "", id);
    hears();
    calls_.ended("ch" + id, cause, now_);
    EXPECT_EQ(hears(), status);
    says("ACK", "", id);
  }
  EXPECT_EQ(calls_.calls(), 0U);
}

TEST_F(SipCall, IsCancelledOnceHoweverOftenThatIsSaid) {
  says("INVITE");
  EXPECT_EQ(hears(), "100 Trying");
  says("CANCEL");
  EXPECT_EQ(hears(), "200 OK");
  EXPECT_EQ(hears(), "487 Request Terminated");
  says("CANCEL");
  EXPECT_EQ(hears(), "200 OK");
  EXPECT_EQ(hears(), "");
  EXPECT_EQ(pbx_.hung_up.size(), 1U);
  wait(600);
  EXPECT_EQ(hears(), "487 Request Terminated");
  says("ACK");
  EXPECT_EQ(calls_.calls(), 0U);
}

TEST_F(SipCall, ACancelThatComesTooLateChangesNothing) {
  talks();
  says("CANCEL");
  EXPECT_EQ(hears(), "200 OK");
  EXPECT_TRUE(pbx_.hung_up.empty());
}

TEST_F(SipCall, AnInviteThatComesAgainIsOneCallAndAnsweredAgain) {
  says("INVITE");
  says("INVITE");
  EXPECT_EQ(hears(), "100 Trying");
  EXPECT_EQ(hears(), "100 Trying");
  calls_.answered("ch1", now_);
  says("INVITE");
  EXPECT_EQ(hears(), "200 OK");
  EXPECT_EQ(hears(), "200 OK");
  says("ACK");
  says("INVITE");
  EXPECT_EQ(hears(), "");
  EXPECT_EQ(pbx_.came.size(), 1U);
}

TEST_F(SipCall, AnAnswerWithoutAnAckIsSaidAgainAndThenGivenUp) {
  says("INVITE");
  calls_.answered("ch1", now_);
  hears();
  wait(40'000);
  // 0, 0.5, 1.5, 3.5, 7.5, then every four seconds.
  EXPECT_EQ(sent_.size(), 11U);
  EXPECT_EQ(pbx_.hung_up, std::vector<std::string>{"ch1"});
  EXPECT_EQ(calls_.calls(), 0U);
}

TEST_F(SipCall, DigitsAreThoseOfInfo) {
  talks();
  const std::string relay = "Content-Type: application/dtmf-relay\r\n\r\n";
  says("INFO", relay + "Signal=5\r\nDuration=160\r\n", "1", 2);
  says("INFO", relay + "Signal= #\r\n", "1", 3);
  EXPECT_EQ(hears(), "200 OK");
  EXPECT_EQ(hears(), "200 OK");
  for (const std::string& bad :
       {relay + "Signal=x\r\n", relay, std::string("Content-Type: text/plain\r\n\r\nSignal=5")}) {
    says("INFO", bad, "1", 4);
    EXPECT_EQ(hears(), "415 Unsupported Media Type");
  }
  EXPECT_EQ(pbx_.pressed, (std::vector<std::string>{"ch1 5", "ch1 #"}));
}

TEST_F(SipCall, WhatBelongsToNoCallIsRefused) {
  for (const std::string method : {"BYE", "CANCEL", "INFO", "REFER"}) {
    says(method, "", "unknown");
    EXPECT_EQ(hears(), "481 Call/Transaction Does Not Exist") << method;
  }
  says("ACK", "", "unknown");
  EXPECT_EQ(hears(), "");
  says("OPTIONS", "", "unknown");
  EXPECT_EQ(hears(), "200 OK");
  talks();
  says("REFER", "", "1", 2);
  EXPECT_EQ(hears(), "405 Method Not Allowed");
}

TEST_F(SipCall, WhoIsTooManyOrSaysTooMuchIsRefused) {
  for (std::size_t i = 0; i < kMaxSipCalls; ++i) says("INVITE", "", "n" + std::to_string(i));
  sent_.clear();
  says("INVITE", "", "one more");
  EXPECT_EQ(hears(), "503 Service Unavailable");
  EXPECT_EQ(pbx_.came.size(), kMaxSipCalls);
  const std::string big =
      "INVITE sip:100@a SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5061\r\nFrom: <sip:1@a>\r\n"
      "To: <sip:2@a>\r\nCall-ID: big\r\nCSeq: 1 INVITE\r\n\r\n" +
      std::string(kMaxSipBytes, 'x');
  calls_.take_too_large({1, 5061}, big);
  EXPECT_EQ(hears(), "513 Message Too Large");
  calls_.take_too_large({1, 5061}, std::string(kMaxSipBytes + 1, 'x'));
  EXPECT_EQ(hears(), "");
}

}  // namespace
}  // namespace opora::testing
