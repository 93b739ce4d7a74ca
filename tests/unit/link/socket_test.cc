// Sockets on the loopback: who is let in, what passes, what does not.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <thread>

#include <gtest/gtest.h>
#include <zmq.h>

#include "protocol/link/dealer.h"
#include "protocol/link/message_parts.h"
#include "protocol/link/router.h"
#include "protocol/link/wakeup.h"
#include "protocol/link/zap.h"

namespace opora::protocol {
namespace {

constexpr std::size_t kMaxFrame = 64 * 1024;
constexpr const char* kDomain = "test";
using Kind = DealerEvent::Kind;

bool eventually(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

// A router on the way that refuses: it takes a connection and resets it.
class Refuser {
 public:
  Refuser() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    auto* address = reinterpret_cast<sockaddr*>(&at);
    EXPECT_EQ(::bind(listener_, address, size), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
    EXPECT_EQ(::getsockname(listener_, address, &size), 0);
    endpoint_ = "tcp://127.0.0.1:" + std::to_string(ntohs(at.sin_port));
    thread_ = std::thread([this] { refuse(); });
  }
  ~Refuser() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  const std::string& endpoint() const { return endpoint_; }

 private:
  void refuse() const {
    for (int peer = 0; (peer = ::accept(listener_, nullptr, nullptr)) >= 0;) {
      // Before the first byte the reset may fall into the end of connect(), which keeps it to
      // itself.
      char first = 0;
      static_cast<void>(::recv(peer, &first, 1, 0));
      const linger at_once{1, 0};
      ::setsockopt(peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      ::close(peer);
    }
  }

  int listener_;
  std::string endpoint_;
  std::thread thread_;
};

class Sockets : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(zap.start().ok());
    auto opened = Router::open(context, zap, {"tcp://127.0.0.1:*", server, kDomain, kMaxFrame});
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    router = std::move(opened).value();
  }
  std::unique_ptr<Dealer> dial(const LinkKeyPair& keys) {
    auto opened = Dealer::open(context, {router->endpoint(), server.public_key, keys, kMaxFrame});
    EXPECT_TRUE(opened.ok());
    return std::move(opened).value();
  }
  // The first thing that happens to a connection.
  static Kind fate(Dealer& dealer) {
    std::optional<DealerEvent> event;
    EXPECT_TRUE(eventually([&] { return (event = dealer.next_event()).has_value(); }));
    return event ? event->kind : Kind::kFailed;
  }
  std::optional<RoutedFrame> next_frame() {
    std::optional<RoutedFrame> frame;
    eventually([&] { return (frame = router->receive()).has_value(); });
    return frame;
  }

  LinkContext context;
  LinkKeyPair server = generate_link_keys();
  LinkKeyPair client = generate_link_keys();
  ZapHandler zap{context, [this](std::string_view domain, const LinkKey& key) {
                   return domain == kDomain && key == client.public_key;
                 }};
  std::unique_ptr<Router> router;
};

TEST_F(Sockets, AFrameArrivesWithTheKeyOfItsConnectionAndIsAnswered) {
  auto dealer = dial(client);
  ASSERT_EQ(fate(*dealer), Kind::kConnected);
  EXPECT_EQ(dealer->send("question"), SendResult::kSent);
  const auto frame = next_frame();
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->frame, "question");
  EXPECT_EQ(frame->key, client.public_key);
  EXPECT_EQ(router->send(frame->route, "answer"), SendResult::kSent);
  std::optional<Bytes> answer;
  ASSERT_TRUE(eventually([&] { return (answer = dealer->receive()).has_value(); }));
  EXPECT_EQ(*answer, "answer");
}

TEST_F(Sockets, AStrangerIsRefusedAndToldSo) {
  auto stranger = dial(generate_link_keys());
  EXPECT_EQ(fate(*stranger), Kind::kRefused);
  EXPECT_NE(stranger->send("hello"), SendResult::kSent);
}

TEST_F(Sockets, AServerWithAnotherKeyIsNotBelieved) {
  auto opened = Dealer::open(context, {router->endpoint(), client.public_key, client, kMaxFrame});
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(fate(**opened), Kind::kForeign);
}

// A cut link is no reason to doubt a key.
TEST_F(Sockets, AResetOnTheWayIsNobodyThere) {
  const Refuser refuser;
  auto opened = Dealer::open(context, {refuser.endpoint(), server.public_key, client, kMaxFrame});
  ASSERT_TRUE(opened.ok());
  for (int i = 0; i < 20; ++i) {
    std::optional<DealerEvent> event;
    ASSERT_TRUE(eventually([&] { return (event = (*opened)->next_event()).has_value(); }));
    EXPECT_EQ(event->kind, Kind::kFailed) << event->text;
    EXPECT_EQ(event->text, "no answer");
  }
}

TEST_F(Sockets, NobodyThereIsSaid) {
  auto opened = Dealer::open(context, {"tcp://127.0.0.1:1", server.public_key, client, kMaxFrame});
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(fate(**opened), Kind::kFailed);
}

TEST_F(Sockets, AnEndpointThatCannotBeOneIsAnError) {
  EXPECT_FALSE(Dealer::open(context, {"nowhere", server.public_key, client, kMaxFrame}).ok());
  const auto bound = Router::open(context, zap, {"nowhere", server, kDomain, kMaxFrame});
  ASSERT_FALSE(bound.ok());
  EXPECT_EQ(bound.error().path, "endpoint");
}

TEST_F(Sockets, SendingToNobodyIsNoticed) {
  EXPECT_EQ(router->send("nobody", "frame"), SendResult::kGone);
}

TEST_F(Sockets, APeerThatLeftIsNoticed) {
  auto dealer = dial(client);
  ASSERT_EQ(fate(*dealer), Kind::kConnected);
  dealer->send("hello");
  const auto frame = next_frame();
  ASSERT_TRUE(frame.has_value());
  dealer.reset();
  EXPECT_TRUE(
      eventually([&] { return router->send(frame->route, "answer") == SendResult::kGone; }));
}

TEST_F(Sockets, APeerThatDoesNotReadFillsItsQueueAndNotTheMemory) {
  auto dealer = dial(client);
  ASSERT_EQ(fate(*dealer), Kind::kConnected);
  dealer->send("hello");
  const auto frame = next_frame();
  ASSERT_TRUE(frame.has_value());
  const Bytes large(kMaxFrame, 'x');
  int sent = 0;
  while (sent < 100'000 && router->send(frame->route, large) == SendResult::kSent) ++sent;
  EXPECT_LT(sent, 100'000);
}

TEST_F(Sockets, ATooLargeFrameEndsTheConnection) {
  auto dealer = dial(client);
  ASSERT_EQ(fate(*dealer), Kind::kConnected);
  EXPECT_EQ(dealer->send(Bytes(kMaxFrame + 1, 'x')), SendResult::kSent);
  EXPECT_EQ(fate(*dealer), Kind::kDisconnected);
  EXPECT_FALSE(router->receive().has_value());
}

TEST_F(Sockets, AMultipartMessageComesAsAnEmptyFrame) {
  Socket raw(context, ZMQ_DEALER);
  set_curve_client(raw, client, server.public_key);
  ASSERT_TRUE(raw.connect(router->endpoint()).ok());
  ASSERT_TRUE(eventually([&] {
    return send_parts(raw.raw(), {"one", "two", "three"}) == SendResult::kSent;
  }));
  auto frame = next_frame();
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->frame, "");
  ASSERT_EQ(send_parts(raw.raw(), {"whole"}), SendResult::kSent);
  frame = next_frame();
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->frame, "whole") << "the next message is not mixed up with it";
}

TEST_F(Sockets, RebindingEndsConnectionsAndListensOnTheSamePort) {
  auto dealer = dial(client);
  ASSERT_EQ(fate(*dealer), Kind::kConnected);
  ASSERT_TRUE(eventually([&] { return router->rebind().ok(); }));
  EXPECT_EQ(fate(*dealer), Kind::kDisconnected);
  EXPECT_EQ(fate(*dealer), Kind::kConnected) << "it comes back by itself";
}

TEST_F(Sockets, WithoutAHandlerNobodyGetsIn) {
  zap.stop();
  auto dealer = dial(client);
  EXPECT_NE(fate(*dealer), Kind::kConnected);
}

TEST_F(Sockets, ARouterWithoutAHandlerDoesNotOpen) {
  zap.stop();
  const auto opened = Router::open(context, zap, {"tcp://127.0.0.1:*", server, kDomain, kMaxFrame});
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().path, "zap");
}

