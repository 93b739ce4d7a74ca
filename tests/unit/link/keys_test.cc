#include <gtest/gtest.h>

#include "protocol/link/link_keys.h"

namespace opora::protocol {
namespace {

TEST(LinkKeys, AreDrawnAnewEachTime) {
  const auto first = generate_link_keys();
  const auto second = generate_link_keys();
  EXPECT_NE(first.public_key, second.public_key);
  EXPECT_NE(first.secret, second.secret);
}

TEST(LinkKeys, TheSecretGivesThePublicKey) {
  const auto keys = generate_link_keys();
  EXPECT_EQ(link_keys_of(keys.secret).public_key, keys.public_key);
}

TEST(LinkKeys, GoThroughTextAndBack) {
  const auto keys = generate_link_keys();
  EXPECT_EQ(to_z85(keys.public_key).size(), 40u);
  EXPECT_EQ(link_key_from_z85(to_z85(keys.public_key)), keys.public_key);
  EXPECT_EQ(link_secret_from_z85(to_z85(keys.secret)), keys.secret);
}

// The example of ZeroMQ's own specification of the encoding.
TEST(LinkKeys, AreWrittenAsTheWorldWritesThem) {
  const auto key =
      LinkKey::from_hex("8e0bdd697628b91d8f245587ee95c5b04d48963f79259877b49cd9063aead3b7");
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(to_z85(*key), "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6");
}

TEST(LinkKeys, OtherTextIsRefused) {
  const std::string good = to_z85(generate_link_keys().public_key);
  EXPECT_FALSE(link_key_from_z85(""));
  EXPECT_FALSE(link_key_from_z85(good.substr(1)));
  EXPECT_FALSE(link_key_from_z85(good + "0"));
  for (const char stranger : {' ', '"', '\0', '~', '\xd0'}) {
    std::string bad = good;
    bad[7] = stranger;
    EXPECT_FALSE(link_key_from_z85(bad)) << static_cast<int>(stranger);
  }
  EXPECT_FALSE(link_key_from_z85(std::string(40, '#'))) << "more than 32 bits in a group";
}

}  // namespace
}  // namespace opora::protocol
