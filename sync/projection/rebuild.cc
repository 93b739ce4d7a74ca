#include "sync/projection/rebuild.h"

#include <algorithm>
#include <memory>

#include "protocol/base/check.h"
#include "protocol/domain/authority.h"
#include "sync/journal/files.h"
#include "sync/journal/unread.h"
#include "sync/projection/projection.h"

namespace opora::sync {

namespace {

constexpr Table kProjectionTables[] = {Table::kEntity, Table::kPersonal, Table::kIndex,
                                       Table::kCube, Table::kHistory};

// Records replayed, or rows cleared, in one transaction: some megabytes, and syncs cost nothing
// beside the work.
constexpr std::size_t kChunk = 2'000;

Bytes version_key() { return KeyWriter().text("projection_version").take(); }
Bytes current_version() { return KeyWriter().u32(protocol::kProjectionVersion).take(); }

// A transaction of one store that finds journal and keys in another one.
class AsideTransaction final : public Transaction {
 public:
  AsideTransaction(const Reader& source, std::unique_ptr<Transaction> target)
      : source_(source), target_(std::move(target)) {}

  std::optional<Bytes> get(Table table, std::string_view key) const override {
    return at(table).get(table, key);
  }
  void scan(Table table, std::string_view from, std::string_view to,
            const RowVisitor& visit) const override {
    at(table).scan(table, from, to, visit);
  }
  void scan_back(Table table, std::string_view from, std::string_view to,
                 const RowVisitor& visit) const override {
    at(table).scan_back(table, from, to, visit);
  }
  void put(Table table, std::string_view key, std::string_view value) override {
    OPORA_CHECK(!is_source(table));
    target_->put(table, key, value);
  }
  void erase(Table table, std::string_view key) override {
    // An erasure destroys its key; a look aside must not, and what is erased stays closed anyway.
    if (is_source(table)) return;
    target_->erase(table, key);
  }
  Status commit_telling(const std::function<void()>& on_durable) override {
    return target_->commit_telling(on_durable);
  }

 private:
  static bool is_source(Table table) { return table == Table::kJournal || table == Table::kKeys; }
  const Reader& at(Table table) const {
    return is_source(table) ? source_ : static_cast<const Reader&>(*target_);
  }

  const Reader& source_;
  std::unique_ptr<Transaction> target_;
};

using Begin = std::function<std::unique_ptr<Transaction>()>;

// Calls `visit` with up to kChunk rows at a time. They are copied: a visitor may write.
template <class Row>
Status in_chunks(const Reader& rows, Table table,
                 const std::function<Row(std::string_view, std::string_view)>& copy,
                 const std::function<Status(const std::vector<Row>&)>& visit) {
  Bytes from;
  for (;;) {
    std::vector<Row> chunk;
    rows.scan(table, from, "", [&](std::string_view key, std::string_view value) {
      chunk.push_back(copy(key, value));
      from = Bytes(key) + '\0';  // the next key there can be
      return chunk.size() < kChunk;
    });
    if (chunk.empty()) return ok_status();
    OPORA_TRY(visit(chunk));
  }
}

struct StoredRecord {
  JournalRef ref;
  Bytes bytes;
};

StoredRecord stored_record(std::string_view key, std::string_view value) {
  return {JournalRef::from_key(key).value_or(JournalRef{}), Bytes(value.substr(sizeof(ChainHash)))};
}

void replay_record(Transaction& txn, Projection& projection, const Vault& vault,
                   const StoredRecord& record, Rebuilt& out) {
  ++out.records;
  const auto event = open_record(record.bytes, vault, txn);
  // Written by a later version, which this one was put in place of.
  if (event.ok() && is_unread(*event)) return list_unread(txn, record.ref);
  // A version that knew less could not ask when it came.
  if (event.ok() && !protocol::may_ever_say(*event).ok()) return;
  if (event.ok()) return projection.apply(*event, record.ref);
  if (out.unreadable.size() < kMaxUnreadable) out.unreadable.push_back(record.ref);
}

Result<Rebuilt> replay(const Reader& journal, const Vault& vault, const Begin& begin,
                       const RebuildProgress& progress) {
  Rebuilt out;
  const std::set<JournalRef> unread = unread_refs(journal);
  const auto replay_chunk = [&](const std::vector<StoredRecord>& chunk) -> Status {
    const auto txn = begin();
    Projection projection(*txn, vault);
    for (const StoredRecord& record : chunk) {
      if (unread.contains(record.ref)) ++out.records;
      else replay_record(*txn, projection, vault, record, out);
    }
    projection.flush();
    OPORA_TRY(txn->commit());
    if (progress) progress(out.records);
    return ok_status();
  };
  OPORA_TRY(in_chunks<StoredRecord>(journal, Table::kJournal, stored_record, replay_chunk));
  return out;
}

Status clear_table(Store& store, Table table) {
  OPORA_TRY(in_chunks<Bytes>(
      *store.snapshot(), table, [](std::string_view key, std::string_view) { return Bytes(key); },
      [&](const std::vector<Bytes>& keys) {
        const auto txn = store.begin();
        for (const Bytes& key : keys) txn->erase(table, key);
        return txn->commit();
      }));
  // Else every later scan steps over what was cleared. A snapshot would keep it: none is held here.
  return store.compact(table, "");
}

}  // namespace

void forget_projection(Transaction& txn) { txn.erase(Table::kMeta, version_key()); }

namespace {

// Records may have gone: what none of those that are here attaches has no place here.
Status sweep(Store& store, const Vault& vault) {
  const auto txn = store.begin();
  const auto attached = [&](const FileId& id) {
    const auto recording = read_entity(*txn, protocol::Kind::kRecording, id.ticket);
    if (const auto* kept = recording.as<protocol::RecordingState>())
      return !recording.erased && kept->hash == id.hash;
    const auto events = read_history(*txn, vault, id.ticket);
    return std::any_of(events.begin(), events.end(), [&](const protocol::Event& event) {
      const auto* file = std::get_if<protocol::TicketAttached>(&event.facts);
      return file != nullptr && file->hash == id.hash;
    });
  };
  return sweep_files(*txn, attached) == 0 ? ok_status() : txn->commit();
}

Status write_version(Store& store, const std::optional<Bytes>& version) {
  const auto txn = store.begin();
  if (version) {
    txn->put(Table::kMeta, version_key(), *version);
  } else {
    txn->erase(Table::kMeta, version_key());
  }
  return txn->commit();
}

}  // namespace

Result<Rebuilt> rebuild_aside(const Reader& source, Store& target, const Vault& vault,
                              const RebuildProgress& progress) {
  const Begin begin = [&] { return std::make_unique<AsideTransaction>(source, target.begin()); };
  return replay(source, vault, begin, progress);
}

Result<Rebuilt> ensure_projection(Store& store, const Vault& vault,
                                  const RebuildProgress& progress) {
  if (store.snapshot()->get(Table::kMeta, version_key()) == current_version()) return Rebuilt{};
  OPORA_TRY(write_version(store, std::nullopt));
  for (const Table table : kProjectionTables) OPORA_TRY(clear_table(store, table));
  auto rebuilt = replay(
      *store.snapshot(), vault, [&] { return store.begin(); }, progress);
  if (!rebuilt.ok()) return rebuilt;
  OPORA_TRY(sweep(store, vault));
  OPORA_TRY(write_version(store, current_version()));
  return rebuilt;
}

}  // namespace opora::sync
