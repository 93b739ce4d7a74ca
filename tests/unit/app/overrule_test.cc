// What a site's administrator may say of a user of the region, at once and whatever the region
// says.
#include <gtest/gtest.h>

#include "protocol/base/password.h"
#include "sync/projection/projection.h"
#include "tests/unit/app/app_site.h"
#include "web/app/auth.h"

namespace opora::app {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr int kLeaseDays = 3;

class OverruledUser : public ::testing::Test {
 protected:
  OverruledUser() {
    site.make_local(chief);
    id = site.make_regional(anna);
    site.hear_region();
    admin = site.browser(chief);
  }
  Answer say(const std::string& body) {
    return site.change(admin, web::Method::kPut, "/api/v1/users/" + id.hex(), body);
  }
  int sign_in(const std::string& password) { return site.sign_in("anna", password).status; }
  void region_sets_password(const std::string& password) {
    auto user = site.unchanged(id);
    user.personal[protocol::PersonalField::kPasswordHash] = hash_password(password).value();
    site.change_regional(id, user);
  }

  Person chief{"chief", protocol::roles_of({protocol::Role::kAdministrator}), "secret-of-chief"};
  Person anna = operator_of("anna");
  AppSite site{Days(kLeaseDays)};
  AggregateId id;
  Browser admin;
};

TEST_F(OverruledUser, IsShutOutAtOnceAndLetInAgain) {
  const auto browser = site.browser(anna);
  const auto shut = say(R"({"disabled":true})");
  EXPECT_EQ(shut.status, 200) << shut.body;
  EXPECT_EQ(shut.member("disabled"), "true");
  EXPECT_EQ(shut.member("overruled"), "true");
  EXPECT_EQ(site.get(browser, "/api/v1/contacts").code(), "unauthenticated");
  EXPECT_EQ(sign_in(anna.password), 401);
  const auto open = say(R"({"disabled":false})");
  EXPECT_EQ(open.member("overruled"), "false");
  EXPECT_EQ(sign_in(anna.password), 200);
}

TEST_F(OverruledUser, StaysShutOutWhateverTheRegionSaysNext) {
  say(R"({"disabled":true})");
  auto user = site.unchanged(id);
  user.personal[protocol::PersonalField::kName] = "Новое Имя";
  site.change_regional(id, user);
  EXPECT_EQ(sign_in(anna.password), 401);
  region_sets_password("a-new-secret");
  EXPECT_EQ(sign_in("a-new-secret"), 401);
}

TEST_F(OverruledUser, IsNotLetInAgainstTheRegion) {
  auto user = site.unchanged(id);
  user.facts.disabled = true;
  site.change_regional(id, user);
  const auto answer = say(R"({"disabled":false,"password":"of-the-site"})");
  EXPECT_EQ(answer.member("disabled"), "true");
  EXPECT_EQ(sign_in("of-the-site"), 401);
}

TEST_F(OverruledUser, HasThePasswordOfTheSiteAndOldSessionsEnd) {
  const auto browser = site.browser(anna);
  EXPECT_EQ(say(R"({"password":"of-the-site"})").member("overruled"), "true");
  EXPECT_EQ(site.get(browser, "/api/v1/contacts").code(), "unauthenticated");
  EXPECT_EQ(sign_in(anna.password), 401);
  EXPECT_EQ(sign_in("of-the-site"), 200);
}

TEST_F(OverruledUser, HasTheNextPasswordOfTheRegionAgain) {
  say(R"({"password":"of-the-site"})");
  const auto browser = site.browser({"anna", {}, "of-the-site"});
  region_sets_password("a-new-secret");
  EXPECT_EQ(site.get(browser, "/api/v1/contacts").code(), "unauthenticated");
  EXPECT_EQ(sign_in("of-the-site"), 401);
  EXPECT_EQ(sign_in("a-new-secret"), 200);
}

TEST_F(OverruledUser, WorksOnTheWordOfTheSiteWhenTheLeaseHasRunOut) {
  site.clock().advance((kLeaseDays + 1) * kDayMs);
  EXPECT_EQ(site.sign_in("anna", anna.password).code(), "lease_expired");
  admin = site.browser(chief);
  say(R"({"password":"of-the-site"})");
  const auto browser = site.browser({"anna", {}, "of-the-site"});
  EXPECT_EQ(site.get(browser, "/api/v1/contacts").status, 200);
  // The site's word has the same lease: nobody is let in for ever by a password of long ago.
  site.clock().advance(kLeaseDays * kDayMs + 1);
  EXPECT_EQ(site.sign_in("anna", "of-the-site").code(), "lease_expired");
}

TEST_F(OverruledUser, IsOtherwiseTheRegionsToChange) {
  for (const char* body :
       {R"({"name":"Другое имя"})", R"({"roles":["administrator"]})", R"({"agent":"101"})",
        R"({"desk":2})", R"({"disabled":true,"roles":["operator"]})"}) {
    const auto answer = say(body);
    EXPECT_EQ(answer.status, 403) << body;
    EXPECT_EQ(answer.code(), "denied") << body;
  }
  EXPECT_EQ(sign_in(anna.password), 200);
}

TEST_F(OverruledUser, IsNotOneself) {
  const Person head{"head", protocol::roles_of({protocol::Role::kAdministrator}), "secret-of-head"};
  const auto own = site.make_regional(head);
  const auto browser = site.browser(head);
  const std::string path = "/api/v1/users/" + own.hex();
  EXPECT_EQ(site.change(browser, web::Method::kPut, path, R"({"disabled":true})").status, 409);
}

TEST_F(OverruledUser, MayBeAProgramWhichIsShutOutButHasNoPassword) {
  const std::string token(64, 'a');
  id = site.make_regional_program("pbx", token);
  const Browser program{"", "", token};
  EXPECT_EQ(site.get(program, "/api/v1/session").status, 200);
  EXPECT_EQ(say(R"({"password":"of-the-site"})").status, 422);
  EXPECT_EQ(say(R"({"disabled":true})").status, 200);
  EXPECT_EQ(site.get(program, "/api/v1/session").code(), "unauthenticated");
}

TEST_F(OverruledUser, IsToldToTheRegionInTheSitesOwnJournal) {
  say(R"({"disabled":true})");
  const auto word = sync::read_entity(*site.store().snapshot(), protocol::Kind::kOverrule,
                                      protocol::overrule_aggregate(AppSite::kSite, id));
  ASSERT_TRUE(word.exists());
  EXPECT_EQ(word.as<protocol::OverruleState>()->origin, AppSite::kSite);
  const auto user = sync::read_entity(*site.store().snapshot(), protocol::Kind::kUser, id);
  EXPECT_FALSE(user.as<protocol::UserState>()->disabled) << "the region's own record stands";
}

}  // namespace
}  // namespace opora::app
