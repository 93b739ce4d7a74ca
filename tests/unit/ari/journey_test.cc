// T23, N2: what a call that goes over to another site takes along, and whose word for it is taken.
#include <gtest/gtest.h>

#include "node/telephony/ari/translator.h"

namespace opora::telephony::ari {
namespace {

constexpr const char* kId = "a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7";

class Over : public ::testing::Test {
 protected:
  static Settings settings() {
    Settings out;
    out.region = "PJSIP/122@region";
    out.site = SiteNo{17};
    out.sites = {{"PJSIP/clinic-17", SiteNo{17}},
                 {"PJSIP/district", SiteNo{21}},
                 {"PJSIP/district", SiteNo{22}}};
    out.skills = {{"11112222", Skills{1}}, {"aaaabbbb", Skills{4}}};
    out.promise_media = "sound:opora/promise";
    return out;
  }
  Message came(const std::string& trunk, std::vector<std::string> args) {
    Message out;
    out.kind = Kind::kStasisStart;
    out.channel.id = "CH" + std::to_string(++came_);
    out.channel.name = trunk + "-0000001d";
    out.channel.state = "Ring";
    out.channel.caller = "84951234567";
    out.channel.exten = "s";
    out.args = std::move(args);
    return out;
  }
  Arrived arrived(const Message& message) {
    const auto heard = translator_.hear(message);
    EXPECT_EQ(heard.events.size(), 1U);
    return std::get<Arrived>(heard.events.at(0));
  }
  SiteNo from(const std::string& trunk, std::vector<std::string> args) {
    const Arrived call = arrived(came(trunk, std::move(args)));
    EXPECT_EQ(call.journey.id.is_zero(), call.journey.from.v == 0);
    EXPECT_EQ(call.line, "122") << "he is a caller, whatever he says of himself";
    return call.journey.from;
  }

