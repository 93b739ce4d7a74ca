// Frames from a peer that lies, or from a line that breaks bytes: refused with a reason, never a
// crash, never too much work.
#include <functional>

#include <capnp/any.h>
#include <capnp/message.h>
#include <capnp/serialize.h>
#include <gtest/gtest.h>

#include "protocol/codec/link_codec.h"
#include "protocol/schema/link.capnp.h"
#include "tests/unit/link_codec/samples.h"

namespace opora::protocol {
namespace {

Bytes bytes_of(capnp::MessageBuilder& message) {
  const auto words = capnp::messageToFlatArray(message);
  const auto chars = words.asChars();
  return Bytes(chars.begin(), chars.size());
}

// A frame filled by hand, with whatever is wrong with it.
Bytes forged(const std::function<void(schema::Frame::Builder)>& fill) {
  capnp::MallocMessageBuilder message;
  auto frame = message.initRoot<schema::Frame>();
  frame.setFrom(1);
  frame.setTo(2);
  fill(frame);
  return bytes_of(message);
}

capnp::Data::Reader zeros(std::size_t size) {
  static const std::vector<kj::byte> kZeros(kMaxFrameBytes);
  return {kZeros.data(), size};
}

// "field: why" of the refusal, or "taken".
std::string verdict(const Bytes& bytes) {
  const auto frame = decode_frame(bytes);
  if (frame.ok()) return "taken";
  EXPECT_EQ(frame.error().code, Code::kCorrupt);
  return frame.error().path + ": " + frame.error().message;
}

std::string hello_verdict(const std::function<void(schema::Hello::Builder)>& spoil) {
  return verdict(forged([&](schema::Frame::Builder frame) {
    auto hello = frame.initHello();
    hello.setVersion(1);
    hello.setMinVersion(1);
    auto incarnation = hello.initIncarnations(1)[0];
    incarnation.setId(zeros(8));
    spoil(hello);
  }));
}

std::string batch_verdict(const std::function<void(schema::Batch::Builder)>& spoil) {
  return verdict(forged([&](schema::Frame::Builder frame) {
    auto batch = frame.initBatch();
    batch.setStream(1);
    batch.setFirst(1);
    batch.setBefore(zeros(32));
    batch.setAfter(zeros(32));
    batch.initEntries(1).set(0, zeros(10));
    spoil(batch);
  }));
}

TEST(LinkDamage, TheForgersBlanksAreGood) {
  EXPECT_EQ(hello_verdict([](auto) {}), "taken");
  EXPECT_EQ(batch_verdict([](auto) {}), "taken");
}

TEST(LinkDamage, WhatIsSaidOfItQuotesNoBytesThatCannotBeSentBack) {
  Bytes bytes = forged([](schema::Frame::Builder frame) {
    auto bye = frame.initBye();
    bye.setText("farewell");
  });
  const auto text = bytes.find("farewell");
  ASSERT_NE(text, Bytes::npos);
  bytes[text + 8] = '\xfa';  // where a text ends
  const auto damaged = decode_frame(bytes);
  ASSERT_FALSE(damaged.ok());
  EXPECT_NE(damaged.error().message.find('?'), std::string::npos) << damaged.error().message;
  Frame answer;
  answer.from = SessionId{1};
  answer.to = SessionId{2};
  answer.message = Bye{CloseReason::kPeer, damaged.error().message};
  EXPECT_TRUE(decode_frame(encode_frame(answer)).ok());
}

TEST(LinkDamage, NoBeginningOfAFrameIsAFrame) {
  for (const auto& sample : frame_samples()) {
    const Bytes whole = encode_frame(sample.frame);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_FALSE(decode_frame(std::string_view(whole).substr(0, size)).ok())
          << sample.name << " cut to " << size;
    }
  }
  for (const auto& sample : enrol_samples()) {
    const Bytes whole = encode_enrol(sample.message);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_FALSE(decode_enrol(std::string_view(whole).substr(0, size)).ok())
          << sample.name << " cut to " << size;
    }
  }
}

