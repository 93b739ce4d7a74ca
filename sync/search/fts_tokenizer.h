// Teaches one SQLite connection the FTS5 tokenizer "opora" (analyzer.h).
//
// A document's column is analysed; a column that begins with kVerbatim is one token as it stands
// (the kind of a record). A question arrives as tokens already (query.h): each quoted string is one
// token as it stands.
#pragma once

#include <memory>

#include "protocol/base/result.h"
#include "sync/search/lemmatizer.h"

struct sqlite3;

namespace opora::sync {

inline constexpr char kVerbatim = '\x01';

// The connection shares the lemmatizer until it is closed.
Status register_tokenizer(sqlite3* db, std::shared_ptr<Lemmatizer> lemmatizer);

}  // namespace opora::sync
