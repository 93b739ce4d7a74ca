#include "sync/search/fts_tokenizer.h"

#include <exception>
#include <string_view>

#include <sqlite3.h>

#include "sync/search/analyzer.h"
#include "sync/search/sqlite.h"

namespace opora::sync {
namespace {

using Shared = std::shared_ptr<Lemmatizer>;
using TokenCallback = int (*)(void*, int, const char*, int, int, int);

Fts5Tokenizer* as_fts(Shared* shared) { return reinterpret_cast<Fts5Tokenizer*>(shared); }
Shared* as_shared(Fts5Tokenizer* t) { return reinterpret_cast<Shared*>(t); }

int create(void* context, const char**, int, Fts5Tokenizer** out) {
  *out = as_fts(new Shared(*static_cast<Shared*>(context)));
  return SQLITE_OK;
}

void destroy(Fts5Tokenizer* tokenizer) { delete as_shared(tokenizer); }
void release(void* context) { delete static_cast<Shared*>(context); }

int put(void* context, TokenCallback callback, std::string_view token, Span at, int flags) {
  return callback(context, flags, token.data(), static_cast<int>(token.size()),
                  static_cast<int>(at.begin), static_cast<int>(at.end));
}

int tokenize_document(Lemmatizer& lemmatizer, std::string_view text, void* context,
                      TokenCallback callback) {
  int result = SQLITE_OK;
  analyze(text, lemmatizer, [&](std::string_view token, Span at, TokenPlace place) {
    if (result != SQLITE_OK) return;
    result = put(context, callback, token, at,
                 place == TokenPlace::kColocated ? FTS5_TOKEN_COLOCATED : 0);
  });
  return result;
}

// Called from C: nothing may be thrown through it.
int tokenize(Fts5Tokenizer* tokenizer, void* context, int flags, const char* data, int size,
             TokenCallback callback) {
  const std::string_view text(data == nullptr ? "" : data, static_cast<std::size_t>(size));
  if ((flags & FTS5_TOKENIZE_QUERY) != 0) return put(context, callback, text, {0, text.size()}, 0);
  if (text.starts_with(kVerbatim))
    return put(context, callback, text.substr(1), {0, text.size()}, 0);
  try {
    return tokenize_document(**as_shared(tokenizer), text, context, callback);
  } catch (const std::exception&) {
    return SQLITE_NOMEM;
  }
}

Result<fts5_api*> fts_api(sqlite3* db) {
  fts5_api* api = nullptr;
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement, nullptr);
  if (code == SQLITE_OK) {
    sqlite3_bind_pointer(statement, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
    sqlite3_step(statement);
    code = sqlite3_finalize(statement);
  }
  if (code != SQLITE_OK || api == nullptr)
    return sqlite_error(db, code == SQLITE_OK ? SQLITE_ERROR : code);
  return api;
}

}  // namespace

Status register_tokenizer(sqlite3* db, std::shared_ptr<Lemmatizer> lemmatizer) {
  auto api = fts_api(db);
  if (!api.ok()) return api.error();
  fts5_tokenizer functions{create, destroy, tokenize};
  auto* context = new Shared(std::move(lemmatizer));
  const int code = (*api)->xCreateTokenizer(*api, "opora", context, &functions, release);
  if (code != SQLITE_OK) {
    release(context);
    return sqlite_error(db, code);
  }
  return ok_status();
}

}  // namespace opora::sync
