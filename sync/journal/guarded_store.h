// GuardedStore: a store whose commits are watched: what each added to the own journal is told
// before it is written and after it is synced, so that it can be written down elsewhere, too. The
// engine writes through it; all else may use the store below. Threads as in kv.h.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "sync/journal/commit_beside.h"
#include "sync/journal/own_head.h"

namespace opora::sync {

// One row that a commit wrote.
struct GuardedRow {
  Table table;
  Bytes key;
  Bytes value;
  bool operator==(const GuardedRow&) const = default;
};

struct OwnCommit {
  std::optional<OwnHead> head;  // nothing: no own record in it
  StreamPos first;              // of its own records
  StreamPos keys_end;           // of the stream of own keys; 0: no entry in it
  // All that the own journal needs to be put together again, in the order of tables and keys: own
  // records, their keys as they stand wrapped in the store, own entries of the stream of keys,
  // answers, openings. Filled only for a watcher that asks.
  std::vector<GuardedRow> rows;
  bool forgets = false;  // a key was destroyed
};

// Engine's thread.
class CommitWatcher {
 public:
  virtual ~CommitWatcher() = default;
  virtual bool wants_rows() const = 0;
  // About to be written; what is begun here runs beside it.
  virtual void before_commit(const OwnCommit&) = 0;
  // Written and synced, or failed with an unknown outcome. The answers go out after it returned.
  virtual void after_commit(const OwnCommit&, const Status&) = 0;
};

class GuardedStore final : public Store, public CommitsBeside {
 public:
  // Both outlive it.
  GuardedStore(Store& below, SiteNo self, CommitWatcher& watcher)
      : below_(below),
        beside_(dynamic_cast<CommitsBeside*>(&below)),
        self_(self),
        watcher_(watcher) {}

  std::unique_ptr<Reader> snapshot() const override { return below_.snapshot(); }
  std::unique_ptr<Transaction> begin() override;
  // At once, when there is something to tell or the store below cannot.
  CommitWaiter commit_beside(std::unique_ptr<Transaction> txn) override;
  Status compact(Table table, std::string_view prefix) override {
    return below_.compact(table, prefix);
  }

 private:
  Store& below_;
  CommitsBeside* const beside_;  // null: the store below is none
  const SiteNo self_;
  CommitWatcher& watcher_;
};

// The same for records that are in the store already, `from` … `to` with their keys and answers:
// one commit a record.
void read_commits(const Reader& rows, SiteNo self, StreamPos from, StreamPos to,
                  const std::function<bool(const OwnCommit&)>& visit);

}  // namespace opora::sync
