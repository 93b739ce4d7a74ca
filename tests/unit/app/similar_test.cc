// GET tickets/similar at a site with more open tickets than it looks at: what each part finds, and
// where it stops looking, whatever the store holds.
#include <gtest/gtest.h>

#include "tests/unit/app/app_site.h"
#include "web/app/api.h"

namespace opora::app {
namespace {

class Similar : public ::testing::Test {
 protected:
  Similar() {
    site_.learn(
        testing::publishing({{"rare", "Услуги", "", "Редкое"}, {"often", "Услуги", "", "Частое"}}));
    site_.make_local(operator_of("anna"));
    who_ = site_.browser(operator_of("anna"));
  }

  void register_ticket(const std::string& topic, const std::string& phone) {
    auto contact = testing::contact_from(phone, "не работает");
    contact.topic = topic;
    contact.facility = AppSite::kSite;
    site_.run(testing::registering(std::move(contact)));
    site_.clock().advance(1'000);
  }
  void register_others(int count) {
    for (int i = 0; i < count; ++i)
      register_ticket("often", "8913" + std::to_string(1'000'000 + i));
  }

  // Of those that are shown, how many for this reason.
  int shown(const std::string& query, const std::string& why) {
    const Answer answer = site_.get(who_, "/api/v1/tickets/similar?" + query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    int count = 0;
    for (auto at = answer.body.find("\"" + why + "\""); at != std::string::npos;
         at = answer.body.find("\"" + why + "\"", at + 1)) {
      const auto reasons = answer.body.rfind("\"why\":[", at);
      if (reasons != std::string::npos && answer.body.find(']', reasons) > at) ++count;
    }
    return count;
  }

  AppSite site_;
  Browser who_;
};

constexpr const char* kRareHere = "topic=rare&facility=17";

TEST_F(Similar, LooksForTheTopicAmongTheNewestTwoThousandOpenTicketsAndNoFurther) {
  register_ticket("rare", "89120000001");
  register_others(1'999);
  EXPECT_EQ(shown(kRareHere, "topic"), 1) << "the last that is looked at";
  register_others(1);
  EXPECT_EQ(shown(kRareHere, "topic"), 0) << "one further";
}

TEST_F(Similar, LooksAtTheNewestFiftyTicketsOfANumberAndShowsEight) {
  for (int i = 0; i < 3; ++i) register_ticket("rare", "89120000002");
  for (int i = 0; i < 47; ++i) register_ticket("often", "89120000002");
  const std::string phone = "phone=89120000002";
  EXPECT_EQ(shown(phone, "phone"), 8);
  EXPECT_EQ(shown(phone + "&" + kRareHere, "topic"), 3) << "what is like in more ways comes first";
  register_others(1'998);  // the topic alone finds none of the three, the number all
  EXPECT_EQ(shown(phone + "&" + kRareHere, "topic"), 3);
  for (int i = 0; i < 2; ++i) register_ticket("often", "89120000002");
  EXPECT_EQ(shown(phone + "&" + kRareHere, "topic"), 1) << "two of them are behind fifty others";
}

}  // namespace
}  // namespace opora::app