TEST(LinkDamage, NothingMayFollowAFrame) {
  for (const auto& sample : frame_samples()) {
    EXPECT_NE(verdict(encode_frame(sample.frame) + Bytes(8, '\0')), "taken") << sample.name;
    EXPECT_NE(verdict(encode_frame(sample.frame) + "x"), "taken") << sample.name;
  }
}

// CURVE keeps a line from flipping bits; a hostile site may still send anything.
TEST(LinkDamage, AFlippedBitIsRefusedOrGivesAMessageThatKeepsTheLimits) {
  std::size_t taken = 0;
  std::size_t refused = 0;
  for (const auto& sample : frame_samples()) {
    const Bytes whole = encode_frame(sample.frame);
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
      Bytes flipped = whole;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
      const auto frame = decode_frame(flipped);
      frame.ok() ? ++taken : ++refused;
      if (!frame.ok() || std::holds_alternative<UnknownMessage>(frame->message)) continue;
      const auto again = decode_frame(encode_frame(*frame));
      ASSERT_TRUE(again.ok()) << sample.name << " bit " << bit;
      EXPECT_EQ(*again, *frame) << sample.name << " bit " << bit;
    }
  }
  EXPECT_GT(taken, 0u);
  EXPECT_GT(refused, 0u);
}

TEST(LinkDamage, AnAddressThatIsNotAlignedDoesNotMatter) {
  const Bytes whole = encode_frame(frame_samples()[1].frame);
  for (std::size_t offset = 0; offset < 8; ++offset) {
    const Bytes shifted = Bytes(offset, 'x') + whole;
    EXPECT_TRUE(decode_frame(std::string_view(shifted).substr(offset)).ok()) << offset;
  }
}

TEST(LinkDamage, EmptyAndOversizedFramesAreRefused) {
  EXPECT_EQ(verdict(""), ": not a whole number of words");
  EXPECT_EQ(verdict(Bytes(kMaxFrameBytes + 8, '\0')), ": frame over the limit");
  EXPECT_FALSE(decode_enrol(Bytes(kMaxEnrolAnswerBytes + 8, '\0')).ok());
}

// A list of half a billion empty elements takes no space to send, and would take much to read.
TEST(LinkDamage, ASmallFrameCannotMakeMuchWork) {
  constexpr unsigned kHalfABillion = (1u << 29) - 1;
  constexpr unsigned kSends = 1;  // the second pointer of a Hello
  const Bytes hello = forged([](schema::Frame::Builder frame) {
    capnp::toAny(frame.initHello())
        .getPointerSection()[kSends]
        .initAsAnyList(capnp::ElementSize::VOID, kHalfABillion);
  });
  EXPECT_LT(hello.size(), 200u);
  EXPECT_NE(verdict(hello), "taken");
  constexpr unsigned kEntries = 2;  // the third of a Batch
  const Bytes batch = forged([](schema::Frame::Builder frame) {
    auto out = frame.initBatch();
    out.setStream(1);
    out.setFirst(1);
    out.setBefore(zeros(32));
    out.setAfter(zeros(32));
    capnp::toAny(out).getPointerSection()[kEntries].initAsAnyList(capnp::ElementSize::VOID,
                                                                  kHalfABillion);
  });
  EXPECT_NE(verdict(batch), "taken");
  EXPECT_NE(verdict(Bytes(64, '\xff')), "taken");
}

TEST(LinkDamage, MessagesOfALaterVersionAreUnknownNotWrong) {
  Bytes later = encode_frame(frame_samples()[3].frame);
  // Segment table and root pointer (16 bytes), from and to (16 bytes), then which message it is.
  later[32] = 99;
  const auto frame = decode_frame(later);
  ASSERT_TRUE(frame.ok());
  EXPECT_TRUE(std::holds_alternative<UnknownMessage>(frame->message));
}

