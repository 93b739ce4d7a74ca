// A connection to AMI signs in, asks what there is, and knows when nobody answers any more.
#include "node/telephony/ami/session.h"

#include <gtest/gtest.h>

#include "tests/unit/ami/trace.h"

namespace opora::telephony::ami {
namespace {

using testing::packet;

constexpr TimeMs kStart{1'000};

class SessionTest : public ::testing::Test {
 protected:
  SessionTest() { session_.connected(kStart); }
  Session::Turn says(std::initializer_list<std::pair<std::string, std::string>> fields) {
    return session_.hear(packet(fields), now_);
  }
  void signs_in() {
    session_.greeted(now_);
    says({{"Response", "Success"}});
  }
  Session::Turn lists() {
    says({{"Event", "QueueStatusComplete"}, {"ActionID", "opora-queues"}});
    return says({{"Event", "CoreShowChannelsComplete"}, {"ActionID", "opora-channels"}});
  }

  Session session_{{"monitor", "secret"}};
  TimeMs now_ = kStart;
};

TEST_F(SessionTest, SignsInWhenGreetedAndOnce) {
  EXPECT_EQ(session_.greeted(now_).send,
            "Action: Login\r\nUsername: monitor\r\nSecret: secret\r\nEvents: call,agent\r\n"
            "ActionID: opora-login\r\n\r\n");
  EXPECT_EQ(session_.greeted(now_).send, "");
  EXPECT_EQ(says({{"Response", "Success"}}).send,
            "Action: QueueStatus\r\nActionID: opora-queues\r\n\r\n"
            "Action: CoreShowChannels\r\nActionID: opora-channels\r\n\r\n");
  EXPECT_FALSE(session_.hears());
}

TEST_F(SessionTest, AWrongPasswordIsTheEnd) {
  session_.greeted(now_);
  EXPECT_TRUE(says({{"Response", "Error"}, {"Message", "Authentication failed"}}).over);
}

TEST_F(SessionTest, WhatIsComesBeforeWhatHappensMeanwhile) {
  signs_in();
  says({{"Event", "QueueMember"}, {"ActionID", "opora-queues"}});
  EXPECT_TRUE(says({{"Event", "QueueCallerJoin"}}).events.empty());
  says({{"Event", "QueueEntry"}, {"ActionID", "opora-queues"}});
  says({{"Event", "CoreShowChannel"}, {"ActionID", "opora-channels"}});
  const auto turn = lists();
  ASSERT_TRUE(turn.all);
  EXPECT_EQ(turn.all->members.size(), 1U);
  EXPECT_EQ(turn.all->entries.size(), 1U);
  EXPECT_EQ(turn.all->channels.size(), 1U);
  ASSERT_EQ(turn.events.size(), 1U);
  EXPECT_TRUE(turn.events[0].is_event("QueueCallerJoin"));
  EXPECT_TRUE(session_.hears());
  EXPECT_EQ(says({{"Event", "Hangup"}}).events.size(), 1U);
}

TEST_F(SessionTest, WhoMayNotAskIsTold) {
  signs_in();
  EXPECT_TRUE(says({{"Response", "Error"}, {"Message", "Permission denied"}}).over);
}

TEST_F(SessionTest, SilenceAtAnyStepEndsIt) {
  EXPECT_FALSE(session_.look(kStart + 4'999).over);
  EXPECT_TRUE(session_.look(kStart + 5'000).over);
  session_.connected(kStart);
  session_.greeted(kStart + 4'000);
  EXPECT_FALSE(session_.look(kStart + 8'999).over);
  EXPECT_TRUE(session_.look(kStart + 9'000).over);
}

TEST_F(SessionTest, APingIsAnsweredOrItIsDead) {
  signs_in();
  lists();
  EXPECT_EQ(session_.look(kStart + 2'999).send, "");
  EXPECT_EQ(session_.look(kStart + 3'000).send, "Action: Ping\r\nActionID: opora-ping\r\n\r\n");
  EXPECT_EQ(session_.look(kStart + 3'001).send, "");
  says({{"Response", "Success"}, {"Ping", "Pong"}, {"ActionID", "opora-ping"}});
  EXPECT_NE(session_.look(kStart + 6'000).send, "");
  EXPECT_FALSE(session_.look(kStart + 10'999).over);
  EXPECT_TRUE(session_.look(kStart + 11'000).over);
}

TEST_F(SessionTest, AListWithoutEndIsRefused) {
  signs_in();
  for (std::size_t i = 0; i < kMaxListed; ++i)
    ASSERT_FALSE(says({{"Event", "QueueEntry"}, {"ActionID", "opora-queues"}}).over);
  EXPECT_TRUE(says({{"Event", "QueueEntry"}, {"ActionID", "opora-queues"}}).over);
  session_.connected(now_);
  signs_in();
  for (std::size_t i = 0; i < kMaxListed; ++i) ASSERT_FALSE(says({{"Event", "Hangup"}}).over);
  EXPECT_TRUE(says({{"Event", "Hangup"}}).over);
}

}  // namespace
}  // namespace opora::telephony::ami
