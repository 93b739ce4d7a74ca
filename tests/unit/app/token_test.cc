// A program's token opens the place where the program works.
#include <gtest/gtest.h>

#include "tests/unit/app/app_site.h"

namespace opora::app {
namespace {

class ProgramsToken : public ::testing::Test {
 protected:
  ProgramsToken() { site.hear_region(); }
  void works_at(const AggregateId& id, SiteNo place) {
    auto user = site.unchanged(id);
    user.facts.sites = {place};
    site.change_regional(id, user);
  }
  int status() { return site.get({"", "", token}, "/api/v1/session").status; }

  AppSite site;
  const std::string token = std::string(64, 'a');
};

TEST_F(ProgramsToken, OpensHereWhoeverHasTheSameElsewhere) {
  const SiteNo elsewhere{AppSite::kSite.v + 1};
  const AggregateId programs[] = {site.make_regional_program("pbx", token),
                                  site.make_regional_program("export", token)};
  ASSERT_EQ(status(), 200);
  for (const AggregateId& id : programs) {
    works_at(id, elsewhere);
    EXPECT_EQ(status(), 200) << "the other one works here";
    works_at(id, AppSite::kSite);
  }
  for (const AggregateId& id : programs) works_at(id, elsewhere);
  EXPECT_EQ(status(), 401);
}

}  // namespace
}  // namespace opora::app
