// The data keys that were used last, open: the four steps of a call and the records of one batch
// ask for the same key again and again, and each time it would be read and unwrapped. Owned by the
// engine, engine's thread only. An erasure and a key that replaces another must be told here.
#pragma once

#include <cstring>
#include <optional>
#include <vector>

#include "protocol/codec/seal.h"

namespace opora::sync {

class RecentKeys {
 public:
  RecentKeys() : slots_(kSlots) {}
  std::optional<protocol::DataKey> find(const AggregateId& id) const {
    const Slot& slot = slots_[place(id)];
    return slot && slot->first == id ? std::optional(slot->second) : std::nullopt;
  }
  void keep(const AggregateId& id, const protocol::DataKey& key) {
    slots_[place(id)].emplace(id, key);
  }
  void forget(const AggregateId& id) { slots_[place(id)].reset(); }

 private:
  using Slot = std::optional<std::pair<AggregateId, protocol::DataKey>>;
  // More than the calls that go on at once in a region, and than the keys that a session may have
  // under way; half a megabyte.
  static constexpr std::size_t kSlots = 8'192;
  // Ids are random or hashes: any of their bytes will do.
  static std::size_t place(const AggregateId& id) {
    std::uint32_t some = 0;
    std::memcpy(&some, id.b.data(), sizeof some);
    return some % kSlots;
  }

  std::vector<Slot> slots_;
};

}  // namespace opora::sync
