#include "web/app/people.h"

#include <gtest/gtest.h>

#include "tests/unit/app/app_site.h"

namespace opora::app {
namespace {

constexpr SiteNo kElsewhere{18};

class PeopleTest : public ::testing::Test {
 protected:
  People people() {
    rows_ = site_.context().store.snapshot();
    return People(*rows_);
  }
  // The telephone system's name of a user of the region.
  void give_agent(const AggregateId& user, const std::string& agent) {
    auto changed = site_.unchanged(user);
    changed.facts.agent = agent;
    site_.change_regional(user, changed);
  }

  AppSite site_;
  std::unique_ptr<sync::Reader> rows_;
};

TEST_F(PeopleTest, NamesAUserByIdAndNobodyForWhoIsNotKnown) {
  const AggregateId id = site_.make_local(operator_of("ivanova"));
  People known = people();
  EXPECT_EQ(known.by_id(id).login, "ivanova");
  EXPECT_EQ(known.by_id(id).name, "Имя ivanova");
  EXPECT_EQ(known.by_id(AggregateId{}).login, "");
  EXPECT_EQ(known.by_id(protocol::rubricator_id()).name, "");
}

TEST_F(PeopleTest, NamesALoginWhereItsUserWorksOnly) {
  site_.make_regional(operator_of("petrova"));
  People known = people();
  EXPECT_EQ(known.by_login("petrova", AppSite::kSite), "Имя petrova");
  EXPECT_EQ(known.by_login("petrova", kElsewhere), "");
  EXPECT_EQ(known.by_login("nobody", AppSite::kSite), "");
  EXPECT_EQ(known.by_login("", AppSite::kSite), "");
}

TEST_F(PeopleTest, TakesTheLocalOneOfTwoWithOneLogin) {
  site_.make_regional(operator_of("twice"));
  const AggregateId local = site_.make_local(operator_of("twice"));
  rows_ = site_.context().store.snapshot();
  EXPECT_EQ(user_by_login(*rows_, "twice", AppSite::kSite).id, local);
}

TEST_F(PeopleTest, NamesAnAgentByTheTelephoneSystemsNameElseByTheLogin) {
  const AggregateId id = site_.make_regional(operator_of("sidorova"));
  site_.make_local(operator_of("kuznetsova"));
  give_agent(id, "60112");
  People known = people();
  EXPECT_EQ(known.by_agent("60112", AppSite::kSite), "Имя sidorova");
  EXPECT_EQ(known.by_agent("kuznetsova", AppSite::kSite), "Имя kuznetsova");
  EXPECT_EQ(known.by_agent("sidorova", AppSite::kSite), "");
  EXPECT_EQ(known.by_agent("60112", kElsewhere), "");
  EXPECT_EQ(known.by_agent("", AppSite::kSite), "");
}

}  // namespace
}  // namespace opora::app