TEST(LinkDamage, StreamsOfALaterVersionAreLeftOut) {
  const Bytes bytes = forged([](schema::Frame::Builder frame) {
    auto hello = frame.initHello();
    hello.setVersion(1);
    hello.setMinVersion(1);
    hello.initIncarnations(1)[0].setId(zeros(8));
    auto sends = hello.initSends(2);
    sends[0].setStream(8);
    sends[0].setChain(zeros(32));
    sends[1].setStream(6);
    sends[1].setChain(zeros(32));
  });
  const auto frame = decode_frame(bytes);
  ASSERT_TRUE(frame.ok());
  const auto& hello = std::get<Hello>(frame->message);
  ASSERT_EQ(hello.sends.size(), 1u);
  EXPECT_EQ(hello.sends[0].stream, StreamKind::kPrivateKeys);
}

TEST(LinkDamage, ReasonsOfALaterVersionAreKeptApart) {
  const auto frame =
      decode_frame(forged([](schema::Frame::Builder f) { f.initBye().setReason(200); }));
  ASSERT_TRUE(frame.ok());
  EXPECT_EQ(std::get<Bye>(frame->message).reason, CloseReason::kPeer);
  const auto ack = decode_frame(forged([](schema::Frame::Builder f) {
    auto mark = f.initAck().initMarks(1)[0];
    mark.setStream(1);
    mark.setStopped(200);
  }));
  ASSERT_TRUE(ack.ok());
  EXPECT_EQ(std::get<Ack>(ack->message).marks[0].stopped, StopReason::kUnknown);
}

TEST(LinkDamage, AFrameWithoutASpeakerIsRefused) {
  EXPECT_EQ(verdict(forged([](schema::Frame::Builder frame) {
              frame.initBye();
              frame.setFrom(0);
            })),
            "from: no session");
}

TEST(LinkDamage, EveryRuleOfAHelloIsKept) {
  EXPECT_EQ(hello_verdict([](auto h) { h.setSite(kMaxSiteNo + 1); }), "site: no such site number");
  EXPECT_EQ(hello_verdict([](auto h) { h.setMinVersion(2); }), "minVersion: above version");
  for (const auto& [first, second] : {std::pair{0, 5}, std::pair{5, 5}, std::pair{11, 1}}) {
    EXPECT_EQ(hello_verdict([&](auto h) {
                auto history = h.initHistory(2);
                for (unsigned i : {0u, 1u}) history[i].setId(zeros(8));
                history[0].setStart(static_cast<std::uint64_t>(first));
                history[1].setStart(static_cast<std::uint64_t>(second));
              }),
              "history: runs do not follow one another");
  }
  EXPECT_EQ(hello_verdict([](auto h) { h.setSoftware("line\nbreak"); }),
            "software: not printable ASCII");
  EXPECT_EQ(hello_verdict([](auto h) { h.setSoftware("\xd0\x9e"); }),
            "software: not printable ASCII");
  EXPECT_EQ(hello_verdict([](auto h) { h.setSoftware(std::string(kMaxLinkText + 1, 'x')); }),
            "software: too long");
  EXPECT_EQ(hello_verdict([](auto h) { h.initIncarnations(0); }), "incarnations: empty");
  EXPECT_EQ(hello_verdict([](auto h) { h.initIncarnations(kMaxIncarnations + 1); }),
            "incarnations: too long");
  EXPECT_EQ(hello_verdict([](auto h) { h.initIncarnations(1)[0].setId(zeros(9)); }),
            "id: wrong size");
  EXPECT_EQ(hello_verdict([](auto h) { h.initSends(kMaxStreams + 1); }), "sends: too long");
  EXPECT_EQ(hello_verdict([](auto h) { h.initReceives(1)[0].setChain(zeros(31)); }),
            "chain: wrong size");
  EXPECT_EQ(hello_verdict([](auto h) {
              auto state = h.initReceives(1)[0];
              state.setChain(zeros(32));
              state.setPosition(std::uint64_t{1} << 53);
            }),
            "position: position out of range");
  EXPECT_EQ(hello_verdict([](auto h) {
              for (auto state : h.initReceives(2)) {
                state.setStream(3);
                state.setChain(zeros(32));
              }
            }),
            "receives: a stream twice");
  EXPECT_EQ(hello_verdict([](auto h) {
              const ChainHash chain = *ChainHash::from(Bytes(32, 'c'));
              h.initReceives(1)[0].setChain({chain.b.data(), chain.b.size()});
            }),
            "chain: not zero at position 0");
}

