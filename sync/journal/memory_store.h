// MemoryStore: the store port over ordered maps, for unit tests and the simulator. Owned by the
// test; as with every Store, snapshot() may be called from any thread, begin() and commit() from
// one. What was committed lives as long as the object: reopen() plays a restart of the process.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "sync/journal/changes.h"
#include "sync/journal/commit_beside.h"

namespace opora::sync {

// What becomes of the rows of a commit that reports an error: a caller must cope with each. Told:
// its caller had already heard that it is durable.
enum class CommitFault { kNone, kRowsLost, kRowsKept, kToldAndRowsKept };

class MemorySnapshot;

class MemoryStore final : public Store, public CommitsBeside {
 public:
  using Rows = std::map<Bytes, Bytes, std::less<>>;
  using Tables = std::array<std::shared_ptr<Rows>, kTableCount>;

  MemoryStore();
  std::unique_ptr<Reader> snapshot() const override;
  std::unique_ptr<Transaction> begin() override;
  // It is done when the waiter is called: until then it is only under way.
  CommitWaiter commit_beside(std::unique_ptr<Transaction> txn) override;
  Status compact(Table table, std::string_view prefix) override;
  // Another store with the same rows: they are shared until either writes. One thread for both.
  std::shared_ptr<MemoryStore> copy() const;

  // The next commit fails in this way and, like a disk error, poisons the store until reopen().
  void fail_next_commit(CommitFault fault) { fault_ = fault; }
  bool healthy() const { return healthy_; }
  void reopen() {
    healthy_ = true;
    under_way_.reset();
  }

 private:
  friend class MemoryTransaction;
  friend class MemorySnapshot;
  std::unique_ptr<MemorySnapshot> take_snapshot() const;
  Status apply(const Changes& changes, const std::function<void()>& on_durable);
  void write(const Changes& changes);
  void release(Tables& tables) const;

  mutable std::mutex mutex_;  // guards tables_ and the reference counts that decide about copying
  Tables tables_;
  std::shared_ptr<const Changes> under_way_;  // the writer's
  CommitFault fault_ = CommitFault::kNone;
  bool healthy_ = true;
};

}  // namespace opora::sync
