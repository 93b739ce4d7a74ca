// What is a SIP message, and what is none.
#include "tests/support/sip_message.h"

#include <gtest/gtest.h>

namespace opora::testing {
namespace {

const std::string kInvite =
    "INVITE sip:100@127.0.0.1:5060 SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 127.0.0.1:5061;branch=z9hG4bK-1\r\n"
    "f: \"Anna\" <sip:84951234567@127.0.0.1>;tag=1\r\n"
    "To: <sip:100@127.0.0.1>\r\n"
    "Call-ID: 1-2@127.0.0.1\r\n"
    "CSeq: 1 INVITE\r\n"
    "Subject: two\r\n lines\r\n"
    "Content-Length: 4\r\n\r\nbody";

TEST(SipMessage, HasItsFieldsInBothSpellingsAndItsBody) {
  const auto message = read_sip(kInvite);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->method, "INVITE");
  EXPECT_EQ(message->uri, "sip:100@127.0.0.1:5060");
  EXPECT_EQ(message->header("from"), "\"Anna\" <sip:84951234567@127.0.0.1>;tag=1");
  EXPECT_EQ(message->header("subject"), "two lines");
  EXPECT_EQ(message->sequence_method(), "INVITE");
  EXPECT_EQ(message->body, "body");
}

TEST(SipMessage, CutOffAnywhereBeforeItsBodyIsNone) {
  const std::size_t whole = kInvite.find("\r\n\r\n") + 4;
  for (std::size_t size = 0; size < whole; ++size)
    EXPECT_FALSE(read_sip(kInvite.substr(0, size))) << size;
}

TEST(SipMessage, WithoutWhatEveryMessageHasIsNone) {
  for (const std::string name : {"Via: ", "f: ", "To: ", "Call-ID: ", "CSeq: "}) {
    std::string text = kInvite;
    text.replace(text.find("\r\n" + name) + 2, 1, "X-");
    EXPECT_FALSE(read_sip(text)) << name;
  }
  for (const std::string start : {"INVITE\r\n", "INVITE sip:1@a\r\n", "INVITE sip:1@a HTTP/1.1\r\n",
                                  "SIP/2.0 99 Odd\r\n", "SIP/2.0 x OK\r\n", "\r\n"})
    EXPECT_FALSE(read_sip(start + kInvite.substr(kInvite.find("Via")))) << start;
}

TEST(SipMessage, WithMoreFieldsThanAnybodySendsIsNone) {
  std::string text = kInvite;
  std::string many;
  for (std::size_t i = 0; i < kMaxSipHeaders; ++i) many += "X: 1\r\n";
  EXPECT_FALSE(read_sip(text.insert(text.find("Via"), many)));
}

TEST(SipMessage, AUserIsANumberOrANameAndNothingThatCouldMeanMore) {
  EXPECT_EQ(sip_user("<sip:+74951234567@127.0.0.1>;tag=1"), "+74951234567");
  EXPECT_EQ(sip_user("sip:anonymous@anonymous.invalid"), "anonymous");
  for (const std::string bad :
       {"<sip:127.0.0.1>", "<tel:+7495>", "<sip:a\"b@c>", "<sip:a,b@c>", "<sip:@c>", ""})
    EXPECT_FALSE(sip_user(bad)) << bad;
  EXPECT_FALSE(sip_user("<sip:" + std::string(kMaxSipUser + 1, '1') + "@c>"));
}

TEST(SipMessage, AnAnswerRepeatsWhatTheRequestSaid) {
  const std::string text = sip_answer(*read_sip(kInvite), 200, "t9", "X: 1\r\n", "sdp");
  EXPECT_EQ(text,
            "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:5061;branch=z9hG4bK-1\r\n"
            "From: \"Anna\" <sip:84951234567@127.0.0.1>;tag=1\r\nTo: <sip:100@127.0.0.1>;tag=t9\r\n"
            "Call-ID: 1-2@127.0.0.1\r\nCSeq: 1 INVITE\r\nX: 1\r\nContent-Length: 3\r\n\r\nsdp");
}

}  // namespace
}  // namespace opora::testing
