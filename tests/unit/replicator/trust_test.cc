// Who gets in: enrolment, and a hub that refuses to run open.
#include <gtest/gtest.h>

#include "protocol/codec/link_codec.h"
#include "protocol/link/dealer.h"
#include "tests/unit/replicator/region.h"

namespace opora::sync::testing {
namespace {

constexpr int kLongMs = kPatienceMs;

class Enrolment : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(hub.start().ok());
    code.secret = random.id<EnrolSecret>();
    code.hub_key = hub.keys.public_key;
    hub.desk.issue(code.site, code.secret);
  }
  Result<protocol::Enrolled> redeem(const protocol::EnrolCode& with,
                                    const protocol::LinkKeyPair& keys, int timeout_ms = kLongMs) {
    return enrol(context, hub.replicator->enrol_endpoint(), with, keys, "node 1.0", timeout_ms);
  }

  SystemRandom random;
  Hub hub;
  protocol::LinkContext context;
  protocol::EnrolCode code{SiteNo{17}, {}, {}};
};

TEST_F(Enrolment, ACodeMakesASiteThatMayConnect) {
  Site site(17);
  const auto enrolled = redeem(code, site.keys);
  ASSERT_TRUE(enrolled.ok()) << enrolled.error().message;
  EXPECT_EQ(enrolled->site, SiteNo{17});
  EXPECT_EQ(enrolled->name, "Больница № 1");
  EXPECT_EQ(enrolled->zone, "Europe/Moscow");
  EXPECT_EQ(enrolled->desks, (std::vector<protocol::EnrolledDesk>{{DeskNo{1}, "Регистратура"}}));
  ASSERT_TRUE(site.start(hub.endpoint, code.hub_key).ok());
  EXPECT_TRUE(eventually([&] { return site.up(); }));
}

TEST_F(Enrolment, ACodeWorksOnceAndAgainForTheSameKeyOnly) {
  const auto keys = protocol::generate_link_keys();
  ASSERT_TRUE(redeem(code, keys).ok());
  EXPECT_TRUE(redeem(code, keys).ok());
  const auto second = redeem(code, protocol::generate_link_keys());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, Code::kDenied);
  EXPECT_EQ(second.error().path, "used");
}

TEST_F(Enrolment, AWrongSecretOrSiteIsRefused) {
  protocol::EnrolCode wrong = code;
  wrong.secret.b[0] ^= 1;
  const auto other_secret = redeem(wrong, protocol::generate_link_keys());
  ASSERT_FALSE(other_secret.ok());
  EXPECT_EQ(other_secret.error().path, "unknown_code");
  wrong = code;
  wrong.site = SiteNo{18};
  EXPECT_EQ(redeem(wrong, protocol::generate_link_keys()).error().path, "unknown_code");
}

TEST_F(Enrolment, AnotherHubThanTheCodeNamesIsNotBelieved) {
  protocol::EnrolCode other = code;
  other.hub_key = protocol::generate_link_keys().public_key;
  const auto result = redeem(other, protocol::generate_link_keys(), 500);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, Code::kUnavailable);
  EXPECT_EQ(hub.desk.asked, 0);
}

TEST_F(Enrolment, AKeyThatTheConnectionHasNotProvedIsRefused) {
  const auto keys = protocol::generate_link_keys();
  auto dealer = protocol::Dealer::open(context, {hub.replicator->enrol_endpoint(), code.hub_key,
                                                 keys, protocol::kMaxEnrolAnswerBytes});
  ASSERT_TRUE(dealer.ok());
  protocol::Enrol forged{protocol::kLinkVersion, code.site, code.secret,
                         protocol::generate_link_keys().public_key, ""};
  std::optional<Bytes> answer;
  ASSERT_TRUE(eventually(
      [&] { return (*dealer)->send(encode_enrol(forged)) == protocol::SendResult::kSent; }));
  ASSERT_TRUE(eventually([&] { return (answer = (*dealer)->receive()).has_value(); }));
  const auto message = protocol::decode_enrol(*answer);
  ASSERT_TRUE(message.ok());
  EXPECT_EQ(std::get<protocol::Refused>(*message).code, protocol::EnrolRefusal::kMalformed);
  EXPECT_EQ(hub.desk.asked, 0);
}

TEST_F(Enrolment, GuessingIsSlowedDown) {
  protocol::EnrolCode wrong = code;
  wrong.secret.b[0] ^= 1;
  const auto keys = protocol::generate_link_keys();
  auto dealer = protocol::Dealer::open(context, {hub.replicator->enrol_endpoint(), code.hub_key,
                                                 keys, protocol::kMaxEnrolAnswerBytes});
  ASSERT_TRUE(dealer.ok());
  const Bytes guess = encode_enrol(
      protocol::Enrol{protocol::kLinkVersion, wrong.site, wrong.secret, keys.public_key, ""});
  constexpr int kGuesses = 100;
  for (int i = 0; i < kGuesses; ++i) {
    ASSERT_TRUE(eventually([&] { return (*dealer)->send(guess) == protocol::SendResult::kSent; }));
  }
  int answers = 0;
  ASSERT_TRUE(eventually([&] { return ((*dealer)->receive() ? ++answers : answers) == kGuesses; }));
  // Five at once and five a second; 100 guesses on the loopback take far less than ten seconds.
  EXPECT_LT(hub.desk.asked, kGuesses / 2);
  EXPECT_GE(hub.desk.asked, kEnrolPerSecond);
}

TEST_F(Enrolment, ManySitesEnrolInOneGo) {
  std::vector<std::thread> nodes;
  std::atomic<int> enrolled{0};
  for (std::uint32_t no = 100; no < 130; ++no) {
    protocol::EnrolCode one{SiteNo{no}, random.id<EnrolSecret>(), code.hub_key};
    hub.desk.issue(one.site, one.secret);
    nodes.emplace_back(
        [&, one] { enrolled += redeem(one, protocol::generate_link_keys()).ok() ? 1 : 0; });
  }
  for (auto& node : nodes) node.join();
  EXPECT_EQ(enrolled, 30);
}

TEST_F(Enrolment, AnEndpointThatCannotBeOneIsRefusedAtOnce) {
  const auto result = enrol(context, "nowhere", code, protocol::generate_link_keys(), "", kLongMs);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, Code::kInvalid);
}

TEST(HubTrust, TheHubRefusesToRunBesideAnotherHandler) {
  Hub hub;
  protocol::ZapHandler lax(hub.context, [](std::string_view, const LinkKey&) { return true; });
  ASSERT_TRUE(lax.start().ok());
  const Status started = hub.start();
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().path, "zap");
  EXPECT_EQ(hub.replicator->link_endpoint(), "");
}

TEST(HubTrust, AnAddressThatIsTakenIsAnError) {
  Hub first;
  ASSERT_TRUE(first.start().ok());
  Hub second;
  const Status started = second.start(first.endpoint);
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().path, "endpoint");
}

TEST(HubTrust, ADirectoryThatKnowsEverybodyIsNoticedBeforeServing) {
  class Everybody final : public PeerDirectory {
    std::optional<SiteNo> site_of(const LinkKey&) const override { return SiteNo{1}; }
  };
  Hub hub;
  const Everybody everybody;
  HubReplicator open(hub.context, {"tcp://127.0.0.1:*", "tcp://127.0.0.1:*", hub.keys, "hub"},
                     {hub.streams, hub.streams, hub.witness, hub.clock, hub.random}, everybody,
                     hub.desk);
  const Status started = open.start();
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().path, "zap");
}

}  // namespace
}  // namespace opora::sync::testing
