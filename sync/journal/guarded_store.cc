#include "sync/journal/guarded_store.h"

#include <map>
#include <set>
#include <utility>

#include "protocol/base/check.h"
#include "protocol/codec/record_codec.h"

namespace opora::sync {

namespace {

// An aggregate's key goes into its stream with the first record that needs it, so that as many
// entries as records are enough; some more for keys that were sent again after a recall.
constexpr std::uint64_t kKeyEntriesMore = 1'000;

// Rows of the store itself that belong to the own journal.
bool own_meta(std::string_view key) {
  static const Bytes kOpening = KeyWriter().text("incarnation").take();
  static const Bytes kFloor = KeyWriter().text("ticket-floor").take();
  return key.starts_with(kOpening) || key == kFloor;
}

Bytes origin_prefix(SiteNo self) { return KeyWriter().u32(self.v).take(); }
Bytes key_stream_prefix(SiteNo self) {
  return KeyWriter().u16(static_cast<std::uint16_t>(Stream::kJournalKeys)).u32(self.v).take();
}

ChainHash chain_in(std::string_view value) {
  return ChainHash::from(value.substr(0, sizeof(ChainHash))).value_or(ChainHash{});
}

OwnHead head_of(const GuardedRow& record) {
  const JournalRef ref = JournalRef::from_key(record.key).value_or(JournalRef{});
  return {ref.origin, ref.incarnation, {ref.n, chain_in(record.value)}};
}

// Whose key a record needs, when it has a part under one.
std::optional<AggregateId> sealed_aggregate(std::string_view journal_value) {
  const auto record = protocol::decode_record(journal_value.substr(sizeof(ChainHash)));
  if (!record.ok() || record->sealed_personal.empty()) return std::nullopt;
  return record->env.aggregate;
}

class GuardedTransaction final : public Transaction {
 public:
  GuardedTransaction(std::unique_ptr<Transaction> below, SiteNo self, CommitWatcher& watcher)
      : below_(std::move(below)),
        watcher_(watcher),
        wants_rows_(watcher.wants_rows()),
        origin_(origin_prefix(self)),
        keys_(key_stream_prefix(self)) {}

  std::optional<Bytes> get(Table table, std::string_view key) const override {
    return below_->get(table, key);
  }
  void scan(Table table, std::string_view from, std::string_view to,
            const RowVisitor& visit) const override {
    below_->scan(table, from, to, visit);
  }
  void scan_back(Table table, std::string_view from, std::string_view to,
                 const RowVisitor& visit) const override {
    below_->scan_back(table, from, to, visit);
  }
  void put(Table table, std::string_view key, std::string_view value) override {
    below_->put(table, key, value);
    note(table, key, value);
  }
  void erase(Table table, std::string_view key) override {
    below_->erase(table, key);
    if (table != Table::kKeys) return;
    forgets_ = true;
    put_keys_.erase(Bytes(key));
  }
  // The second device has it too before anybody is told.
  Status commit_telling(const std::function<void()>& on_durable) override {
    const OwnCommit commit = describe();
    bool settled = !matters(commit);
    const auto settle = [&](const Status& status) {
      if (!std::exchange(settled, true)) watcher_.after_commit(commit, status);
    };
    if (!settled) watcher_.before_commit(commit);
    Status status = below_->commit_telling([&] {
      settle(ok_status());
      if (on_durable) on_durable();
    });
    settle(status);
    return status;
  }

  // What is below, when nobody need hear of it.
  std::unique_ptr<Transaction> take_unwatched() {
    const bool watched = forgets_ || !records_.empty() || !key_entries_.empty() || !others_.empty();
    return watched ? nullptr : std::move(below_);
  }

 private:
  static bool matters(const OwnCommit& commit) {
    return commit.head || !commit.rows.empty() || commit.forgets;
  }

  void note(Table table, std::string_view key, std::string_view value) {
    if (table == Table::kJournal && key.starts_with(origin_)) {
      if (!wants_rows_) value = value.substr(0, sizeof(ChainHash));
      records_.push_back({table, Bytes(key), Bytes(value)});
    }
    if (!wants_rows_) return;
    if (table == Table::kStream && key.starts_with(keys_)) {
      key_entries_.push_back({table, Bytes(key), Bytes(value)});
    } else if (table == Table::kKeys) {
      put_keys_[Bytes(key)] = Bytes(value);
    } else if (table == Table::kDedup || (table == Table::kMeta && own_meta(key))) {
      others_.push_back({table, Bytes(key), Bytes(value)});
    }
  }

