#include "protocol/base/hash.h"

#include <array>
#include <cstring>

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

namespace {

// Keys and nonces are a few bytes each: the system is asked once for many. What was given away is
// wiped. One a thread.
class RandomPool {
 public:
  // A dozen of keys; more at once is rare and asked for by itself.
  static constexpr std::size_t kBytes = 512;

  ~RandomPool() { sodium_memzero(bytes_.data(), bytes_.size()); }
  void take(void* out, std::size_t size) {
    if (size > left_) {
      randombytes_buf(bytes_.data(), bytes_.size());
      left_ = bytes_.size();
    }
    left_ -= size;
    std::memcpy(out, bytes_.data() + left_, size);
    sodium_memzero(bytes_.data() + left_, size);
  }

 private:
  std::array<std::uint8_t, kBytes> bytes_{};
  std::size_t left_ = 0;
};

}  // namespace

void SystemRandom::fill(void* out, std::size_t size) {
  OPORA_CHECK(kSodiumReady);
  thread_local RandomPool pool;
  if (size > RandomPool::kBytes) return randombytes_buf(out, size);
  pool.take(out, size);
}

}  // namespace opora
