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
    PhoneCheck check({{"127.0.0.1", pbx_.port(), "opora", "secret"},
                      "opora",
                      fallback_context,
                      {"sound:opora/closed", "sound:opora/notice"}},
                     "run");
    return check.run([&](const Checked& each) {
      said_[each.name] = (each.good ? "" : "FAIL: ") + each.said;
      names_.push_back(each.name);
    });
  }

  // As the example's dialplan has them.
  void has_the_context() {
    pbx_.has_somebody_at("Local/answers@opora-check");
    pbx_.ends_at("Local/busy@opora-check", 17);
    pbx_.ends_at("Local/silent@opora-check", 19);
  }
  // One scenario that fails, and the others do not.
  void only(const std::string& failing, const std::string& why) {
    EXPECT_FALSE(runs());
    for (const auto& [name, said] : said_)
      EXPECT_EQ(said.starts_with("FAIL"), name == failing) << name << ": " << said;
    EXPECT_EQ(said_[failing], "FAIL: " + why);
    EXPECT_EQ(pbx_.channels(), 0U);
    EXPECT_EQ(pbx_.bridges(), 0U);
    EXPECT_TRUE(pbx_.recordings().empty());
  }

  AriSimulator pbx_;
  std::map<std::string, std::string> said_;
  std::vector<std::string> names_;
};

TEST_F(PhoneCheckTest, AllIsGoodWithAnAsteriskThatDoesWhatItShouldAndNothingIsLeft) {
  has_the_context();
  EXPECT_TRUE(runs());
  EXPECT_EQ(names_.size(), 19U);
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
  EXPECT_EQ(said_["leave nothing behind"], "its channels, bridges and its recording are gone");
}

// R5: after a restart he would be taken for a new caller.
TEST_F(PhoneCheckTest, AChannelThatDoesNotSayWhichCallItIsIsFound) {
  has_the_context();
  pbx_.forgets_variables();
  only("remember the call at its channel",
       "the list of channels does not say it: channelvars of ari.conf has to have ACD_CALL_ID");
}

// O6.
TEST_F(PhoneCheckTest, ABridgeThatIsNotRecordedIsFound) {
  has_the_context();
  pbx_.breaks_recordings();
  only("record, and fetch the file",
       "the recording failed: may Asterisk write its folder of recordings?");
}

TEST_F(PhoneCheckTest, ARecordingThatCannotBeFetchedIsFound) {
  has_the_context();
  pbx_.cannot("/file");
  only("record, and fetch the file",
       "/ari/recordings/stored/opora-check-run-r/file: 500 instead of 200");
}

// N3.
TEST_F(PhoneCheckTest, ACallThatCannotBeListenedInOnIsFound) {
  has_the_context();
  pbx_.cannot("/snoop/");
  only("listen in", "/ari/channels/opora-check-run-2/snoop/opora-check-run-s: 500 instead of 200");
}

// O4.
TEST_F(PhoneCheckTest, AConsultationThatIsNoneIsFound) {
  has_the_context();
  pbx_.cannot("/opora-check-run-c/addChannel");
  only("consult a third, and pass on",
       "/ari/bridges/opora-check-run-c/addChannel: 500 instead of 204");
}

TEST_F(PhoneCheckTest, ATelephoneThatDoesNotSayWhyIsFound) {
  has_the_context();
  pbx_.ends_at("Local/busy@opora-check", 16);
  only("busy, no answer, not there", "busy is told with cause 16 instead of 17");
}

TEST_F(PhoneCheckTest, WhoDoesNotAnswerAndIsToldAsBusyIsFound) {
  has_the_context();
  pbx_.ends_at("Local/silent@opora-check", 17);
  only("busy, no answer, not there", "silent is told with cause 17 instead of 19");
}

TEST_F(PhoneCheckTest, ATelephoneThatIsNotThereAndRingsIsFound) {
  has_the_context();
  pbx_.registers("PJSIP/opora-check-nobody");
  only("busy, no answer, not there", "a telephone that is not there is dialled all the same");
}

TEST_F(PhoneCheckTest, SoundsThatAreNotThereAreNamed) {
  has_the_context();
  pbx_.has_no_sound("sound:opora/notice");
  only("the site's sounds", "cannot be played: sound:opora/notice");
}

TEST_F(PhoneCheckTest, WordsOfThePbxThatAreNotThereAreNamed) {
  has_the_context();
  pbx_.has_no_sound("sound:queue-holdtime");
  only("the PBX's own words and tones", "cannot be played: sound:queue-holdtime");
}

TEST_F(PhoneCheckTest, ADialplanWithoutTheFallBackIsFound) {
  has_the_context();
  EXPECT_FALSE(runs("nowhere"));
  EXPECT_EQ(said_["fall-back of the dialplan"], "FAIL: the dialplan has no nowhere,s,1");
  EXPECT_EQ(pbx_.channels(), 0U);
}

TEST_F(PhoneCheckTest, NobodyAtTheAddressIsTold) {
  const std::uint16_t nobody = 1;
  PhoneCheck check({{"127.0.0.1", nobody, "opora", "secret"}, "opora", "opora-fallback", {}},
                   "run");
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
  for (const char* line : {"exten => answers,1,Answer()", "SendDTMF(5)", "exten => stays,1,",
                           "exten => busy,1,Hangup(17)", "exten => silent,1,Ringing()"})
    EXPECT_NE(text.str().find(line, context), std::string::npos) << line;
}

}  // namespace
}  // namespace opora::testing
