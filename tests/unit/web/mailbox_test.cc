#include "web/server/mailbox.h"

#include <gtest/gtest.h>

namespace opora::web {
namespace {

class MailboxTest : public ::testing::Test, public LetterReceiver {
 protected:
  void deliver(Letter letter) override { delivered_.push_back(letter.client); }
  void post(std::uint64_t client) { mailbox_.post({client, 1, WsWake{}}); }
  std::vector<std::uint64_t> take() {
    std::vector<std::uint64_t> out;
    for (const Letter& letter : mailbox_.take()) out.push_back(letter.client);
    return out;
  }

  int wakes_ = 0;
  std::vector<std::uint64_t> delivered_;
  Mailbox mailbox_{*this, [this] { ++wakes_; }};
};

using Clients = std::vector<std::uint64_t>;

TEST_F(MailboxTest, WakesTheOwnerOnceForABatch) {
  post(1);
  post(2);
  EXPECT_EQ(wakes_, 1);
  EXPECT_EQ(take(), (Clients{1, 2}));
  post(3);
  EXPECT_EQ(wakes_, 2);
}

TEST_F(MailboxTest, AnOwnerThatLooksIsNotWoken) {
  EXPECT_FALSE(mailbox_.has_letters());
  mailbox_.look();
  post(1);
  EXPECT_EQ(wakes_, 0);
  EXPECT_TRUE(mailbox_.has_letters());
  EXPECT_EQ(take(), Clients{1});
  EXPECT_FALSE(mailbox_.has_letters());
  mailbox_.look_away();
  EXPECT_EQ(wakes_, 0);
  post(2);
  EXPECT_EQ(wakes_, 1);
}

TEST_F(MailboxTest, WhatCameWhileTheOwnerLookedAwayWakesIt) {
  mailbox_.look();
  post(1);
  mailbox_.look_away();
  EXPECT_EQ(wakes_, 1);
  EXPECT_EQ(take(), Clients{1});
}

TEST_F(MailboxTest, AClosedOneTakesNothing) {
  post(1);
  mailbox_.close();
  post(2);
  EXPECT_TRUE(take().empty());
  EXPECT_TRUE(delivered_.empty());
}

TEST_F(MailboxTest, DeliversAtOnceOnItsOwnThread) {
  mailbox_.bind_to_this_thread();
  post(1);
  EXPECT_EQ(delivered_, Clients{1});
  EXPECT_EQ(wakes_, 0);
}

}  // namespace
}  // namespace opora::web
