#include <gmock/gmock.h>

#include "tests/unit/web/server_fixture.h"
#include "tests/unit/web/ws_client.h"
#include "web/server/problem.h"

namespace opora::web {
namespace {

using namespace std::chrono_literals;

// A server with a WebSocket at /live that echoes, and notes who came and went.
class WebSocketTest : public ServerTest {
 protected:
  ~WebSocketTest() override { server.reset(); }  // before what its callbacks write to
  void start_live(Limits limits = {}) {
    Router router;
    add_routes(router);
    router.websocket(
        "/live", [this](Request, PathParams, WsUpgrade upgrade) { upgrade.accept(callbacks()); });
    router.websocket("/refused", [](Request, PathParams, WsUpgrade upgrade) {
      upgrade.refuse(problem({Code::kUnauthenticated, "", "sign in first"}));
    });
    router.websocket("/dropped", [](Request, PathParams, WsUpgrade) {});
    router.websocket("/live-later", [this](Request, PathParams, WsUpgrade upgrade) {
      threads.emplace_back([this, upgrade] { upgrade.accept(callbacks()); });
    });
    ServerOptions options;
    options.limits = limits;
    start(std::move(options), std::move(router));
  }
  WsCallbacks callbacks() {
    return {.on_open =
                [this](WsSession session) {
                  const std::lock_guard lock(mutex);
                  sessions.push_back(session);
                  changed.notify_all();
                },
            .on_message =
                [](WsSession session, std::string text) {
                  if (text.starts_with("throw")) throw std::runtime_error("a bug");
                  session.send("echo " + text);
                },
            .on_close =
                [this](WsSession, std::uint16_t code) {
                  const std::lock_guard lock(mutex);
                  closed_with.push_back(code);
                  changed.notify_all();
                }};
  }
  WsSession opened() {
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, kPatience, [&] { return !sessions.empty(); }));
    return sessions.back();
  }
  // The code that on_close was called with.
  std::uint16_t close_code() {
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, kPatience, [&] { return !closed_with.empty(); }));
    EXPECT_EQ(closed_with.size(), 1u);
    return closed_with.empty() ? 0 : closed_with.front();
  }

  std::vector<WsSession> sessions;
  std::vector<std::uint16_t> closed_with;
};

