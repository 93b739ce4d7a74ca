#include "protocol/base/bytes.h"

#include <gtest/gtest.h>

#include "protocol/base/hash.h"
#include "protocol/base/ids.h"

namespace opora {
namespace {

TEST(Bytes, HexGoesBothWaysAndRefusesHalfBytesAndStrangers) {
  EXPECT_EQ(to_hex(std::string("\x00\xff\x10", 3)), "00ff10");
  EXPECT_EQ(from_hex("00FF10"), std::string("\x00\xff\x10", 3));
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("zz"));
}

TEST(Bytes, KeysSortAsTheirNumbersDo) {
  const auto key = [](std::int64_t v) { return KeyWriter().i64(v).take(); };
  EXPECT_LT(key(-2), key(-1));
  EXPECT_LT(key(-1), key(0));
  EXPECT_LT(key(255), key(256));
}

TEST(Bytes, AKeyReadsBackAndAShortOneIsNoticed) {
  const Bytes key = KeyWriter().u8(7).u16(300).u32(70'000).u64(1).i64(-5).text("пост").take();
  KeyReader reader(key);
  EXPECT_EQ(reader.u8(), 7);
  EXPECT_EQ(reader.u16(), 300);
  EXPECT_EQ(reader.u32(), 70'000u);
  EXPECT_EQ(reader.u64(), 1u);
  EXPECT_EQ(reader.i64(), -5);
  EXPECT_EQ(reader.text(), "пост");
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(reader.u8(), 0);
  EXPECT_FALSE(reader.ok());
}

TEST(Bytes, AZeroByteInTextCannotForgeAnotherKey) {
  EXPECT_EQ(KeyWriter().text(std::string_view("a\0b", 3)).take(), KeyWriter().text("ab").take());
}

TEST(Bytes, PrefixEndStepsOverTrailingMaxima) {
  EXPECT_EQ(prefix_end("ab"), "ac");
  EXPECT_EQ(prefix_end("a\xff"), "b");
  EXPECT_EQ(prefix_end("\xff"), "");
}

TEST(Ids, OfTheWrongSizeAreRefused) {
  EXPECT_FALSE(AggregateId::from("short"));
  EXPECT_FALSE(AggregateId::from_hex("0011"));
  const auto id = id_from("call", {"pbx", "1"});
  EXPECT_EQ(AggregateId::from_hex(id.hex()), id);
}

TEST(Ids, PartsDoNotRunIntoEachOther) {
  EXPECT_NE(id_from("call", {"ab", "c"}), id_from("call", {"a", "bc"}));
  EXPECT_NE(id_from("call", {"a"}), id_from("contact", {"a"}));
}

}  // namespace
}  // namespace opora