  std::uint64_t calls_ = 0;
  int came_ = 0;
  Translator translator_{settings(), [this] { return CallNo{++calls_}; }};
};

// As recorded: variables of the new channel, set before it is called (sequence 08).
TEST_F(Over, ToTheRegionTakesTheJourneyTheSiteAndTheTimeInHeaders) {
  Dial dial;
  dial.call = CallNo{7};
  dial.leg = LegNo{2};
  dial.role = LegRole::kRegion;
  dial.to_region = true;
  dial.ring_ms = 30'000;
  dial.journey = {*protocol::JourneyId::from_hex(kId), {}, 83'000};
  const Requests requests = translator_.ask(dial);
  ASSERT_EQ(requests.size(), 1U);
  const auto header = [](const std::string& name, const std::string& value) {
    return ",\"PJSIP_HEADER(add,X-Opora-" + name + ")\":\"" + value + "\"";
  };
  const std::string call = R"({"variables":{"ACD_CALL_ID":"7")";
  const std::string journey =
      header("Journey", kId) + header("Site", "17") + header("Waited", "83000");
  EXPECT_EQ(requests[0].body, call + header("Told", "0") + journey + "}}");
  dial.told = Told::kYes;
  EXPECT_EQ(translator_.ask(dial).at(0).body, call + header("Told", "1") + journey + "}}");
  // A2b, A3: the usual and nothing asked for are not said.
  dial.priority = Priority{9};
  dial.skills = Skills{5};
  const std::string wants = header("Priority", "9") + header("Skills", "11112222.aaaabbbb");
  EXPECT_EQ(translator_.ask(dial).at(0).body, call + header("Told", "1") + journey + wants + "}}");
  // An agent asks for him: no journey.
  dial.journey = {};
  EXPECT_EQ(translator_.ask(dial).at(0).body, call + header("Told", "1") + "}}");
  dial.to_region = false;
  EXPECT_EQ(translator_.ask(dial).at(0).body, call + "}}");
}

TEST_F(Over, WhetherHeKnowsThatHeIsRecordedIsTheOtherSitesWord) {
  const auto told = [&](const std::string& trunk, std::vector<std::string> args) {
    args.insert(args.begin(), {"in", "122"});
    return arrived(came(trunk, std::move(args))).told;
  };
  EXPECT_EQ(told("PJSIP/clinic-17", {kId, "17", "5", "1"}), Told::kYes);
  EXPECT_EQ(told("PJSIP/clinic-17", {kId, "17", "5", "0"}), Told::kNo);
  EXPECT_EQ(told("PJSIP/clinic-17", {kId, "17", "5"}), Told::kNo) << "a node that says nothing";
  EXPECT_EQ(told("PJSIP/clinic-17", {"", "", "", "0"}), Told::kNo) << "its agent asks for him";
  EXPECT_EQ(told("PJSIP/clinic-17", {"", "", "", "1"}), Told::kYes);
  EXPECT_EQ(told("PJSIP/clinic-17", {"", "", "", ""}), Told::kByLine) << "who came by himself";
  EXPECT_EQ(told("PJSIP/trunk", {kId, "17", "5", "1"}), Told::kByLine) << "a stranger's word";
}

TEST_F(Over, ANoticeThatCouldNotBePlayedWasNotHeard) {
  static_cast<void>(arrived(came("PJSIP/trunk", {"in", "122"})));
  Message over;
  over.kind = Kind::kPlaybackFinished;
  over.playback = "opora-p-1";
  const auto heard = [&](const char* state) {
    over.playback_state = state;
    return std::get<Played>(translator_.hear(over).events.at(0)).prompt;
  };
  EXPECT_EQ(heard("done"), Prompt::kHeard);
  EXPECT_EQ(heard("failed"), Prompt::kFailed);
}

TEST_F(Over, FromASiteOfThePlanIsWhatItsHeadersSay) {
  const Arrived call = arrived(came("PJSIP/clinic-17", {"in", "122", kId, "17", "83000"}));
  EXPECT_EQ(call.line, "122");
  EXPECT_EQ(call.journey.id.hex(), kId);
  EXPECT_EQ(call.journey.from, SiteNo{17});
  EXPECT_EQ(call.journey.waited_ms, 83'000);
  EXPECT_EQ(from("PJSIP/district", {"in", "122", kId, "22"}), SiteNo{22});
}

// A2b, T23: he is no less urgent there, and the specialist whom he needs is looked for there too.
TEST_F(Over, HowUrgentHeIsAndWhatHeAsksForGoAlong) {
  const auto wants = [&](const std::string& trunk, const std::string& priority,
                         const std::string& skills) {
    const Arrived call = arrived(came(trunk, {"in", "122", kId, "17", "5", "1", priority, skills}));
    return std::pair(call.priority, call.skills);
  };
  using Wants = std::pair<Priority, Skills>;
  EXPECT_EQ(wants("PJSIP/clinic-17", "9", "11112222.aaaabbbb"), Wants(Priority{9}, Skills{5}));
  EXPECT_EQ(wants("PJSIP/clinic-17", "2", ""), Wants(Priority{2}, Skills{}));
  EXPECT_EQ(wants("PJSIP/clinic-17", "", "aaaabbbb"), Wants(Priority{}, Skills{4}));
  EXPECT_EQ(wants("PJSIP/clinic-17", "10", "ffffffff..11112222"), Wants(Priority{}, Skills{1}))
      << "no such urgency, and a skill that nobody has here";
  EXPECT_EQ(wants("PJSIP/trunk", "9", "11112222"), Wants()) << "a stranger's word";
  EXPECT_EQ(wants("PJSIP/clinic-1", "9", "11112222"), Wants()) << "a like name";
}

TEST(Skill, OfTheSameNameHasTheSameCodeAtEachSite) {
  EXPECT_EQ(skill_code("covid"), skill_code("covid"));
  EXPECT_NE(skill_code("covid"), skill_code("травма"));
  EXPECT_EQ(skill_code("травма").size(), 8U);
  EXPECT_EQ(skill_code("травма").find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST_F(Over, FromAnybodyElseTheyAreNotListenedTo) {
  EXPECT_EQ(from("PJSIP/trunk", {"in", "122", kId, "17", "83000"}), SiteNo{}) << "not its trunk";
  EXPECT_EQ(from("PJSIP/clinic-17", {"in", "122", kId, "21", "1"}), SiteNo{}) << "another's name";
  EXPECT_EQ(from("PJSIP/clinic-1", {"in", "122", kId, "17", "1"}), SiteNo{}) << "a like name";
}

TEST_F(Over, GarbageIsNoJourney) {
  const std::string id = kId;
  for (const std::string& wrong :
       {id.substr(1), id + "0", std::string(32, '0'), std::string(32, 'g'), std::string(),
        std::string(4'000, 'a'), std::string("a7a7a7a7-a7a7-a7a7-a7a7-a7a7a7a7a7")})
    EXPECT_EQ(from("PJSIP/clinic-17", {"in", "122", wrong, "17", "1"}), SiteNo{}) << wrong;
  for (const std::string wrong : {"", "x", "17x", "-17", "0", "99999999999999999999"})
    EXPECT_EQ(from("PJSIP/clinic-17", {"in", "122", kId, wrong, "1"}), SiteNo{}) << wrong;
  EXPECT_EQ(from("PJSIP/clinic-17", {"in", "122", "", "", ""}), SiteNo{}) << "without headers";
}

TEST_F(Over, ATimeThatCannotBeIsNone) {
  const auto waited = [&](const std::string& said) {
    return arrived(came("PJSIP/clinic-17", {"in", "122", kId, "17", said})).journey.waited_ms;
  };
  for (const std::string wrong : {"", "-5", "1e9", "99999999999999999999"})
    EXPECT_EQ(waited(wrong), 0) << wrong;
  EXPECT_EQ(waited("4000000000"), protocol::kMaxJourneyWaitMs);
}

TEST_F(Over, WhoCameWhileNobodyListenedHasHisJourneyToo) {
  Channel channel = came("PJSIP/clinic-17", {}).channel;
  channel.dialplan = std::string("Stasis(opora,in,122,") + kId + ",17,5000)";
  const auto heard = translator_.reconcile({channel});
  ASSERT_EQ(heard.events.size(), 2U);
  const auto& call = std::get<Arrived>(heard.events[1]);
  EXPECT_EQ(call.line, "122");
  EXPECT_EQ(call.journey.from, SiteNo{17});
  EXPECT_EQ(call.journey.waited_ms, 5'000);
}

TEST_F(Over, ItRingsThereAndIsRefusedAsNotTaken) {
  static_cast<void>(arrived(came("PJSIP/clinic-17", {"in", "122", kId, "17"})));
  EXPECT_EQ(translator_.ask(Ring{CallNo{1}}).at(0).target, "/ari/channels/CH1/ring");
  EXPECT_EQ(translator_.ask(HangUpLeg{CallNo{1}, kPerson, HangUpWhy::kNotTaken}).at(0).target,
            "/ari/channels/CH1?reason=no_answer");
  EXPECT_EQ(translator_.ask(PlayPromise{CallNo{1}}).at(0).target,
            "/ari/channels/CH1/play/opora-p-1?media=sound%3Aopora%2Fpromise");
}

TEST_F(Over, NoFreeTrunkIsToldFromARegionThatDoesNotAnswer) {
  const auto ended = [&](std::int64_t cause, const char* state = "Down") {
    Message gone;
    gone.kind = Kind::kDestroyed;
    gone.channel.id = "opora-7-2";
    gone.channel.state = state;
    gone.cause = cause;
    return std::get<LegEnded>(translator_.hear(gone).events.at(0)).why;
  };
  for (const std::int64_t cause : {3, 18, 27, 34, 38, 41, 42, 44, 102}) {
    EXPECT_EQ(ended(cause), LegEnd::kUnreachable) << cause;
    EXPECT_EQ(ended(cause, "Up"), LegEnd::kFault) << cause << ": it broke in a talk";
  }
  EXPECT_EQ(ended(17), LegEnd::kBusy);
  EXPECT_EQ(ended(19), LegEnd::kNoAnswer);
}

}  // namespace
}  // namespace opora::telephony::ari
