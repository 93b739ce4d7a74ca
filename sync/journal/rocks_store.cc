#include "sync/journal/rocks_store.h"

#include <atomic>
#include <mutex>
#include <utility>

#include <rocksdb/db.h>
#include <rocksdb/listener.h>
#include <rocksdb/perf_level.h>
#include <rocksdb/utilities/backup_engine.h>

#include "protocol/base/check.h"
#include "sync/journal/changes.h"
#include "sync/journal/commit_thread.h"
#include "sync/journal/commit_watch.h"
#include "sync/journal/layered.h"
#include "sync/journal/log_book.h"
#include "sync/journal/log_check.h"
#include "sync/journal/log_files.h"
#include "sync/journal/rocks_options.h"
#include "sync/journal/rows_gate.h"
#include "sync/journal/stop_filter.h"
#include "sync/journal/store_folder.h"

namespace opora::sync {
namespace {

namespace fs = std::filesystem;

// What a row of a batch has besides its key and value, at most: kind, family, two lengths. A batch
// that knows its size beforehand is written in one piece.
constexpr std::size_t kRowHeadBytes = 16;

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

std::string_view view(const rocksdb::Slice& s) { return {s.data(), s.size()}; }

Error to_error(const rocksdb::Status& status) {
  if (status.IsCorruption()) return Error{Code::kCorrupt, "", status.ToString()};
  return Error{Code::kUnavailable, "", status.ToString()};
}

// The first failure, kept. Any thread.
class Health {
 public:
  void fail(const std::string& why) {
    const std::lock_guard lock(mutex_);
    if (why_.empty()) why_ = why;
    healthy_.store(false, std::memory_order_release);
  }
  bool ok() const { return healthy_.load(std::memory_order_acquire); }
  std::string why() const {
    const std::lock_guard lock(mutex_);
    return why_;
  }

 private:
  std::atomic<bool> healthy_{true};
  mutable std::mutex mutex_;
  std::string why_;
};

// Tells of flushes and compactions that failed, which no caller would see otherwise.
class FailureListener final : public rocksdb::EventListener {
 public:
  explicit FailureListener(std::shared_ptr<Health> health) : health_(std::move(health)) {}
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
    health_->fail("background work: " + status->ToString());
  }

 private:
  std::shared_ptr<Health> health_;
};

// Passes on what the file system says of the logs: to the commit that waits for it, then into the
// book.
class Bookkeeper final : public LogWatcher {
 public:
  void keep(std::unique_ptr<LogBook> book) { book_ = std::move(book); }
  LogBook* book() const { return book_.get(); }
  void on_log_synced(std::uint64_t log, std::uint64_t bytes) override {
    CommitWatch::log_synced({log, bytes});
    book_->synced(log, bytes);
  }
  Status before_log_deleted(std::uint64_t log) override { return book_->retire(log); }

 private:
  std::unique_ptr<LogBook> book_;
};

}  // namespace

class RocksStore::Core {
 public:
  Core() : health_(std::make_shared<Health>()) {}
  ~Core() {
    commits_.reset();
    // The next start then has no log to replay. Without it nothing is lost.
    if (db_ && mode_ == OpenMode::kOwner && health_->ok()) static_cast<void>(flush_all());
    for (auto* family : families_) db_->DestroyColumnFamilyHandle(family);
    db_.reset();
    if (auto* book = bookkeeper_.book()) static_cast<void>(book->sync());
  }
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  Status open(const fs::path& path, const RocksOptions& options, OpenMode mode) {
    mode_ = mode;
    if (mode == OpenMode::kOwner) {
      OPORA_TRY(make_folder(path));
      OPORA_TRY(lock_.take(path));
      OPORA_TRY(check_not_beheaded(path));
    }
    auto logs = check_logs(path, LogBook::read(path));
    if (!logs.ok()) return logs.error();
    OPORA_TRY(judge(path, *logs, options));
    return mode == OpenMode::kOwner ? own(path, options, *logs) : look(path, options);
  }

