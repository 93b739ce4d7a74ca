// What strangers send: each is refused with a 4xx/5xx or a close, and the server lives.
#include <sys/resource.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "tests/unit/web/server_fixture.h"

namespace opora::web {
namespace {

using ::testing::HasSubstr;

class HardeningTest : public ServerTest {
 protected:
  // Sends `request`, expects `status` and a closed connection, and that others are served.
  void expect_refused(std::string_view request, int status) {
    RawClient client(port());
    client.send(request);
    EXPECT_EQ(client.read_answer().status, status) << request.substr(0, 200);
    EXPECT_TRUE(client.closed());
    expect_alive();
  }
  static std::string with_fields(std::string_view fields) {
    return "POST /echo HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
  }
  static std::string chunked(std::string_view body) {
    return with_fields("Transfer-Encoding: chunked\r\n") + std::string(body);
  }
};

TEST_F(HardeningTest, RefusesTransferCodingsOtherThanChunked) {
  start();
  for (const char* coding : {"gzip", "gzip, chunked", "chunked, gzip", "identity",
                             "chunked, chunked", "xchunked", "", "chunked;q=1", "\"chunked\""}) {
    expect_refused(with_fields("Transfer-Encoding: " + std::string(coding) + "\r\n") + "0\r\n\r\n",
                   400);
  }
  expect_refused(
      with_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n",
      400);
}

TEST_F(HardeningTest, RefusesChunkedInHttp10) {
  start();
  expect_refused("POST /echo HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                 400);
}

TEST_F(HardeningTest, RefusesContentLengthTogetherWithTransferEncoding) {
  start();
  expect_refused(with_fields("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n",
                 400);
  expect_refused(with_fields("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") + "0\r\n\r\n",
                 400);
}

TEST_F(HardeningTest, RefusesOddContentLengths) {
  start();
  for (const char* length : {"-1", "+5", "5, 5", "0x5", "5 5", "", "99999999999999999999", "5a"}) {
    expect_refused(with_fields("Content-Length: " + std::string(length) + "\r\n") + "hello", 400);
  }
  expect_refused(with_fields("Content-Length: 5\r\nContent-Length: 5\r\n") + "hello", 400);
  expect_refused(with_fields("Content-Length: 5\r\nContent-Length: 6\r\n") + "hello", 400);
}

TEST_F(HardeningTest, RefusesTrailersByTheThousand) {
  start();
  std::string trailers;
  for (int i = 0; i < 5000; ++i) trailers += "X-" + std::to_string(i) + ": 1\r\n";
  expect_refused(chunked("0\r\n" + trailers + "\r\n"), 400);
}

TEST_F(HardeningTest, SurvivesATrailerOf70Kilobytes) {
  start();
  expect_refused(chunked("0\r\nX: " + std::string(70'000, 'a') + "\r\n\r\n"), 400);
}

TEST_F(HardeningTest, RefusesAMegabyteOfChunkExtensions) {
  start();
  expect_refused(chunked("5;" + std::string(1'000'000, 'x') + "\r\nhello\r\n0\r\n\r\n"), 400);
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "1;abcdefgh=1\r\nx\r\n";
  expect_refused(chunked(many + "0\r\n\r\n"), 400);
}

TEST_F(HardeningTest, RefusesMalformedChunks) {
  start();
  for (const char* body :
       {"x\r\n", "\r\n", "5\nhello\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n", "5\r\nhello\n0\r\n\r\n",
        "-5\r\nhello\r\n", "123456789\r\n", "5 \r\nhello\r\n", "5;\x01\r\nhello\r\n",
        "0\r\nA: 1\r\n B: folded\r\n\r\n", "0\r\nA\n: 1\r\n\r\n", "0\r\n\rX"}) {
    expect_refused(chunked(body), 400);
  }
}

TEST_F(HardeningTest, RefusesAFloodOfTinyChunks) {
  start();
  std::string body;
  for (int i = 0; i < 5000; ++i) body += "1\r\nx\r\n";
  expect_refused(chunked(body + "0\r\n\r\n"), 400);
}

TEST_F(HardeningTest, RefusesFoldedHeaders) {
  start();
  expect_refused("GET /hello HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n", 400);
  expect_refused("GET /hello HTTP/1.1\r\nHost: h\r\nX: a\r\n\tb\r\n\r\n", 400);
}

TEST_F(HardeningTest, RefusesNoHostTwoHostsAndOddHosts) {
  start();
  expect_refused("GET /hello HTTP/1.1\r\n\r\n", 400);
  expect_refused("GET /hello HTTP/1.0\r\n\r\n", 400);
  expect_refused("GET /hello HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400);
  expect_refused("GET /hello HTTP/1.1\r\nHost: \r\n\r\n", 400);
  expect_refused("GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n", 400);
  expect_refused("GET /hello HTTP/1.1\r\nHost: user@a\r\n\r\n", 400);
}

TEST_F(HardeningTest, RefusesBadTargets) {
  start();
  for (const char* target :
       {"http://h/hello", "*", "hello", "/..%2fetc/passwd", "/../hello", "/a%00b", "/%2e%2e/hello",
        "/hello%", "/hello%zz", "/%ff", "/a\\b", "/hello#x", "h:80"}) {
    expect_refused("GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n", 400);
  }
  expect_refused(std::string("GET /a\0b HTTP/1.1\r\nHost: h\r\n\r\n", 33), 400);
  expect_refused("GET /" + std::string(5000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414);
  std::string query;
  for (int i = 0; i < 40; ++i) query += "a=1&";
  expect_refused("GET /hello?" + query + " HTTP/1.1\r\nHost: h\r\n\r\n", 400);
}

TEST_F(HardeningTest, RefusesBrokenRequestLinesAndFields) {
  start();
  for (const char* request :
       {"GET\r\n\r\n", "GET /hello\r\n\r\n", "GET /hello HTTP/2.0\r\nHost: h\r\n\r\n",
        "GET /hello HTTP/1.2\r\nHost: h\r\n\r\n", "GET /hello HTTP/0.9\r\n\r\n",
        "GET  /hello HTTP/1.1\r\nHost: h\r\n\r\n", "GET /hello HTTP/1.1 \r\nHost: h\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost : h\r\n\r\n", "GET /hello HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: h\nX: y\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: h\r\nX: a\x01\r\n\r\n",
        "GET /hello HTTP/1.1\r\n Host: h\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"}) {
    expect_refused(request, 400);
  }
  expect_refused("BREW /hello HTTP/1.1\r\nHost: h\r\n\r\n", 501);
  expect_refused("TRACE /hello HTTP/1.1\r\nHost: h\r\n\r\n", 501);
  expect_refused("CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n", 501);
  expect_refused("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nExpect: magic\r\n\r\nx",
                 417);
}

TEST_F(HardeningTest, RefusesWhatIsNotHttpAtItsFirstByte) {
  start();
  expect_refused("\x16\x03\x01\x02\x05", 400);  // a TLS hello: no empty line will ever come
  expect_refused(std::string(1, '\0'), 400);
  expect_refused("\r\n\r\n", 400);
}

TEST_F(HardeningTest, RefusesHeadersThatAreTooLargeOrTooMany) {
  start();
  expect_refused("GET /hello HTTP/1.1\r\nHost: h\r\nX: " + std::string(20'000, 'a') + "\r\n\r\n",
                 431);
  expect_refused("GET /hello HTTP/1.1\r\nHost: h\r\nX: " + std::string(200'000, 'a'),
                 431);  // and without an end
  std::string fields;
  for (int i = 0; i < 100; ++i) fields += "A: 1\r\n";
  expect_refused(with_fields(fields), 431);
  EXPECT_EQ(refused(Refusal::kHeaderTooLarge), 3u);
}

TEST_F(HardeningTest, RefusesBodiesOverTheLimit) {
  big_body = 3000;
  start({.body_bytes = 1000});
  EXPECT_EQ(once(post("/echo", std::string(1000, 'x'))).status, 200);
  expect_refused(post("/echo", std::string(1001, 'x')), 413);
  expect_refused(with_fields("Content-Length: 4000000000\r\nExpect: 100-continue\r\n"), 413);
  expect_refused(chunked("3e9\r\n" + std::string(1001, 'x')), 413);
  expect_refused(chunked("1f4\r\n" + std::string(500, 'x') + "\r\n1f5\r\n" + std::string(501, 'x')),
                 413);
  expect_refused(chunked("ffffffff\r\n"), 413);
  EXPECT_EQ(once(post("/big", std::string(3000, 'x'))).status, 200);  // a route's own limit
  expect_refused(post("/big", std::string(3001, 'x')), 413);
  EXPECT_EQ(refused(Refusal::kBodyTooLarge), 6u);
}

TEST_F(HardeningTest, HoldsAllBodiesWithinTheMemoryLimit) {
  start({.bodies_bytes = 100'000});
  RawClient slow(port());
  slow.send(with_fields("Content-Length: 90000\r\n"));
  wait_until([&] { return server->metrics().requests == 1; });
  expect_refused(post("/echo", std::string(20'000, 'x')), 503);
  expect_refused(chunked("4e20\r\n" + std::string(20'000, 'x') + "\r\n0\r\n\r\n"), 503);
  EXPECT_EQ(refused(Refusal::kMemory), 2u);
  slow.send(std::string(90'000, 'y'));
  EXPECT_EQ(slow.read_answer().status, 200);
  EXPECT_EQ(once(post("/echo", std::string(20'000, 'x'))).status, 200);  // given back
}

TEST_F(HardeningTest, CutsHeadersThatDripIn) {
  start({.header_ms = 50});
  RawClient client(port());
  client.send("GET /hello HT");
  EXPECT_EQ(client.read_answer().status, 408);
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(refused(Refusal::kTooSlow), 1u);
  expect_alive();
}

TEST_F(HardeningTest, CutsBodiesBelowTheRateFloor) {
  start({.body_grace_ms = 50, .body_bytes_per_second = 1'000'000});
  RawClient client(port());
  client.send(with_fields("Content-Length: 500000\r\n") + "x");
  EXPECT_EQ(client.read_answer().status, 408);
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(refused(Refusal::kTooSlow), 1u);
}

TEST_F(HardeningTest, CutsBodiesThatTakeTooLongAltogether) {
  start({.body_bytes_per_second = 0, .body_ms = 50});
  RawClient client(port());
  client.send(with_fields("Content-Length: 5\r\n") + "x");
  EXPECT_EQ(client.read_answer().status, 408);
}

TEST_F(HardeningTest, ClosesIdleConnections) {
  start({.idle_ms = 50});
  RawClient fresh(port());
  EXPECT_TRUE(fresh.closed());
  // On a busy machine the first tries may come too late for their own connection.
  for (int status = 0; status != 200;) {
    RawClient used(port());
    status = used.exchange(get("/hello")).status;
    EXPECT_TRUE(used.closed());
  }
  EXPECT_EQ(refused(Refusal::kTooSlow), 0u);
}

TEST_F(HardeningTest, CutsReadersThatStall) {
  large_answer = 64 * 1024 * 1024;
  start({.write_stall_ms = 50});
  RawClient client(port());
  client.send(get("/large"));  // and read nothing of it
  wait_until([&] { return refused(Refusal::kTooSlow) == 1; });
  wait_until([&] { return server->metrics().connections_open == 0; });
  expect_alive();
}

TEST_F(HardeningTest, AnswersInPlaceOfAHandlerThatDoesNot) {
  start({.handler_ms = 50});
  RawClient client(port());
  client.send(get("/never"));
  EXPECT_EQ(client.read_answer().status, 503);
  EXPECT_TRUE(client.closed());
  take_kept()(text_response(200, "too late"));
  expect_alive();
}

TEST_F(HardeningTest, CapsConnectionsInAllAndPerAddress) {
  start({.connections_per_loopback = 3});
  {
    RawClient a(port()), b(port()), c(port());
    for (auto* client : {&a, &b, &c}) EXPECT_EQ(client->exchange(get("/hello")).status, 200);
    RawClient fourth(port());
    const auto answer = fourth.read_answer();
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.field("Retry-After"), "1");
    EXPECT_TRUE(fourth.closed());
    EXPECT_EQ(refused(Refusal::kConnectionCap), 1u);
  }
  wait_until([&] { return server->metrics().connections_open == 0; });
  expect_alive();
}

TEST_F(HardeningTest, LimitsTheRateOfRequestsPerAddress) {
  start({.loopback_requests_per_second = 0.001, .loopback_request_burst = 3});
  RawClient client(port());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.exchange(get("/hello")).status, 200);
  const auto fourth = client.exchange(get("/hello"));
  EXPECT_EQ(fourth.status, 429);
  EXPECT_EQ(fourth.field("Retry-After"), "1");
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(once(get("/hello")).status, 429);  // a new connection does not help
  EXPECT_EQ(refused(Refusal::kRateLimit), 2u);
}

TEST_F(HardeningTest, WaitsOutAWantOfFileDescriptors) {
  constexpr int kBackoffMs = 20;
  start({.accept_backoff_ms = kBackoffMs});
  RawClient client;  // has its descriptor, is not yet connected
  rlimit whole{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &whole), 0);
  const int lowest_free = ::dup(0);
  ::close(lowest_free);
  const rlimit none_left{static_cast<rlim_t>(lowest_free), whole.rlim_max};
  const auto began = std::chrono::steady_clock::now();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none_left), 0);
  client.connect(port());
  client.send(get("/hello"));
  wait_until([&] { return refused(Refusal::kAcceptFailed) >= 3; });
  const auto tries = refused(Refusal::kAcceptFailed);
  const std::chrono::duration<double, std::milli> elapsed =
      std::chrono::steady_clock::now() - began;
  EXPECT_LE(static_cast<double>(tries), elapsed.count() / kBackoffMs + 1) << "it spins";
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &whole), 0);
  EXPECT_EQ(client.read_answer().body, "hello");
  expect_alive();
}

TEST_F(HardeningTest, CountsWhatItRefused) {
  start();
  expect_refused("GET /hello HTTP/1.1\r\n\r\n", 400);
  EXPECT_EQ(refused(Refusal::kBadRequest), 1u);
  EXPECT_EQ(refusal_name(Refusal::kBadRequest), "bad_request");
  EXPECT_EQ(server->metrics().answers_by_class[4], 1u);
}

TEST_F(HardeningTest, DoesNotLetARefusedBodyBecomeARequest) {
  start();
  RawClient client(port());
  client.send(with_fields("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n" +
              get("/hello"));
  EXPECT_EQ(client.read_answer().status, 400);
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(server->metrics().requests, 0u);
}

}  // namespace
}  // namespace opora::web
