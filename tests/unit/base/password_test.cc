#include "protocol/base/password.h"

#include <gtest/gtest.h>

namespace opora {
namespace {

TEST(Password, OnlyTheRightOneVerifies) {
  const auto stored = hash_password("correct horse");
  ASSERT_TRUE(stored.ok());
  EXPECT_TRUE(verify_password(*stored, "correct horse"));
  EXPECT_FALSE(verify_password(*stored, "correct horsf"));
  EXPECT_FALSE(verify_password(*stored, ""));
}

TEST(Password, IsStoredAsArgon2idWithTheStatedCost) {
  const auto stored = hash_password("correct horse");
  ASSERT_TRUE(stored.ok());
  EXPECT_EQ(stored->substr(0, 31), "$argon2id$v=19$m=19456,t=2,p=1$");
}

TEST(Password, TheSameOneIsNeverStoredAlike) {
  EXPECT_NE(*hash_password("correct horse"), *hash_password("correct horse"));
}

TEST(Password, HasALengthFrom8To256Bytes) {
  EXPECT_TRUE(hash_password("12345678").ok());
  EXPECT_TRUE(hash_password(std::string(256, 'x')).ok());
  for (const std::string& bad : {std::string("1234567"), std::string(257, 'x')}) {
    const auto stored = hash_password(bad);
    ASSERT_FALSE(stored.ok());
    EXPECT_EQ(stored.error().code, Code::kInvalid);
    EXPECT_EQ(stored.error().path, "password");
  }
}

TEST(Password, ALongerOneIsNotTakenForItsBeginning) {
  const std::string longest(256, 'x');
  const auto stored = hash_password(longest);
  ASSERT_TRUE(stored.ok());
  EXPECT_TRUE(verify_password(*stored, longest));
  EXPECT_FALSE(verify_password(*stored, longest + "x"));
}

TEST(Password, NobodyHasNone) {
  EXPECT_FALSE(verify_password(std::nullopt, "correct horse"));
  EXPECT_FALSE(verify_password(std::nullopt, ""));
}

TEST(Password, AStoredValueThatIsNoHashVerifiesNothing) {
  EXPECT_FALSE(verify_password("", "correct horse"));
  EXPECT_FALSE(verify_password("correct horse", "correct horse"));
  EXPECT_FALSE(verify_password("$argon2id$v=19$m=,t=2,p=1$", "correct horse"));
}

TEST(Password, AStoredHashThatAsksForTooMuchMemoryOrTimeIsNotTried) {
  // Both are right hashes of "correct horse" in form; trying one would take 4 GiB or many minutes.
  EXPECT_FALSE(
      verify_password("$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
                      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                      "correct horse"));
  EXPECT_FALSE(
      verify_password("$argon2id$v=19$m=19456,t=4000000,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
                      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                      "correct horse"));
}

TEST(Token, IsRandomAndKeptAsItsHash) {
  SystemRandom random;
  const std::string token = new_token(random);
  EXPECT_EQ(token.size(), 64u);
  EXPECT_NE(token, new_token(random));
  EXPECT_EQ(token_hash(token).size(), 64u);
  EXPECT_NE(token_hash(token), token);
}

TEST(Token, ItsHashIsBlake2b256) {
  EXPECT_EQ(token_hash("abc"), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

}  // namespace
}  // namespace opora