  const std::optional<std::string>& damage() const { return damage_; }
  bool left_open() const { return left_open_; }

  rocksdb::DB& db() const { return *db_; }
  // Null in a store of an older version that is only read: the table has no rows.
  rocksdb::ColumnFamilyHandle* family(Table table) const {
    return families_[static_cast<std::size_t>(table)];
  }
  Health& health() const { return *health_; }

  // A failed read is not "no such row": nothing may be decided on it, so the store is poisoned.
  std::optional<Bytes> get(const rocksdb::ReadOptions& options, Table table,
                           std::string_view key) const {
    if (family(table) == nullptr) return std::nullopt;
    rocksdb::PinnableSlice value;
    const auto status = db_->Get(options, family(table), slice(key), &value);
    if (status.ok()) return Bytes(value.data(), value.size());
    note(status);
    return std::nullopt;
  }
  void note(const rocksdb::Status& status) const {
    if (!status.ok() && !status.IsNotFound()) health_->fail("read: " + status.ToString());
  }

  Status write(rocksdb::WriteBatch& batch, const std::function<void()>& on_durable) {
    if (mode_ == OpenMode::kReadOnly)
      return Error{Code::kUnavailable, "", "opened for reading only"};
    if (!health_->ok())
      return Error{Code::kUnavailable, "", "the store failed before: " + health_->why()};
    if (batch.Count() == 0) return ok_status();
    const auto status = write_synced(batch, on_durable);
    // First: whoever waits at the gate must not find a store that seems well.
    if (!status.ok()) health_->fail("commit: " + status.ToString());
    gate_.open();
    if (status.ok()) return ok_status();
    return Error{Code::kUnavailable, "", status.ToString()};
  }

  const rocksdb::Snapshot* snapshot() const {
    OPORA_CHECK(!CommitWatch::under_way());  // it would wait for itself
    gate_.wait();
    return db_->GetSnapshot();
  }

  // What is committed beside the next transaction; null while nothing is. The writer's.
  const std::shared_ptr<const Changes>& under_way() const { return under_way_; }
  void commit_beside(std::shared_ptr<const Changes> changes, CommitThread::Job job) {
    under_way_ = std::move(changes);
    commits_->start(std::move(job));
  }
  Status wait_for_commit() {
    Status status = commits_->wait();
    under_way_.reset();
    return status;
  }

  StoreFigures figures() const { return figures_of(*db_, families_, commit_times_); }

  // Old logs hold what was erased until every family that has rows in them is flushed.
  Status flush_all() {
    const auto status = db_->Flush(rocksdb::FlushOptions(), families_);
    return status.ok() ? ok_status() : Status(to_error(status));
  }

 private:
  rocksdb::Status write_synced(rocksdb::WriteBatch& batch,
                               const std::function<void()>& on_durable) {
    rocksdb::WriteOptions options;
    options.sync = true;
    CommitWatch watch(settled_, [&] {
      if (!on_durable) return;
      gate_.close();
      on_durable();
    });
    auto status = commit_times_.time([&] { return db_->Write(options, &batch); });
    if (status.ok()) watch.returned_ok();
    return status;
  }

  Status judge(const fs::path& path, const LogsReport& logs, const RocksOptions& options) {
    left_open_ = logs.bytes > 0;
    if (logs.state != LogsReport::State::kDamaged) return ok_status();
    if (mode_ == OpenMode::kReadOnly || options.on_damage == OnDamage::kRefuse)
      return Error{Code::kCorrupt, "", logs.what};
    damage_ = logs.what;
    return keep_aside(path, path.string() + ".damaged", ".log");
  }

