#include "protocol/codec/seal.h"

#include <sys/stat.h>

#include <fstream>
#include <new>

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace opora::protocol {
namespace {

namespace fs = std::filesystem;

constexpr SiteNo kOrigin{17};
constexpr StreamPos kN{4198};

class SealTest : public ::testing::Test {
 protected:
  SystemRandom random_;
  DataKey key_ = DataKey::random(random_);
  AggregateId aggregate_ = random_.id<AggregateId>();
  Bytes sealed_ = seal(key_, kOrigin, kN, aggregate_, "Иванова", random_);
};

TEST_F(SealTest, WhatWasSealedOpensInItsPlace) {
  const auto plain = open(key_, kOrigin, kN, aggregate_, sealed_);
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(*plain, "Иванова");
  EXPECT_EQ(sealed_.size(), plain->size() + kSealOverheadBytes);
}

TEST_F(SealTest, AnEmptyTextSealsToo) {
  const auto plain =
      open(key_, kOrigin, kN, aggregate_, seal(key_, kOrigin, kN, aggregate_, "", random_));
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(*plain, "");
}

TEST_F(SealTest, AnotherKeyDoesNotOpenIt) {
  const auto plain = open(DataKey::random(random_), kOrigin, kN, aggregate_, sealed_);
  ASSERT_FALSE(plain.ok());
  EXPECT_EQ(plain.error().code, Code::kCorrupt);
}

TEST_F(SealTest, AnotherPlaceDoesNotOpenIt) {
  EXPECT_FALSE(open(key_, SiteNo(18), kN, aggregate_, sealed_).ok());
  EXPECT_FALSE(open(key_, kOrigin, StreamPos(4199), aggregate_, sealed_).ok());
  EXPECT_FALSE(open(key_, kOrigin, kN, random_.id<AggregateId>(), sealed_).ok());
}

TEST_F(SealTest, AnyChangedBitAndAnyCutIsNoticed) {
  for (std::size_t i = 0; i < sealed_.size() * 8; ++i) {
    Bytes changed = sealed_;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << i % 8));
    ASSERT_FALSE(open(key_, kOrigin, kN, aggregate_, changed).ok()) << i;
  }
  for (std::size_t size = 0; size < sealed_.size(); ++size) {
    ASSERT_FALSE(
        open(key_, kOrigin, kN, aggregate_, std::string_view(sealed_).substr(0, size)).ok())
        << size;
  }
}

TEST_F(SealTest, TheSameTextIsNeverSealedAlike) {
  EXPECT_NE(seal(key_, kOrigin, kN, aggregate_, "Иванова", random_), sealed_);
}

TEST_F(SealTest, AWrappedKeyComesBackForItsAggregateOnly) {
  const SiteKey site = SiteKey::random(random_);
  const Bytes wrapped = wrap_key(site, aggregate_, key_, random_);
  EXPECT_EQ(wrapped.size(), kWrappedKeyBytes);
  const auto key = unwrap_key(site, aggregate_, wrapped);
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(*key, key_);
  EXPECT_FALSE(unwrap_key(site, random_.id<AggregateId>(), wrapped).ok());
  EXPECT_FALSE(unwrap_key(SiteKey::random(random_), aggregate_, wrapped).ok());
  EXPECT_FALSE(unwrap_key(site, aggregate_, "").ok());
}

TEST(SecretKey, TakesExactlyItsSize) {
  EXPECT_TRUE(DataKey::from(std::string(32, 'k')).has_value());
  EXPECT_FALSE(DataKey::from(std::string(31, 'k')).has_value());
  EXPECT_FALSE(DataKey::from(std::string(33, 'k')).has_value());
}

TEST(SecretKey, WipesItselfWhenItGoes) {
  alignas(DataKey) std::array<unsigned char, sizeof(DataKey)> place{};
  SystemRandom random;
  auto* key = new (place.data()) DataKey(DataKey::random(random));
  ASSERT_NE(place, (std::array<unsigned char, sizeof(DataKey)>{}));
  key->~SecretKey();
  EXPECT_EQ(place, (std::array<unsigned char, sizeof(DataKey)>{}));
}

class SiteKeyFile : public ::testing::Test {
 protected:
  fs::path path() const { return folder_ / "site.key"; }
  Result<SiteKey> load() { return load_or_create_site_key(path(), random_); }
  void write(const std::string& bytes) {
    std::ofstream(path(), std::ios::binary) << bytes;
    fs::permissions(path(), fs::perms::owner_read | fs::perms::owner_write);
  }
  Code error() {
    const auto key = load();
    return key.ok() ? Code::kInternal : key.error().code;
  }

  opora::testing::TempFolder folder_;
  SystemRandom random_;
};

TEST_F(SiteKeyFile, IsMadeOnceAndReadEverAfter) {
  const auto first = load();
  ASSERT_TRUE(first.ok());
  const auto second = load();
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(*first, *second);
  EXPECT_FALSE(*first == *SiteKey::from(std::string(32, '\0')));
}

TEST_F(SiteKeyFile, IsForItsOwnerOnlyAndAlone) {
  ASSERT_TRUE(load().ok());
  struct stat info {};
  ASSERT_EQ(::stat(path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()), 1);
}

TEST_F(SiteKeyFile, IsRefusedWhenOthersMayReadIt) {
  ASSERT_TRUE(load().ok());
  fs::permissions(path(), fs::perms::group_read, fs::perm_options::add);
  EXPECT_EQ(error(), Code::kDenied);
}

TEST_F(SiteKeyFile, OfAnotherSizeIsCorruptAndKept) {
  write("short");
  EXPECT_EQ(error(), Code::kCorrupt);
  write(std::string(33, 'k'));
  EXPECT_EQ(error(), Code::kCorrupt);
  EXPECT_EQ(fs::file_size(path()), 33u);
}

TEST_F(SiteKeyFile, ALeftoverOfACrashIsReplaced) {
  std::ofstream(folder_ / "site.key.new") << "half";
  EXPECT_TRUE(load().ok());
  EXPECT_EQ(fs::file_size(path()), 32u);
}

TEST_F(SiteKeyFile, WithoutAFolderThereIsAnErrorAndNoKey) {
  const auto key = load_or_create_site_key(folder_ / "none" / "site.key", random_);
  ASSERT_FALSE(key.ok());
  EXPECT_EQ(key.error().code, Code::kUnavailable);
}

TEST_F(SiteKeyFile, IsNotReadThroughALink) {
  write(std::string(32, 'k'));
  fs::create_symlink(path(), folder_ / "link.key");
  EXPECT_FALSE(load_or_create_site_key(folder_ / "link.key", random_).ok());
}

}  // namespace
}  // namespace opora::protocol
