// What the log says of a link that comes and goes.
#include "web/app/link_log.h"

#include <set>

#include <gtest/gtest.h>

namespace opora::app {
namespace {

using protocol::CloseReason;

constexpr TimeMs kStart{1'800'000'000'000};
constexpr std::int64_t kSecondMs = 1'000;

class LinkLogTest : public ::testing::Test {
 protected:
  static std::string only(const LogLines& lines) {
    EXPECT_EQ(lines.size(), 1u);
    return lines.empty() ? "" : lines.front().text;
  }
  // Goes down and comes up again, a second each.
  void flap(int times) {
    for (int i = 0; i < times; ++i) {
      lines += static_cast<int>(log.down(now, CloseReason::kDisconnected, "").size());
      lines += static_cast<int>(log.up(now + kSecondMs, "").size());
      now = now + 2 * kSecondMs;
    }
  }

  LinkLog log{"site 17"};
  TimeMs now = kStart;
  int lines = 0;
};

TEST_F(LinkLogTest, SaysThatALinkIsUpAndWithWhichVersion) {
  const LogLines said = log.up(now, "1.4.0");
  EXPECT_EQ(only(said), "site 17 is connected (version 1.4.0)");
  EXPECT_EQ(said.front().level, LogLevel::kInfo);
}

TEST_F(LinkLogTest, SaysThatALinkIsDownAndWhyInWords) {
  log.up(now, "");
  const LogLines said = log.down(now, CloseReason::kSilent, "12 s");
  EXPECT_EQ(only(said), "site 17 is gone: nothing was heard for too long (12 s)");
  EXPECT_EQ(said.front().level, LogLevel::kWarn);
}

TEST_F(LinkLogTest, HasWordsForEveryReason) {
  std::set<std::string_view> seen;
  for (int reason = 1; reason <= static_cast<int>(CloseReason::kPeer); ++reason)
    seen.insert(close_reason_words(static_cast<CloseReason>(reason)));
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(CloseReason::kPeer));
  EXPECT_FALSE(seen.contains("unknown"));
}

TEST_F(LinkLogTest, AnAttemptThatFailsIsSaidOnceUntilItFailsForAnotherReason) {
  EXPECT_EQ(only(log.failed(now, "no answer")), "site 17 is not reached: no answer");
  EXPECT_TRUE(log.failed(now + kSecondMs, "no answer").empty());
  EXPECT_EQ(only(log.failed(now + 2 * kSecondMs, "refused")), "site 17 is not reached: refused");
  log.up(now + 3 * kSecondMs, "");
  EXPECT_EQ(log.failed(now + 4 * kSecondMs, "refused").size(), 1u);
}

TEST_F(LinkLogTest, WhatThePeerWroteStaysOneShortLine) {
  const std::string line =
      only(log.down(now, CloseReason::kPeer, "bad\nsite 18 is connected" + std::string(500, 'x')));
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_LT(line.size(), 200u);
}

TEST_F(LinkLogTest, ALinkThatFlapsGetsAFewLinesAndThenACount) {
  flap(100);
  EXPECT_EQ(lines, LinkLog::kLines);
  EXPECT_TRUE(log.due(kStart + (LinkLog::kWindowMs - 1)).empty());
  EXPECT_EQ(only(log.due(kStart + LinkLog::kWindowMs)),
            "site 17 came and went: 194 changes not listed, now up");
  EXPECT_TRUE(log.due(kStart + 2 * LinkLog::kWindowMs).empty()) << "said once";
}

TEST_F(LinkLogTest, AfterTheWindowChangesAreListedAgainBehindTheCount) {
  flap(100);
  const LogLines said = log.down(kStart + LinkLog::kWindowMs, CloseReason::kStopping, "");
  ASSERT_EQ(said.size(), 2u);
  EXPECT_EQ(said[0].text, "site 17 came and went: 194 changes not listed, now down");
  EXPECT_EQ(said[1].text, "site 17 is gone: orderly end of the process");
}

TEST_F(LinkLogTest, ABadLineDoesNotHideAnAlarmNorAlarmsTheLine) {
  flap(100);
  EXPECT_EQ(only(log.alarm(now, "fork", "two copies of the site")),
            "site 17: fork: two copies of the site");
  for (int i = 0; i < 20; ++i) log.alarm(now, "fork", "two copies of the site");
  const LogLines said = log.due(kStart + 2 * LinkLog::kWindowMs);
  ASSERT_EQ(said.size(), 2u);
  EXPECT_EQ(said[1].text, "site 17: 15 more alarms");
}

TEST_F(LinkLogTest, AClockThatWasSetBackDoesNotSilenceIt) {
  flap(100);
  EXPECT_EQ(log.up(kStart + (-3'600 * kSecondMs), "").size(), 2u);
}

}  // namespace
}  // namespace opora::app
