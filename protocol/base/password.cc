#include "protocol/base/password.h"

#include <array>
#include <charconv>

#include <sodium.h>

namespace opora {
namespace {

constexpr unsigned long long kPasses = 2;
constexpr std::size_t kMemoryBytes = std::size_t{19} << 20;
// A stored hash may come from elsewhere in the region: what it asks for stays within this, or one
// row could take a node's memory.
constexpr unsigned kMaxStoredMemoryKiB = 64 * 1024;
constexpr unsigned kMaxStoredPasses = 8;

// Of no password: nothing else has this salt and digest. Verifying against it costs what a real one
// costs.
constexpr const char* kNobody =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

// Reads "name=NUMBER" at the front.
bool take_number(std::string_view& text, std::string_view name, unsigned& out) {
  if (text.substr(0, name.size()) != name) return false;
  text.remove_prefix(name.size());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc();
}

bool affordable(std::string_view stored) {
  unsigned memory_kib = 0;
  unsigned passes = 0;
  return stored.size() < crypto_pwhash_STRBYTES &&
         take_number(stored, "$argon2id$v=19$m=", memory_kib) &&
         take_number(stored, ",t=", passes) && memory_kib <= kMaxStoredMemoryKiB &&
         passes <= kMaxStoredPasses;
}

bool good_length(std::string_view password) {
  return password.size() >= kMinPasswordBytes && password.size() <= kMaxPasswordBytes;
}

bool matches(const std::string& stored, std::string_view password) {
  return crypto_pwhash_str_verify(stored.c_str(), password.data(), password.size()) == 0;
}

}  // namespace

Result<std::string> hash_password(std::string_view password) {
  if (password.size() < kMinPasswordBytes) return invalid("password", "shorter than 8 bytes");
  if (password.size() > kMaxPasswordBytes) return invalid("password", "longer than 256 bytes");
  std::array<char, crypto_pwhash_STRBYTES> out{};
  const int failed = crypto_pwhash_str_alg(out.data(), password.data(), password.size(), kPasses,
                                           kMemoryBytes, crypto_pwhash_ALG_ARGON2ID13);
  if (failed != 0) return Error{Code::kUnavailable, "", "no memory for a password hash"};
  return std::string(out.data());
}

bool verify_password(const std::optional<std::string>& stored, std::string_view password) {
  if (!stored || !affordable(*stored) || !good_length(password)) {
    // A wrong length is answered slowly too, and never with more than kMaxPasswordBytes of work.
    static_cast<void>(matches(kNobody, password.substr(0, kMaxPasswordBytes)));
    return false;
  }
  return matches(*stored, password);
}

std::string new_token(Random& random) {
  std::array<char, 32> raw{};
  random.fill(raw.data(), raw.size());
  return to_hex({raw.data(), raw.size()});
}

std::string token_hash(std::string_view token) { return hash256({token}).hex(); }

}  // namespace opora
