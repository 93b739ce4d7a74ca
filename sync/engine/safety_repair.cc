#include "sync/engine/safety_repair.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "protocol/codec/record_codec.h"
#include "sync/engine/recall.h"
#include "sync/journal/files.h"
#include "sync/projection/projection.h"

namespace opora::sync {

namespace {

// Records written in one transaction, as a rebuild's.
constexpr std::size_t kChunk = 2'000;

std::string_view record_of(const GuardedRow& row) {
  return std::string_view(row.value).substr(sizeof(ChainHash));
}

// What of a commit follows this end: of a group, a part may be there already (the region had so
// much of it). Nothing when its next record names another one before it, or there is none.
std::optional<OwnCommit> rest_behind(const OwnCommit& commit, const StreamHead& end) {
  OwnCommit out = commit;
  std::erase_if(out.rows, [&end](const GuardedRow& row) {
    if (row.table != Table::kJournal) return false;
    const auto ref = JournalRef::from_key(row.key);
    return !ref || ref->n <= end.pos;
  });
  for (const GuardedRow& row : out.rows) {
    if (row.table != Table::kJournal) continue;
    const auto record = protocol::decode_record(record_of(row));
    if (!record.ok() || record->env.prev != end.chain) return std::nullopt;
    out.first = record->env.n;
    return out;
  }
  return std::nullopt;
}

// What is there may have been written from the beginning more than once: a segment that could not
// be removed lies before the one that took its place. Each time begins where positions go back.
// Oldest first; nothing is one, too.
std::vector<SafetyCommits> writings(const SafetyCommits& commits) {
  std::vector<std::size_t> starts{0};
  std::size_t count = 0;
  StreamPos end;
  commits([&](const OwnCommit& commit) {
    if (commit.head) {
      if (commit.first <= end) starts.push_back(count);
      end = commit.head->end.pos;
    }
    ++count;
    return true;
  });
  starts.push_back(count);
  std::vector<SafetyCommits> out;
  for (std::size_t i = 0; i + 1 < starts.size(); ++i) {
    out.push_back([&commits, from = starts[i],
                   to = starts[i + 1]](const std::function<bool(const OwnCommit&)>& visit) {
      std::size_t at = 0;
      commits([&](const OwnCommit& commit) {
        const std::size_t here = at++;
        return here < from || (here < to && visit(commit));
      });
    });
  }
  return out;
}

// Whether the record attaches a file that is not whole here.
bool lacks_file(const Reader& rows, const GuardedRow& row) {
  if (row.table != Table::kJournal) return false;
  const auto record = protocol::decode_record(record_of(row));
  if (!record.ok()) return false;
  const auto facts =
      protocol::decode_facts(record->env.type, record->env.schema_version, record->facts);
  const auto file = facts.ok() ? file_of(record->env.origin, *facts) : std::nullopt;
  return file && !whole_file(rows, {record->env.aggregate, file->hash});
}

// The store's transaction with the projection over it, committed and begun anew in chunks.
class Chunks {
 public:
  Chunks(Store& store, const Vault& vault, SiteNo self)
      : store_(store), vault_(vault), self_(self) {
    begin();
  }

  Status add(const OwnCommit& commit) {
    for (const GuardedRow& row : commit.rows) {
      if (row.table == Table::kStream) put_key_entry(row, commit);
      else put(row);
    }
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

  std::uint64_t files_missing() const { return files_missing_; }

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
    txn_->put(row.table, row.key, row.value);
  }

  // Its place may be taken: the stream was begun anew since behind what the region has of it. The
  // key of a record that comes back is then sent by another entry; entries alone are asked for
  // again.
  void put_key_entry(const GuardedRow& row, const OwnCommit& commit) {
    if (txn_->get(row.table, row.key) == row.value) return;
    const auto id = AggregateId::from(std::string_view(row.value).substr(sizeof(ChainHash)));
    if (!id) return;
    const StreamHead head = stream_head(*txn_, Stream::kJournalKeys, self_);
    const ChainHash chain = hash256({head.chain.view(), id->view()});
    KeyReader place(row.key);
    place.u16();
    place.u32();
    const bool next = place.u64() == head.pos.v + 1;
    if (next && std::string_view(row.value).starts_with(chain.view()))
      txn_->put(row.table, row.key, row.value);
    else if (commit.head)
      StreamWriter().append(*txn_, Stream::kJournalKeys, self_, id->view(), id->view());
  }