  Status own(const fs::path& path, const RocksOptions& options, const LogsReport& logs) {
    auto book = LogBook::open(path);
    if (!book.ok()) return book.error();
    bookkeeper_.keep(std::move(*book));
    auto* env = options.env != nullptr ? options.env : rocksdb::Env::Default();
    env_ = rocksdb::NewCompositeEnv(watch_logs(env->GetFileSystem(), bookkeeper_));
    auto db_options = database_options(options, mode_);
    db_options.env = env_.get();
    db_options.listeners.push_back(std::make_shared<FailureListener>(health_));
    std::optional<StopFilter> stop;
    if (damage_) db_options.wal_filter = &stop.emplace(*logs.stop_seq);
    rocksdb::DB* db = nullptr;
    const auto status =
        rocksdb::DB::Open(db_options, path.string(), table_descriptors(options), &families_, &db);
    if (!status.ok()) return to_error(status);
    db_.reset(db);
    // What was in them is in tables now.
    return bookkeeper_.book()->retire(logs.last);
  }

  Status look(const fs::path& path, const RocksOptions& options) {
    rocksdb::DB* db = nullptr;
    const auto status = open_to_look(path, options, families_, db);
    if (!status.ok()) return to_error(status);
    db_.reset(db);
    return ok_status();
  }

  OpenMode mode_ = OpenMode::kOwner;
  CommitTimes commit_times_;
  std::shared_ptr<Health> health_;
  FolderLock lock_;
  std::optional<std::string> damage_;
  bool left_open_ = false;
  LogPlace settled_;  // the writer's
  RowsGate gate_;
  Bookkeeper bookkeeper_;
  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
  std::shared_ptr<const Changes> under_way_;
  std::optional<CommitThread> commits_{std::in_place};  // ends first
};

namespace {

using CorePtr = std::shared_ptr<RocksStore::Core>;

enum class Direction { kForward, kBackward };

// Rows of one table within bounds, as they are in the database.
class BaseCursor {
 public:
  BaseCursor(const RocksStore::Core& core, Table table, rocksdb::ReadOptions options,
             std::string_view from, std::string_view to, Direction direction)
      : core_(core), from_(slice(from)), to_(slice(to)), direction_(direction) {
    options.iterate_lower_bound = &from_;
    if (!to.empty()) options.iterate_upper_bound = &to_;
    // Records are walked over once: in the cache they would drive out what is asked for by name.
    options.fill_cache = table != Table::kJournal;
    auto* family = core.family(table);
    it_.reset(family == nullptr ? rocksdb::NewEmptyIterator()
                                : core.db().NewIterator(options, family));
    if (direction == Direction::kForward) it_->Seek(from_);
    else it_->SeekToLast();
  }
  ~BaseCursor() { core_.note(it_->status()); }
  BaseCursor(const BaseCursor&) = delete;
  BaseCursor& operator=(const BaseCursor&) = delete;

  bool valid() const { return it_->Valid(); }
  std::string_view key() const { return view(it_->key()); }
  std::string_view value() const { return view(it_->value()); }
  void step() {
    if (direction_ == Direction::kForward) it_->Next();
    else it_->Prev();
  }

 private:
  const RocksStore::Core& core_;
  const rocksdb::Slice from_;
  const rocksdb::Slice to_;
  const Direction direction_;
  std::unique_ptr<rocksdb::Iterator> it_;
};

class RocksSnapshot final : public Reader {
 public:
  explicit RocksSnapshot(CorePtr core) : core_(std::move(core)), snapshot_(core_->snapshot()) {
    options_.snapshot = snapshot_;
  }
  ~RocksSnapshot() override { core_->db().ReleaseSnapshot(snapshot_); }
  RocksSnapshot(const RocksSnapshot&) = delete;
  RocksSnapshot& operator=(const RocksSnapshot&) = delete;

  std::optional<Bytes> get(Table table, std::string_view key) const override {
    return core_->get(options_, table, key);
  }
  void scan(Table table, std::string_view from, std::string_view to,
            const RowVisitor& visit) const override {
    walk(table, from, to, Direction::kForward, visit);
  }
  void scan_back(Table table, std::string_view from, std::string_view to,
                 const RowVisitor& visit) const override {
    walk(table, from, to, Direction::kBackward, visit);
  }

