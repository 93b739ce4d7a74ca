// BLAKE2b over byte strings (libsodium). Pure.
#pragma once

#include <initializer_list>
#include <string_view>

#include "protocol/base/ids.h"

namespace opora {

// BLAKE2b-256 over the concatenation of `parts`. For fixed-size parts only; use id_from for free
// text.
ChainHash hash256(std::initializer_list<std::string_view> parts);

// A 128-bit id derived from `domain` and `parts`; each part goes in with its length, so that
// ("ab","c") and ("a","bc") differ. Same input, same id, at every site.
AggregateId id_from(std::string_view domain, std::initializer_list<std::string_view> parts);

// Once, first in main(), before any thread: false when the system has no usable source of
// randomness.
[[nodiscard]] bool init_crypto();

// Source of randomness; an argument wherever it is used, so that the simulator decides it.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(void* out, std::size_t size) = 0;
  template <class Id>
  Id id() {
    Id out;
    fill(out.b.data(), out.b.size());
    return out;
  }
};

class SystemRandom final : public Random {
 public:
  void fill(void* out, std::size_t size) override;
};

}  // namespace opora
