// Strong ids: no bare integer or string names a thing. Plain values; ordered and hashable.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/bytes.h"

namespace opora {

template <class Tag, class Rep>
struct StrongInt {
  Rep v{};
  constexpr StrongInt() = default;
  constexpr explicit StrongInt(Rep value) : v(value) {}
  auto operator<=>(const StrongInt&) const = default;
};

template <class Tag, std::size_t N>
struct StrongBytes {
  std::array<std::uint8_t, N> b{};
  auto operator<=>(const StrongBytes&) const = default;
  bool is_zero() const { return *this == StrongBytes{}; }
  std::string_view view() const { return {reinterpret_cast<const char*>(b.data()), N}; }
  // Takes exactly N bytes; anything else gives nothing.
  static std::optional<StrongBytes> from(std::string_view bytes) {
    if (bytes.size() != N) return std::nullopt;
    StrongBytes out;
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(out.b.data()));
    return out;
  }
  std::string hex() const { return to_hex(view()); }
  static std::optional<StrongBytes> from_hex(std::string_view text) {
    auto raw = opora::from_hex(text);
    return raw ? from(*raw) : std::nullopt;
  }
};

// A site is a node's place in the region. 0 is the hub; facilities are 1…9999 (they appear in
// ticket numbers).
using SiteNo = StrongInt<struct SiteTag, std::uint32_t>;
inline constexpr SiteNo kHubSite{0};
inline constexpr std::uint32_t kMaxSiteNo = 9999;

// A call desk within its site, 1…99.
using DeskNo = StrongInt<struct DeskTag, std::uint16_t>;

// A dense position in one stream, from 1. 0 means "before the first".
using StreamPos = StrongInt<struct StreamPosTag, std::uint64_t>;

using OwnerTerm = StrongInt<struct TermTag, std::uint32_t>;
using OwnerSeq = StrongInt<struct OwnerSeqTag, std::uint32_t>;

using AggregateId = StrongBytes<struct AggregateTag, 16>;
using CommandId = StrongBytes<struct CommandTag, 16>;
// Drawn at every open of a store: (incarnation, position) names an event for ever.
using IncarnationId = StrongBytes<struct IncarnationTag, 8>;
// BLAKE2b-256 over everything before it in the chain.
using ChainHash = StrongBytes<struct ChainTag, 32>;
// A file's name, and a chunk's: the hash of its ciphertext (protocol/domain/files.h).
using FileHash = StrongBytes<struct FileTag, 32>;
// The public key of a site or of the hub on the link (CURVE): who it is there.
using LinkKey = StrongBytes<struct LinkKeyTag, 32>;
// The one-time secret inside an enrolment code.
using EnrolSecret = StrongBytes<struct EnrolSecretTag, 15>;

}  // namespace opora

template <class Tag, class Rep>
struct std::hash<opora::StrongInt<Tag, Rep>> {
  std::size_t operator()(const opora::StrongInt<Tag, Rep>& id) const {
    return std::hash<Rep>{}(id.v);
  }
};
template <class Tag, std::size_t N>
struct std::hash<opora::StrongBytes<Tag, N>> {
  std::size_t operator()(const opora::StrongBytes<Tag, N>& id) const {
    return std::hash<std::string_view>{}(id.view());
  }
};