 private:
  void walk(Table table, std::string_view from, std::string_view to, Direction direction,
            const RowVisitor& visit) const {
    if (empty_range(from, to)) return;
    BaseCursor row(*core_, table, options_, from, to, direction);
    for (; row.valid(); row.step()) {
      if (!visit(row.key(), row.value())) return;
    }
  }

  CorePtr core_;
  const rocksdb::Snapshot* snapshot_;
  rocksdb::ReadOptions options_;
};

// Only the one writer changes the database, so the base needs no snapshot. What a commit beside
// this transaction is putting into it lies over the base until the transaction ends, wherever that
// commit is by then: the rows are the same.
class RocksTransaction final : public Transaction {
 public:
  explicit RocksTransaction(CorePtr core)
      : core_(std::move(core)),
        changes_(std::make_shared<Changes>()),
        below_(core_->under_way() ? core_->under_way() : nothing_changed()) {}

  std::optional<Bytes> get(Table table, std::string_view key) const override {
    const auto* change = changes_->find(table, key);
    if (change == nullptr) change = below_->find(table, key);
    if (change != nullptr) return *change ? std::optional(Bytes(**change)) : std::nullopt;
    return core_->get(rocksdb::ReadOptions(), table, key);
  }
  void scan(Table table, std::string_view from, std::string_view to,
            const RowVisitor& visit) const override {
    if (empty_range(from, to)) return;
    const ScanGuard guard(scans_);
    BaseCursor base(*core_, table, rocksdb::ReadOptions(), from, to, Direction::kForward);
    Layered changed(forward(changes_->rows(table), from, to),
                    forward(below_->rows(table), from, to), std::less<>());
    merge_rows(base, changed, std::less<>(), visit);
  }
  void scan_back(Table table, std::string_view from, std::string_view to,
                 const RowVisitor& visit) const override {
    if (empty_range(from, to)) return;
    const ScanGuard guard(scans_);
    BaseCursor base(*core_, table, rocksdb::ReadOptions(), from, to, Direction::kBackward);
    Layered changed(backward(changes_->rows(table), from, to),
                    backward(below_->rows(table), from, to), std::greater<>());
    merge_rows(base, changed, std::greater<>(), visit);
  }
  void put(Table table, std::string_view key, std::string_view value) override {
    OPORA_CHECK(scans_ == 0 && !committed_);
    changes_->put(table, key, value);
  }
  void erase(Table table, std::string_view key) override {
    OPORA_CHECK(scans_ == 0 && !committed_);
    changes_->erase(table, key);
  }
  Status commit_telling(const std::function<void()>& on_durable) override {
    end();
    return write(*core_, *changes_, on_durable);
  }
  // The thread that commits must not hold the core: it is the core's.
  CommitWaiter commit_beside() {
    end();
    core_->commit_beside(changes_, [&core = *core_, changes = changes_] {
      rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);
      return write(core, *changes, {});
    });
    return [core = core_] { return core->wait_for_commit(); };
  }

 private:
  static const std::shared_ptr<const Changes>& nothing_changed() {
    static const auto kNothing = std::make_shared<const Changes>();
    return kNothing;
  }
  void end() {
    OPORA_CHECK(scans_ == 0 && !committed_ && !core_->under_way());
    committed_ = true;
  }
  static Status write(RocksStore::Core& core, const Changes& changes,
                      const std::function<void()>& on_durable) {
    rocksdb::WriteBatch batch(changes.bytes() + changes.count() * kRowHeadBytes);
    for (std::size_t i = 0; i < kTableCount; ++i) {
      const auto table = static_cast<Table>(i);
      add(batch, core.family(table), changes.rows(table));
    }
    return core.write(batch, on_durable);
  }
  static void add(rocksdb::WriteBatch& batch, rocksdb::ColumnFamilyHandle* family,
                  const Changes::Rows& rows) {
    for (const auto& [key, value] : rows) {
      const auto status =
          value ? batch.Put(family, slice(key), slice(*value)) : batch.Delete(family, slice(key));
      OPORA_CHECK(status.ok());
    }
  }

