#include "web/server/router.h"

#include <gtest/gtest.h>

namespace opora::web {
namespace {

Handler named(std::string& called, std::string name) {
  return [&called, name](Request, PathParams, Respond) { called = name; };
}

class RouterTest : public ::testing::Test {
 protected:
  RouterTest() {
    router.on(Method::kGet, "/", named(called, "root"))
        .on(Method::kGet, "/api/tickets", named(called, "list"))
        .on(Method::kPost, "/api/tickets", named(called, "open"))
        .on(Method::kGet, "/api/tickets/{number}", named(called, "ticket"))
        .on(Method::kGet, "/api/tickets/mine", named(called, "mine"))
        .on(Method::kPost, "/api/tickets/{number}/actions", named(called, "act"),
            {.max_body_bytes = 9})
        .on(Method::kGet, "/api/sites/{site}/desks/{desk}", named(called, "desk"))
        .websocket("/api/live", [](Request, PathParams, WsUpgrade) {});
  }
  std::string handler_of(Method method, std::string_view path) {
    auto match = router.match(method, path);
    called = match.allow.empty() ? "none" : "allow " + match.allow;
    if (match.route) match.route->handler({}, match.params, Respond([](Response) {}));
    return called;
  }
  std::string called;
  Router router;
};

TEST_F(RouterTest, FindsTheHandlerOfMethodAndPath) {
  EXPECT_EQ(handler_of(Method::kGet, "/"), "root");
  EXPECT_EQ(handler_of(Method::kGet, "/api/tickets"), "list");
  EXPECT_EQ(handler_of(Method::kPost, "/api/tickets"), "open");
  EXPECT_EQ(handler_of(Method::kGet, "/api/tickets/17-000123-4"), "ticket");
  EXPECT_EQ(handler_of(Method::kPost, "/api/tickets/17-000123-4/actions"), "act");
}

TEST_F(RouterTest, PrefersLiteralsButComesBackToParameters) {
  EXPECT_EQ(handler_of(Method::kGet, "/api/tickets/mine"), "mine");
  EXPECT_EQ(handler_of(Method::kPost, "/api/tickets/mine/actions"), "act");
}

TEST_F(RouterTest, GivesTheParameters) {
  const auto match = router.match(Method::kGet, "/api/sites/17/desks/2 б");
  ASSERT_TRUE(match.route);
  EXPECT_EQ(match.params["site"], "17");
  EXPECT_EQ(match.params["desk"], "2 б");
  EXPECT_DEATH(match.params["nothing"], "check failed");
}

TEST_F(RouterTest, AnswersHeadByTheGetHandler) {
  EXPECT_EQ(handler_of(Method::kHead, "/api/tickets"), "list");
}

TEST_F(RouterTest, TellsWhichMethodsAPathAllows) {
  EXPECT_EQ(handler_of(Method::kDelete, "/api/tickets"), "allow GET, HEAD, POST");
  EXPECT_EQ(handler_of(Method::kGet, "/api/tickets/5/actions"), "allow POST");
}

TEST_F(RouterTest, KnowsNothingElse) {
  for (const char* path :
       {"", "api", "/api", "/api/", "/api/tickets/", "//", "/api/tickets//actions",
        "/api/tickets/5/x", "/api/sites/17/desks", "/API/tickets"}) {
    EXPECT_EQ(handler_of(Method::kGet, path), "none") << path;
  }
}

TEST_F(RouterTest, KeepsOptionsAndKindOfARoute) {
  EXPECT_EQ(router.match(Method::kPost, "/api/tickets/5/actions").route->options.max_body_bytes,
            9u);
  EXPECT_TRUE(router.match(Method::kGet, "/api/live").route->websocket);
}

TEST_F(RouterTest, StopsOnRoutesThatContradict) {
  const Handler any = [](Request, PathParams, Respond) {};
  EXPECT_DEATH(router.on(Method::kGet, "/api/tickets", any), "check failed");
  EXPECT_DEATH(router.on(Method::kPut, "/api/tickets/{id}", any), "check failed");
  EXPECT_DEATH(router.on(Method::kPut, "api", any), "check failed");
  EXPECT_DEATH(router.on(Method::kPut, "/a{b", any), "check failed");
}

}  // namespace
}  // namespace opora::web
