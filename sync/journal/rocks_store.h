// RocksStore: the store port over RocksDB, one column family a table. Owned by main(); threads as
// in kv.h. Readers and transactions may outlive the store object, the database closes with the last
// of them.
//
// Guarantee: a commit that returned ok survives SIGKILL and power loss; one that did not commit
// leaves nothing. After the first error of a write, of a background job or of a read the store is
// poisoned: healthy() is false and every commit is refused with kUnavailable, because after a
// failed sync nobody knows what the disk holds. The owner stops and opens again.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "sync/journal/commit_beside.h"
#include "sync/journal/store_figures.h"

namespace rocksdb {
class BackupEngine;
class Env;
}  // namespace rocksdb

namespace opora::sync {

// When the logs that are left are damaged (log_check.h).
enum class OnDamage {
  kRefuse,  // open() fails and says where
  kStop,    // what comes before the damage is served, the logs are kept aside; damage() says so
};

// What is worth a compressor's time: it was a tenth of what a region spends on receiving.
enum class Compression {
  kAll,
  kSettled,  // rows that were compacted at least once; never records and keys, mostly ciphertext
};

struct RocksOptions {
  // One cache for data, index and filter blocks of all tables: a node must stay under 150 MB with a
  // million contacts.
  std::size_t cache_bytes = std::size_t{24} << 20;
  // All memtables together; above it the oldest is flushed. Small, since 40 MB is the limit of an
  // idle node.
  std::size_t write_buffer_bytes = std::size_t{16} << 20;
  // A flushed memtable is one file; small ones keep compactions short beside a live desk on two
  // cores.
  std::size_t memtable_bytes = std::size_t{4} << 20;
  Compression compression = Compression::kAll;
  // What a start has to replay at most (with what was written since): well under a second.
  std::size_t wal_bytes = std::size_t{16} << 20;
  // The file system; null is the operating system's. Tests put a failing one here. Must outlive the
  // store.
  rocksdb::Env* env = nullptr;
  OnDamage on_damage = OnDamage::kRefuse;
};

// For the region's machine, which has memory and takes in what many sites send: a quarter less
// processor time for each record. A start has to replay a second's worth at most.
RocksOptions region_options();

class RocksStore final : public Store, public CommitsBeside {
 public:
  // Creates the folder (mode 0700) and the database at need and holds them alone. Errors: kConflict
  // when another process (or this one) has it open, kCorrupt when files are missing or damaged
  // (file and offset in the message), kUnavailable when the disk refuses.
  static Result<std::unique_ptr<RocksStore>> open(const std::filesystem::path& path,
                                                  const RocksOptions& options = {});
  // The state as of now, beside a running owner; changes nothing on disk, every commit is refused.
  // Errors: kNotFound when there is no store, else as open().
  static Result<std::unique_ptr<RocksStore>> open_read_only(const std::filesystem::path& path,
                                                            const RocksOptions& options = {});
  ~RocksStore() override;

  std::unique_ptr<Reader> snapshot() const override;
  std::unique_ptr<Transaction> begin() override;
  CommitWaiter commit_beside(std::unique_ptr<Transaction> txn) override;
  Status compact(Table table, std::string_view prefix) override;

  // Any thread.
  bool healthy() const;
  // Why healthy() is false; empty while it is true.
  std::string failure() const;

  // Of the logs at the opening, when it went on in spite of it: file, offset, reason. The rows are
  // those of an earlier moment then, as after a restore, but tables that are built from others may
  // be ahead of them: rebuild those.
  const std::optional<std::string>& damage() const;
  // Whether the last owner left without closing.
  bool left_open() const;

  // Any thread; cheap enough for once a second.
  StoreFigures figures() const;

  // For BackupFolder (backup.h). Any thread, beside the writer; the number of the new backup.
  Result<std::uint32_t> back_up(rocksdb::BackupEngine& into, const Bytes& note) const;

  class Core;

 private:
  explicit RocksStore(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace opora::sync
