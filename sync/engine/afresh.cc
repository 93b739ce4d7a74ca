#include "sync/engine/afresh.h"

#include <algorithm>
#include <set>

#include "protocol/codec/record_codec.h"
#include "sync/journal/unread.h"
#include "sync/projection/rebuild.h"

namespace opora::sync {
namespace {

Bytes plan_key() { return KeyWriter().text("afresh-plan").take(); }
Bytes record_marks() { return KeyWriter().text("afresh-record").take(); }
Bytes key_marks() { return KeyWriter().text("afresh-key").take(); }

Bytes mark_of(const JournalRef& ref) {
  return KeyWriter().raw(record_marks()).raw(ref.key()).take();
}
Bytes mark_of_key(std::string_view aggregate) {
  return KeyWriter().raw(key_marks()).raw(aggregate).take();
}

std::vector<Bytes> keys_under(const Reader& rows, Table table, const Bytes& prefix) {
  std::vector<Bytes> out;
  rows.scan_prefix(table, prefix, [&](std::string_view key, std::string_view) {
    out.emplace_back(key);
    return true;
  });
  return out;
}

// Records of others that did not come again; what was not read of them is waited for no more, or it
// would count twice when it comes after all. What stays, by aggregate, into `kept`.
std::uint64_t sweep_records(Transaction& txn, SiteNo self, std::set<AggregateId>& kept) {
  std::vector<Bytes> gone;
  txn.scan_prefix(Table::kJournal, "", [&](std::string_view key, std::string_view row) {
    const auto ref = JournalRef::from_key(key);
    const bool stays = ref && (ref->origin == self || txn.get(Table::kMeta, mark_of(*ref)));
    if (!stays) {
      gone.emplace_back(key);
      return true;
    }
    const auto record = protocol::decode_record(row.substr(sizeof(ChainHash)));
    if (record.ok()) kept.insert(record->env.aggregate);
    return true;
  });
  for (const Bytes& key : gone) {
    txn.erase(Table::kJournal, key);
    if (const auto ref = JournalRef::from_key(key)) unlist_unread(txn, *ref);
  }
  return gone.size();
}

// A key may have come ahead of its record: then it came again.
void sweep_keys(Transaction& txn, const std::set<AggregateId>& kept) {
  for (const Bytes& key : keys_under(txn, Table::kKeys, "")) {
    const auto id = AggregateId::from(key);
    if (id && (kept.contains(*id) || txn.get(Table::kMeta, mark_of_key(key)))) continue;
    txn.erase(Table::kKeys, key);
  }
}

}  // namespace

std::optional<AfreshPlan> read_afresh(const Reader& rows) {
  const auto row = rows.get(Table::kMeta, plan_key());
  if (!row) return std::nullopt;
  KeyReader in(*row);
  AfreshPlan plan;
  plan.self = SiteNo{in.u32()};
  const std::uint32_t count = in.u32();
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto stream = static_cast<StreamKind>(in.u16());
    plan.until.emplace_back(stream, StreamPos{in.u64()});
  }
  return plan;
}

std::vector<std::pair<Bytes, std::optional<Bytes>>> begin_afresh(const Reader& rows,
                                                                 const AfreshPlan& plan) {
  std::vector<std::pair<Bytes, std::optional<Bytes>>> out;
  for (const Bytes& prefix : {record_marks(), key_marks()}) {
    for (Bytes& key : keys_under(rows, Table::kMeta, prefix))
      out.emplace_back(std::move(key), std::nullopt);
  }
  KeyWriter row;
  row.u32(plan.self.v).u32(static_cast<std::uint32_t>(plan.until.size()));
  for (const auto& [stream, pos] : plan.until) {
    row.u16(static_cast<std::uint16_t>(stream)).u64(pos.v);
    out.emplace_back(cursor_key(stream, kHubSite), std::nullopt);
  }
  out.emplace_back(plan_key(), row.take());
  return out;
}

void mark_afresh(Transaction& txn, const AfreshPlan& plan, StreamKind stream, const Entry& entry) {
  if (carries_keys(stream)) {
    const auto aggregate = std::string_view(entry.bytes).substr(0, sizeof(AggregateId));
    return txn.put(Table::kMeta, mark_of_key(aggregate), "");
  }
  const auto record = protocol::decode_record(entry.bytes);
  if (!record.ok()) return;
  const protocol::Envelope& env = record->env;
  const JournalRef ref{env.origin, env.n, env.incarnation};
  txn.put(Table::kMeta, mark_of(ref), "");
  // A site that lies can give one name to two records, one ahead of the hub's restore and one
  // behind it. What the hub has now counts; the projections are built anew from it at the end.
  const auto held = env.origin == plan.self ? std::nullopt : txn.get(Table::kJournal, ref.key());
  if (held && std::string_view(*held).substr(sizeof(ChainHash)) != entry.bytes)
    put_record(txn, ref, protocol::chain_of(env.prev, entry.bytes), entry.bytes);
}

bool afresh_complete(const Reader& rows, const AfreshPlan& plan) {
  return std::all_of(plan.until.begin(), plan.until.end(), [&](const auto& target) {
    return read_cursor(rows, target.first, kHubSite).pos >= target.second;
  });
}

Result<std::uint64_t> finish_afresh(Store& store) {
  auto txn = store.begin();
  const auto plan = read_afresh(*txn);
  if (!plan || !afresh_complete(*txn, *plan)) return std::uint64_t{0};
  std::set<AggregateId> kept;
  const std::uint64_t gone = sweep_records(*txn, plan->self, kept);
  sweep_keys(*txn, kept);
  for (const Bytes& prefix : {record_marks(), key_marks()}) {
    for (const Bytes& key : keys_under(*txn, Table::kMeta, prefix)) txn->erase(Table::kMeta, key);
  }
  txn->erase(Table::kMeta, plan_key());
  forget_projection(*txn);
  OPORA_TRY(txn->commit());
  return gone;
}

}  // namespace opora::sync
