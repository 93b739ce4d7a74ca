// How the Asterisk is reached, as people write it: the example fits the sample's plan, and each
// mistake is told with the place where it stands.
#include "node/telephony/ari/settings_file.h"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "node/telephony/ari/greetings.h"
#include "node/telephony/plan_file.h"

namespace opora::telephony::ari {
namespace {

std::string file(const std::string& name) {
  const std::ifstream in(name);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}
std::string example() { return file(std::string(OPORA_EXAMPLES) + "/asterisk/opora.json"); }
SitePlan plan() {
  return read_plan(file(std::string(OPORA_SAMPLE) + "/hospital_calls.json"),
                   [](TimeMs) { return std::int16_t{180}; }, {})
      .value();
}
constexpr SiteNo kOwn{7};
Result<PbxSettings> changed(const std::string& from, const std::string& to) {
  std::string json = example();
  json.replace(json.find(from), from.size(), to);
  return read_settings(json, plan(), kOwn);
}
std::string wrong(const std::string& from, const std::string& to) {
  const auto settings = changed(from, to);
  return settings.ok() ? "nothing" : settings.error().path;
}

TEST(AriSettings, OfTheExampleReachEveryAgentAndMenuOfTheSample) {
  const auto settings = read_settings(example(), plan(), kOwn);
  ASSERT_TRUE(settings.ok()) << settings.error().path << ": " << settings.error().message;
  EXPECT_EQ(settings->remote.port, 8'088);
  EXPECT_EQ(settings->settings.endpoints.size(), plan().calls.agents.size());
  EXPECT_EQ(settings->settings.endpoints.at(AgentNo{103}), "PJSIP/103");
  EXPECT_EQ(settings->settings.menus.at(MenuNo{2}), "sound:opora/typical");
  EXPECT_EQ(settings->settings.app, "opora");
}

TEST(AriSettings, AnAgentMayBeReachedInAnotherWay) {
  const auto settings = changed(
      R"("trunk")", R"("endpoints": [{"agent": "103", "endpoint": "Local/7103@old"}], "trunk")");
  ASSERT_TRUE(settings.ok()) << settings.error().path;
  EXPECT_EQ(settings->settings.endpoints.at(AgentNo{103}), "Local/7103@old");
  EXPECT_EQ(settings->settings.endpoints.at(AgentNo{100}), "PJSIP/100");
}

TEST(AriSettings, AreNotSentInTheClearOverANetworkThatNobodyVouchesFor) {
  EXPECT_EQ(wrong("127.0.0.1", "10.0.0.5"), "host");
  EXPECT_TRUE(
      changed(R"("host": "127.0.0.1")", R"("host": "10.0.0.5", "trusted_network": true)").ok());
  EXPECT_EQ(wrong("127.0.0.1", ""), "host");
}

TEST(AriSettings, ThatAreWrongAreToldWithTheirPlace) {
  EXPECT_EQ(wrong("8088", "0"), "port");
  EXPECT_EQ(wrong("8088", "65536"), "port");
  EXPECT_EQ(wrong(R"("user": "opora",)", ""), "user");
  EXPECT_EQ(wrong("PJSIP/{agent}", "PJSIP/100"), "endpoint");
  EXPECT_EQ(wrong("PJSIP/{agent}", "{agent}"), "endpoint");
  EXPECT_EQ(wrong("PJSIP/{number}@trunk", "PJSIP/trunk"), "trunk");
  EXPECT_EQ(wrong(R"("region": "PJSIP/122@region",)", ""), "region");
  EXPECT_EQ(wrong(R"("endpoint": "PJSIP/{agent}",)", ""), "endpoints");
  EXPECT_EQ(wrong(R"("trunk")", R"("endpoints": [{"agent": "999", "endpoint": "a/b"}], "trunk")"),
            "endpoints[0].agent");
  EXPECT_EQ(wrong(R"("trunk")", R"("endpoints": [{"agent": "100"}], "trunk")"),
            "endpoints[0].endpoint");
  EXPECT_EQ(wrong("sound:opora/closed\"", "opora/closed\""), "sounds.closed");
  EXPECT_EQ(wrong("\"no\": 2", "\"no\": 9"), "sounds.menus[1].no");
  EXPECT_EQ(wrong(R"({"no": 1, "media": "sound:opora/clinics"},)", ""), "sounds.menus");
  EXPECT_EQ(wrong(R"("site": 2,)", R"("site": 10000,)"), "sites[0].site");
  EXPECT_EQ(wrong("PJSIP/site-2", "site-2"), "sites[0].trunk");
  EXPECT_EQ(wrong(R"("site": 2,)", R"("site": 7,)"), "sites[0].site") << "ourselves";
  EXPECT_EQ(wrong("PJSIP/site-2", "PJSIP/103"), "sites[0].trunk") << "an agent's telephone";
  EXPECT_EQ(wrong(",\n    \"promise\": \"sound:opora/we-call-back\"", ""), "sounds.promise");
  EXPECT_EQ(wrong("\"user\"", "\"password\": \"x\", \"user\""), "password");
}

TEST(AriSettings, ThatAreNoJsonOrTooMuchAreRefused) {
  EXPECT_FALSE(read_settings("{", plan(), kOwn).ok());
  EXPECT_EQ(read_settings(std::string(kMaxSettingsBytes + 1, ' '), plan(), kOwn).error().code,
            Code::kTooLarge);
}

TEST(AriSettings, WhoOnlyHandsCallersOverReadsAsMuchOfThem) {
  const auto access = read_access(example());
  ASSERT_TRUE(access.ok()) << access.error().path;
  EXPECT_EQ(access->remote.host, "127.0.0.1");
  EXPECT_EQ(access->remote.port, 8'088);
  EXPECT_EQ(access->app, Settings{}.app);
  EXPECT_EQ(access->fallback_context, Settings{}.fallback_context);
  EXPECT_EQ(read_access(R"({"host":"10.0.0.1","user":"opora"})").error().path, "host");
  EXPECT_EQ(read_access(R"({"host":"127.0.0.1"})").error().path, "user");
  EXPECT_EQ(read_access("[]").error().code, Code::kInvalid);
  EXPECT_EQ(read_access(std::string(kMaxSettingsBytes + 1, ' ')).error().code, Code::kTooLarge);
}

// Where the node and its guard send callers, the dialplan has a queue.
TEST(AriSettings, TheExampledDialplanHasTheApplicationAndTheFallBack) {
  const std::string dialplan = file(std::string(OPORA_EXAMPLES) + "/asterisk/extensions.conf");
  const Settings usual;
  EXPECT_NE(dialplan.find("Stasis(" + usual.app + ",in,${EXTEN})"), std::string::npos);
  const auto context = dialplan.find("[" + usual.fallback_context + "]");
  ASSERT_NE(context, std::string::npos);
  EXPECT_NE(dialplan.find("exten => s,1,", context), std::string::npos);
  EXPECT_NE(dialplan.find("Queue(", context), std::string::npos);
  EXPECT_NE(dialplan.find("Goto(" + usual.fallback_context + ",s,1)"), std::string::npos);
}

// O8, T4: what a machine speaks where nobody has recorded it.
std::string with_texts(const std::string& texts) {
  return R"({"host": "127.0.0.1", "sounds": {"texts": [)" + texts + "]}}";
}
std::string wrong_text(const std::string& texts) {
  const auto found = read_greetings(with_texts(texts));
  return found.ok() ? "nothing" : found.error().path;
}

TEST(AriSettings, SayWhatIsSpokenWhereNobodyRecordedIt) {
  const auto example_texts = read_greetings(example());
  ASSERT_TRUE(example_texts.ok()) << example_texts.error().path;
  EXPECT_EQ(example_texts->front().path, "opora/clinics");
  EXPECT_NE(example_texts->front().text.find("детская поликлиника"), std::string::npos);
  EXPECT_EQ(read_greetings(with_texts(R"({"media": "sound:a-1/b_2", "text": "Да"})"))->front().path,
            "a-1/b_2");
}

TEST(AriSettings, RefuseASpokenTextThatWouldLandElsewhereOrSayNothing) {
  for (const char* media : {"sound:../x", "sound:/x", "sound:a//b", "sound:a/", "sound:", "sound:A",
                            "sound:a.b", "recording:a", "sound:ж"}) {
    EXPECT_EQ(wrong_text(std::string(R"({"media": ")") + media + R"(", "text": "Да"})"),
              "sounds.texts[0].media")
        << media;
  }
  const std::string good = R"({"media": "sound:a", "text": "Да"})";
  EXPECT_EQ(wrong_text(good), "nothing");
  EXPECT_EQ(wrong_text(good + "," + good), "sounds.texts[1].media");
  EXPECT_EQ(wrong_text(R"({"media": "sound:a", "text": ""})"), "sounds.texts[0].text");
  EXPECT_EQ(wrong_text(R"({"media": "sound:a", "text": ")" + std::string(2'001, 'a') + "\"}"),
            "sounds.texts[0].text");
  EXPECT_EQ(wrong_text(""), "sounds.texts");
  EXPECT_EQ(wrong(R"("media": "sound:opora/notice")", R"("media": "x")"), "sounds.texts[6].media")
      << "a node that starts says so too";
}

}  // namespace
}  // namespace opora::telephony::ari
