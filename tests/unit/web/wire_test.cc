// The pure parts under the server: head, body, answer, output, mailbox, addresses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "web/server/address_table.h"
#include "web/server/body_decoder.h"
#include "web/server/mailbox.h"
#include "web/server/output_queue.h"
#include "web/server/request_head.h"
#include "web/server/response_text.h"
#include "web/server/ws_outbox.h"

namespace opora::web {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(RequestHead, IsTakenApart) {
  const auto parsed = parse_head(
      "POST /a%20b?x=1 HTTP/1.1\r\nHost: h:80\r\nContent-Length: 007\r\nX-Y: \t z \r\nExpect: "
      "100-Continue\r\n\r\n",
      Limits{});
  const auto* head = std::get_if<RequestHead>(&parsed);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->method, Method::kPost);
  EXPECT_EQ(head->path, "/a b");
  EXPECT_EQ(head->framing, Framing::kLength);
  EXPECT_EQ(head->content_length, 7u);
  EXPECT_EQ(head->headers.find("x-y"), "z");
  EXPECT_TRUE(head->expects_continue);
  EXPECT_TRUE(head->keep_alive);
}

TEST(RequestHead, KnowsWhoWantsToStay) {
  const auto stays = [](std::string_view version, std::string_view fields) {
    const auto parsed = parse_head(
        "GET / HTTP/" + std::string(version) + "\r\nHost: h\r\n" + std::string(fields) + "\r\n",
        Limits{});
    return std::get<RequestHead>(parsed).keep_alive;
  };
  EXPECT_TRUE(stays("1.1", ""));
  EXPECT_FALSE(stays("1.1", "Connection: x, CLOSE\r\n"));
  EXPECT_FALSE(stays("1.0", ""));
  EXPECT_TRUE(stays("1.0", "Connection: Keep-Alive\r\n"));
}

// Feeds `wire` in pieces of `piece` bytes; the body, or what went wrong.
std::string decoded(std::string_view wire, std::size_t piece, std::size_t max_body = 1000) {
  auto decoder = BodyDecoder::chunked(Limits{}, max_body);
  std::string out;
  std::size_t used = 0;
  while (used < wire.size() && decoder.state() == BodyDecoder::State::kMore) {
    used += decoder.feed(wire.substr(used, piece), out);
  }
  switch (decoder.state()) {
    case BodyDecoder::State::kMore: return "more";
    case BodyDecoder::State::kBad: return "bad";
    case BodyDecoder::State::kTooLarge: return "too large";
    case BodyDecoder::State::kDone: break;
  }
  return out + "|" + std::string(wire.substr(used));
}

TEST(BodyDecoder, ReadsChunksHoweverTheyAreCut) {
  const std::string_view wire =
      "5;ext\r\nhello\r\n0006\r\n world\r\n000\r\nTrailer: x\r\n\r\nGET /";
  for (std::size_t piece = 1; piece <= wire.size(); ++piece)
    EXPECT_EQ(decoded(wire, piece), "hello world|GET /") << piece;
  EXPECT_EQ(decoded("0\r\n\r\n", 1), "|");
  EXPECT_EQ(decoded("5\r\nhel", 2), "more");
  EXPECT_EQ(decoded("5\r\nhelloX", 100), "bad");
}

TEST(BodyDecoder, CountsChunksAgainstTheLimit) {
  EXPECT_EQ(decoded("5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n", 100, 10), "helloworld|");
  EXPECT_EQ(decoded("5\r\nhello\r\n6\r\nworld!\r\n0\r\n\r\n", 100, 10), "too large");
}

TEST(BodyDecoder, TakesExactlyTheLength) {
  auto decoder = BodyDecoder::with_length(5);
  std::string out;
  EXPECT_EQ(decoder.feed("hel", out), 3u);
  EXPECT_EQ(decoder.feed("lo, and more", out), 2u);
  EXPECT_EQ(decoder.state(), BodyDecoder::State::kDone);
  EXPECT_EQ(decoder.feed("more", out), 0u);
  EXPECT_EQ(out, "hello");
}