TEST_F(WebSocketTest, EchoesTexts) {
  start_live();
  WsClient client(port(), "/live");
  ASSERT_EQ(client.handshake().status, 101);
  EXPECT_EQ(client.accept_key(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");  // RFC 6455 §1.3
  client.send_text("привет");
  EXPECT_EQ(client.read().payload, "echo привет");
  client.send_text("");
  EXPECT_EQ(client.read().payload, "echo ");
  client.send_fragments({"in ", "three ", "parts"});
  EXPECT_EQ(client.read().payload, "echo in three parts");
  EXPECT_EQ(server->metrics().websockets_open, 1u);
}

TEST_F(WebSocketTest, SpeaksAfterAnEarlierRequestOnTheSameConnection) {
  start_live();
  WsClient client(port(), "/live");
  client.raw().send(get("/hello"));
  EXPECT_EQ(client.raw().read_answer().body, "hello");
  ASSERT_EQ(client.handshake().status, 101);
  client.send_text("x");
  EXPECT_EQ(client.read().payload, "echo x");
}

TEST_F(WebSocketTest, SendsFromAnyThreadInOrder) {
  start_live();
  WsClient client(port(), "/live");
  ASSERT_EQ(client.handshake().status, 101);
  const WsSession session = opened();
  std::thread sender([&] {
    for (int i = 0; i < 500; ++i) EXPECT_EQ(session.send(std::to_string(i)), WsSend::kQueued);
  });
  for (int i = 0; i < 500; ++i) EXPECT_EQ(client.read().payload, std::to_string(i));
  sender.join();
}

TEST_F(WebSocketTest, IsDecidedLaterFromAnotherThread) {
  start_live();
  WsClient client(port(), "/live-later");
  ASSERT_EQ(client.handshake().status, 101);
  client.send_text("x");
  EXPECT_EQ(client.read().payload, "echo x");
}

TEST_F(WebSocketTest, AnswersPings) {
  start_live();
  WsClient client(port(), "/live");
  ASSERT_EQ(client.handshake().status, 101);
  client.send_frame(WsClient::kPing, "are you there");
  const auto pong = client.read();
  EXPECT_EQ(pong.opcode, WsClient::kPong);
  EXPECT_EQ(pong.payload, "are you there");
}

TEST_F(WebSocketTest, TellsTheCodeOfTheClientsClose) {
  start_live();
  WsClient client(port(), "/live");
  ASSERT_EQ(client.handshake().status, 101);
  client.send_close(4001);
  EXPECT_EQ(client.read_close(), 4001);
  EXPECT_TRUE(client.raw().closed());
  client.raw().hang_up();
  EXPECT_EQ(close_code(), 4001);
  EXPECT_EQ(opened().send("too late"), WsSend::kClosed);
}

TEST_F(WebSocketTest, DoesNotWaitForClientsThatNeverHangUp) {
  start_live({.ws_close_ms = 50});
  WsClient client(port(), "/live");
  ASSERT_EQ(client.handshake().status, 101);
  client.send_close(4001);
  EXPECT_EQ(close_code(), 4001);
  wait_until([&] { return server->metrics().connections_open == 0; });
}

TEST_F(WebSocketTest, NoticesAConnectionThatBreaks) {
  start_live();
  {
    WsClient client(port(), "/live");
    ASSERT_EQ(client.handshake().status, 101);
    opened();
  }
  EXPECT_EQ(close_code(), 1006);
  wait_until([&] { return server->metrics().connections_open == 0; });
}

TEST_F(WebSocketTest, SendsWhatIsQueuedBeforeItCloses) {
  start_live();
  WsClient client(port(), "/live");
  ASSERT_EQ(client.handshake().status, 101);
  const WsSession session = opened();
  session.send("last words");
  session.close(4000, "done");
  EXPECT_EQ(session.send("nothing more"), WsSend::kClosed);
  EXPECT_EQ(client.read().payload, "last words");
  EXPECT_EQ(client.read_close(), 4000);
  client.send_close(4000);
  client.raw().hang_up();
  EXPECT_EQ(close_code(), 4000);
}

TEST_F(WebSocketTest, ClosesASlowConsumer) {
  start_live({.ws_queue_messages = 10, .ws_close_ms = 50});
  WsClient client(port(), "/live");
  ASSERT_EQ(client.handshake().status, 101);
  const WsSession session = opened();
  const auto text = std::make_shared<const std::string>(std::string(60'000, 'x'));
  wait_until([&] { return session.send(text) == WsSend::kTooSlow; });  // the client reads nothing
  EXPECT_EQ(session.send("x"), WsSend::kClosed);
  EXPECT_EQ(close_code(), 1013);
  EXPECT_EQ(refused(Refusal::kSlowConsumer), 1u);
  wait_until([&] { return server->metrics().websockets_open == 0; });
  expect_alive();
}

TEST_F(WebSocketTest, TellsASlowConsumerWhy) {
  start_live({.ws_queue_bytes = 100'000});
  WsClient client(port(), "/live");
  ASSERT_EQ(client.handshake().status, 101);
  const WsSession session = opened();
  EXPECT_EQ(session.send(std::string(200'000, 'x')), WsSend::kTooSlow);
  EXPECT_EQ(client.read_close(), 1013);
}

TEST_F(WebSocketTest, RefusesMessagesThatAreTooLarge) {
  start_live({.ws_message_bytes = 1000});
  WsClient client(port(), "/live");
  ASSERT_EQ(client.handshake().status, 101);
  client.send_text(std::string(1000, 'x'));
  EXPECT_EQ(client.read().payload.size(), 1005u);
  client.send_text(std::string(1001, 'x'));
  EXPECT_EQ(client.read_close(), 1009);
  client.raw().hang_up();
  EXPECT_EQ(close_code(), 1009);
}

TEST_F(WebSocketTest, RefusesFragmentsThatAddUpToTooMuch) {
  start_live({.ws_message_bytes = 1000});
  WsClient client(port(), "/live");
  ASSERT_EQ(client.handshake().status, 101);
  client.send_fragments({std::string(900, 'x'), std::string(900, 'x')});
  EXPECT_EQ(client.read_close(), 1009);
}

TEST_F(WebSocketTest, RefusesBinaryAndBrokenFrames) {
  start_live();
  const auto code_after = [&](int opcode, std::string_view payload) {
    WsClient client(port(), "/live");
    EXPECT_EQ(client.handshake().status, 101);
    client.send_frame(opcode, payload);
    return client.read_close();
  };
  EXPECT_EQ(code_after(WsClient::kBinary, "x"), 1003);
  EXPECT_EQ(code_after(WsClient::kText, "\xFF"), 1007);
  EXPECT_EQ(code_after(3, "reserved"), 1002);
  EXPECT_EQ(code_after(WsClient::kPing, std::string(126, 'x')), 1002);  // control frames are short
  expect_alive();
}

TEST_F(WebSocketTest, RefusesFramesThatAreNotMasked) {
  start_live();
  WsClient client(port(), "/live");
  ASSERT_EQ(client.handshake().status, 101);
  client.raw().send("\x81\x01x");
  EXPECT_EQ(client.read_close(), 1002);
}

TEST_F(WebSocketTest, LimitsTheRateOfMessages) {
  start_live({.loopback_requests_per_second = 0.001, .loopback_request_burst = 3});
  WsClient client(port(), "/live");
  ASSERT_EQ(client.handshake().status, 101);  // takes one
  for (int i = 0; i < 3; ++i) client.send_text("x");
  EXPECT_EQ(client.read().payload, "echo x");
  EXPECT_EQ(client.read().payload, "echo x");
  EXPECT_EQ(client.read_close(), 1008);
}

TEST_F(WebSocketTest, PingsAndEndsSilentSessions) {
  start_live({.ws_idle_ms = 200});
  WsClient client(port(), "/live");
  ASSERT_EQ(client.handshake().status, 101);
  EXPECT_EQ(client.read().opcode, WsClient::kPing);
  EXPECT_TRUE(client.raw().closed());  // the ping stays unanswered
  EXPECT_EQ(close_code(), 1006);
}

TEST_F(WebSocketTest, SurvivesACallbackThatThrows) {
  start_live();
  WsClient client(port(), "/live");
  ASSERT_EQ(client.handshake().status, 101);
  client.send_text("throw");
  EXPECT_EQ(client.read_close(), 1011);
  EXPECT_EQ(server->metrics().exceptions_caught, 1u);
  expect_alive();
}

TEST_F(WebSocketTest, CapsSessionsPerAddress) {
  start_live({.ws_sessions_per_address = 2});
  WsClient a(port(), "/live"), b(port(), "/live");
  EXPECT_EQ(a.handshake().status, 101);
  EXPECT_EQ(b.handshake().status, 101);
  EXPECT_EQ(WsClient(port(), "/live").handshake().status, 429);
  EXPECT_EQ(refused(Refusal::kWebSocket), 1u);
  a.raw().hang_up();
  wait_until([&] { return server->metrics().websockets_open == 1; });
  EXPECT_EQ(WsClient(port(), "/live").handshake().status, 101);
}

TEST_F(WebSocketTest, AsksTheRouteWhoMayCome) {
  start_live();
  EXPECT_EQ(WsClient(port(), "/refused").handshake().status, 401);
  EXPECT_EQ(WsClient(port(), "/dropped").handshake().status, 500);
  EXPECT_EQ(WsClient(port(), "/nowhere").handshake().status, 404);
  EXPECT_EQ(server->metrics().websockets_open, 0u);
}

TEST_F(WebSocketTest, ChecksTheOriginAgainstTheHost) {
  start_live();
  const auto status = [&](std::string fields) {
    return WsClient(port(), "/live").handshake(std::move(fields)).status;
  };
  EXPECT_EQ(status("Origin: http://test\r\nCookie: a=b\r\n"), 101);
  EXPECT_EQ(status("Origin: https://TEST\r\n"), 101);
  EXPECT_EQ(status("Origin: http://evil\r\nCookie: a=b\r\n"), 403);
  EXPECT_EQ(status("Origin: http://test.evil\r\n"), 403);
  EXPECT_EQ(status("Origin: null\r\n"), 403);
  EXPECT_EQ(status("Origin: http://test\r\nOrigin: http://evil\r\n"), 403);
  EXPECT_EQ(status("Cookie: a=b\r\n"), 403);
}

TEST_F(WebSocketTest, RefusesMalformedHandshakes) {
  start_live();
  EXPECT_EQ(once(get("/live")).status, 426);
  const auto status = [&](const std::string& fields) {
    return once("GET /live HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n").status;
  };
  const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const std::string upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  EXPECT_EQ(status(upgrade + key + "Sec-WebSocket-Version: 8\r\n"), 426);
  EXPECT_EQ(status(upgrade + "Sec-WebSocket-Version: 13\r\n"), 400);
  EXPECT_EQ(status(upgrade + "Sec-WebSocket-Key: short\r\nSec-WebSocket-Version: 13\r\n"), 400);
  EXPECT_EQ(status(upgrade + key + key + "Sec-WebSocket-Version: 13\r\n"), 400);
  EXPECT_EQ(
      status("Connection: close\r\nUpgrade: websocket\r\n" + key + "Sec-WebSocket-Version: 13\r\n"),
      426);
  EXPECT_EQ(once("POST /live HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n").status, 405);
  EXPECT_EQ(once("GET /live HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n" + upgrade + key +
                 "Sec-WebSocket-Version: 13\r\n\r\nx")
                .status,
            400);
  EXPECT_EQ(once("GET /live HTTP/1.1\r\nHost: h\r\n" + upgrade + key +
                 "Sec-WebSocket-Version: 13\r\n\r\nearly")
                .status,
            400);
}

TEST_F(WebSocketTest, EndsSessionsWhenTheServerStops) {
  start_live();
  WsClient client(port(), "/live");
  ASSERT_EQ(client.handshake().status, 101);
  const WsSession session = opened();
  std::thread stopper([&] { server->stop(); });
  EXPECT_EQ(client.read_close(), 1001);
  client.send_close(1001);
  client.raw().hang_up();
  stopper.join();
  EXPECT_EQ(close_code(), 1001);
  server.reset();
  EXPECT_EQ(session.send("to nobody"), WsSend::kClosed);
  session.close(1000, "");
}

TEST_F(WebSocketTest, StopsEvenIfTheClientDoesNotAnswer) {
  start_live({.ws_close_ms = 50});
  WsClient client(port(), "/live");
  ASSERT_EQ(client.handshake().status, 101);
  opened();
  server->stop();
  EXPECT_EQ(close_code(), 1001);
}

}  // namespace
}  // namespace opora::web
