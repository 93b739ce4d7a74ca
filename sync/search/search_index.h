// Full-text search in Russian over tickets, contacts and problems: SQLite FTS5 in a file of its own
// with our tokenizer (analyzer.h). Everything in the file is derived: it follows the store's
// projections by a cursor and may be thrown away at any time; a damaged file, another version or
// another dictionary does exactly that.
//
// Threads: open, apply, erase, clear and cursor from one thread, the owner's; search from any
// thread (each search takes a connection of its own). A search sees whole batches only and never
// waits for the writer.
//
// Ranking: records that have every word in the typed form come first, then other forms, then words
// that only begin so; the newest first within each. Only the newest matches are looked at, so a
// common word costs no more than a rare one.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/base/ids.h"
#include "protocol/base/result.h"

namespace opora::sync {

using DocumentKind = StrongInt<struct DocumentKindTag, std::uint8_t>;  // the owner's numbering

struct DocumentId {
  DocumentKind kind;
  AggregateId aggregate;
  auto operator<=>(const DocumentId&) const = default;
};

struct Document {
  DocumentId id;
  TimeMs at;                       // when it happened: the newest is found first
  std::vector<std::string> texts;  // names, phones, numbers, words, in any order
};

// One step of the owner through its source; all of it is there afterwards, or nothing.
struct SearchBatch {
  std::vector<Document> upserts;
  std::vector<DocumentId> removals;
  Bytes cursor;  // where the owner stands after this batch; opaque here
};

struct Found {
  std::vector<DocumentId> ids;
  // When nothing was found as typed but something on the other keyboard layout: that text. Else
  // empty.
  std::string corrected;
};

// A hundred pages of a list on the screen; whoever needs more must ask a better question.
inline constexpr std::size_t kMaxFound = 1'000;
// Six texts of 4000 Cyrillic letters are 48 KB; what is beyond is not searched.
inline constexpr std::size_t kMaxDocumentBytes = 64 * 1024;
// A transaction of about a second on a slow disk; keeps the log file small.
inline constexpr std::size_t kMaxBatchDocuments = 10'000;

struct SearchOptions {
  std::string path;
  std::string dictionaries = "/usr/share/hunspell";  // Debian's hunspell-ru
  // How long to wait for a lock of another connection: a checkpoint of a large log takes a second
  // or two; searches take milliseconds.
  int busy_ms = 5'000;
};

class SearchIndex {
 public:
  // Creates the file, or starts it anew (empty cursor) when it cannot be used. Error: unavailable
  // (disk).
  static Result<std::unique_ptr<SearchIndex>> open(SearchOptions options);
  ~SearchIndex();
  SearchIndex(const SearchIndex&) = delete;
  SearchIndex& operator=(const SearchIndex&) = delete;

  // The cursor of the last batch; empty: the owner starts from the beginning.
  const Bytes& cursor() const;

  // After Code::kCorrupt (here and in erase) the file has been started anew: ask cursor() and
  // rebuild. The last word of a batch counts for a document that it names twice; removals come
  // after upserts. Too large: over kMaxBatchDocuments.
  Status apply(const SearchBatch& batch);

  // Removes the documents so that no byte of them is left in the files: index segments are merged,
  // freed pages zeroed, the log cut. Seconds for a large index. Unavailable: they are found no
  // more, but the cleaning has to be finished by the next apply or erase (a search was running the
  // whole time, or the disk failed).
  Status erase(const std::vector<DocumentId>& ids);

  // Starts anew: empty file, empty cursor.
  Status clear();

  // At most `limit` (itself at most kMaxFound) ids, the best first. No text is an error: what holds
  // no letter and no digit finds nothing.
  Result<Found> search(std::string_view text, std::optional<DocumentKind> kind, std::size_t limit);

  // For metrics and tests: is Hunspell's dictionary in memory?
  bool dictionary_loaded() const;

 private:
  struct Impl;
  explicit SearchIndex(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace opora::sync