TEST(ResponseText, WritesTheDate) {
  EXPECT_EQ(http_date(784'111'777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(1'795'152'667), "Fri, 20 Nov 2026 05:31:07 GMT");
}

TEST(ResponseText, LeavesWhatTheResponseSetsItself) {
  Response response = text_response(200, "x");
  response.headers.emplace_back("Cache-Control", "no-cache");
  response.headers.emplace_back("Content-Security-Policy", "own");
  std::string out;
  append_head(out, response, {.persistence = Persistence::kKeepAlive, .secure = true, .date = "D"});
  EXPECT_THAT(out, HasSubstr("Cache-Control: no-cache\r\n"));
  EXPECT_THAT(out, Not(HasSubstr("no-store")));
  EXPECT_THAT(out, Not(HasSubstr("default-src")));
  EXPECT_THAT(out, HasSubstr("Date: D\r\n"));
}

// Drains the queue in writes of at most `most` bytes.
std::string drained(OutputQueue& queue, std::size_t most) {
  std::string out;
  while (!queue.empty()) {
    std::size_t left = most;
    for (const auto part : queue.front()) {
      const auto piece = part.substr(0, left);
      out += piece;
      left -= piece.size();
    }
    queue.consume(most - left);
  }
  return out;
}

TEST(OutputQueue, GivesEverythingInOrder) {
  static const std::string fixed(20'000, 'f');
  const std::string large(20'000, 'l');
  for (const std::size_t most : {std::size_t{1}, std::size_t{7}, std::size_t{1'000'000}}) {
    OutputQueue queue;
    queue.text() += "head1 ";
    queue.add_body("small ");
    EXPECT_FALSE(queue.backlogged());
    queue.text() += "head2 ";
    queue.add_body(large);
    EXPECT_TRUE(queue.backlogged());
    EXPECT_TRUE(drained(queue, most) == "head1 small head2 " + large);
    queue.text() += "head3 ";
    queue.add_static_body(fixed);
    EXPECT_TRUE(drained(queue, most) == "head3 " + fixed);
    queue.text() += "head4 ";
    queue.add_static_body("tiny");
    EXPECT_EQ(drained(queue, most), "head4 tiny");
  }
}

TEST(OutputQueue, KeepsWhatIsBeingWrittenApartFromWhatComes) {
  OutputQueue queue;
  queue.text() += "first";
  const auto writing = queue.front()[0];
  queue.text() += "second";
  EXPECT_EQ(writing, "first");
  queue.consume(5);
  EXPECT_EQ(queue.front()[0], "second");
}

class NoReceiver final : public LetterReceiver {
 public:
  void deliver(Letter) override { FAIL() << "delivered on a thread that is not its own"; }
};

TEST(Mailbox, WakesItsThreadOncePerBatch) {
  NoReceiver receiver;
  int wakes = 0;
  Mailbox mailbox(receiver, [&] { ++wakes; });
  for (int i = 0; i < 3; ++i) mailbox.post({1, 1, empty_response(204)});
  EXPECT_EQ(wakes, 1);
  EXPECT_EQ(mailbox.take().size(), 3u);
  mailbox.post({1, 1, empty_response(204)});
  EXPECT_EQ(wakes, 2);
  mailbox.close();
  mailbox.post({1, 1, empty_response(204)});
  EXPECT_EQ(wakes, 2);
  EXPECT_TRUE(mailbox.take().empty());
}

class WsOutboxTest : public ::testing::Test {
 protected:
  NoReceiver receiver;
  int wakes = 0;
  std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>(receiver, [this] { ++wakes; });
  WsOutbox outbox{mailbox, 1, Limits{.ws_queue_messages = 2, .ws_queue_bytes = 10}};

  WsSend send(std::string text) {
    return outbox.send(std::make_shared<const std::string>(std::move(text)));
  }
  std::string next() {
    const auto item = outbox.next();
    if (const auto* text = std::get_if<WsOutbox::Text>(&item)) return **text;
    if (const auto* close = std::get_if<WsOutbox::Close>(&item))
      return "close " + std::to_string(close->code);
    return "nothing";
  }
};

TEST_F(WsOutboxTest, WakesTheSessionOnlyWhenItWaits) {
  EXPECT_EQ(send("a"), WsSend::kQueued);
  EXPECT_EQ(wakes, 0);
  EXPECT_EQ(next(), "a");
  EXPECT_EQ(next(), "nothing");
  send("b");
  send("c");
  EXPECT_EQ(wakes, 1);
}

TEST_F(WsOutboxTest, OverflowsByCountAndByBytes) {
  send("a");
  send("b");
  EXPECT_EQ(send("c"), WsSend::kTooSlow);
  EXPECT_TRUE(outbox.overflowed());
  EXPECT_EQ(next(), "close 1013");
  WsOutbox other(mailbox, 2, Limits{.ws_queue_messages = 100, .ws_queue_bytes = 10});
  EXPECT_EQ(other.send(std::make_shared<const std::string>("1234567890")), WsSend::kQueued);
  EXPECT_EQ(other.send(std::make_shared<const std::string>("1")), WsSend::kTooSlow);
}

TEST_F(WsOutboxTest, GivesItsTextsBeforeTheClose) {
  send("a");
  outbox.close(1000, "");
  outbox.close(4000, "");  // the first counts
  EXPECT_EQ(send("b"), WsSend::kClosed);
  EXPECT_EQ(next(), "a");
  EXPECT_EQ(next(), "close 1000");
  outbox.shut();
  EXPECT_EQ(next(), "nothing");
}

AddressKey key(std::uint8_t last) {
  AddressKey out;
  out.bytes[15] = last;
  return out;
}

TEST(AddressTable, CapsConnectionsPerAddressAndInAll) {
  AddressTable table(Limits{.connections = 3, .connections_per_address = 2});
  auto a = table.connect(key(1), 0);
  auto b = table.connect(key(1), 0);
  EXPECT_TRUE(a && b);
  EXPECT_FALSE(table.connect(key(1), 0));
  auto c = table.connect(key(2), 0);
  EXPECT_TRUE(c);
  EXPECT_FALSE(table.connect(key(3), 0));
  a.reset();
  EXPECT_TRUE(table.connect(key(3), 0));
  EXPECT_EQ(table.open_connections(), 2u);
}

TEST(AddressTable, FillsTheBucketOverTime) {
  AddressTable table(Limits{.requests_per_second = 10, .request_burst = 2});
  auto lease = table.connect(key(1), 1000);
  EXPECT_TRUE(lease->take_request(1000));
  EXPECT_TRUE(lease->take_request(1000));
  EXPECT_FALSE(lease->take_request(1099));
  EXPECT_TRUE(lease->take_request(1100));
  EXPECT_FALSE(lease->take_request(1100));
  EXPECT_TRUE(lease->take_request(9000));
  EXPECT_TRUE(lease->take_request(9000));
  EXPECT_FALSE(lease->take_request(9000));  // the burst is the most it holds
}

TEST(AddressTable, RemembersASpentBucketUntilItIsFull) {
  AddressTable table(Limits{.requests_per_second = 10, .request_burst = 2});
  {
    auto lease = table.connect(key(1), 0);
    while (lease->take_request(0)) {
    }
    table.sweep(100'000);  // still connected
    EXPECT_EQ(table.known_addresses(), 1u);
    while (lease->take_request(100'000)) {
    }
  }
  table.sweep(100'100);
  EXPECT_EQ(table.known_addresses(), 1u);
  EXPECT_FALSE(table.connect(key(1), 100'000)->take_request(100'000));
  table.sweep(100'200);
  EXPECT_EQ(table.known_addresses(), 0u);
}

TEST(AddressTable, CountsWebSocketsOncePerConnection) {
  AddressTable table(Limits{.ws_sessions_per_address = 1});
  auto a = table.connect(key(1), 0);
  auto b = table.connect(key(1), 0);
  EXPECT_TRUE(a->take_websocket());
  EXPECT_TRUE(a->take_websocket());
  EXPECT_FALSE(b->take_websocket());
  EXPECT_EQ(table.open_websockets(), 1u);
  AddressTable::Lease moved = std::move(*a);
  a.reset();
  EXPECT_EQ(table.open_websockets(), 1u);
  moved = {};
  EXPECT_TRUE(b->take_websocket());
}

}  // namespace
}  // namespace opora::web
