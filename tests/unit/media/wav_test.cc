#include "node/media/wav.h"

#include <gtest/gtest.h>

#include "protocol/domain/files.h"
#include "protocol/domain/recording_sound.h"

namespace opora::node {
namespace {

Bytes number(std::uint32_t value, int bytes) {
  Bytes out;
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
  return out;
}

struct Wav {
  std::uint32_t coding = 1;
  std::uint32_t channels = 1;
  std::uint32_t rate = 8'000;
  std::uint32_t bits = 16;
  Bytes sound = Bytes("\x10\x27\xf0\xd8", 4);  // 10000, -10000
  std::uint32_t told = 4;
  Bytes before{};

  Bytes bytes() const {
    const Bytes form = number(coding, 2) + number(channels, 2) + number(rate, 4) +
                       number(rate * 2, 4) + number(2, 2) + number(bits, 2);
    return "RIFF" + number(0, 4) + "WAVE" + before + "fmt " + number(16, 4) + form + "data" +
           number(told, 4) + sound;
  }
};

TEST(Wav, SixteenBitsBecomeALaw) {
  const auto a_law = a_law_of_wav(Wav{}.bytes());
  ASSERT_TRUE(a_law.ok());
  ASSERT_EQ(a_law->size(), 2U);
  const auto sample = [&](std::size_t at) {
    return protocol::sample_of(static_cast<std::uint8_t>((*a_law)[at]));
  };
  EXPECT_NEAR(sample(0), 10'000, 300);
  EXPECT_NEAR(sample(1), -10'000, 300);
}

TEST(Wav, TheLawsOfTelephonyAreRead) {
  Wav wav;
  wav.bits = 8;
  wav.sound = Bytes("\x2a\x55", 2);
  wav.told = 2;
  wav.coding = 6;
  EXPECT_EQ(a_law_of_wav(wav.bytes()).value(), wav.sound);
  wav.coding = 7;
  wav.sound = Bytes("\xff\x80", 2);  // silence, the loudest
  const Bytes out = a_law_of_wav(wav.bytes()).value();
  EXPECT_NEAR(protocol::sample_of(static_cast<std::uint8_t>(out[0])), 0, 16);
  EXPECT_GT(protocol::sample_of(static_cast<std::uint8_t>(out[1])), 30'000);
}

TEST(Wav, OtherChunksArePassedOverAndSizesThatWereNeverWrittenAreNotBelieved) {
  Wav wav;
  wav.before = "LIST" + number(3, 4) + Bytes("abc", 3) + Bytes(1, '\0');
  EXPECT_TRUE(a_law_of_wav(wav.bytes()).ok());
  wav.told = 0;
  EXPECT_EQ(a_law_of_wav(wav.bytes()).value().size(), 2U);
  wav.told = 0xFFFFFFFF;
  EXPECT_EQ(a_law_of_wav(wav.bytes()).value().size(), 2U);
}

TEST(Wav, WhatIsNoTelephonesSoundIsRefused) {
  for (auto change : {+[](Wav& w) { w.channels = 2; }, +[](Wav& w) { w.rate = 44'100; },
                      +[](Wav& w) { w.bits = 24; }, +[](Wav& w) { w.coding = 3; }}) {
    Wav wav;
    change(wav);
    EXPECT_EQ(a_law_of_wav(wav.bytes()).error().code, Code::kUnsupported);
  }
  Wav empty;
  empty.sound.clear();
  EXPECT_EQ(a_law_of_wav(empty.bytes()).error().code, Code::kInvalid);
  EXPECT_EQ(a_law_of_wav("").error().code, Code::kInvalid);
  EXPECT_EQ(a_law_of_wav("RIFF\0\0\0\0AVI ").error().code, Code::kInvalid);
}

TEST(Wav, AnyCutOfItIsSafe) {
  const Bytes whole = Wav{}.bytes();
  for (std::size_t size = 0; size < whole.size(); ++size)
    static_cast<void>(a_law_of_wav(std::string_view(whole).substr(0, size)));
  Bytes chunks = "RIFF" + number(0, 4) + "WAVE";
  for (int i = 0; i < 1'000; ++i) chunks += "junk" + number(0, 4);
  EXPECT_FALSE(a_law_of_wav(chunks).ok());
}

TEST(Wav, LongerThanAFileMayBeIsRefused) {
  Wav wav;
  wav.sound.assign(2 * (protocol::kMaxFileBytes + 1), '\0');
  wav.told = static_cast<std::uint32_t>(wav.sound.size());
  EXPECT_EQ(a_law_of_wav(wav.bytes()).error().code, Code::kTooLarge);
}

}  // namespace
}  // namespace opora::node
