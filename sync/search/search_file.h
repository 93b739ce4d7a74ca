// The search file: its tables, and what one connection can do to them. Used by SearchIndex alone,
// which says which thread may call what.
//
//   words(body, kind, key)  FTS5, detail=none; rowid is the slot, so FTS5 itself walks from the
//   newest doc(key -> slot)        key: kind byte and aggregate meta(name -> value)     cursor,
//   tokenizer fingerprint, "scrub" while an erasure is unfinished
//
// A slot is minutes since 2000 with 10 bits below: dense enough for short postings, newest =
// greatest.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sync/search/lemmatizer.h"
#include "sync/search/query.h"
#include "sync/search/search_index.h"
#include "sync/search/sqlite.h"

namespace opora::sync {

class SearchFile {
 public:
  // Corrupt: the file is damaged, of another version or of another tokenizer. Reading expects a
  // file made by writing.
  static Result<std::unique_ptr<SearchFile>> open(const SearchOptions& options, OpenFor purpose,
                                                  const std::shared_ptr<Lemmatizer>& lemmatizer);
  // Deletes the file and its companions.
  static Status remove(const std::string& path);

  Result<Bytes> cursor();
  Status apply(const SearchBatch& batch);
  Status erase(const std::vector<DocumentId>& ids);
  Result<bool> scrub_pending();
  // Merges all segments, so that deleted words are in none, and cuts the log.
  Status scrub();

  // The newest matches, newest first, with their texts.
  struct Match {
    DocumentId id;
    std::string body;
  };
  Result<std::vector<Match>> newest(const std::string& expression, std::size_t limit);

 private:
  explicit SearchFile(Database db) : db_(std::move(db)) {}
  Status prepare_for_writing(const std::string& fingerprint);
  Status create(const std::string& fingerprint);
  Status check_identity(const std::string& fingerprint);
  Result<std::optional<Bytes>> meta(std::string_view name);
  Status set_meta(std::string_view name, std::string_view value);
  Status upsert(const Document& document);
  Status remove_document(const std::string& key);
  Result<std::int64_t> free_slot(TimeMs at);
  Result<std::optional<std::int64_t>> slot_of(const std::string& key);
  Result<bool> unchanged(std::int64_t slot, const Document& document, const std::string& body);

  Database db_;
};

// The token that stands for a kind in `words`.
std::string kind_token(DocumentKind kind);

}  // namespace opora::sync
