#include "sync/engine/recall.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "protocol/codec/record_codec.h"
#include "sync/engine/afresh.h"
#include "sync/projection/rebuild.h"

namespace opora::sync {

using protocol::Envelope;

namespace {

// Records moved in one transaction, as a rebuild's.
constexpr std::size_t kMoveChunk = 2'000;
// Three heads and the site.
constexpr std::size_t kPlanWithoutPart =
    3 * (sizeof(std::uint64_t) + sizeof(ChainHash)) + sizeof(std::uint32_t);

Bytes plan_key() { return KeyWriter().text("recall-plan").take(); }
Bytes moving_key() { return KeyWriter().text("recall-moving").take(); }
Bytes staged_prefix() { return KeyWriter().text("recall-record").take(); }
Bytes key_prefix() { return KeyWriter().text("recall-key").take(); }
// Aggregates whose key came with an extension: the hub may not have it.
Bytes own_key_prefix() { return KeyWriter().text("recall-own-key").take(); }
Bytes staged_key(StreamPos n) { return KeyWriter().raw(staged_prefix()).u64(n.v).take(); }
Bytes staged_key(const AggregateId& id) {
  return KeyWriter().raw(key_prefix()).raw(id.view()).take();
}

void write(KeyWriter& out, const StreamHead& head) { out.u64(head.pos.v).raw(head.chain.view()); }

StreamHead read_head(KeyReader& in) {
  StreamHead head;
  head.pos = StreamPos{in.u64()};
  head.chain = ChainHash::from(in.raw(sizeof(ChainHash))).value_or(ChainHash{});
  return head;
}

void write_plan(Transaction& txn, const RecallPlan& plan, SiteNo self) {
  KeyWriter row;
  write(row, plan.common);
  write(row, plan.journal);
  write(row, plan.keys);
  row.u8(static_cast<std::uint8_t>(plan.own)).u32(self.v);
  txn.put(Table::kMeta, plan_key(), row.take());
}

void erase_prefix(Transaction& txn, const Bytes& prefix) {
  std::vector<Bytes> keys;
  txn.scan_prefix(Table::kMeta, prefix, [&](std::string_view key, std::string_view) {
    keys.emplace_back(key);
    return true;
  });
  for (const Bytes& key : keys) txn.erase(Table::kMeta, key);
}

}  // namespace

void resend_keys(Transaction& txn, const Vault& vault, SiteNo self, const StreamHead& cursor,
                 std::set<AggregateId> more) {
  const bool known = stream_chain_at(txn, Stream::kJournalKeys, self, cursor.pos) == cursor.chain;
  if (known) return;
  std::set<AggregateId> sealed = std::move(more);
  scan_journal(txn, self, StreamPos{1}, [&](const JournalRow& row) {
    const auto record = protocol::decode_record(row.record);
    if (record.ok() && !record->sealed_personal.empty()) sealed.insert(record->env.aggregate);
    return true;
  });
  restart_stream(txn, Stream::kJournalKeys, self, cursor);
  StreamWriter keys;
  for (const AggregateId& id : sealed) {
    if (vault.holds(txn, id)) keys.append(txn, Stream::kJournalKeys, self, id.view(), id.view());
  }
}

namespace {

// What the site did after the backup, moved behind what it had lost.
class Renaming {
 public:
  Renaming(Transaction& txn, const Vault& vault, SiteNo self, Random& random)
      : txn_(txn), vault_(vault), self_(self), random_(random) {}

  Result<RecallReport> run(const RecallPlan& plan) {
    incarnation_ = random_.id<IncarnationId>();
    head_ = plan.journal;
    own_ = plan.own;
    learn_lost();
    std::vector<JournalRow> own;
    scan_journal(txn_, self_, StreamPos{plan.common.pos.v + 1}, [&](JournalRow row) {
      own.push_back(std::move(row));
      return true;
    });
    for (const JournalRow& row : own) txn_.erase(Table::kJournal, row.ref.key());
    for (const JournalRow& row : own) OPORA_TRY(move(row));
    take_keys();
    resend_keys(txn_, vault_, self_, plan.keys, lost_sealed_);
    send_own_keys();
    replace_keys_lost_for_good();
    forget_keys_of_nothing();
    for (const CommandId& command : lost_commands_) remember(command);
    skip_ticket_numbers(txn_);
    return report_;
  }

 private:
  void learn_lost() {
    txn_.scan_prefix(Table::kMeta, staged_prefix(), [&](std::string_view, std::string_view value) {
      const auto record = protocol::decode_record(value.substr(sizeof(ChainHash)));
      if (!record.ok()) return true;  // it stays a link of the chain
      const Envelope& env = record->env;
      lost_commands_.insert(env.command);
      if (!record->sealed_personal.empty()) lost_sealed_.insert(env.aggregate);
      hlt_ = std::max(hlt_, env.hlt);
      auto& last = last_seq_[env.aggregate];
      last = std::max(last, std::pair(env.term, env.seq));
      return true;
    });
  }

