#include "sync/search/sqlite.h"

#include <utility>

#include <sqlite3.h>

namespace opora::sync {

Error sqlite_error(sqlite3* db, int code) {
  const int primary = code & 0xFF;
  const bool damaged =
      primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || primary == SQLITE_FORMAT;
  const char* text = db == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(db);
  return Error{damaged ? Code::kCorrupt : Code::kUnavailable, "",
               "search file: " + std::string(text) + " (" + std::to_string(code) + ")"};
}

void Statement::Finalize::operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
void Database::Close::operator()(sqlite3* db) const { sqlite3_close_v2(db); }

// Binding fails only on a wrong index or for want of memory: our bug, and one that step() would not
// show.
Statement& Statement::bind(int index, std::int64_t value) {
  OPORA_CHECK(sqlite3_bind_int64(handle_.get(), index, value) == SQLITE_OK);
  return *this;
}

// SQLite takes a null pointer for NULL, so an empty view gets an address.
Statement& Statement::bind_text(int index, std::string_view utf8) {
  const char* data = utf8.empty() ? "" : utf8.data();
  OPORA_CHECK(sqlite3_bind_text64(handle_.get(), index, data, utf8.size(), SQLITE_STATIC,
                                  SQLITE_UTF8) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
  const char* data = bytes.empty() ? "" : bytes.data();
  OPORA_CHECK(sqlite3_bind_blob64(handle_.get(), index, data, bytes.size(), SQLITE_STATIC) ==
              SQLITE_OK);
  return *this;
}

Result<bool> Statement::row() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  const Error error = sqlite_error(sqlite3_db_handle(handle_.get()), code);
  reset();
  return error;
}

Status Statement::run() {
  const auto more = row();
  if (!more.ok()) return more.error();
  reset();
  return ok_status();
}

void Statement::reset() { sqlite3_reset(handle_.get()); }

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

std::string_view Statement::bytes(int column) const {
  const void* data = sqlite3_column_blob(handle_.get(), column);
  const int size = sqlite3_column_bytes(handle_.get(), column);
  return data == nullptr
             ? std::string_view{}
             : std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

Result<Database> Database::open(const std::string& path, OpenFor purpose, int busy_ms) {
  const int create = purpose == OpenFor::kWriting ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                                  : SQLITE_OPEN_READWRITE;
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, create | SQLITE_OPEN_NOMUTEX, nullptr);
  Database db;
  db.handle_.reset(raw);
  if (code != SQLITE_OK) return sqlite_error(raw, code);
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, busy_ms);
  if (purpose == OpenFor::kReading) OPORA_TRY(db.exec("PRAGMA query_only = ON"));
  return db;
}

Status Database::exec(const char* sql) {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return sqlite_error(handle_.get(), code);
  return ok_status();
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code =
      sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
  if (code != SQLITE_OK) return sqlite_error(handle_.get(), code);
  Statement statement;
  statement.handle_.reset(raw);
  return statement;
}

Result<SqlTransaction> SqlTransaction::begin(Database& db) {
  OPORA_TRY(db.exec("BEGIN IMMEDIATE"));
  return SqlTransaction(db);
}

SqlTransaction::SqlTransaction(SqlTransaction&& other) noexcept
    : db_(std::exchange(other.db_, nullptr)) {}

SqlTransaction::~SqlTransaction() {
  if (db_ != nullptr)
    (void)db_->exec("ROLLBACK");  // fails only when SQLite has already rolled back
}

Status SqlTransaction::commit() {
  OPORA_TRY(db_->exec("COMMIT"));
  db_ = nullptr;
  return ok_status();
}

}  // namespace opora::sync
