#include "web/server/server.h"

#include <gmock/gmock.h>

#include "tests/unit/web/server_fixture.h"
#include "web/server/assets.h"
#include "web/server/problem.h"

namespace opora::web {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(ServerTest, AnswersAndKeepsTheConnection) {
  start();
  RawClient client(port());
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.exchange(post("/echo", "round " + std::to_string(i)));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "round " + std::to_string(i));
    EXPECT_EQ(answer.field("Connection"), "");
  }
  const auto metrics = server->metrics();
  EXPECT_EQ(metrics.connections_accepted, 1u);
  EXPECT_EQ(metrics.connections_open, 1u);
  EXPECT_EQ(metrics.requests, 3u);
  EXPECT_EQ(metrics.answers_by_class[2], 3u);
}

TEST_F(ServerTest, GivesTheHandlerTheWholeRequest) {
  Router router;
  Request seen;
  std::string site;
  router.on(Method::kPut, "/sites/{site}", [&](Request r, PathParams params, Respond respond) {
    seen = std::move(r);
    site = params["site"];
    respond(empty_response(204));
  });
  start({}, std::move(router));
  const auto answer = once(
      "PUT /sites/%D1%91?q=a+b HTTP/1.1\r\nHost: h:1\r\nX-One: 1\r\nContent-Type: "
      "application/json\r\n"
      "Content-Length: 2\r\n\r\nok");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.field("Content-Length"), "");
  EXPECT_EQ(seen.method, Method::kPut);
  EXPECT_EQ(seen.target, "/sites/%D1%91?q=a+b");
  EXPECT_EQ(seen.path, "/sites/ё");
  EXPECT_EQ(site, "ё");
  EXPECT_EQ(find_query(seen.query, "q"), "a b");
  EXPECT_EQ(seen.headers.find("x-one"), "1");
  EXPECT_EQ(seen.body, "ok");
  EXPECT_EQ(seen.peer.address, "127.0.0.1");
  EXPECT_TRUE(seen.peer.loopback);
  EXPECT_FALSE(seen.secure);
}

std::string typed(std::string_view fields, std::string_view body) {
  return "POST /json HTTP/1.1\r\nHost: h\r\n" + std::string(fields) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

TEST_F(ServerTest, TakesABodyThatSaysThatItIsJson) {
  start();
  RawClient client(port());
  for (const char* field :
       {"Content-Type: application/json\r\n", "content-type: Application/JSON\r\n",
        "Content-Type: application/json; charset=utf-8\r\n",
        "Content-Type: application/json ;x=1\r\n"}) {
    const auto answer = client.exchange(typed(field, "{}"));
    EXPECT_EQ(answer.status, 200) << field;
    EXPECT_EQ(answer.body, "{}");
  }
  EXPECT_EQ(client.exchange(typed("", "")).status, 200) << "no body, no type";
}

// What a form of another site can send without asking.
TEST_F(ServerTest, RefusesABodyOfAnyOtherTypeBeforeItsHandler) {
  start();
  RawClient client(port());
  for (const char* field :
       {"", "Content-Type: text/plain\r\n", "Content-Type: application/x-www-form-urlencoded\r\n",
        "Content-Type: multipart/form-data; boundary=x\r\n", "Content-Type:\r\n",
        "Content-Type: application/jsonp\r\n", "Content-Type: text/plain; application/json\r\n",
        "Content-Type: application/json\r\nContent-Type: text/plain\r\n"}) {
    const auto answer = client.exchange(typed(field, "{}"));
    EXPECT_EQ(answer.status, 415) << field;
    EXPECT_NE(answer.body.find(R"("code":"unsupported","path":"Content-Type")"), std::string::npos)
        << answer.body;
  }
  EXPECT_EQ(client.exchange(typed("Content-Type: application/json\r\n", "{}")).status, 200)
      << "the connection goes on";
  EXPECT_EQ(server->metrics().problems[static_cast<std::size_t>(Code::kUnsupported)], 8u);
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  start();
  RawClient client(port());
  client.send(post("/echo", "one") + get("/later") + post("/echo", "three") + get("/large") +
              get("/nothing"));
  EXPECT_EQ(client.read_answer().body, "one");
  EXPECT_EQ(client.read_answer().body, "later");
  EXPECT_EQ(client.read_answer().body, "three");
  EXPECT_EQ(client.read_answer().body.size(), large_answer);
  EXPECT_EQ(client.read_answer().status, 404);
}

TEST_F(ServerTest, ReadsRequestsThatComeByteByByte) {
  start();
  RawClient client(port());
  for (const char c : "\r\n" + post("/echo", "slow but fine")) client.send({&c, 1});
  EXPECT_EQ(client.read_answer().body, "slow but fine");
}

TEST_F(ServerTest, ReadsChunkedBodies) {
  start();
  RawClient client(port());
  const std::string head = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n";
  EXPECT_EQ(
      client.exchange(head + "3;x=y\r\nabc\r\n00a\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n").body,
      "abc0123456789");
  // Beast's own parser stops the process on this one when its assertions are on.
  client.send(head + "0\r\n");
  client.send("\r");
  client.send("\n");
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_EQ(client.exchange(post("/echo", "still in step")).body, "still in step");
}

TEST_F(ServerTest, DropsTheBodyOfHead) {
  start();
  RawClient client(port());
  client.send("HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto answer = client.read_answer_to_head();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Content-Length"), "5");
  EXPECT_EQ(client.exchange(get("/hello")).body, "hello");
}

