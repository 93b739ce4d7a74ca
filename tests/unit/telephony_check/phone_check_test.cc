// A3, O4: the list of scenarios against a simulated Asterisk: all good where it does what it
// should, and a scenario that fails says why.
#include "node/telephony/check/phone_check.h"

#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/support/ari_simulator.h"

namespace opora::testing {
namespace {

using telephony::Checked;
using telephony::PhoneCheck;

class PhoneCheckTest : public ::testing::Test {
 protected:
  bool runs(const std::string& fallback_context = "opora-fallback") {
    PhoneCheck check({{"127.0.0.1", pbx_.port(), "opora", "secret"}, "opora", fallback_context},
                     "run");
    return check.run([&](const Checked& each) {
      said_[each.name] = (each.good ? "" : "FAIL: ") + each.said;
      names_.push_back(each.name);
    });
  }

  AriSimulator pbx_;
  std::map<std::string, std::string> said_;
  std::vector<std::string> names_;
};

TEST_F(PhoneCheckTest, AllIsGoodWithAnAsteriskThatDoesWhatItShouldAndNothingIsLeft) {
  pbx_.has_somebody_at("Local/answers@opora-check");
  EXPECT_TRUE(runs());
  EXPECT_EQ(names_.size(), 12U);
  for (const auto& [name, said] : said_) EXPECT_FALSE(said.starts_with("FAIL")) << name << said;
  EXPECT_EQ(said_["connect, version"], "Asterisk 22.10.1");
  EXPECT_EQ(said_["hear digits"], "pressed: 5");
  EXPECT_EQ(pbx_.channels(), 0U);
  EXPECT_EQ(pbx_.bridges(), 0U);
}

TEST_F(PhoneCheckTest, WithoutTheContextOfTheExampleTheRestIsNotTried) {
  EXPECT_FALSE(runs());
  EXPECT_EQ(said_["heartbeat by echo"].find("FAIL"), std::string::npos);
  EXPECT_TRUE(said_["dial with an id of ours"].starts_with("FAIL: /ari/channels/"));
  EXPECT_EQ(said_["bridge two"], "FAIL: not tried");
  EXPECT_EQ(said_["leave nothing behind"], "its channels and bridges are gone");
}

TEST_F(PhoneCheckTest, ADialplanWithoutTheFallBackIsFound) {
  pbx_.has_somebody_at("Local/answers@opora-check");
  EXPECT_FALSE(runs("nowhere"));
  EXPECT_EQ(said_["fall-back of the dialplan"], "FAIL: the dialplan has no nowhere,s,1");
  EXPECT_EQ(pbx_.channels(), 0U);
}

TEST_F(PhoneCheckTest, NobodyAtTheAddressIsTold) {
  const std::uint16_t nobody = 1;
  PhoneCheck check({{"127.0.0.1", nobody, "opora", "secret"}, "opora", "opora-fallback"}, "run");
  bool first = true;
  EXPECT_FALSE(check.run([&](const Checked& each) {
    EXPECT_TRUE(each.said.starts_with(first ? "no answer" : "")) << each.said;
    first = false;
    EXPECT_FALSE(each.good);
  }));
}

TEST(PhoneCheckDialplan, TheExampleHasWhomTheCheckDials) {
  const std::ifstream in(std::string(OPORA_EXAMPLES) + "/asterisk/extensions.conf");
  std::ostringstream text;
  text << in.rdbuf();
  const auto context = text.str().find("[opora-check]");
  ASSERT_NE(context, std::string::npos);
  for (const char* line : {"exten => answers,1,Answer()", "SendDTMF(5)", "exten => stays,1,"})
    EXPECT_NE(text.str().find(line, context), std::string::npos) << line;
}

}  // namespace
}  // namespace opora::testing
