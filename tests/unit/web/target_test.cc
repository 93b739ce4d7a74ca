#include "web/server/target.h"

#include <gtest/gtest.h>

namespace opora::web {
namespace {

constexpr std::size_t kParams = 4;

TEST(Target, DecodesPathAndQuery) {
  const auto target = parse_target("/a+b/%D1%91?q=%D1%91+x%2B&empty=&bare&&eq=a=b", kParams);
  ASSERT_TRUE(target.ok());
  EXPECT_EQ(target->path, "/a+b/ё");
  EXPECT_EQ(target->query, (Query{{"q", "ё x+"}, {"empty", ""}, {"bare", ""}, {"eq", "a=b"}}));
}

TEST(Target, AcceptsPlainPaths) {
  for (const char* text :
       {"/", "/a", "/a/", "//", "/...", "/a..b", "/.well-known", "/?", "/a?x=..%2f"}) {
    EXPECT_TRUE(parse_target(text, kParams).ok()) << text;
  }
}

TEST(Target, RefusesForgedPaths) {
  for (const char* text :
       {"",        "*",      "a",         "http://host/a", "/a/../b",  "/..",           "/.",
        "/a/./b",  "/a/..",  "/%2e%2e/b", "/a%2fb",        "/a%5cb",   "/a\\b",         "/..%2fetc",
        "/a%00b",  "/a%0ab", "/a%7f",     "/a%",           "/a%2",     "/a%zz",         "/%FF",
        "/%C0%AF", "/a#b",   "/a?b#c",    "/a?x=%00",      "/a?%gg=1", "/a?x=%ED%A0%80"}) {
    EXPECT_FALSE(parse_target(text, kParams).ok()) << text;
  }
  EXPECT_FALSE(parse_target(std::string_view("/a\0b", 4), kParams).ok());
}

TEST(Target, LimitsTheNumberOfParameters) {
  EXPECT_TRUE(parse_target("/?a=1&b=2&c=3&d=4", kParams).ok());
  EXPECT_FALSE(parse_target("/?a=1&b=2&c=3&d=4&e=5", kParams).ok());
}

}  // namespace
}  // namespace opora::web