TEST_F(ServerTest, ContinuesWhenAskedTo) {
  start();
  RawClient client(port());
  client.send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_answer_to_head().status, 100);
  client.send("ok");
  EXPECT_EQ(client.read_answer().body, "ok");
}

TEST_F(ServerTest, DoesNotAskForABodyThatNobodyTakes) {
  start();
  RawClient client(port());
  const auto answer = client.exchange(
      "POST /nowhere HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_TRUE(client.closed());
}

TEST_F(ServerTest, ClosesWhenTheClientSaysSo) {
  start();
  RawClient client(port());
  const auto answer =
      client.exchange("GET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(answer.body, "hello");
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_TRUE(client.closed());
}

TEST_F(ServerTest, AnswersAClientThatHasFinishedSending) {
  start();
  RawClient client(port());
  client.send(get("/later"));
  client.finish_sending();
  EXPECT_EQ(client.read_answer().body, "later");
  EXPECT_TRUE(client.closed());
}

TEST_F(ServerTest, SpeaksHttp10) {
  start();
  RawClient closes(port());
  EXPECT_EQ(closes.exchange("GET /hello HTTP/1.0\r\nHost: h\r\n\r\n").field("Connection"), "close");
  EXPECT_TRUE(closes.closed());
  RawClient keeps(port());
  const std::string request = "GET /hello HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n";
  EXPECT_EQ(keeps.exchange(request).field("Connection"), "keep-alive");
  EXPECT_EQ(keeps.exchange(request).body, "hello");
}

TEST_F(ServerTest, RefusesUnknownPathsAndMethodsAsProblems) {
  start();
  RawClient client(port());
  const auto missing = client.exchange(post("/nowhere", "a body"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.field("Content-Type"), "application/problem+json");
  EXPECT_THAT(missing.body, HasSubstr(R"("code":"not_found")"));
  const auto method = client.exchange(get("/echo"));
  EXPECT_EQ(method.status, 405);
  EXPECT_EQ(method.field("Allow"), "POST");
  EXPECT_EQ(client.exchange(get("/hello")).status, 200);
}

TEST_F(ServerTest, AnswersServerErrorForDroppedAndFailedHandlers) {
  std::string logged;
  Router router;
  add_routes(router);
  ServerOptions options;
  options.log = [&](std::string_view line) { logged += line; };
  start(std::move(options), std::move(router));
  RawClient client(port());
  EXPECT_EQ(client.exchange(get("/drop")).status, 500);
  EXPECT_EQ(client.exchange(get("/throw")).status, 500);
  EXPECT_EQ(client.exchange(get("/hello")).body, "hello");
  EXPECT_EQ(server->metrics().exceptions_caught, 1u);
  EXPECT_EQ(server->metrics().answers_by_class[5], 2u);
  server->stop();
  EXPECT_EQ(logged, "web: a handler threw: a bug");
}

TEST_F(ServerTest, ReplacesAnAnswerThatIsNoHttp) {
  Router router;
  router.on(Method::kGet, "/",
            [](Request, PathParams, Respond respond) { respond(empty_response(0)); });
  start({}, std::move(router));
  EXPECT_EQ(once(get("/")).status, 500);
}

TEST_F(ServerTest, SetsSecurityHeadersAndForbidsStoring) {
  start();
  const auto answer = once(get("/hello"));
  EXPECT_EQ(answer.field("Cache-Control"), "no-store");
  EXPECT_EQ(answer.field("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(answer.field("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(answer.field("Content-Security-Policy"), "default-src 'none'; frame-ancestors 'none'");
  EXPECT_EQ(answer.field("Strict-Transport-Security"), "");
  EXPECT_EQ(answer.field("Server"), "");
  EXPECT_EQ(answer.field("Date").size(), 29u);
}

TEST_F(ServerTest, LetsNoLineBreakIntoAHeader) {
  Router router;
  router.on(Method::kGet, "/", [](Request, PathParams, Respond respond) {
    auto response = text_response(200, "ok");
    response.headers.emplace_back("X-Name", "a\r\nSet-Cookie: stolen=1");
    respond(std::move(response));
  });
  start({}, std::move(router));
  const auto answer = once(get("/"));
  EXPECT_EQ(answer.field("Set-Cookie"), "");
  EXPECT_EQ(answer.field("X-Name"), "a  Set-Cookie: stolen=1");
}

TEST_F(ServerTest, ServesAssetsWhereNoRouteIs) {
  Router router;
  add_routes(router);
  router.assets(embedded_assets());
  start({}, std::move(router));
  RawClient client(port());
  EXPECT_THAT(client.exchange(get("/")).body, StartsWith("<!doctype html>"));
  EXPECT_EQ(client.exchange(get("/hello")).body, "hello");
  EXPECT_EQ(client.exchange(get("/api/v1/nothing")).field("Content-Type"),
            "application/problem+json");
  EXPECT_EQ(client.exchange(post("/desk", "")).status, 404);
  const auto script = client.exchange(
      "GET /assets/index-4f3a2b1c.js HTTP/1.1\r\nHost: h\r\nAccept-Encoding: br\r\n\r\n");
  EXPECT_EQ(script.body, "brotli bytes of the script");
  EXPECT_EQ(script.field("Cache-Control"), "public, max-age=31536000, immutable");
  client.send("GET /favicon.svg HTTP/1.1\r\nHost: h\r\nIf-None-Match: *\r\n\r\n");
  EXPECT_EQ(client.read_answer_to_head().status, 304);
  EXPECT_EQ(client.exchange(get("/hello")).body, "hello");  // nothing of a body came with 304
}

TEST_F(ServerTest, SendsLargeStaticBodiesWhole) {
  static const std::string large(1'000'000, 's');
  Router router;
  router.on(Method::kGet, "/", [](Request, PathParams, Respond respond) {
    Response response;
    response.static_body = large;
    respond(std::move(response));
  });
  start({}, std::move(router));
  RawClient client(port());
  client.send(get("/") + get("/"));
  EXPECT_TRUE(client.read_answer().body == large);
  EXPECT_TRUE(client.read_answer().body == large);
}

TEST_F(ServerTest, TakesLargeBodies) {
  start();
  const std::string body(3'000'000, 'b');
  RawClient client(port());
  std::thread sender([&] { client.send(post("/echo", body)); });
  const auto answer = client.read_answer();
  sender.join();
  EXPECT_TRUE(answer.body == body);
}

TEST_F(ServerTest, ServesManyClientsOnSeveralThreads) {
  Router router;
  add_routes(router);
  ServerOptions options;
  options.io_threads = 3;
  start(std::move(options), std::move(router));
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 30; ++i) clients.push_back(std::make_unique<RawClient>(port()));
  for (int round = 0; round < 5; ++round) {
    for (auto& client : clients) client->send(post("/echo", std::to_string(round)));
    for (auto& client : clients) EXPECT_EQ(client->read_answer().body, std::to_string(round));
  }
  EXPECT_EQ(server->metrics().connections_open, 30u);
}

TEST_F(ServerTest, AnswersManyWaitingRequestsFromOneThread) {
  start();
  constexpr int kClients = 64;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<RawClient>(port()));
    clients.back()->send(get("/never"));
  }
  for (int i = 0; i < kClients; ++i) take_kept()(text_response(200, "committed"));
  for (auto& client : clients) EXPECT_EQ(client->read_answer().body, "committed");
}

TEST_F(ServerTest, StopsGracefully) {
  start();
  RawClient idle(port()), busy(port());
  EXPECT_EQ(idle.exchange(get("/hello")).status, 200);
  busy.send(get("/never"));
  const Respond respond = take_kept();
  std::thread stopper([&] { server->stop(); });
  EXPECT_TRUE(idle.closed());
  respond(text_response(200, "finished"));
  const auto answer = busy.read_answer();
  EXPECT_EQ(answer.body, "finished");
  EXPECT_EQ(answer.field("Connection"), "close");
  stopper.join();
  server->stop();  // a second call does nothing
}

TEST_F(ServerTest, StopsEvenIfAHandlerNeverAnswers) {
  start({.drain_ms = 50});
  RawClient client(port());
  client.send(get("/never"));
  const Respond respond = take_kept();
  server->stop();
  EXPECT_TRUE(client.closed());
  server.reset();
  respond(text_response(200, "to nobody"));
}

TEST_F(ServerTest, IgnoresAnswersToClientsThatLeft) {
  start();
  {
    RawClient client(port());
    client.send(get("/never"));
    take_kept()(text_response(200, "first"));
    client.send(get("/never"));
    wait_until([&] { return server->metrics().requests == 2; });
  }
  take_kept()(text_response(200, "to nobody"));
  expect_alive();
}

TEST_F(ServerTest, TellsWhereItListens) {
  start();
  EXPECT_NE(port(), 0);
  EXPECT_EQ(server->url(), "http://127.0.0.1:" + std::to_string(port()));
}

std::string start_error(ServerOptions options) {
  auto started = Server::start(std::move(options), Router());
  return started.ok() ? "started" : started.error().path;
}

TEST(ServerStart, NamesTheOptionThatIsWrong) {
  for (const char* listen : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x",
                             "host:80", ":80", "1.2.3:80"}) {
    EXPECT_EQ(start_error({.listen = listen}), "listen") << listen;
  }
  EXPECT_EQ(start_error({.tls_cert_file = "/nonexistent", .tls_key_file = "/nonexistent"}),
            "tls-cert");
  EXPECT_EQ(start_error({.tls_cert_file = "/nonexistent"}), "tls-key");
  EXPECT_EQ(start_error({.tls_key_file = "/nonexistent"}), "tls-cert");
  EXPECT_EQ(start_error({.io_threads = 0}), "io-threads");
}

TEST(ServerStart, RefusesPlainHttpBeyondLoopback) {
  for (const char* listen : {"0.0.0.0:0", "[::]:0", "192.0.2.1:0"})
    EXPECT_EQ(start_error({.listen = listen}), "listen");
}

TEST(ServerStart, RefusesAPortThatIsTaken) {
  auto first = Server::start({}, Router());
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(start_error({.listen = "127.0.0.1:" + std::to_string((*first)->port())}), "listen");
}

}  // namespace
}  // namespace opora::web