TEST(LinkDamage, EveryRuleOfABatchIsKept) {
  EXPECT_EQ(batch_verdict([](auto b) { b.setStream(0); }), "stream: no such stream");
  EXPECT_EQ(batch_verdict([](auto b) { b.setStream(8); }), "stream: no such stream");
  EXPECT_EQ(batch_verdict([](auto b) { b.setFirst(0); }), "first: out of range");
  EXPECT_EQ(batch_verdict([](auto b) { b.setFirst(std::uint64_t{1} << 63); }),
            "first: position out of range");
  EXPECT_EQ(batch_verdict([](auto b) { b.setFirst(kMaxPosition); }), "taken");
  EXPECT_EQ(batch_verdict([](auto b) {
              b.setFirst(kMaxPosition);
              b.initEntries(2);
            }),
            "first: out of range");
  EXPECT_EQ(batch_verdict([](auto b) { b.setBefore(zeros(0)); }), "before: wrong size");
  EXPECT_EQ(batch_verdict([](auto b) { b.setAfter(zeros(33)); }), "after: wrong size");
  EXPECT_EQ(batch_verdict([](auto b) { b.initEntries(0); }), "entries: empty or too many");
  EXPECT_EQ(batch_verdict([](auto b) { b.initEntries(kMaxBatchEntries + 1); }),
            "entries: empty or too many");
  EXPECT_EQ(batch_verdict([](auto b) { b.initEntries(1).set(0, zeros(kMaxBatchBytes)); }), "taken");
  EXPECT_EQ(batch_verdict([](auto b) { b.initEntries(1).set(0, zeros(kMaxBatchBytes + 1)); }),
            "entries: over the limit of a batch");
  EXPECT_EQ(batch_verdict([](auto b) {
              auto entries = b.initEntries(2);
              entries.set(0, zeros(kMaxBatchBytes));
              entries.set(1, zeros(1));
            }),
            "entries: over the limit of a batch");
}

TEST(LinkDamage, EveryRuleOfWhatWasWithdrawnIsKept) {
  const auto withdrawn = [](const std::function<void(schema::Withdrawn::Builder)>& spoil) {
    return verdict(forged([&](schema::Frame::Builder frame) {
      auto over = frame.initWithdrawn();
      over.setStream(5);
      over.setFirst(1);
      over.setCount(1);
      over.setBefore(zeros(32));
      over.setAfter(zeros(32));
      spoil(over);
    }));
  };
  EXPECT_EQ(withdrawn([](auto) {}), "taken");
  EXPECT_EQ(withdrawn([](auto w) { w.setStream(0); }), "stream: no such stream");
  EXPECT_EQ(withdrawn([](auto w) { w.setFirst(0); }), "first: out of range");
  EXPECT_EQ(withdrawn([](auto w) { w.setFirst(std::uint64_t{1} << 63); }),
            "first: position out of range");
  EXPECT_EQ(withdrawn([](auto w) { w.setFirst(kMaxPosition); }), "taken");
  EXPECT_EQ(withdrawn([](auto w) {
              w.setFirst(kMaxPosition);
              w.setCount(2);
            }),
            "first: out of range");
  EXPECT_EQ(withdrawn([](auto w) { w.setCount(0); }), "count: none or too many");
  EXPECT_EQ(withdrawn([](auto w) { w.setCount(kMaxBatchEntries); }), "taken");
  EXPECT_EQ(withdrawn([](auto w) { w.setCount(kMaxBatchEntries + 1); }), "count: none or too many");
  EXPECT_EQ(withdrawn([](auto w) { w.setBefore(zeros(31)); }), "before: wrong size");
  EXPECT_EQ(withdrawn([](auto w) { w.setAfter(zeros(0)); }), "after: wrong size");
}

