// The WebSocket client with a server on loopback.
#include "web/client/ws_client.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "web/server/router.h"
#include "web/server/server.h"

namespace opora::web {
namespace {

constexpr int kLong = 60'000;

class WsClientTest : public ::testing::Test {
 protected:
  WsClientTest() {
    Router router;
    router.websocket("/events", [this](const Request&, const PathParams&, const WsUpgrade& up) {
      WsCallbacks callbacks;
      callbacks.on_open = [this](const WsSession& session) {
        const std::lock_guard lock(mutex_);
        session_ = session;
        ++opened_;
        there_.notify_all();
      };
      up.accept(std::move(callbacks));
    });
    ServerOptions options;
    server_ = Server::start(options, std::move(router)).value();
  }
  Remote there() const { return {"127.0.0.1", server_->port(), "opora", "secret"}; }
  // The session of the connection of that number, from 1.
  WsSession opened(int which) {
    std::unique_lock lock(mutex_);
    there_.wait(lock, [&] { return opened_ >= which; });
    return session_;
  }

  std::mutex mutex_;
  std::condition_variable there_;
  WsSession session_;
  int opened_ = 0;
  std::unique_ptr<Server> server_;
};

TEST_F(WsClientTest, TextsComeWholeAndInOrder) {
  WsClient client(there());
  ASSERT_TRUE(client.open("/events?app=opora").ok());
  const WsSession session = opened(1);
  const std::string large(100'000, 'x');
  for (const std::string& each : {std::string("first"), large, std::string("last")}) {
    session.send(each);
    const auto text = client.next(kLong);
    ASSERT_TRUE(text.ok() && *text);
    EXPECT_EQ(**text, each);
  }
}

TEST_F(WsClientTest, NothingSaidIsNothingHeardAndNoError) {
  WsClient client(there());
  ASSERT_TRUE(client.open("/events").ok());
  const auto text = client.next(1);
  ASSERT_TRUE(text.ok());
  EXPECT_FALSE(*text);
  opened(1).send("after it");
  EXPECT_EQ(client.next(kLong).value(), "after it");
}

TEST_F(WsClientTest, AnEndIsToldAndTheClientOpensAgain) {
  WsClient client(there());
  ASSERT_TRUE(client.open("/events").ok());
  opened(1).close(1001, "goes");
  EXPECT_EQ(client.next(kLong).error().code, Code::kUnavailable);
  EXPECT_EQ(client.next(kLong).error().code, Code::kUnavailable);
  ASSERT_TRUE(client.open("/events").ok());
  opened(2).send("again");
  EXPECT_EQ(client.next(kLong).value(), "again");
}

TEST_F(WsClientTest, ATextBeyondTheLimitEndsTheSession) {
  ClientLimits limits;
  limits.message_bytes = 100;
  WsClient client(there(), limits);
  ASSERT_TRUE(client.open("/events").ok());
  opened(1).send(std::string(101, 'x'));
  EXPECT_EQ(client.next(kLong).error().code, Code::kUnavailable);
}

TEST_F(WsClientTest, WhereNoWebSocketIsNoneIsOpened) {
  WsClient client(there());
  EXPECT_EQ(client.open("/elsewhere").error().code, Code::kUnavailable);
  EXPECT_EQ(client.next(1).error().code, Code::kUnavailable);
}

TEST_F(WsClientTest, WhoIsStoppedWhileHeListensListensNoMore) {
  WsClient client(there());
  ASSERT_TRUE(client.open("/events").ok());
  std::thread stopper([&] { client.stop(); });
  EXPECT_EQ(client.next(kLong).error().code, Code::kUnavailable);
  stopper.join();
}

}  // namespace
}  // namespace opora::web