  CorePtr core_;
  const std::shared_ptr<Changes> changes_;
  const std::shared_ptr<const Changes> below_;
  mutable int scans_ = 0;
  bool committed_ = false;
};

}  // namespace

RocksStore::RocksStore(std::shared_ptr<Core> core) : core_(std::move(core)) {}
RocksStore::~RocksStore() = default;

Result<std::unique_ptr<RocksStore>> RocksStore::open(const fs::path& path,
                                                     const RocksOptions& options) {
  auto core = std::make_shared<Core>();
  OPORA_TRY(core->open(path, options, OpenMode::kOwner));
  return std::unique_ptr<RocksStore>(new RocksStore(std::move(core)));
}

Result<std::unique_ptr<RocksStore>> RocksStore::open_read_only(const fs::path& path,
                                                               const RocksOptions& options) {
  std::error_code error;
  if (!fs::exists(path / "CURRENT", error)) {
    return Error{Code::kNotFound, "", path.string() + ": no store here"};
  }
  // The owner may delete a file between our reading the manifest and opening it; the next manifest
  // no longer names it.
  constexpr int kAttempts = 5;
  for (int attempt = 1;; ++attempt) {
    auto core = std::make_shared<Core>();
    const auto status = core->open(path, options, OpenMode::kReadOnly);
    if (status.ok()) return std::unique_ptr<RocksStore>(new RocksStore(std::move(core)));
    if (attempt == kAttempts) return status.error();
  }
}

std::unique_ptr<Reader> RocksStore::snapshot() const {
  return std::make_unique<RocksSnapshot>(core_);
}

std::unique_ptr<Transaction> RocksStore::begin() {
  // The writer's: RocksDB counts every comparison of keys otherwise, for nobody.
  rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);
  return std::make_unique<RocksTransaction>(core_);
}

CommitWaiter RocksStore::commit_beside(std::unique_ptr<Transaction> txn) {
  auto* begun = dynamic_cast<RocksTransaction*>(txn.get());
  OPORA_CHECK(begun != nullptr);
  return begun->commit_beside();
}

Status RocksStore::compact(Table table, std::string_view prefix) {
  OPORA_TRY(core_->flush_all());
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  options.exclusive_manual_compaction = false;  // a flush of live traffic need not wait for it
  const Bytes end_key = prefix_end(prefix);
  const rocksdb::Slice begin = slice(prefix);
  const rocksdb::Slice end = slice(end_key);
  const auto status = core_->db().CompactRange(options, core_->family(table), &begin,
                                               end_key.empty() ? nullptr : &end);
  return status.ok() ? ok_status() : Status(to_error(status));
}

Result<std::uint32_t> RocksStore::back_up(rocksdb::BackupEngine& into, const Bytes& note) const {
  rocksdb::CreateBackupOptions options;
  options.flush_before_backup = true;  // tables are shared between backups, logs are not
  options.decrease_background_thread_cpu_priority = true;  // a desk goes first
  rocksdb::BackupID no = 0;
  const auto status = into.CreateNewBackupWithMetadata(options, &core_->db(), note, &no);
  if (!status.ok()) return to_error(status);
  return no;
}

StoreFigures RocksStore::figures() const { return core_->figures(); }

bool RocksStore::healthy() const { return core_->health().ok(); }

const std::optional<std::string>& RocksStore::damage() const { return core_->damage(); }

bool RocksStore::left_open() const { return core_->left_open(); }

std::string RocksStore::failure() const { return core_->health().why(); }

}  // namespace opora::sync