TEST_F(Sockets, StrangersAreProvedToBeRefused) {
  EXPECT_TRUE(prove_strangers_refused(context, router->endpoint(), server.public_key).ok());
}

TEST(Zap, AHandlerThatLetsEverybodyInIsFoundOut) {
  LinkContext context;
  const LinkKeyPair server = generate_link_keys();
  ZapHandler lax(context, [](std::string_view, const LinkKey&) { return true; });
  ASSERT_TRUE(lax.start().ok());
  auto router = Router::open(context, lax, {"tcp://127.0.0.1:*", server, kDomain, kMaxFrame});
  ASSERT_TRUE(router.ok());
  EXPECT_FALSE(prove_strangers_refused(context, (*router)->endpoint(), server.public_key).ok());
}

TEST(Zap, OnlyOneHandlerAContext) {
  LinkContext context;
  ZapHandler first(context, [](std::string_view, const LinkKey&) { return false; });
  ZapHandler second(context, [](std::string_view, const LinkKey&) { return true; });
  EXPECT_TRUE(first.start().ok());
  EXPECT_FALSE(second.start().ok());
  EXPECT_FALSE(second.prove().ok())
      << "the first one answers, and does not know the second one's probe";
  EXPECT_TRUE(first.prove().ok());
}

TEST(Zap, StrangeRequestsAreRefusedAndTheHandlerLives) {
  LinkContext context;
  ZapHandler zap(context, [](std::string_view, const LinkKey&) { return true; });
  ASSERT_TRUE(zap.start().ok());
  const std::vector<std::vector<std::string_view>> requests{
      {"1.0"},
      {"1.0", "id"},
      {"2.0", "id", kDomain, "", "", "CURVE",
       std::string_view("01234567890123456789012345678901", 32)},
      {"1.0", "id", kDomain, "", "", "PLAIN", "user", "password"},
      {"1.0", "id", kDomain, "", "", "CURVE", "short"},
      {"1.0", "id", kDomain, "", "", "NULL", ""},
  };
  for (const auto& request : requests) {
    Socket socket(context, ZMQ_REQ);
    socket.set(ZMQ_RCVTIMEO, 20'000);
    ASSERT_TRUE(socket.connect("inproc://zeromq.zap.01").ok());
    ASSERT_EQ(send_parts(socket.raw(), request), SendResult::kSent);
    const auto reply = receive_parts(socket.raw(), 0, 6);
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->at(2), "400") << request.size();
  }
  EXPECT_TRUE(zap.prove().ok());
}

TEST(WakeupFd, ManySignalsAreOne) {
  Wakeup wakeup;
  const Readable source{nullptr, wakeup.fd()};
  for (int i = 0; i < 1'000; ++i) wakeup.signal();
  wait_readable({&source, 1}, 20'000);
  wakeup.clear();
  const auto before = std::chrono::steady_clock::now();
  wait_readable({&source, 1}, 30);
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(20))
      << "nothing is left to read";
}

}  // namespace
}  // namespace opora::protocol
