// What a transaction has changed so far and not yet committed: an ordered map a table. Both stores
// keep it and read it through merge.h. Owned by a transaction, one thread.
//
// Not RocksDB's WriteBatchWithIndex: that one costs about three times as much for a dozen rows (it
// decodes its own batch at each comparison), inserts in the order of arrival instead of sorted, and
// its union with the database is wrong at an upper bound (7.8). All of it lies in one arena that
// goes as a whole: a contact is a dozen rows, each of which would be three allocations.
#pragma once

#include <cstring>
#include <iterator>
#include <map>
#include <memory_resource>
#include <optional>
#include <string_view>
#include <vector>

#include "sync/journal/kv.h"
#include "sync/journal/merge.h"

namespace opora::sync {

class Changes {
 public:
  // An absent value is an erasure. The views are valid as long as the Changes.
  using Value = std::optional<std::string_view>;
  using Rows = std::pmr::map<std::string_view, Value>;

  Changes() = default;
  Changes(const Changes&) = delete;
  Changes& operator=(const Changes&) = delete;

  void put(Table table, std::string_view key, std::string_view value) {
    change(table, key) = keep(value);
  }
  void erase(Table table, std::string_view key) { change(table, key).reset(); }

  // Nothing when the transaction left this key alone.
  const Value* find(Table table, std::string_view key) const {
    const Rows& changed = rows(table);
    const auto row = changed.find(key);
    return row == changed.end() ? nullptr : &row->second;
  }
  const Rows& rows(Table table) const { return tables_[static_cast<std::size_t>(table)]; }
  // Of keys and values that were put here, also of those that were put again; and how often.
  std::size_t bytes() const { return bytes_; }
  std::size_t count() const { return count_; }

 private:
  // The arena's first piece, each further one is larger: the rows of one contact.
  static constexpr std::size_t kFirstPieceBytes = 4096;

  std::string_view keep(std::string_view bytes) {
    if (bytes.empty()) return "";
    auto* const copy = static_cast<char*>(arena_.allocate(bytes.size(), 1));
    std::memcpy(copy, bytes.data(), bytes.size());
    bytes_ += bytes.size();
    return {copy, bytes.size()};
  }
  Value& change(Table table, std::string_view key) {
    ++count_;
    Rows& rows = tables_[static_cast<std::size_t>(table)];
    const auto place = rows.lower_bound(key);
    if (place != rows.end() && place->first == key) return place->second;
    return rows.emplace_hint(place, keep(key), std::nullopt)->second;
  }

  std::pmr::monotonic_buffer_resource arena_{kFirstPieceBytes};
  std::pmr::vector<Rows> tables_{kTableCount, &arena_};
  std::size_t bytes_ = 0;
  std::size_t count_ = 0;
};

// A walk over [it, end) of a map of rows or of changes, in either direction.
template <class Iterator>
struct MapCursor {
  Iterator it;
  Iterator end;
  bool valid() const { return it != end; }
  std::string_view key() const { return it->first; }
  const auto& value() const { return it->second; }
  void step() { ++it; }
};
// Spelled out for clang 14 (fuzzing, clang-tidy), which deduces nothing for aggregates.
template <class Iterator>
MapCursor(Iterator, Iterator) -> MapCursor<Iterator>;

template <class Map>
auto forward(const Map& map, std::string_view from, std::string_view to) {
  const auto end = to.empty() ? map.end() : map.lower_bound(to);
  return MapCursor{empty_range(from, to) ? end : map.lower_bound(from), end};
}

template <class Map>
auto backward(const Map& map, std::string_view from, std::string_view to) {
  const auto range = forward(map, from, to);
  return MapCursor{std::make_reverse_iterator(range.end), std::make_reverse_iterator(range.it)};
}

}  // namespace opora::sync
