#include "sync/search/search_index.h"

#include <algorithm>
#include <unordered_set>

#include "sync/search/analyzer.h"
#include "sync/search/letters.h"
#include "sync/search/query.h"
#include "sync/search/search_file.h"

namespace opora::sync {
namespace {

// Looked at before ranking, also for a short list: enough that the best of them is on the first
// page.
constexpr std::size_t kMinCandidates = 200;
// Idle connections kept, half a megabyte each: as many as threads that answer requests on a small
// server.
constexpr std::size_t kMaxIdleReaders = 4;

using Matches = std::vector<SearchFile::Match>;

bool has_all_words(const std::string& body, const std::vector<std::string>& words) {
  std::unordered_set<std::string> forms;
  for (Segment& segment : segments_of(body)) {
    if (auto* word = std::get_if<Word>(&segment)) forms.insert(std::move(word->folded));
  }
  return std::all_of(words.begin(), words.end(),
                     [&](const std::string& w) { return forms.contains(w); });
}

// Newest first stays the order within both parts.
void put_typed_forms_first(Matches& matches, const std::vector<std::string>& words) {
  std::stable_partition(matches.begin(), matches.end(),
                        [&](const SearchFile::Match& m) { return has_all_words(m.body, words); });
}

void append_new(std::vector<DocumentId>& ids, const Matches& matches, std::size_t limit) {
  for (const SearchFile::Match& m : matches) {
    if (ids.size() >= limit) return;
    if (std::find(ids.begin(), ids.end(), m.id) == ids.end()) ids.push_back(m.id);
  }
}

}  // namespace

struct SearchIndex::Impl {
  explicit Impl(SearchOptions o)
      : options(std::move(o)), lemmatizer(std::make_shared<Lemmatizer>(options.dictionaries)) {}

  Status start();
  Status start_anew();
  Status ready();
  Status guarded(Status status);
  Status finish_scrub();
  Error noted(Error error);
  Result<std::unique_ptr<SearchFile>> take_reader();
  void give_back(std::unique_ptr<SearchFile> reader, std::uint64_t made_for);
  Result<std::vector<DocumentId>> find(SearchFile& file, std::string_view text,
                                       std::optional<DocumentKind> kind, std::size_t limit);

