// SQLite behind two small owners: a connection and a statement. Errors come back as Result; a
// damaged file is Code::kCorrupt, everything else that is not our bug kUnavailable. Each object
// belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace opora::sync {

// A prepared statement. Parameters are numbered from 1, columns from 0. Bound views must live until
// the next reset.
class Statement {
 public:
  Statement() = default;

  Statement& bind(int index, std::int64_t value);
  Statement& bind_text(int index, std::string_view utf8);
  Statement& bind_blob(int index, std::string_view bytes);

  // True: a row is there. After false or an error the statement is reset and can be bound anew.
  Result<bool> row();
  // For statements without rows.
  Status run();
  void reset();

  std::int64_t integer(int column) const;
  std::string_view bytes(int column) const;  // valid until the next row() or reset()

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* s) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

enum class OpenFor { kWriting, kReading };

class Database {
 public:
  // Writing creates the file. Both wait for locks up to `busy_ms`.
  static Result<Database> open(const std::string& path, OpenFor purpose, int busy_ms);

  // One or more statements without parameters and results.
  Status exec(const char* sql);
  Result<Statement> prepare(std::string_view sql);
  sqlite3* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* db) const;
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

// The error of the connection's last call, as ours.
Error sqlite_error(sqlite3* db, int code);

// Rolls back at the end of its scope unless committed.
class SqlTransaction {
 public:
  static Result<SqlTransaction> begin(Database& db);
  SqlTransaction(SqlTransaction&& other) noexcept;
  SqlTransaction& operator=(SqlTransaction&&) = delete;
  ~SqlTransaction();
  Status commit();

 private:
  explicit SqlTransaction(Database& db) : db_(&db) {}
  Database* db_;
};

}  // namespace opora::sync
