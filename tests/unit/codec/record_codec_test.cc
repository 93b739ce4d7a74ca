#include "protocol/codec/record_codec.h"

#include <gtest/gtest.h>

#include "protocol/base/hash.h"
#include "tests/unit/codec/samples.h"

namespace opora::protocol {
namespace {

Sample sample(const std::string& name) {
  for (Sample& s : samples()) {
    if (s.name == name) return s;
  }
  ADD_FAILURE() << "no sample " << name;
  return {};
}

Code error_of(const Result<RecordView>& result) {
  return result.ok() ? Code::kInternal : result.error().code;
}

TEST(RecordCodec, ARecordCutAtAnyByteIsCorrupt) {
  for (const Sample& s : samples()) {
    const Bytes record = sealed_record(s);
    for (std::size_t size = 0; size < record.size(); ++size) {
      ASSERT_EQ(error_of(decode_record(std::string_view(record).substr(0, size))), Code::kCorrupt)
          << s.name << " cut at " << size;
    }
  }
}

TEST(RecordCodec, AnyFlippedBitIsRefusedOrGivesAnotherRecordAndChain) {
  for (const Sample& s : samples()) {
    const Bytes record = sealed_record(s);
    const ChainHash chain = chain_of(s.env.prev, record);
    for (std::size_t bit = 0; bit < record.size() * 8; ++bit) {
      Bytes flipped = record;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
      const auto decoded = decode_record(flipped);
      if (!decoded.ok()) continue;
      ASSERT_NE(chain_of(s.env.prev, flipped), chain) << s.name << " bit " << bit;
      ASSERT_EQ(encode_record(decoded->env, decoded->facts, decoded->sealed_personal), flipped)
          << s.name << " bit " << bit << ": two forms of one record";
    }
  }
}

TEST(RecordCodec, ATailIsRefused) {
  const Bytes record = sealed_record(sample("erased"));
  EXPECT_EQ(error_of(decode_record(record + std::string(8, '\0'))), Code::kCorrupt);
  EXPECT_EQ(error_of(decode_record(record + "x")), Code::kCorrupt);
}

TEST(RecordCodec, ItReadsFromAnyAlignment) {
  const Sample s = sample("contact_registered");
  const Bytes record = sealed_record(s);
  for (std::size_t shift = 0; shift < 8; ++shift) {
    const Bytes shifted = std::string(shift, 'x') + record;
    const auto decoded = decode_record(std::string_view(shifted).substr(shift));
    ASSERT_TRUE(decoded.ok()) << shift;
    EXPECT_EQ(decoded->env, s.env);
  }
}

TEST(RecordCodec, TheLargestRecordFits) {
  const Sample s = sample("erased");
  const Bytes record =
      encode_record(s.env, std::string(kMaxFactsBytes, 'f'), std::string(kMaxPersonalBytes, 'p'));
  EXPECT_LE(record.size(), kMaxRecordBytes);
  const auto decoded = decode_record(record);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->facts.size(), kMaxFactsBytes);
  EXPECT_EQ(decoded->sealed_personal.size(), kMaxPersonalBytes);
}

TEST(RecordCodec, AMessageOverTheLimitIsRefusedBeforeItIsRead) {
  EXPECT_EQ(error_of(decode_record(std::string(kMaxRecordBytes + 8, '\0'))), Code::kCorrupt);
}

TEST(RecordCodec, ATypeOfALaterVersionIsKept) {
  Sample s = sample("ticket_commented");
  s.env.type = static_cast<EventType>(4321);
  const Bytes record = encode_record(s.env, "whatever it is", "");
  const auto decoded = decode_record(record);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->env.type, static_cast<EventType>(4321));
  EXPECT_EQ(decoded->facts, "whatever it is");
}

TEST(RecordCodec, AnEnvelopeThatCannotBeIsABug) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Sample s = sample("erased");
  s.env.n = StreamPos(0);
  EXPECT_DEATH(encode_record(s.env, "", ""), "check failed");
  s = sample("erased");
  s.env.origin = SiteNo(10000);
  EXPECT_DEATH(encode_record(s.env, "", ""), "check failed");
}

TEST(RecordCodec, TheChainCoversTheRecordAndAllBeforeIt) {
  const Bytes record = sealed_record(sample("erased"));
  const ChainHash first = chain_of(ChainHash{}, record);
  EXPECT_EQ(first, hash256({std::string(32, '\0'), record}));
  EXPECT_NE(chain_of(first, record), first);
}

TEST(Personal, UnknownFieldsAreKept) {
  const Personal personal{{PersonalField::kPhone, "1"},
                          {static_cast<PersonalField>(60000), "новое"}};
  const auto decoded = decode_personal(encode_personal(personal));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(*decoded, personal);
}

TEST(Personal, NothingPersonalIsNoBytes) {
  EXPECT_EQ(encode_personal({}), "");
  const auto decoded = decode_personal("");
  ASSERT_TRUE(decoded.ok());
  EXPECT_TRUE(decoded->empty());
}

// Bits that no field of this version uses may be a later version's field.
TEST(Personal, DamageIsRefusedOrGivesAPersonalPartThatCouldBeWritten) {
  const Bytes bytes = encode_personal(sample("contact_registered").personal);
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_personal(std::string_view(bytes).substr(0, size)).ok()) << size;
  }
  std::size_t refused = 0;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Bytes flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const auto decoded = decode_personal(flipped);
    if (!decoded.ok()) {
      ++refused;
      continue;
    }
    ASSERT_TRUE(validate_personal(*decoded).ok()) << bit;
  }
  EXPECT_GT(refused, 500u);
}

TEST(Personal, OnlyValidTextPasses) {
  const auto bad_utf8 = validate_personal({{PersonalField::kNote, "\xff"}});
  ASSERT_FALSE(bad_utf8.ok());
  EXPECT_EQ(bad_utf8.error().code, Code::kInvalid);
  EXPECT_EQ(bad_utf8.error().path, "personal.7");
  const std::string half(kMaxPersonalBytes / 2, 'x');
  EXPECT_TRUE(validate_personal({{PersonalField::kNote, half}}).ok());
  const auto too_large =
      validate_personal({{PersonalField::kNote, half}, {PersonalField::kText, half}});
  ASSERT_FALSE(too_large.ok());
  EXPECT_EQ(too_large.error().code, Code::kTooLarge);
}

}  // namespace
}  // namespace opora::protocol
