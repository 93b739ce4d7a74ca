// Who is watched, as people write it: the example is good, each mistake is told with its place.
#include "node/telephony/ami/settings_file.h"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace opora::telephony::ami {
namespace {

using protocol::BreakReason;

std::string example() {
  const std::ifstream in(std::string(OPORA_EXAMPLES) + "/asterisk/monitor.json");
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}
std::string wrong(const std::string& json) {
  const auto settings = read_settings(json);
  return settings.ok() ? "good" : settings.error().path;
}
std::string with(const std::string& more) {
  return R"({"host":"127.0.0.1","user":"opora","queues":[{"queue":"desk","desk":1}])" + more + "}";
}

TEST(AmiSettings, TheExampleIsGood) {
  const auto settings = read_settings(example());
  ASSERT_TRUE(settings.ok()) << settings.error().path << ": " << settings.error().message;
  EXPECT_EQ(settings->remote.port, 5'038);
  EXPECT_EQ(settings->queue("desk")->desk, DeskNo{1});
  EXPECT_EQ(settings->queue("none"), nullptr);
  EXPECT_EQ(settings->agent_at("PJSIP/201"), "201");
  EXPECT_EQ(settings->agent_at("Local/300@doctors"), "300");
  EXPECT_EQ(settings->breaks.at("lunch"), BreakReason::kRest);
}

TEST(AmiSettings, AnInterfaceOfNobodyIsNobodys) {
  const auto settings = read_settings(with(R"(,"member":"Local/{agent}@agents/n")"));
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->agent_at("Local/201@agents/n"), "201");
  for (const char* other : {"", "PJSIP/201", "Local/@agents/n", "Local/201@agents", "Local/"})
    EXPECT_EQ(settings->agent_at(other), "") << other;
  EXPECT_EQ(settings->agent_at("Local/" + std::string(65, '1') + "@agents/n"), "");
}

TEST(AmiSettings, EachMistakeIsToldWithItsPlace) {
  EXPECT_EQ(wrong(with("")), "good");
  EXPECT_EQ(wrong("[]"), "");
  EXPECT_EQ(wrong(R"({"host":"127.0.0.1","user":"u"})"), "queues");
  EXPECT_EQ(wrong(R"({"host":"127.0.0.1","user":"u","queues":[]})"), "queues");
  EXPECT_EQ(wrong(R"({"host":"10.1.1.1","user":"u","queues":[{"queue":"a","desk":1}]})"), "host");
  EXPECT_EQ(wrong(R"({"host":"127.0.0.1","user":"u","queues":[{"queue":"a","desk":100}]})"),
            "queues[0].desk");
  EXPECT_EQ(wrong(with(R"(,"trunk":"x")")), "trunk");
  EXPECT_EQ(wrong(with(R"(,"member":"PJSIP/201")")), "member");
  EXPECT_EQ(wrong(with(R"(,"breaks":[{"reason":"lunch","means":"sleep"}])")), "breaks[0].means");
  EXPECT_EQ(
      wrong(with(R"(,"members":[{"agent":"1","member":"SIP/1"},{"agent":"2","member":"SIP/1"}])")),
      "members[1].member");
  EXPECT_EQ(read_settings(std::string(kMaxSettingsBytes + 1, ' ')).error().code, Code::kTooLarge);
}

}  // namespace
}  // namespace opora::telephony::ami