  const SearchOptions options;
  const std::shared_ptr<Lemmatizer> lemmatizer;
  std::unique_ptr<SearchFile> writer;  // null only while a new start failed
  Bytes cursor;
  std::atomic<bool> damaged{false};          // a search met a damaged page: the writer starts anew
  std::atomic<std::uint64_t> generation{0};  // of the file; readers of an older one are closed
  std::mutex mutex;                          // guards idle
  std::vector<std::unique_ptr<SearchFile>> idle;
};

Status SearchIndex::Impl::start() {
  auto file = SearchFile::open(options, OpenFor::kWriting, lemmatizer);
  if (!file.ok() && file.error().code == Code::kCorrupt) return start_anew();
  if (!file.ok()) return file.error();
  auto stored = (*file)->cursor();
  if (!stored.ok())
    return stored.error().code == Code::kCorrupt ? start_anew() : Status(stored.error());
  writer = std::move(*file);
  cursor = std::move(*stored);
  return ok_status();
}

Status SearchIndex::Impl::start_anew() {
  writer.reset();
  cursor.clear();
  generation.fetch_add(1);
  {
    const std::lock_guard lock(mutex);
    idle.clear();
  }
  OPORA_TRY(SearchFile::remove(options.path));
  auto file = SearchFile::open(options, OpenFor::kWriting, lemmatizer);
  if (!file.ok()) return file.error();
  writer = std::move(*file);
  damaged = false;
  return ok_status();
}

// Before a writing step: has a search met damage, or did the last new start fail?
Status SearchIndex::Impl::ready() {
  if (!damaged && writer != nullptr) return ok_status();
  OPORA_TRY(start_anew());
  return Error{Code::kCorrupt, "", "search file: started anew"};
}

// What every writing step does about a damaged file.
Status SearchIndex::Impl::guarded(Status status) {
  if (!status.ok() && status.error().code == Code::kCorrupt) OPORA_TRY(start_anew());
  return status;
}

Status SearchIndex::Impl::finish_scrub() {
  auto pending = writer->scrub_pending();
  if (!pending.ok()) return pending.error();
  return *pending ? writer->scrub() : ok_status();
}

Error SearchIndex::Impl::noted(Error error) {
  if (error.code == Code::kCorrupt) damaged = true;
  return error;
}

Result<std::unique_ptr<SearchFile>> SearchIndex::Impl::take_reader() {
  {
    const std::lock_guard lock(mutex);
    if (!idle.empty()) {
      auto reader = std::move(idle.back());
      idle.pop_back();
      return reader;
    }
  }
  return SearchFile::open(options, OpenFor::kReading, lemmatizer);
}

void SearchIndex::Impl::give_back(std::unique_ptr<SearchFile> reader, std::uint64_t made_for) {
  const std::lock_guard lock(mutex);
  if (made_for == generation && idle.size() < kMaxIdleReaders) idle.push_back(std::move(reader));
}

Result<std::vector<DocumentId>> SearchIndex::Impl::find(SearchFile& file, std::string_view text,
                                                        std::optional<DocumentKind> kind,
                                                        std::size_t limit) {
  std::vector<DocumentId> ids;
  const Query query = parse_query(text, *lemmatizer);
  if (query.empty()) return ids;
  const std::size_t candidates = std::max(limit, kMinCandidates);
  std::vector<std::string> expressions{query.whole};
  if (query.open != query.whole) expressions.push_back(query.open);
  for (const std::string& expression : expressions) {
    if (ids.size() >= limit) break;
    auto matches =
        file.newest(kind ? with_token(expression, kind_token(*kind)) : expression, candidates);
    if (!matches.ok()) return matches.error();
    put_typed_forms_first(*matches, query.words);
    append_new(ids, *matches, limit);
  }
  return ids;
}

SearchIndex::SearchIndex(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SearchIndex::~SearchIndex() = default;

Result<std::unique_ptr<SearchIndex>> SearchIndex::open(SearchOptions options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  OPORA_TRY(impl->start());
  return std::unique_ptr<SearchIndex>(new SearchIndex(std::move(impl)));
}

const Bytes& SearchIndex::cursor() const { return impl_->cursor; }

Status SearchIndex::apply(const SearchBatch& batch) {
  if (batch.upserts.size() + batch.removals.size() > kMaxBatchDocuments) {
    return Error{Code::kTooLarge, "", "too many documents in one batch"};
  }
  OPORA_TRY(impl_->ready());
  (void)impl_->finish_scrub();  // tried again at the next step; it must not hold up new records
  OPORA_TRY(impl_->guarded(impl_->writer->apply(batch)));
  impl_->cursor = batch.cursor;
  return ok_status();
}

Status SearchIndex::erase(const std::vector<DocumentId>& ids) {
  OPORA_TRY(impl_->ready());
  OPORA_TRY(impl_->guarded(impl_->writer->erase(ids)));
  return impl_->guarded(impl_->writer->scrub());
}

Status SearchIndex::clear() { return impl_->start_anew(); }

Result<Found> SearchIndex::search(std::string_view text, std::optional<DocumentKind> kind,
                                  std::size_t limit) {
  limit = std::min(limit, kMaxFound);
  const std::uint64_t generation = impl_->generation;
  auto reader = impl_->take_reader();
  if (!reader.ok()) return impl_->noted(reader.error());
  Found found;
  auto ids = impl_->find(**reader, text, kind, limit);
  if (ids.ok() && ids->empty()) {
    std::string other = other_layout(text.substr(0, kMaxQueryBytes));
    ids = impl_->find(**reader, other, kind, limit);
    if (ids.ok() && !ids->empty()) found.corrected = std::move(other);
  }
  if (!ids.ok()) return impl_->noted(ids.error());
  impl_->give_back(std::move(*reader), generation);
  found.ids = std::move(*ids);
  return found;
}

bool SearchIndex::dictionary_loaded() const { return impl_->lemmatizer->dictionary_loaded(); }

}  // namespace opora::sync
