#include "sync/feed/store_files.h"

#include <memory>
#include <utility>

#include "sync/core/file_lane.h"
#include "sync/journal/files.h"

namespace opora::sync {

using protocol::FileId;

namespace {

Command file_command(Decision::Write write, std::function<void(bool)> done) {
  Command command;
  command.decide = [write = std::move(write)](Decision& decision) -> Result<Answer> {
    decision.write(write);
    return Answer{};
  };
  command.done = [done = std::move(done)](const Result<Answer>& answer) { done(answer.ok()); };
  command.answer_at = AnswerAt::kSync;
  return command;
}

StoredChunk stored(ChunkFate fate) {
  switch (fate) {
    case ChunkFate::kMore: return StoredChunk::kMore;
    case ChunkFate::kWhole: return StoredChunk::kWhole;
    case ChunkFate::kNotWanted: break;
  }
  return StoredChunk::kGone;
}

}  // namespace

// The hub asks who attached it; a site asks the hub for everything that it may read, and for its
// own lost ones: what was offered to it and is over is not given away, and must not keep it asking.
FilesRead StoreFiles::files(SiteNo peer, const std::optional<MissingFile>& after) const {
  const auto rows = store_.snapshot();
  const bool site = engine_.site() != kHubSite;
  FilesRead out;
  if (site) out.offered = unsent_files(*rows, protocol::kMaxNotedFiles);
  if (!has_room_()) return out;
  std::optional<WantedFile> behind;
  if (after) behind = WantedFile{after->file, {after->origin, 0, {}}, {}};
  const auto origin = site ? std::nullopt : std::optional(peer);
  const auto given = [&](const WantedFile& one) {
    return !site || one.manifest.origin == engine_.site() ||
           may_read_(*rows, one.id.ticket, engine_.site());
  };
  for (bool more = true; more && out.missing.empty();) {
    auto page = wanted_files(*rows, origin, behind, kFilesLookedAt);
    more = page.size() == kFilesLookedAt;
    if (more) behind = page.back();
    for (WantedFile& one : page) {
      if (!given(one)) continue;
      out.missing.push_back(
          {one.id, one.manifest.origin, std::move(one.manifest.chunks), std::move(one.have)});
    }
  }
  return out;
}

// Of a file that is not whole here nothing is given away: its chunks may go with its event. What a
// site attached itself is its own, whatever became of its right to the ticket.
std::optional<Bytes> StoreFiles::chunk(SiteNo peer, const FileId& file, std::uint32_t place) const {
  const auto rows = store_.snapshot();
  const auto manifest = whole_file(*rows, file);
  if (!manifest) return std::nullopt;
  const bool own = engine_.site() != kHubSite || manifest->origin == peer;
  if (!own && !may_read_(*rows, file.ticket, peer)) return std::nullopt;
  return read_chunk(*rows, file, place);
}

std::vector<FileId> StoreFiles::held(SiteNo peer, const std::vector<FileId>& files) const {
  const auto rows = store_.snapshot();
  std::vector<FileId> out;
  for (const FileId& file : files) {
    const auto manifest = whole_file(*rows, file);
    if (manifest && manifest->origin == peer) out.push_back(file);
  }
  return out;
}

void StoreFiles::store(const FileId& file, std::uint32_t place, Bytes bytes,
                       std::function<void(StoredChunk)> done) {
  if (!has_room_()) return done(StoredChunk::kRefused);
  const auto fate = std::make_shared<ChunkFate>(ChunkFate::kNotWanted);
  const auto chunk = std::make_shared<const Bytes>(std::move(bytes));
  engine_.submit(
      file_command([file, place, chunk,
                    fate](Transaction& txn) { *fate = store_chunk(txn, file, place, *chunk); },
                   [fate, changed = changed_, done = std::move(done)](bool ok) {
                     done(ok ? stored(*fate) : StoredChunk::kRefused);
                     if (ok && *fate == ChunkFate::kWhole) changed();
                   }));
}

void StoreFiles::note_in_region(const std::vector<FileId>& files) {
  engine_.submit(file_command(
      [files](Transaction& txn) {
        for (const FileId& file : files) file_in_region(txn, file);
      },
      [changed = changed_](bool ok) {
        if (ok) changed();
      }));
}

}  // namespace opora::sync
