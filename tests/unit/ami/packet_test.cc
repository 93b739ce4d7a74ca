// AMI's packets come whole however they were cut, and what is no packet ends the connection.
#include "node/telephony/ami/packet.h"

#include <gtest/gtest.h>

#include "tests/unit/ami/trace.h"

namespace opora::telephony::ami {
namespace {

const std::string kGreeting = "Asterisk Call Manager/11.0.0\r\n";

TEST(PacketReader, TheRecordedTraceIsReadWhole) {
  const auto trace = testing::read_trace(OPORA_TRACE);
  ASSERT_EQ(trace.size(), 56U);
  EXPECT_EQ(trace[0].packet.get("message"), "Authentication accepted");
  EXPECT_EQ(trace.back().packet.get("Response"), "Goodbye");
}

TEST(PacketReader, APacketCutAnywhereIsOne) {
  const std::string text = kGreeting + "Event: Hangup\r\nCause-txt: Normal: Clearing \r\n\r\n";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    PacketReader reader;
    ASSERT_TRUE(reader.feed(text.substr(0, cut)).ok());
    ASSERT_TRUE(reader.feed(text.substr(cut)).ok());
    ASSERT_TRUE(reader.has_packet()) << cut;
    const Packet packet = reader.take();
    EXPECT_EQ(packet.get("EVENT"), "Hangup");
    EXPECT_EQ(packet.get("cause-txt"), "Normal: Clearing");
    EXPECT_EQ(packet.get("Cause"), "");
    EXPECT_FALSE(reader.has_packet());
  }
}

TEST(PacketReader, EmptyLinesAndLinesWithoutANameAreNoFields) {
  PacketReader reader;
  ASSERT_TRUE(reader.feed(kGreeting + "\r\n\r\nno name\r\nA: 1\n\n").ok());
  EXPECT_EQ(reader.take().fields.size(), 1U);
  EXPECT_FALSE(reader.has_packet());
}

TEST(PacketReader, WhoDoesNotGreetIsNoAsterisk) {
  PacketReader reader;
  EXPECT_EQ(reader.feed("HTTP/1.1 200 OK\r\n").error().code, Code::kUnavailable);
  EXPECT_FALSE(reader.feed(kGreeting).ok());
}

TEST(PacketReader, ALineOrAPacketWithoutEndIsRefused) {
  PacketReader line;
  ASSERT_TRUE(line.feed(kGreeting).ok());
  ASSERT_TRUE(line.feed(std::string(kMaxLine, 'a')).ok());
  EXPECT_EQ(line.feed("a").error().code, Code::kTooLarge);
  EXPECT_EQ(line.feed("\r\n\r\n").error().code, Code::kTooLarge);
  PacketReader packet;
  ASSERT_TRUE(packet.feed(kGreeting).ok());
  for (std::size_t i = 0; i < kMaxFields; ++i) ASSERT_TRUE(packet.feed("A: 1\r\n").ok());
  EXPECT_EQ(packet.feed("A: 1\r\n").error().code, Code::kTooLarge);
}

TEST(Action, AValueCannotBeginAnotherAction) {
  EXPECT_EQ(action("Login", {{"Username", "opora"}, {"Secret", "x\r\n\r\nAction: Command"}}),
            "Action: Login\r\nUsername: opora\r\n\r\n");
}

}  // namespace
}  // namespace opora::telephony::ami
