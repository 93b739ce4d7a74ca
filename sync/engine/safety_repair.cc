#include "sync/engine/safety_repair.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "protocol/codec/record_codec.h"
#include "sync/engine/recall.h"
#include "sync/projection/projection.h"

namespace opora::sync {

namespace {

// Records written in one transaction, as a rebuild's.
constexpr std::size_t kChunk = 2'000;

std::string_view record_of(const GuardedRow& row) {
  return std::string_view(row.value).substr(sizeof(ChainHash));
}

// Whether its first record names this chain as the one before it.
bool follows(const OwnCommit& commit, const ChainHash& chain) {
  for (const GuardedRow& row : commit.rows) {
    if (row.table != Table::kJournal) continue;
    const auto record = protocol::decode_record(record_of(row));
    return record.ok() && record->env.prev == chain;
  }
  return false;
}

// The store's transaction with the projection over it, committed and begun anew in chunks.
class Chunks {
 public:
  Chunks(Store& store, const Vault& vault, SiteNo self)
      : store_(store), vault_(vault), self_(self) {
    begin();
  }

  Status add(const OwnCommit& commit) {
    for (const GuardedRow& row : commit.rows) put(row);
    for (const GuardedRow& row : commit.rows) {
      if (row.table == Table::kJournal) fold(row);
    }
    if (records_ < kChunk) return ok_status();
    OPORA_TRY(finish());
    begin();
    return ok_status();
  }

  Status finish() {
    projection_->flush();
    projection_.reset();
    return txn_->commit();
  }

 private:
  void begin() {
    txn_ = store_.begin();
    projection_ = std::make_unique<Projection>(*txn_, vault_);
    records_ = 0;
  }

  void put(const GuardedRow& row) {
    if (row.table == Table::kJournal) return txn_->put(row.table, row.key, row.value);
    if (txn_->get(row.table, row.key)) return;
    if (row.table == Table::kKeys) {
      const auto id = AggregateId::from(row.key);
      if (!id || projection_->is_erased(*id)) return;
    }
    if (row.table == Table::kStream && !next_key_entry(row)) return;
    txn_->put(row.table, row.key, row.value);
  }

  bool next_key_entry(const GuardedRow& row) const {
    const StreamHead head = stream_head(*txn_, Stream::kJournalKeys, self_);
    KeyReader place(row.key);
    place.u16();
    place.u32();
    return place.u64() == head.pos.v + 1;
  }

  void fold(const GuardedRow& row) {
    ++records_;
    const auto ref = JournalRef::from_key(row.key);
    const auto event = open_record(record_of(row), vault_, *txn_);
    if (ref && event.ok()) projection_->apply(*event, *ref);  // else it stays a link of the chain
  }

  Store& store_;
  const Vault& vault_;
  const SiteNo self_;
  std::unique_ptr<Transaction> txn_;
  std::unique_ptr<Projection> projection_;
  std::size_t records_ = 0;
};

class Repair {
 public:
  Repair(Store& store, const Vault& vault, SiteNo self)
      : before_(store.snapshot()),
        end_(own_head(*before_, self).end),
        chunks_(store, vault, self) {}

  Result<SafetyRepair> run(const SafetyCommits& commits) {
    Status status = ok_status();
    commits([&](const OwnCommit& commit) {
      status = take(commit);
      return status.ok();
    });
    if (!status.ok()) return status.error();
    if (out_.found == SafetyRepair::Found::kRepaired || answers_) OPORA_TRY(chunks_.finish());
    return out_;
  }

 private:
  using Found = SafetyRepair::Found;

  Status take(const OwnCommit& commit) {
    if (out_.found == Found::kWaits || out_.found == Found::kOther) {
      if (commit.head) reach(*commit.head);
      return ok_status();
    }
    if (!commit.head) {
      answers_ = true;
      return chunks_.add(commit);
    }
    if (commit.head->end.pos <= end_.pos) {
      const bool same = out_.found == Found::kRepaired ||
                        journal_chain_at(*before_, commit.head->site, commit.head->end.pos) ==
                            commit.head->end.chain;
      return same ? ok_status() : stop(Found::kOther, commit);
    }
    if (commit.first.v > end_.pos.v + 1) return stop(Found::kWaits, commit);
    if (commit.first.v <= end_.pos.v || !follows(commit, end_.chain))
      return stop(Found::kOther, commit);
    if (out_.found == Found::kNothing) out_.from = commit.first;
    out_.found = Found::kRepaired;
    end_ = commit.head->end;
    reach(*commit.head);
    return chunks_.add(commit);
  }

  Status stop(Found found, const OwnCommit& commit) {
    out_.found = found;
    out_.from = commit.first;
    reach(*commit.head);
    return ok_status();
  }

  void reach(const OwnHead& head) {
    out_.to = head.end.pos;
    out_.chain = head.end.chain;
  }

  std::unique_ptr<Reader> before_;
  StreamHead end_;
  Chunks chunks_;
  SafetyRepair out_;
  bool answers_ = false;
};

}  // namespace

Result<SafetyRepair> repair_from_safety(Store& store, const Vault& vault, SiteNo self,
                                        const SafetyCommits& commits) {
  return Repair(store, vault, self).run(commits);
}

Result<bool> join_recall(Store& store, SiteNo self, const SafetyCommits& commits) {
  if (!recall_complete(*store.snapshot())) return false;
  auto txn = store.begin();
  RecallExtension recall(*txn, self);
  commits([&](const OwnCommit& commit) {
    if (!commit.head || commit.head->end.pos <= recall.end().pos) return true;
    if (commit.first.v != recall.end().pos.v + 1 || !follows(commit, recall.end().chain))
      return false;
    for (const GuardedRow& row : commit.rows) recall.add(row);
    return true;
  });
  if (!recall.changed()) return false;
  recall.finish();
  OPORA_TRY(txn->commit());
  return true;
}

}  // namespace opora::sync
