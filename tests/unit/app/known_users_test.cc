// What is remembered of users by their tokens, and when it is forgotten.
#include "web/app/known_users.h"

#include <gtest/gtest.h>

namespace opora::app {
namespace {

User user(const std::string& login) {
  User out;
  out.login = login;
  return out;
}

TEST(KnownUsers, AUserIsFoundByItsToken) {
  KnownUsers known;
  known.remember(known.generation(), "one", user("pbx"));
  known.remember(known.generation(), "two", user("export"));
  ASSERT_TRUE(known.find("one"));
  EXPECT_EQ(known.find("one")->login, "pbx");
  EXPECT_EQ(known.find("two")->login, "export");
  EXPECT_FALSE(known.find("three"));
}

TEST(KnownUsers, AnyChangeOfAUserForgetsAll) {
  KnownUsers known;
  known.remember(known.generation(), "one", user("pbx"));
  known.changed(protocol::Kind::kUser);
  EXPECT_FALSE(known.find("one"));
}

TEST(KnownUsers, AWordOfTheSiteOnAUserForgetsAllAndACallNobody) {
  KnownUsers known;
  known.remember(known.generation(), "one", user("pbx"));
  known.changed(protocol::Kind::kCall);
  EXPECT_TRUE(known.find("one"));
  known.changed(protocol::Kind::kOverrule);
  EXPECT_FALSE(known.find("one"));
}

TEST(KnownUsers, WhatWasReadBeforeAChangeIsNotRemembered) {
  KnownUsers known;
  const auto before = known.generation();
  known.changed(protocol::Kind::kUser);
  known.remember(before, "one", user("pbx"));
  EXPECT_FALSE(known.find("one"));
  known.remember(known.generation(), "one", user("pbx"));
  EXPECT_TRUE(known.find("one"));
}

TEST(KnownUsers, ManyTokensDoNotGrowWithoutEnd) {
  KnownUsers known;
  for (std::size_t i = 0; i < 10 * KnownUsers::kMaxKnown; ++i)
    known.remember(known.generation(), std::to_string(i), user("pbx"));
  std::size_t found = 0;
  for (std::size_t i = 0; i < 10 * KnownUsers::kMaxKnown; ++i)
    found += known.find(std::to_string(i)) ? 1 : 0;
  EXPECT_GT(found, 0u);
  EXPECT_LE(found, KnownUsers::kMaxKnown);
}

}  // namespace
}  // namespace opora::app
