// The aggregates that have a row in one family of rows, in memory. Most have none, and to hear that
// from the store costs more than all the rest that a received record needs. Owned by whoever writes
// the family, engine's thread only.
//
// Guarantee: holds() says what the rows say, those of the transaction under way included, as long
// as whoever writes the family tells it here.
#pragma once

#include <optional>
#include <unordered_set>

#include "protocol/base/ids.h"
#include "sync/journal/kv.h"

namespace opora::sync {

class KnownIds {
 public:
  // Where in a row's key its aggregate stands.
  enum class Place : std::uint8_t { kBehindFamily, kAtEnd };
  KnownIds(Table table, Bytes family, Place place)
      : table_(table), family_(std::move(family)), place_(place) {}

  // Nothing when there are too many to remember: the rows have to be asked.
  std::optional<bool> holds(const Reader& rows, const AggregateId& id);
  // Before or after the row is written.
  void add(const Reader& rows, const AggregateId& id);
  // No row of this aggregate is left.
  void remove(const AggregateId& id) { ids_.erase(id); }

 private:
  // A few megabytes.
  static constexpr std::size_t kMax = 100'000;
  void load(const Reader& rows);

  const Table table_;
  const Bytes family_;
  const Place place_;
  enum class State : std::uint8_t { kUnread, kKnown, kTooMany };
  State state_ = State::kUnread;
  std::unordered_set<AggregateId> ids_;
};

}  // namespace opora::sync
