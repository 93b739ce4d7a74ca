// O7, click-to-call: what an agent hears while the person's telephone rings.
#include <gtest/gtest.h>

#include "node/telephony/ari/translator.h"

namespace opora::telephony::ari {
namespace {

using Targets = std::vector<std::string>;

class Outgoing : public ::testing::Test {
 protected:
  static Settings settings() {
    Settings out;
    out.trunk = "PJSIP/{number}@trunk";
    return out;
  }
  static Targets targets(const Requests& requests) {
    Targets out;
    for (const Request& each : requests)
      out.push_back(each.target.substr(0, each.target.find("?endpoint")));
    return out;
  }
  static Dial person(LegNo hears) {
    Dial out;
    out.call = CallNo{7};
    out.leg = kPerson;
    out.ring_ms = 30'000;
    out.hears = hears;
    return out;
  }

  std::uint64_t calls_ = 7;
  Translator translator_{settings(), [this] { return CallNo{++calls_}; }};
};

TEST_F(Outgoing, TheAgentHearsItRingUntilHeIsPutThrough) {
  translator_.set_number(CallNo{7}, "84951234567");
  EXPECT_EQ(targets(translator_.ask(person(LegNo{1}))),
            (Targets{"/ari/channels/opora-7-0",
                     "/ari/channels/opora-7-1/play/opora-d-7?media=tone%3Aring"}));
  const Targets joined = targets(translator_.ask(Join{CallNo{7}, LegNo{1}}));
  ASSERT_GE(joined.size(), 2U);
  EXPECT_EQ(joined[0], "/ari/playbacks/opora-d-7") << "before anybody is moved";
  EXPECT_TRUE(joined.back().starts_with("/ari/bridges/opora-t-7/addChannel")) << joined.back();
}

// The process that let it ring is gone: the one that puts him through ends the tone all the same.
TEST_F(Outgoing, ANodeThatWasRestartedEndsTheTone) {
  const Targets joined = targets(translator_.ask(Join{CallNo{7}, LegNo{1}}));
  ASSERT_GE(joined.size(), 2U);
  EXPECT_EQ(joined[0], "/ari/playbacks/opora-d-7");
}

TEST_F(Outgoing, ThatToneIsNoPromptOfTheQueue) {
  Message over;
  over.kind = Kind::kPlaybackFinished;
  over.playback = "opora-d-7";
  EXPECT_TRUE(translator_.hear(over).events.empty());
}

TEST_F(Outgoing, WithWhomCameInThereIsNone) {
  Message came;
  came.kind = Kind::kStasisStart;
  came.channel.id = "CH1";
  came.channel.name = "PJSIP/trunk-0000001d";
  came.args = {"in", "100"};
  const auto heard = translator_.hear(came);
  const CallNo call = std::get<Arrived>(heard.events.at(0)).call;
  for (const std::string& each : targets(translator_.ask(Join{call, LegNo{1}})))
    EXPECT_EQ(each.find("playbacks"), std::string::npos) << each;
}

}  // namespace
}  // namespace opora::telephony::ari
