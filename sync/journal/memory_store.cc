#include "sync/journal/memory_store.h"

#include <functional>
#include <utility>

#include "protocol/base/check.h"
#include "sync/journal/layered.h"

namespace opora::sync {
namespace {

std::size_t at(Table table) { return static_cast<std::size_t>(table); }

}  // namespace

// Holds the tables as they were: a later commit copies what it changes.
class MemorySnapshot final : public Reader {
 public:
  MemorySnapshot(const MemoryStore& store, MemoryStore::Tables tables)
      : store_(store), tables_(std::move(tables)) {}
  ~MemorySnapshot() override { store_.release(tables_); }
  MemorySnapshot(const MemorySnapshot&) = delete;
  MemorySnapshot& operator=(const MemorySnapshot&) = delete;

  const MemoryStore::Rows& rows(Table table) const { return *tables_[at(table)]; }

  std::optional<Bytes> get(Table table, std::string_view key) const override {
    const auto row = rows(table).find(key);
    return row == rows(table).end() ? std::nullopt : std::optional(row->second);
  }

  void scan(Table table, std::string_view from, std::string_view to,
            const RowVisitor& visit) const override {
    for (auto row = forward(rows(table), from, to); row.valid(); row.step()) {
      if (!visit(row.key(), row.value())) return;
    }
  }

  void scan_back(Table table, std::string_view from, std::string_view to,
                 const RowVisitor& visit) const override {
    for (auto row = backward(rows(table), from, to); row.valid(); row.step()) {
      if (!visit(row.key(), row.value())) return;
    }
  }

 private:
  const MemoryStore& store_;
  MemoryStore::Tables tables_;
};

class MemoryTransaction final : public Transaction {
 public:
  explicit MemoryTransaction(MemoryStore& store)
      : store_(store),
        base_(store.take_snapshot()),
        changes_(std::make_shared<Changes>()),
        below_(store.under_way_ ? store.under_way_ : std::make_shared<const Changes>()) {}

  std::optional<Bytes> get(Table table, std::string_view key) const override {
    const auto* change = changes_->find(table, key);
    if (change == nullptr) change = below_->find(table, key);
    if (change == nullptr) return base_->get(table, key);
    return *change ? std::optional(Bytes(**change)) : std::nullopt;
  }

  void scan(Table table, std::string_view from, std::string_view to,
            const RowVisitor& visit) const override {
    const ScanGuard guard(scans_);
    auto base = forward(base_->rows(table), from, to);
    Layered changed(forward(changes_->rows(table), from, to),
                    forward(below_->rows(table), from, to), std::less<>());
    merge_rows(base, changed, std::less<>(), visit);
  }

  void scan_back(Table table, std::string_view from, std::string_view to,
                 const RowVisitor& visit) const override {
    const ScanGuard guard(scans_);
    auto base = backward(base_->rows(table), from, to);
    Layered changed(backward(changes_->rows(table), from, to),
                    backward(below_->rows(table), from, to), std::greater<>());
    merge_rows(base, changed, std::greater<>(), visit);
  }

  void put(Table table, std::string_view key, std::string_view value) override {
    OPORA_CHECK(scans_ == 0 && base_);
    changes_->put(table, key, value);
  }

  void erase(Table table, std::string_view key) override {
    OPORA_CHECK(scans_ == 0 && base_);
    changes_->erase(table, key);
  }

  Status commit_telling(const std::function<void()>& on_durable) override {
    return store_.apply(*end(), on_durable);
  }
  CommitWaiter commit_beside() {
    store_.under_way_ = end();
    return [&store = store_] {
      const auto changes = std::exchange(store.under_way_, nullptr);
      return store.apply(*changes, {});
    };
  }

 private:
  std::shared_ptr<const Changes> end() {
    OPORA_CHECK(scans_ == 0 && base_ && !store_.under_way_);
    base_.reset();  // else the store would copy every table that it changes
    return changes_;
  }

  MemoryStore& store_;
  std::unique_ptr<MemorySnapshot> base_;  // gone after commit()
  const std::shared_ptr<Changes> changes_;
  const std::shared_ptr<const Changes> below_;
  mutable int scans_ = 0;
};

MemoryStore::MemoryStore() {
  for (auto& rows : tables_) rows = std::make_shared<Rows>();
}

std::unique_ptr<MemorySnapshot> MemoryStore::take_snapshot() const {
  const std::lock_guard lock(mutex_);
  return std::make_unique<MemorySnapshot>(*this, tables_);
}

std::unique_ptr<Reader> MemoryStore::snapshot() const { return take_snapshot(); }

std::shared_ptr<MemoryStore> MemoryStore::copy() const {
  auto out = std::make_shared<MemoryStore>();
  const std::lock_guard lock(mutex_);
  out->tables_ = tables_;
  return out;
}

std::unique_ptr<Transaction> MemoryStore::begin() {
  return std::make_unique<MemoryTransaction>(*this);
}

CommitWaiter MemoryStore::commit_beside(std::unique_ptr<Transaction> txn) {
  auto* begun = dynamic_cast<MemoryTransaction*>(txn.get());
  OPORA_CHECK(begun != nullptr);
  return begun->commit_beside();
}

Status MemoryStore::compact(Table, std::string_view) { return ok_status(); }

Status MemoryStore::apply(const Changes& changes, const std::function<void()>& on_durable) {
  if (!healthy_) return Error{Code::kUnavailable, "", "the store failed before; open it again"};
  const CommitFault fault = std::exchange(fault_, CommitFault::kNone);
  const bool durable = fault == CommitFault::kNone || fault == CommitFault::kToldAndRowsKept;
  // Nobody else's snapshot may fall between the two.
  const std::lock_guard lock(mutex_);
  if (durable && on_durable) on_durable();
  if (fault != CommitFault::kRowsLost) write(changes);
  if (fault == CommitFault::kNone) return ok_status();
  healthy_ = false;
  return Error{Code::kUnavailable, "", "the disk failed (as asked by the test)"};
}

void MemoryStore::write(const Changes& changes) {
  for (std::size_t table = 0; table < kTableCount; ++table) {
    const Changes::Rows& changed = changes.rows(static_cast<Table>(table));
    if (changed.empty()) continue;
    auto& rows = tables_[table];
    if (rows.use_count() > 1) rows = std::make_shared<Rows>(*rows);  // a snapshot keeps the old
    for (const auto& [key, value] : changed) {
      if (value) rows->insert_or_assign(Bytes(key), Bytes(*value));
      else if (const auto row = rows->find(key); row != rows->end()) rows->erase(row);
    }
  }
}

void MemoryStore::release(Tables& tables) const {
  const std::lock_guard lock(mutex_);
  for (auto& rows : tables) rows.reset();
}

}  // namespace opora::sync
