#include "web/app/user_form.h"

#include <gtest/gtest.h>

#include "protocol/domain/access.h"

namespace opora::app {
namespace {

using protocol::PersonalField;
using protocol::Role;
using protocol::roles_of;

constexpr SiteNo kNode{17};

std::string refused(const Result<UserForm>& form) { return form.ok() ? "" : form.error().path; }

std::string body(const std::string& more) {
  return R"({"login":"anna","name":"Анна",)" + more + "}";
}

protocol::Entity user(protocol::Roles roles, const std::string& password_hash) {
  protocol::UserState state;
  state.login = "anna";
  state.roles = roles.v;
  state.agent = "101";
  state.desk = DeskNo{2};
  protocol::Entity out;
  out.kind = protocol::Kind::kUser;
  out.state = state;
  out.personal.fields[PersonalField::kPasswordHash].text = password_hash;
  return out;
}

TEST(UserFormTest, APersonNeedsAPasswordAndAProgramHasNone) {
  EXPECT_EQ(refused(read_new_user(kHubSite, body(R"("roles":["operator"])"))), "password");
  EXPECT_EQ(
      refused(read_new_user(kHubSite, body(R"("roles":["program"],"password":"long enough")"))),
      "password");
  EXPECT_TRUE(read_new_user(kHubSite, body(R"("roles":["program"])")).ok());
}

TEST(UserFormTest, ANewUserNeedsANameARoleAndALogin) {
  EXPECT_EQ(refused(read_new_user(kHubSite, R"({"name":"А","roles":["program"]})")), "login");
  EXPECT_EQ(refused(read_new_user(kHubSite, R"({"login":"aa","roles":["program"]})")), "name");
  EXPECT_EQ(refused(read_new_user(kHubSite, R"({"login":"aa","name":"А"})")), "roles");
  EXPECT_EQ(refused(read_new_user(kHubSite, body(R"("roles":[])"))), "roles");
  EXPECT_EQ(refused(read_new_user(kHubSite, body(R"("roles":["king"])"))), "roles");
}

TEST(UserFormTest, ANodeMakesOnlyUsersOfItsOwn) {
  const auto sites = [](const std::string& list) {
    return read_new_user(kNode, body(R"("roles":["program"],"sites":)" + list));
  };
  for (const char* list : {"null", "[]", "[17]", "[17,17]"}) {
    const auto form = sites(list);
    ASSERT_TRUE(form.ok()) << list;
    EXPECT_TRUE(new_user(*form, std::nullopt).facts.sites.empty());
  }
  for (const char* list : {"[0]", "[1]", "[17,1]"}) EXPECT_EQ(refused(sites(list)), "sites");
}

TEST(UserFormTest, AtTheHubAUserWithoutSitesWorksThere) {
  const auto form = read_new_user(kHubSite, body(R"("roles":["program"])"));
  ASSERT_TRUE(form.ok());
  EXPECT_EQ(new_user(*form, std::nullopt).facts.sites, std::vector{kHubSite});
  EXPECT_EQ(refused(read_new_user(kHubSite, body(R"("roles":["program"],"sites":[])"))), "sites");
}

TEST(UserFormTest, WhatAChangeLeavesOutStays) {
  const auto form = read_user_change(kHubSite, R"({"disabled":true})");
  ASSERT_TRUE(form.ok());
  const auto changed = changed_user(user(roles_of({Role::kOperator}), "hash"), *form, std::nullopt);
  ASSERT_TRUE(changed.ok());
  EXPECT_TRUE(changed->facts.disabled);
  EXPECT_EQ(changed->facts.login, "anna");
  EXPECT_EQ(changed->facts.agent, "101");
  EXPECT_EQ(changed->facts.desk, DeskNo{2});
  EXPECT_TRUE(changed->personal.empty());
}

TEST(UserFormTest, ADeskIsOneOfTwoDigitsOrNone) {
  EXPECT_EQ(refused(read_user_change(kHubSite, R"({"desk":100})")), "desk");
  EXPECT_EQ(refused(read_user_change(kHubSite, R"({"desk":-1})")), "desk");
  EXPECT_EQ(read_user_change(kHubSite, R"({"desk":99})")->desk, DeskNo{99});
  EXPECT_EQ(read_user_change(kHubSite, R"({"desk":0})")->desk, DeskNo{});
}

TEST(UserFormTest, ALoginIsForEver) {
  EXPECT_EQ(refused(read_user_change(kHubSite, R"({"login":"other"})")), "login");
}

TEST(UserFormTest, AProgramThatBecomesAPersonGetsAPasswordAndLosesTheToken) {
  const auto form = read_user_change(kHubSite, R"({"roles":["operator"]})");
  ASSERT_TRUE(form.ok());
  const auto program = user(roles_of({Role::kProgram}), "");
  const auto without = changed_user(program, *form, std::nullopt);
  ASSERT_FALSE(without.ok());
  EXPECT_EQ(without.error().path, "password");
  const auto with = changed_user(program, *form, "hash");
  ASSERT_TRUE(with.ok());
  EXPECT_EQ(with->personal.at(PersonalField::kTokenHash), "");
  EXPECT_EQ(with->personal.at(PersonalField::kPasswordHash), "hash");
}

TEST(UserFormTest, SessionsEndWithAPasswordRolesSitesOrRevocationOnly) {
  const auto ends = [](const std::string& text) {
    const auto form = read_user_change(kHubSite, text);
    EXPECT_TRUE(form.ok()) << text;
    return form.ok() && ends_sessions(*form);
  };
  EXPECT_TRUE(ends(R"({"password":"long enough"})"));
  EXPECT_TRUE(ends(R"({"roles":["auditor"]})"));
  EXPECT_TRUE(ends(R"({"sites":[1]})"));
  EXPECT_TRUE(ends(R"({"disabled":true})"));
  EXPECT_FALSE(ends(R"({"disabled":false})"));
  EXPECT_FALSE(ends(R"({"name":"Анна","agent":"102","desk":1})"));
}

}  // namespace
}  // namespace opora::app
