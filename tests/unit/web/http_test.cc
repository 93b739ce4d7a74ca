#include "web/server/http.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "web/server/websocket.h"

namespace opora::web {
namespace {

TEST(Headers, CompareNamesWithoutCase) {
  Headers headers;
  headers.add("Content-Type", "text/plain");
  headers.add("X-A", "1");
  headers.add("x-a", "2");
  EXPECT_EQ(headers.find("content-TYPE"), "text/plain");
  EXPECT_EQ(headers.find("X-a"), "1");
  EXPECT_EQ(headers.count("X-A"), 2u);
  EXPECT_EQ(headers.find("X-"), std::nullopt);
  EXPECT_EQ(headers.at(2), (std::pair<std::string_view, std::string_view>("x-a", "2")));
}

TEST(Cookies, AreFoundByTheirWholeName) {
  Request request;
  request.headers.add("cookie", "xopora_session=no; opora_session=a=b ;theme=dark;broken");
  EXPECT_EQ(find_cookie(request, "opora_session"), "a=b");
  EXPECT_EQ(find_cookie(request, "theme"), "dark");
  EXPECT_EQ(find_cookie(request, "broken"), std::nullopt);
  EXPECT_EQ(find_cookie(request, "session"), std::nullopt);
  EXPECT_EQ(find_cookie(Request{}, "theme"), std::nullopt);
}

TEST(BearerToken, IsReadFromItsSchemeOnly) {
  const auto token = [](std::string_view value) {
    Request request;
    request.headers.add("Authorization", value);
    return find_bearer_token(request).has_value() ? std::string(*find_bearer_token(request))
                                                  : "none";
  };
  EXPECT_EQ(token("Bearer abc"), "abc");
  EXPECT_EQ(token("bearer  abc "), "abc");
  EXPECT_EQ(token("Basic abc"), "none");
  EXPECT_EQ(token("Bearer"), "none");
}

TEST(Respond, DeliversOnce) {
  std::vector<int> got;
  {
    const Respond respond([&](Response r) { got.push_back(r.status); });
    const Respond copy = respond;
    copy(text_response(201, "a"));
    respond(text_response(202, "b"));
  }
  EXPECT_EQ(got, std::vector<int>{201});
}

TEST(Respond, AnswersServerErrorWhenItIsDropped) {
  std::vector<int> got;
  {
    const Respond respond([&](Response r) { got.push_back(r.status); });
  }
  EXPECT_EQ(got, std::vector<int>{500});
}

TEST(Respond, DeliversOnceFromManyThreads) {
  std::atomic<int> got{0};
  {
    const Respond respond([&](Response) { ++got; });
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([respond] { respond(text_response(200, "")); });
    for (auto& thread : threads) thread.join();
  }
  EXPECT_EQ(got, 1);
}

TEST(WsUpgrade, IsDecidedOnce) {
  struct Log final : WsUpgradeSink {
    explicit Log(std::string& to) : log(to) {}
    void accept(WsCallbacks) override { log += "accept "; }
    void refuse(Response r) override { log += "refuse " + std::to_string(r.status) + ' '; }
    std::string& log;
  };
  std::string log;
  {
    const WsUpgrade upgrade(std::make_unique<Log>(log));
    upgrade.accept({});
    upgrade.refuse(empty_response(401));
  }
  { const WsUpgrade dropped(std::make_unique<Log>(log)); }
  EXPECT_EQ(log, "accept refuse 500 ");
}

TEST(WsSession, IsClosedWithoutAConnection) {
  EXPECT_EQ(WsSession().send("x"), WsSend::kClosed);
  WsSession().close(1000, "");
}

}  // namespace
}  // namespace opora::web