  std::optional<protocol::DataKey> lost_key(const AggregateId& id) const {
    const auto wrapped = txn_.get(Table::kMeta, staged_key(id));
    if (!wrapped) return std::nullopt;
    auto key = vault_.unwrap(id, *wrapped);
    return key;
  }

  Status move(const JournalRow& row) {
    auto record = protocol::decode_record(row.record);
    if (!record.ok()) return record.error();
    Envelope& env = record->env;
    if (lost_commands_.contains(env.command)) {
      ++report_.dropped;
      dropped_.insert(env.aggregate);
      return ok_status();
    }
    if (own_ == OwnPart::kSetAside) {
      ++report_.set_aside;
      put_aside(txn_, {Stream::kJournal, self_, env.n, env.hlt.time(),
                       "a copy's branch, set aside by a person", row.record});
      return ok_status();
    }
    const StreamPos was = env.n;
    env.n = StreamPos{head_.pos.v + 1};
    env.incarnation = incarnation_;
    env.prev = head_.chain;
    env.hlt = hlt_ = std::max(env.hlt, Hlt{hlt_.v + 1});
    put_behind(env);
    const Bytes sealed = seal_anew(env, was, record->sealed_personal);
    const Bytes bytes = protocol::encode_record(env, record->facts, sealed);
    head_ = {env.n, protocol::chain_of(head_.chain, bytes)};
    put_record(txn_, {self_, env.n, env.incarnation}, head_.chain, bytes);
    ++report_.renamed;
    return ok_status();
  }

  // Of an aggregate that both parts changed, the lost changes come first.
  void put_behind(Envelope& env) {
    const auto last = last_seq_.find(env.aggregate);
    if (env.seq.v == 0 || last == last_seq_.end()) return;
    auto& [term, seq] = last->second;
    if (std::pair(env.term, env.seq) <= std::pair(term, seq)) {
      env.term = term;
      env.seq = OwnerSeq{seq.v + 1};
    }
    term = env.term;
    seq = env.seq;
  }

  // A sealed part is bound to its place; and an aggregate that both parts began has the lost one's
  // key. What does not open here (erased, or its key never came) moves as it is.
  Bytes seal_anew(const Envelope& env, StreamPos was, const Bytes& sealed) {
    const auto key = sealed.empty() ? std::nullopt : vault_.find(txn_, env.aggregate);
    if (!key) return sealed;
    const auto plain = protocol::open(*key, self_, was, env.aggregate, sealed);
    if (!plain.ok()) return sealed;
    return protocol::seal(lost_key(env.aggregate).value_or(*key), self_, env.n, env.aggregate,
                          *plain, random_);
  }

  void take_keys() {
    txn_.scan_prefix(Table::kMeta, key_prefix(), [&](std::string_view row, std::string_view) {
      const auto id = AggregateId::from(row.substr(key_prefix().size()));
      if (id) lost_keys_.insert(*id);
      return true;
    });
    for (const AggregateId& id : lost_keys_) {
      if (const auto key = lost_key(id)) vault_.put(txn_, id, *key, random_);
    }
  }

  void send_own_keys() {
    std::vector<AggregateId> ids;
    txn_.scan_prefix(Table::kMeta, own_key_prefix(), [&](std::string_view row, std::string_view) {
      if (const auto id = AggregateId::from(row.substr(own_key_prefix().size())))
        ids.push_back(*id);
      return true;
    });
    for (const AggregateId& id : ids) send_key(id);
  }

  // The hub had the record and the store was lost before the key came: nobody will ever read that
  // part. A new key lets the record be worked on.
  void replace_keys_lost_for_good() {
    for (const AggregateId& id : lost_sealed_) {
      if (vault_.holds(txn_, id)) continue;
      vault_.put(txn_, id, protocol::DataKey::random(random_), random_);
      send_key(id);
    }
  }

  // A repetition may have begun another record than the lost one did, by what else was there: a
  // call back that is owed already is not opened again. Nothing lies under its key any more.
  void forget_keys_of_nothing() {
    std::erase_if(dropped_, [this](const AggregateId& id) { return last_seq_.contains(id); });
    if (dropped_.empty()) return;
    txn_.scan(Table::kJournal, "", "", [this](std::string_view, std::string_view row) {
      const auto record = protocol::decode_record(row.substr(sizeof(ChainHash)));
      if (record.ok()) dropped_.erase(record->env.aggregate);
      return !dropped_.empty();
    });
    for (const AggregateId& id : dropped_) vault_.destroy(txn_, id);
  }

  void send_key(const AggregateId& id) {
    keys_.append(txn_, Stream::kJournalKeys, self_, id.view(), id.view());
  }