  void fold(const GuardedRow& row) {
    ++records_;
    const auto ref = JournalRef::from_key(row.key);
    const auto event = open_record(record_of(row), vault_, *txn_);
    if (!ref || !event.ok()) return;  // it stays a link of the chain
    projection_->apply(*event, *ref);
    if (const auto file = file_of(event->env.origin, event->facts))
      take_file(event->env.aggregate, *file);
  }

  void take_file(const AggregateId& owner, const NamedFile& file) {
    const FileId id{owner, file.hash};
    if (projection_->is_erased(id.ticket) || whole_file(*txn_, id)) return;
    if (staged_chunks(*txn_, id) == file.manifest.chunks.size())
      adopt_staged(*txn_, id, file.manifest, file.goes);
    else ++files_missing_;
  }

  Store& store_;
  const Vault& vault_;
  const SiteNo self_;
  std::unique_ptr<Transaction> txn_;
  std::unique_ptr<Projection> projection_;
  std::size_t records_ = 0;
  std::uint64_t files_missing_ = 0;
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
    const bool repaired = out_.found == Found::kRepaired || out_.before;
    if (repaired || answers_) OPORA_TRY(chunks_.finish());
    out_.files_missing += chunks_.files_missing();
    return out_;
  }

 private:
  using Found = SafetyRepair::Found;

  Status take(const OwnCommit& commit) {
    if (out_.found == Found::kWaits || out_.found == Found::kOther) {
      if (commit.head) reach(commit);
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
    const auto rest = rest_behind(commit, end_);
    if (!rest) return stop(Found::kOther, commit);
    if (out_.found == Found::kNothing) out_.part.from = rest->first;
    out_.found = Found::kRepaired;
    end_ = commit.head->end;
    out_.part.to = end_.pos;
    out_.part.chain = end_.chain;
    return chunks_.add(*rest);
  }

  Status stop(Found found, const OwnCommit& commit) {
    if (out_.found == Found::kRepaired) out_.before = out_.part;
    out_.found = found;
    out_.part.from = commit.first;
    reach(commit);
    return ok_status();
  }

  // One more that is not written into the store.
  void reach(const OwnCommit& commit) {
    out_.part.to = commit.head->end.pos;
    out_.part.chain = commit.head->end.chain;
    const auto lacks = [this](const GuardedRow& row) { return lacks_file(*before_, row); };
    out_.files_missing +=
        static_cast<std::uint64_t>(std::count_if(commit.rows.begin(), commit.rows.end(), lacks));
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
  const std::vector<SafetyCommits> all = writings(commits);
  for (std::size_t i = all.size(); i-- > 1;) {
    auto found = Repair(store, vault, self).run(all[i]);
    if (!found.ok() || found->found == SafetyRepair::Found::kRepaired || found->before)
      return found;
  }
  return Repair(store, vault, self).run(commits);
}

namespace {

bool extend(RecallExtension& recall, const SafetyCommits& commits) {
  commits([&](const OwnCommit& commit) {
    if (!commit.head || commit.head->end.pos <= recall.end().pos) return true;
    if (commit.first.v > recall.end().pos.v + 1) return false;
    const auto rest = rest_behind(commit, recall.end());
    if (!rest) return false;
    for (const GuardedRow& row : rest->rows) recall.add(row);
    return true;
  });
  return recall.changed();
}

}  // namespace

Result<bool> join_recall(Store& store, SiteNo self, const SafetyCommits& commits) {
  if (!recall_complete(*store.snapshot())) return false;
  auto txn = store.begin();
  RecallExtension recall(*txn, self);
  if (!recall.open()) return false;
  const std::vector<SafetyCommits> all = writings(commits);
  const bool joined = std::any_of(all.rbegin(), all.rend(),
                                  [&](const SafetyCommits& one) { return extend(recall, one); });
  if (!joined) return false;
  recall.finish();
  OPORA_TRY(txn->commit());
  return true;
}

}  // namespace opora::sync
