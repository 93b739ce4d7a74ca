#include "sync/search/search_file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <sqlite3.h>

#include "protocol/base/utf8.h"
#include "sync/search/fts_tokenizer.h"

namespace opora::sync {
namespace {

constexpr std::int64_t kSchemaVersion = 1;
constexpr int kSlotBits = 10;  // 1024 records a minute before they spill into the next one
constexpr std::int64_t kMinuteMs = 60'000;
constexpr int kMergePages = 1'000;  // 4 MB a step, so that the log stays small during an erasure
constexpr std::size_t kKeySize = 17;

constexpr const char* kWriterSettings =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = NORMAL;"  // derived: after a power cut it may lack the last batches,
                                    // never be torn
    "PRAGMA secure_delete = ON;"    // erased texts are overwritten
    "PRAGMA cache_size = -2048;"    // 2 MB
    "PRAGMA journal_size_limit = 4194304";                           // a log that grew is cut back
constexpr const char* kReaderSettings = "PRAGMA cache_size = -512";  // 0.5 MB

constexpr const char* kSchema =
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE doc(key BLOB PRIMARY KEY, slot INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE VIRTUAL TABLE words USING fts5(body, kind, key UNINDEXED,"
    " tokenize = 'opora', prefix = '3 4', detail = none, columnsize = 0)";

std::string key_of(DocumentId id) {
  return std::string(1, static_cast<char>(id.kind.v)) + std::string(id.aggregate.view());
}

std::optional<DocumentId> id_of(std::string_view key) {
  if (key.size() != kKeySize) return std::nullopt;
  const auto aggregate = AggregateId::from(key.substr(1));
  return DocumentId{DocumentKind{static_cast<std::uint8_t>(key.front())}, *aggregate};
}

// The leading space keeps a text from being taken for a verbatim column.
std::string body_of(const Document& document) {
  std::string body = " ";
  for (const std::string& text : document.texts) body.append(text).append("\n");
  return std::string(utf8_prefix(body, kMaxDocumentBytes));
}

std::int64_t minute_of(TimeMs at) {
  return (std::clamp(at, kMinEventTime, kMaxEventTime) - kMinEventTime) / kMinuteMs;
}

std::int64_t first_slot(std::int64_t minute) { return minute << kSlotBits; }

Error unusable(std::string message) { return Error{Code::kCorrupt, "", std::move(message)}; }

}  // namespace

std::string kind_token(DocumentKind kind) { return "#" + std::to_string(kind.v); }

Result<std::unique_ptr<SearchFile>> SearchFile::open(
    const SearchOptions& options, OpenFor purpose, const std::shared_ptr<Lemmatizer>& lemmatizer) {
  auto db = Database::open(options.path, purpose, options.busy_ms);
  if (!db.ok()) return db.error();
  OPORA_TRY(register_tokenizer(db->handle(), lemmatizer));
  auto file = std::unique_ptr<SearchFile>(new SearchFile(std::move(*db)));
  if (purpose == OpenFor::kReading) {
    OPORA_TRY(file->db_.exec(kReaderSettings));
    OPORA_TRY(file->check_identity(lemmatizer->fingerprint()));
  } else {
    OPORA_TRY(file->prepare_for_writing(lemmatizer->fingerprint()));
  }
  return file;
}

Status SearchFile::remove(const std::string& path) {
  for (const char* companion : {"", "-wal", "-shm", "-journal"}) {
    if (std::remove((path + companion).c_str()) == 0 || errno == ENOENT) continue;
    return Error{Code::kUnavailable, "",
                 "search file: cannot delete: " + std::string(std::strerror(errno))};
  }
  return ok_status();
}

Status SearchFile::prepare_for_writing(const std::string& fingerprint) {
  OPORA_TRY(db_.exec(kWriterSettings));
  auto tables = db_.prepare("SELECT count(*) FROM sqlite_schema");
  if (!tables.ok()) return tables.error();
  auto row = tables->row();
  if (!row.ok()) return row.error();
  if (tables->integer(0) == 0) {
    tables->reset();
    return create(fingerprint);
  }
  return check_identity(fingerprint);
}

Status SearchFile::create(const std::string& fingerprint) {
  auto transaction = SqlTransaction::begin(db_);
  if (!transaction.ok()) return transaction.error();
  OPORA_TRY(db_.exec(kSchema));
  OPORA_TRY(db_.exec(("PRAGMA user_version = " + std::to_string(kSchemaVersion)).c_str()));
  OPORA_TRY(set_meta("tokenizer", fingerprint));
  return transaction->commit();
}

Status SearchFile::check_identity(const std::string& fingerprint) {
  auto version = db_.prepare("PRAGMA user_version");
  if (!version.ok()) return version.error();
  auto row = version->row();
  if (!row.ok()) return row.error();
  if (!*row || version->integer(0) != kSchemaVersion)
    return unusable("search file: another version");
  auto tokenizer = meta("tokenizer");
  if (!tokenizer.ok()) return tokenizer.error();
  if (*tokenizer != fingerprint) return unusable("search file: made with another dictionary");
  return ok_status();
}

Result<std::optional<Bytes>> SearchFile::meta(std::string_view name) {
  auto select = db_.prepare("SELECT value FROM meta WHERE name = ?1");
  if (!select.ok()) return select.error();
  auto row = select->bind_text(1, name).row();
  if (!row.ok()) return row.error();
  return *row ? std::optional<Bytes>(select->bytes(0)) : std::nullopt;
}

Status SearchFile::set_meta(std::string_view name, std::string_view value) {
  auto put = db_.prepare("INSERT OR REPLACE INTO meta(name, value) VALUES(?1, ?2)");
  if (!put.ok()) return put.error();
  return put->bind_text(1, name).bind_blob(2, value).run();
}

Result<Bytes> SearchFile::cursor() {
  auto stored = meta("cursor");
  if (!stored.ok()) return stored.error();
  return stored->value_or(Bytes{});
}

Status SearchFile::apply(const SearchBatch& batch) {
  auto transaction = SqlTransaction::begin(db_);
  if (!transaction.ok()) return transaction.error();
  for (const Document& document : batch.upserts) OPORA_TRY(upsert(document));
  for (const DocumentId& id : batch.removals) OPORA_TRY(remove_document(key_of(id)));
  OPORA_TRY(set_meta("cursor", batch.cursor));
  return transaction->commit();
}

Status SearchFile::upsert(const Document& document) {
  const std::string key = key_of(document.id);
  const std::string body = body_of(document);
  auto slot = slot_of(key);
  if (!slot.ok()) return slot.error();
  if (*slot) {
    auto same = unchanged(**slot, document, body);
    if (!same.ok()) return same.error();
    if (*same) return ok_status();
    OPORA_TRY(remove_document(key));
  }
  auto place = free_slot(document.at);
  if (!place.ok()) return place.error();
  auto put_words = db_.prepare("INSERT INTO words(rowid, body, kind, key) VALUES(?1, ?2, ?3, ?4)");
  if (!put_words.ok()) return put_words.error();
  const std::string kind = kVerbatim + kind_token(document.id.kind);
  OPORA_TRY(
      put_words->bind(1, *place).bind_text(2, body).bind_text(3, kind).bind_blob(4, key).run());
  auto put_doc = db_.prepare("INSERT INTO doc(key, slot) VALUES(?1, ?2)");
  if (!put_doc.ok()) return put_doc.error();
  return put_doc->bind_blob(1, key).bind(2, *place).run();
}

Result<std::optional<std::int64_t>> SearchFile::slot_of(const std::string& key) {
  auto select = db_.prepare("SELECT slot FROM doc WHERE key = ?1");
  if (!select.ok()) return select.error();
  auto row = select->bind_blob(1, key).row();
  if (!row.ok()) return row.error();
  return *row ? std::optional<std::int64_t>(select->integer(0)) : std::nullopt;
}

// A record in another minute has to move, unless it had spilled there; moving it then is harmless.
Result<bool> SearchFile::unchanged(std::int64_t slot, const Document& document,
                                   const std::string& body) {
  if (slot >> kSlotBits != minute_of(document.at)) return false;
  auto select = db_.prepare("SELECT body FROM words WHERE rowid = ?1");
  if (!select.ok()) return select.error();
  auto row = select->bind(1, slot).row();
  if (!row.ok()) return row.error();
  return *row && select->bytes(0) == body;
}

// The slot after the last one taken in the minute. Full minutes are leapt over in growing steps, so
// that a hundred thousand records with one time cost a few probes each.
Result<std::int64_t> SearchFile::free_slot(TimeMs at) {
  auto last = db_.prepare("SELECT max(id) FROM words_content WHERE id >= ?1 AND id < ?2");
  if (!last.ok()) return last.error();
  std::int64_t step = 1;
  for (std::int64_t minute = minute_of(at);; minute += step, step *= 2) {
    const std::int64_t from = first_slot(minute);
    const std::int64_t to = first_slot(minute + 1);
    auto row = last->bind(1, from).bind(2, to).row();
    if (!row.ok()) return row.error();
    const std::int64_t next = std::max(from, last->integer(0) + 1);  // max() of no rows reads as 0
    last->reset();
    if (next < to) return next;
  }
}

Status SearchFile::remove_document(const std::string& key) {
  auto slot = slot_of(key);
  if (!slot.ok()) return slot.error();
  if (!*slot) return ok_status();
  auto words = db_.prepare("DELETE FROM words WHERE rowid = ?1");
  if (!words.ok()) return words.error();
  OPORA_TRY(words->bind(1, **slot).run());
  auto doc = db_.prepare("DELETE FROM doc WHERE key = ?1");
  if (!doc.ok()) return doc.error();
  return doc->bind_blob(1, key).run();
}

Status SearchFile::erase(const std::vector<DocumentId>& ids) {
  auto transaction = SqlTransaction::begin(db_);
  if (!transaction.ok()) return transaction.error();
  for (const DocumentId& id : ids) OPORA_TRY(remove_document(key_of(id)));
  OPORA_TRY(set_meta("scrub", "1"));
  return transaction->commit();
}

Result<bool> SearchFile::scrub_pending() {
  auto mark = meta("scrub");
  if (!mark.ok()) return mark.error();
  return mark->has_value();
}

Status SearchFile::scrub() {
  auto merge = db_.prepare("INSERT INTO words(words, rank) VALUES('merge', ?1)");
  if (!merge.ok()) return merge.error();
  // A negative number of pages puts all segments on one level; then steps until one changes nothing
  // (FTS5 counts the command itself as one change).
  for (std::int64_t pages = -kMergePages;; pages = kMergePages) {
    const int before = sqlite3_total_changes(db_.handle());
    OPORA_TRY(merge->bind(1, pages).run());
    if (sqlite3_total_changes(db_.handle()) - before < 2) break;
  }
  auto checkpoint = db_.prepare("PRAGMA wal_checkpoint(TRUNCATE)");
  if (!checkpoint.ok()) return checkpoint.error();
  auto row = checkpoint->row();
  if (!row.ok()) return row.error();
  if (checkpoint->integer(0) != 0) {
    return Error{Code::kUnavailable, "", "search file: readers kept the log from being cut"};
  }
  checkpoint->reset();
  return db_.exec("DELETE FROM meta WHERE name = 'scrub'");
}

Result<std::vector<SearchFile::Match>> SearchFile::newest(const std::string& expression,
                                                          std::size_t limit) {
  auto select =
      db_.prepare("SELECT key, body FROM words WHERE words MATCH ?1 ORDER BY rowid DESC LIMIT ?2");
  if (!select.ok()) return select.error();
  select->bind_text(1, expression).bind(2, static_cast<std::int64_t>(limit));
  std::vector<Match> out;
  for (;;) {
    auto row = select->row();
    if (!row.ok()) return row.error();
    if (!*row) return out;
    const auto id = id_of(select->bytes(0));
    if (!id) return unusable("search file: a key of another size");
    out.push_back({*id, std::string(select->bytes(1))});
  }
}

}  // namespace opora::sync
