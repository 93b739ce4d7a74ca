// Encryption of personal parts: one random key an aggregate, wrapped by the site's key. Pure
// functions over values, any thread; only load_or_create_site_key touches the disk. libsodium stays
// inside the .cc file.
//
// Format. sealed = nonce (24 bytes) || ciphertext || tag (16 bytes), XChaCha20-Poly1305-IETF with a
// random nonce. The associated data binds it to its place: origin u32 | n u64 | aggregate 16,
// big-endian, for a personal part; the aggregate for a wrapped key. Moved to another event or key
// row it does not open.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/base/hash.h"
#include "protocol/base/ids.h"
#include "protocol/base/result.h"

namespace opora::protocol {

inline constexpr std::size_t kKeyBytes = 32;
inline constexpr std::size_t kSealOverheadBytes = 24 + 16;
inline constexpr std::size_t kWrappedKeyBytes = kKeyBytes + kSealOverheadBytes;

namespace detail {
void wipe(void* secret, std::size_t size);
bool same_secret(const void* a, const void* b, std::size_t size);
}  // namespace detail

// 32 secret bytes. Copies are values; each wipes itself. Compared in constant time.
template <class Tag>
class SecretKey {
 public:
  SecretKey() = default;
  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;
  ~SecretKey() { detail::wipe(b_.data(), b_.size()); }
  static SecretKey random(Random& random) {
    SecretKey key;
    random.fill(key.b_.data(), key.b_.size());
    return key;
  }
  // Exactly kKeyBytes; anything else gives nothing.
  static std::optional<SecretKey> from(std::string_view bytes) {
    if (bytes.size() != kKeyBytes) return std::nullopt;
    SecretKey key;
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(key.b_.data()));
    return key;
  }
  std::string_view view() const { return {reinterpret_cast<const char*>(b_.data()), b_.size()}; }
  bool operator==(const SecretKey& other) const {
    return detail::same_secret(b_.data(), other.b_.data(), b_.size());
  }

 private:
  std::array<std::uint8_t, kKeyBytes> b_{};
};

using DataKey = SecretKey<struct DataKeyTag>;  // of one aggregate; forgetting it forgets the person
using SiteKey = SecretKey<struct SiteKeyTag>;  // of this installation; wraps the data keys at rest

Bytes seal(const DataKey& key, SiteNo origin, StreamPos n, const AggregateId& aggregate,
           std::string_view plain, Random& random);
// kCorrupt for another key or place and for changed bytes: they cannot be told apart.
Result<Bytes> open(const DataKey& key, SiteNo origin, StreamPos n, const AggregateId& aggregate,
                   std::string_view sealed);

// A file (files.h) has a key of its own, which stands in the personal part of the event that
// attaches it. Each chunk is sealed with its place, so that it is no other chunk of this file nor
// one of another ticket's.
using FileKey = SecretKey<struct FileKeyTag>;
struct ChunkPlace {
  AggregateId ticket;
  std::uint32_t index = 0;
  std::uint32_t chunks = 0;  // of the file
};
Bytes seal_chunk(const FileKey& key, const ChunkPlace& place, std::string_view plain,
                 Random& random);
// kCorrupt as open().
Result<Bytes> open_chunk(const FileKey& key, const ChunkPlace& place, std::string_view sealed);

Bytes wrap_key(const SiteKey& site_key, const AggregateId& aggregate, const DataKey& key,
               Random& random);
Result<DataKey> unwrap_key(const SiteKey& site_key, const AggregateId& aggregate,
                           std::string_view wrapped);

// Reads the key file (exactly 32 bytes, a regular file of mode 0600) or, when there is none, writes
// a new one and syncs it and its folder before it returns. kDenied when others may read it,
// kCorrupt for another size, kUnavailable when the disk refuses. A new key beside an old store
// opens nothing: the caller decides whether the file may be missing.
Result<SiteKey> load_or_create_site_key(const std::filesystem::path& path, Random& random);

}  // namespace opora::protocol