  // Its answer is gone, that it was done is not.
  void remember(const CommandId& command) {
    if (txn_.get(Table::kDedup, command.view())) return;
    txn_.put(Table::kDedup, command.view(), kAnswerLost.view());
  }

  Transaction& txn_;
  const Vault& vault_;
  SiteNo self_;
  Random& random_;
  IncarnationId incarnation_;
  OwnPart own_ = OwnPart::kFollows;
  StreamHead head_;
  Hlt hlt_;
  std::set<CommandId> lost_commands_;
  std::map<AggregateId, std::pair<OwnerTerm, OwnerSeq>> last_seq_;
  std::set<AggregateId> lost_sealed_;
  std::set<AggregateId> lost_keys_;
  std::set<AggregateId> dropped_;  // what repetitions were about
  StreamWriter keys_;
  RecallReport report_;
};

// The next part of the staged records to their places; false: none was left.
Result<bool> move_chunk(Store& store, SiteNo self, RecallReport& report) {
  auto txn = store.begin();
  std::vector<std::pair<Bytes, Bytes>> rows;
  txn->scan_prefix(Table::kMeta, staged_prefix(), [&](std::string_view key, std::string_view row) {
    rows.emplace_back(key, row);
    return rows.size() < kMoveChunk;
  });
  if (rows.empty()) return false;
  for (const auto& [key, row] : rows) {
    const auto chain = ChainHash::from(std::string_view(row).substr(0, sizeof(ChainHash)));
    const std::string_view bytes = std::string_view(row).substr(sizeof(ChainHash));
    const auto record = protocol::decode_record(bytes);
    if (record.ok() && record->env.origin == self) {
      put_record(*txn, {self, record->env.n, record->env.incarnation}, *chain, bytes);
    }
    txn->erase(Table::kMeta, key);
    ++report.recalled;
  }
  OPORA_TRY(txn->commit());
  return true;
}

SiteNo recalling_site(const Reader& rows) {
  const Bytes row = rows.get(Table::kMeta, plan_key()).value_or(Bytes());
  return SiteNo{KeyReader(std::string_view(row).substr(row.size() - sizeof(std::uint32_t))).u32()};
}

}  // namespace

void skip_ticket_numbers(Transaction& txn) {
  txn.put(Table::kMeta, KeyWriter().text("ticket-block").take(), "");
}

std::optional<RecallPlan> read_recall(const Reader& rows) {
  const auto row = rows.get(Table::kMeta, plan_key());
  if (!row) return std::nullopt;
  KeyReader reader(*row);
  RecallPlan plan;
  plan.common = read_head(reader);
  plan.journal = read_head(reader);
  plan.keys = read_head(reader);
  // An older version wrote no part here.
  if (row->size() > kPlanWithoutPart) plan.own = static_cast<OwnPart>(reader.u8());
  return plan;
}

bool recall_complete(const Reader& rows) {
  const auto plan = read_recall(rows);
  // The hub's journal may have grown meanwhile, by another machine of this site.
  const StreamHead staged = read_cursor(rows, Stream::kRecall, kHubSite);
  return plan && (staged == plan->journal || staged.pos > plan->journal.pos);
}

namespace {

std::optional<ChainHash> staged_chain(const Reader& rows, StreamPos n) {
  const auto row = rows.get(Table::kMeta, staged_key(n));
  return row ? ChainHash::from(std::string_view(*row).substr(0, sizeof(ChainHash))) : std::nullopt;
}

void send_staged_keys(Transaction& txn) {
  std::vector<Bytes> ids;
  txn.scan_prefix(Table::kMeta, key_prefix(), [&](std::string_view row, std::string_view) {
    ids.emplace_back(row.substr(key_prefix().size()));
    return true;
  });
  for (const Bytes& id : ids)
    txn.put(Table::kMeta, KeyWriter().raw(own_key_prefix()).raw(id).take(), "");
}

}  // namespace

void begin_recall(Transaction& txn, const RecallPlan& plan, SiteNo self) {
  RecallPlan asked = plan;
  if (const auto before = read_recall(txn)) {
    if (*before == plan) return;
    const StreamHead staged = read_cursor(txn, Stream::kRecall, kHubSite);
    if (before->common == plan.common && staged.pos >= plan.journal.pos &&
        staged_chain(txn, plan.journal.pos).value_or(plan.common.chain) == plan.journal.chain) {
      asked.journal = staged;
      // The hub was restored since: what it has no more it has no keys of, either.
      if (staged.pos > plan.journal.pos) send_staged_keys(txn);
      return write_plan(txn, asked, self);
    }
  }
  erase_prefix(txn, staged_prefix());
  erase_prefix(txn, key_prefix());
  erase_prefix(txn, own_key_prefix());
  write_plan(txn, plan, self);
  put_cursor(txn, Stream::kRecall, kHubSite, plan.common);
}

void stage_recalled(Transaction& txn, const Vault& vault, const Entry& entry, Random& random) {
  const RecalledEntry recalled = split_recall(entry.bytes);
  txn.put(Table::kMeta, staged_key(entry.pos),
          KeyWriter().raw(entry.chain.view()).raw(recalled.record).take());
  const auto key = protocol::DataKey::from(recalled.key);
  const auto record = protocol::decode_record(recalled.record);
  if (!key || !record.ok()) return;
  const AggregateId& id = record->env.aggregate;
  txn.put(Table::kMeta, staged_key(id), vault.wrap(id, *key, random));
}

RecallExtension::RecallExtension(Transaction& txn, SiteNo self)
    : txn_(txn), self_(self), plan_(read_recall(txn).value_or(RecallPlan{})) {
  plan_.journal = read_cursor(txn, Stream::kRecall, kHubSite);  // what came may be more than asked
}

bool RecallExtension::open() const {
  if (!txn_.get(Table::kMeta, moving_key())) return true;
  bool followed = false;
  scan_journal(txn_, self_, StreamPos{plan_.journal.pos.v + 1}, [&](const JournalRow&) {
    followed = true;
    return false;
  });
  return !followed;
}

void RecallExtension::add(const GuardedRow& row) {
  const auto put_absent = [&](Table table, const Bytes& key) {
    if (!txn_.get(table, key)) txn_.put(table, key, row.value);
  };
  if (row.table == Table::kDedup) return put_absent(Table::kDedup, row.key);
  if (row.table == Table::kKeys) {
    const auto id = AggregateId::from(row.key);
    if (!id) return;
    put_absent(Table::kMeta, staged_key(*id));
    txn_.put(Table::kMeta, KeyWriter().raw(own_key_prefix()).raw(id->view()).take(), "");
  }
  const auto ref = row.table == Table::kJournal ? JournalRef::from_key(row.key) : std::nullopt;
  if (!ref) return;
  txn_.put(Table::kMeta, staged_key(ref->n), row.value);
  plan_.journal = {ref->n, ChainHash::from(std::string_view(row.value).substr(0, sizeof(ChainHash)))
                               .value_or(ChainHash{})};
  changed_ = true;
}

void RecallExtension::finish() {
  write_plan(txn_, plan_, self_);
  put_cursor(txn_, Stream::kRecall, kHubSite, plan_.journal);
}

namespace {

// Keys of records that joined when the others were on their way to their places already.
void take_late_keys(Transaction& txn, const Vault& vault, SiteNo self, Random& random) {
  std::vector<AggregateId> late;
  txn.scan_prefix(Table::kMeta, own_key_prefix(), [&](std::string_view row, std::string_view) {
    const auto id = AggregateId::from(row.substr(own_key_prefix().size()));
    if (id && !vault.holds(txn, *id)) late.push_back(*id);
    return true;
  });
  StreamWriter keys;
  for (const AggregateId& id : late) {
    const auto key = vault.unwrap(id, txn.get(Table::kMeta, staged_key(id)).value_or(Bytes()));
    if (!key) continue;
    vault.put(txn, id, *key, random);
    keys.append(txn, Stream::kJournalKeys, self, id.view(), id.view());
  }
}

}  // namespace

Result<RecallReport> finish_recall(Store& store, const Vault& vault, Random& random) {
  RecallReport report;
  const auto swept = finish_afresh(store);
  if (!swept.ok()) return swept.error();
  report.swept = *swept;
  const auto before = store.snapshot();
  if (!recall_complete(*before)) return report;
  const SiteNo self = recalling_site(*before);
  if (!before->get(Table::kMeta, moving_key())) {
    auto txn = store.begin();
    RecallPlan plan = *read_recall(*before);
    plan.journal = read_cursor(*before, Stream::kRecall, kHubSite);
    auto renamed = Renaming(*txn, vault, self, random).run(plan);
    if (!renamed.ok()) return renamed.error();
    report = *renamed;
    forget_projection(*txn);
    txn->put(Table::kMeta, moving_key(), "");
    OPORA_TRY(txn->commit());
  }
  for (;;) {
    const auto more = move_chunk(store, self, report);
    if (!more.ok()) return more.error();
    if (!*more) break;
  }
  auto txn = store.begin();
  take_late_keys(*txn, vault, self, random);
  erase_prefix(*txn, key_prefix());
  erase_prefix(*txn, own_key_prefix());
  txn->erase(Table::kMeta, plan_key());
  txn->erase(Table::kMeta, moving_key());
  erase_cursor(*txn, Stream::kRecall, kHubSite);
  OPORA_TRY(txn->commit());
  return report;
}

}  // namespace opora::sync
