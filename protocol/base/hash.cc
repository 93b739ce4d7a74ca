#include "protocol/base/hash.h"

#include <sodium.h>

#include "protocol/base/check.h"

namespace opora {
namespace {

// Before main(): libsodium picks the fastest code for this processor and opens its source of
// randomness, which it wants done before threads exist. Whoever hashes, seals or draws randomness
// links this file.
const bool kSodiumReady = sodium_init() >= 0;

}  // namespace

ChainHash hash256(std::initializer_list<std::string_view> parts) {
  OPORA_CHECK(kSodiumReady);
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, 32);
  for (std::string_view part : parts) {
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()),
                              part.size());
  }
  ChainHash out;
  crypto_generichash_final(&state, out.b.data(), out.b.size());
  return out;
}

AggregateId id_from(std::string_view domain, std::initializer_list<std::string_view> parts) {
  KeyWriter in;
  in.text(domain);
  for (std::string_view part : parts) in.u32(static_cast<std::uint32_t>(part.size())).raw(part);
  AggregateId out;
  const Bytes& bytes = in.bytes();
  crypto_generichash(out.b.data(), out.b.size(),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), nullptr,
                     0);
  return out;
}

bool init_crypto() { return sodium_init() >= 0; }

void SystemRandom::fill(void* out, std::size_t size) {
  OPORA_CHECK(kSodiumReady);
  randombytes_buf(out, size);
}

}  // namespace opora
