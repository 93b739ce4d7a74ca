// Passwords and bearer tokens. Pure functions, any thread; hash and verify take tens of
// milliseconds and 19 MiB each, so callers bound how many run at once. libsodium stays inside the
// .cc file.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/hash.h"
#include "protocol/base/result.h"

namespace opora {

// Shorter ones fall to guessing even at 5 attempts a minute; longer ones only cost memory.
inline constexpr std::size_t kMinPasswordBytes = 8;
inline constexpr std::size_t kMaxPasswordBytes = 256;

// Argon2id, 2 passes over 19 MiB (OWASP's minimum). kInvalid with path "password" when it is too
// short or too long.
Result<std::string> hash_password(std::string_view password);

// Whether `password` is the one behind `stored`. Give nothing for an unknown login: the same work
// is done and the answer is false, so that time does not tell which logins exist.
bool verify_password(const std::optional<std::string>& stored, std::string_view password);

// 32 random bytes as 64 hex digits: a bearer token or a session id.
std::string new_token(Random& random);
// What is stored in a token's place: BLAKE2b-256, hex. Tokens are random, so a plain hash suffices.
std::string token_hash(std::string_view token);

}  // namespace opora
