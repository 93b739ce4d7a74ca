// The store port: ordered tables, snapshots to read, one transaction at a time to write.
// Implemented by RocksDB (rocks_store.h) and by an ordered map (memory_store.h, for unit tests and
// the simulator). Everything that knows what rows mean stands above this port.
//
// Threads: snapshot() from any thread; begin() and commit() from the one writer only (the engine).
// A snapshot waits for the rows of a commit whose sync is done (microseconds of memory), and for
// nothing else.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace opora::sync {

enum class Table : std::uint8_t {
  kMeta = 0,  // small facts about the store itself
  kJournal,   // origin u32 | n u64 | incarnation 8 -> chain 32 | record bytes
  kStream,    // stream u16 | site u32 | position u64 -> chain 32 | reference or key aggregate
  kKeys,      // aggregate -> wrapped key (mutable: erasure deletes)
  kDedup,     // command -> body hash | answer
  kEntity,    // projection: kind u8 | aggregate -> state row
  kPersonal,  // projection: kind u8 | aggregate -> personal row
  kIndex,     // projection: look-up rows
  kCube,      // projection: counters
  kHistory,   // projection: aggregate | hlt | origin | n -> journal reference
  kFiles,     // files of tickets in chunks, and what waits of them (files.h)
};
inline constexpr std::size_t kTableCount = 11;

// Called with each row; false stops the scan. The views live only during the call.
using RowVisitor = std::function<bool(std::string_view key, std::string_view value)>;

class Reader {
 public:
  virtual ~Reader() = default;
  virtual std::optional<Bytes> get(Table table, std::string_view key) const = 0;
  // Rows with from <= key < to (to empty: to the end), ascending.
  virtual void scan(Table table, std::string_view from, std::string_view to,
                    const RowVisitor& visit) const = 0;
  // The same rows, descending.
  virtual void scan_back(Table table, std::string_view from, std::string_view to,
                         const RowVisitor& visit) const = 0;
  void scan_prefix(Table table, std::string_view prefix, const RowVisitor& visit) const {
    scan(table, prefix, prefix_end(prefix), visit);
  }
};

// Reads see the transaction's own writes. Dropped without commit(): nothing happened.
class Transaction : public Reader {
 public:
  virtual void put(Table table, std::string_view key, std::string_view value) = 0;
  virtual void erase(Table table, std::string_view key) = 0;
  // Writes all or nothing and syncs before it returns. After an error the outcome is unknown (the
  // rows may be there after a reopen): the caller must stop answering and reopen; dedup by command
  // id makes the retry safe.
  Status commit() { return commit_telling({}); }
  // The same, and says earlier, where it can, that the transaction is on the disk: `on_durable` is
  // called at most once, on this thread, before the rows can be read. From that moment snapshot()
  // waits for them, so that whoever was told finds what he was told of; on_durable itself must not
  // ask for a snapshot. An error that comes after it takes nothing back: the rows are there after
  // the reopen.
  virtual Status commit_telling(const std::function<void()>& on_durable) = 0;
};

class Store {
 public:
  virtual ~Store() = default;
  virtual std::unique_ptr<Reader> snapshot() const = 0;
  virtual std::unique_ptr<Transaction> begin() = 0;
  // Physically removes what was deleted under this prefix (after an erasure). Slow; off the
  // engine's thread.
  virtual Status compact(Table table, std::string_view prefix) = 0;
};

}  // namespace opora::sync