TEST(LinkDamage, EveryRuleOfAMarkIsKept) {
  const auto mark_verdict = [](std::uint64_t durable, std::uint64_t safe) {
    return verdict(forged([&](schema::Frame::Builder frame) {
      auto mark = frame.initAck().initMarks(1)[0];
      mark.setStream(1);
      mark.setDurable(durable);
      mark.setSafe(safe);
    }));
  };
  EXPECT_EQ(mark_verdict(5, 5), "taken");
  EXPECT_EQ(mark_verdict(5, 6), "safe: above durable");
  EXPECT_EQ(mark_verdict(~std::uint64_t{0}, 0), "durable: position out of range");
}

TEST(LinkDamage, ANackOfNothingIsRefused) {
  EXPECT_EQ(verdict(forged([](schema::Frame::Builder frame) { frame.initNack().setStream(1); })),
            "from: out of range");
}

TEST(LinkDamage, EveryRuleOfEnrolmentIsKept) {
  const auto enrol_verdict = [](const std::function<void(schema::EnrolFrame::Builder)>& fill) {
    capnp::MallocMessageBuilder message;
    fill(message.initRoot<schema::EnrolFrame>());
    const auto read = decode_enrol(bytes_of(message));
    return read.ok() ? std::string("taken") : read.error().path + ": " + read.error().message;
  };
  const auto request = [](schema::EnrolFrame::Builder frame, std::size_t secret, std::size_t key) {
    auto enrol = frame.initEnrol();
    enrol.setSecret(zeros(secret));
    enrol.setKey(zeros(key));
    return enrol;
  };
  EXPECT_EQ(enrol_verdict([&](auto f) { request(f, 15, 32); }), "taken");
  EXPECT_EQ(enrol_verdict([&](auto f) { request(f, 14, 32); }), "secret: wrong size");
  EXPECT_EQ(enrol_verdict([&](auto f) { request(f, 15, 0); }), "key: wrong size");
  EXPECT_EQ(enrol_verdict([&](auto f) { request(f, 15, 32).setSite(kMaxSiteNo + 1); }),
            "site: no such site number");
  EXPECT_EQ(enrol_verdict([](auto f) { f.initEnrolled().initDesks(100); }), "desks: too many");
  EXPECT_EQ(enrol_verdict([](auto f) { f.initEnrolled().setName("\xff\xfe"); }), "name: not UTF-8");
  EXPECT_EQ(
      enrol_verdict([](auto f) { f.initEnrolled().setName(std::string(kMaxLinkText + 1, 'x')); }),
      "name: too long");
  EXPECT_EQ(enrol_verdict([](auto f) { f.initEnrolled().setName("a\nb"); }),
            "name: a control character");
}

TEST(LinkDamage, TheLargestEnrolmentAnswerFits) {
  Enrolled enrolled{SiteNo{1}, std::string(kMaxLinkText, 'x'), "Europe/Moscow", {}};
  for (std::uint16_t no = 1; no <= 99; ++no)
    enrolled.desks.push_back({DeskNo{no}, std::string(kMaxLinkText, 'x')});
  const auto read = decode_enrol(encode_enrol(enrolled));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(std::get<Enrolled>(*read), enrolled);
}

}  // namespace
}  // namespace opora::protocol
