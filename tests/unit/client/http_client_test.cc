// The HTTP client with a server on loopback: answers, limits, and servers that go away.
#include "web/client/http_client.h"

#include <atomic>
#include <optional>
#include <thread>

#include <gtest/gtest.h>

#include "web/server/server.h"

namespace opora::web {
namespace {

using Verb = HttpClient::Method;

// Says what it was asked. Of "/held" it says nothing until the test ends.
class HttpClientTest : public ::testing::Test {
 protected:
  HttpClientTest() { server_ = start(0); }

  std::unique_ptr<Server> start(std::uint16_t port) {
    Router router;
    const auto says = [this](const Request& request, const PathParams&, const Respond& respond) {
      ++asked_;
      authorization_ = std::string(request.headers.find("authorization").value_or(""));
      respond(json_response(200, request.target + " " + request.body));
    };
    router.on(Method::kGet, "/said", says);
    router.on(Method::kPost, "/said", says);
    router.on(Method::kGet, "/large",
              [](const Request&, const PathParams&, const Respond& respond) {
                respond(json_response(200, std::string(5'000, 'x')));
              });
    router.on(Method::kGet, "/held",
              [this](const Request&, const PathParams&, const Respond& respond) {
                held_.emplace(respond);
              });
    ServerOptions options;
    options.listen = "127.0.0.1:" + std::to_string(port);
    options.limits.drain_ms = 50;  // an answer that is held is never given
    return Server::start(options, std::move(router)).value();
  }
  Remote there() const { return {"127.0.0.1", server_->port(), "", ""}; }

  std::atomic<int> asked_{0};
  std::string authorization_;
  std::optional<Respond> held_;
  std::unique_ptr<Server> server_;
};

TEST_F(HttpClientTest, AnswersComeInTheOrderOfTheRequests) {
  HttpClient client(there());
  for (int i = 0; i < 3; ++i) {
    const std::string target = "/said?no=" + std::to_string(i);
    const auto reply = client.send(Verb::kPost, target, "{}");
    ASSERT_TRUE(reply.ok()) << reply.error().message;
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, target + " {}");
  }
}

TEST_F(HttpClientTest, AStatusThatIsNoSuccessIsAnAnswer) {
  HttpClient client(there());
  const auto reply = client.send(Verb::kGet, "/nobody-knows");
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply->status, 404);
}

TEST_F(HttpClientTest, ANameAndAPasswordAreSent) {
  Remote remote = there();
  remote.user = "opora";
  remote.password = "secret";
  HttpClient client(remote);
  ASSERT_TRUE(client.send(Verb::kGet, "/said").ok());
  EXPECT_EQ(authorization_, "Basic b3BvcmE6c2VjcmV0");
}

TEST_F(HttpClientTest, WhereNobodyListensNothingIsHeard) {
  const Remote remote = there();
  server_->stop();
  HttpClient client(remote);
  const auto reply = client.send(Verb::kGet, "/said");
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().code, Code::kUnavailable);
}

TEST_F(HttpClientTest, AServerThatCameBackIsAskedAsIfItHadNotGone) {
  HttpClient client(there());
  ASSERT_TRUE(client.send(Verb::kGet, "/said").ok());
  const std::uint16_t port = server_->port();
  server_.reset();
  server_ = start(port);
  const auto reply = client.send(Verb::kPost, "/said", "{}");
  ASSERT_TRUE(reply.ok()) << reply.error().message;
  EXPECT_EQ(asked_, 2);
}

TEST_F(HttpClientTest, AnAnswerBeyondTheLimitIsRefusedAndTheNextOneComes) {
  ClientLimits limits;
  limits.answer_bytes = 1'000;
  HttpClient client(there(), limits);
  const auto large = client.send(Verb::kGet, "/large");
  ASSERT_FALSE(large.ok());
  EXPECT_EQ(large.error().code, Code::kTooLarge);
  EXPECT_TRUE(client.send(Verb::kGet, "/said").ok());
}

TEST_F(HttpClientTest, AnAnswerThatDoesNotComeIsWaitedForNoLongerThanTheLimit) {
  ClientLimits limits;
  limits.answer_ms = 50;
  HttpClient client(there(), limits);
  const auto late = client.send(Verb::kGet, "/held");
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().code, Code::kUnavailable);
}

TEST_F(HttpClientTest, WhoIsStoppedWhileHeWaitsWaitsNoMore) {
  ClientLimits limits;
  limits.answer_ms = 600'000;
  HttpClient client(there(), limits);
  std::thread stopper([&] { client.stop(); });
  const auto reply = client.send(Verb::kGet, "/held");
  stopper.join();
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().code, Code::kUnavailable);
  EXPECT_FALSE(client.send(Verb::kGet, "/said").ok());
}

}  // namespace
}  // namespace opora::web