  OwnCommit describe() {
    OwnCommit out;
    out.forgets = forgets_;
    if (!records_.empty()) {
      out.head = head_of(records_.back());
      out.first = head_of(records_.front()).end.pos;
    }
    if (!wants_rows_) return out;
    if (!key_entries_.empty()) {
      KeyReader place(std::string_view(key_entries_.back().key).substr(keys_.size()));
      out.keys_end = StreamPos{place.u64()};
    }
    std::set<AggregateId> keys;
    for (const GuardedRow& record : records_) {
      if (const auto id = sealed_aggregate(record.value)) keys.insert(*id);
    }
    for (const AggregateId& id : keys) add_key(id);
    for (auto* part : {&records_, &key_entries_, &others_}) {
      for (GuardedRow& row : *part) out.rows.push_back(std::move(row));
    }
    return out;
  }

  void add_key(const AggregateId& id) {
    const auto put = put_keys_.find(id.view());
    auto wrapped = put == put_keys_.end() ? below_->get(Table::kKeys, id.view()) : put->second;
    if (wrapped) others_.push_back({Table::kKeys, Bytes(id.view()), std::move(*wrapped)});
  }

  std::unique_ptr<Transaction> below_;
  CommitWatcher& watcher_;
  const bool wants_rows_;
  const Bytes origin_;
  const Bytes keys_;
  std::vector<GuardedRow> records_;
  std::vector<GuardedRow> key_entries_;
  std::map<Bytes, std::optional<Bytes>, std::less<>> put_keys_;
  std::vector<GuardedRow> others_;
  bool forgets_ = false;
};

// The last entries of the stream of own keys, by what they carry.
std::map<AggregateId, GuardedRow> last_key_entries(const Reader& rows, SiteNo self,
                                                   std::uint64_t at_most) {
  std::map<AggregateId, GuardedRow> out;
  const Bytes prefix = key_stream_prefix(self);
  rows.scan_back(Table::kStream, prefix, prefix_end(prefix),
                 [&](std::string_view key, std::string_view value) {
                   const auto id = AggregateId::from(value.substr(sizeof(ChainHash)));
                   if (id)
                     out.try_emplace(*id, GuardedRow{Table::kStream, Bytes(key), Bytes(value)});
                   return --at_most > 0;
                 });
  return out;
}

OwnCommit commit_of(const Reader& rows, const JournalRow& row, Bytes value,
                    const std::map<AggregateId, GuardedRow>& entries) {
  OwnCommit out;
  out.head = OwnHead{row.ref.origin, row.ref.incarnation, {row.ref.n, row.chain}};
  out.first = row.ref.n;
  const auto aggregate = sealed_aggregate(value);
  out.rows.push_back({Table::kJournal, row.ref.key(), std::move(value)});
  if (aggregate) {
    if (const auto entry = entries.find(*aggregate); entry != entries.end()) {
      out.rows.push_back(entry->second);
      KeyReader place(
          std::string_view(entry->second.key).substr(key_stream_prefix(row.ref.origin).size()));
      out.keys_end = StreamPos{place.u64()};
    }
    if (auto key = rows.get(Table::kKeys, aggregate->view()))
      out.rows.push_back({Table::kKeys, Bytes(aggregate->view()), std::move(*key)});
  }
  const auto record = protocol::decode_record(row.record);
  if (!record.ok()) return out;
  const std::string_view command = record->env.command.view();
  if (auto answer = rows.get(Table::kDedup, command))
    out.rows.push_back({Table::kDedup, Bytes(command), std::move(*answer)});
  return out;
}

}  // namespace

std::unique_ptr<Transaction> GuardedStore::begin() {
  return std::make_unique<GuardedTransaction>(below_.begin(), self_, watcher_);
}

CommitWaiter GuardedStore::commit_beside(std::unique_ptr<Transaction> txn) {
  auto* begun = dynamic_cast<GuardedTransaction*>(txn.get());
  OPORA_CHECK(begun != nullptr);
  if (beside_ != nullptr) {
    if (auto unwatched = begun->take_unwatched())
      return beside_->commit_beside(std::move(unwatched));
  }
  return [status = txn->commit()] { return status; };
}

void read_commits(const Reader& rows, SiteNo self, StreamPos from, StreamPos to,
                  const std::function<bool(const OwnCommit&)>& visit) {
  if (from > to) return;
  const auto entries = last_key_entries(rows, self, to.v - from.v + kKeyEntriesMore);
  scan_journal(rows, self, from, [&](const JournalRow& row) {
    if (row.ref.n > to) return false;
    Bytes value = KeyWriter().raw(row.chain.view()).raw(row.record).take();
    return visit(commit_of(rows, row, std::move(value), entries));
  });
}

}  // namespace opora::sync
