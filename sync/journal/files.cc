#include "sync/journal/files.h"

#include <algorithm>

#include "protocol/domain/recording.h"

namespace opora::sync {

namespace {

constexpr char kChunkRow = 'c';
constexpr char kWholeRow = 'f';
constexpr char kHaveRow = 'h';
constexpr char kStagedRow = 's';
constexpr char kTotalRow = 't';
constexpr char kRecordingsRow = 'T';
constexpr char kUnsentRow = 'u';
constexpr char kWantedRow = 'w';
constexpr std::size_t kIdBytes = sizeof(AggregateId) + sizeof(FileHash);

Bytes ticket_row(char family, const AggregateId& ticket) {
  return KeyWriter().u8(static_cast<std::uint8_t>(family)).raw(ticket.view()).take();
}

Bytes row(char family, const FileId& id) {
  return KeyWriter().raw(ticket_row(family, id.ticket)).raw(id.hash.view()).take();
}

Bytes chunk_row(const FileId& id, std::uint32_t place) {
  return KeyWriter().raw(row(kChunkRow, id)).u32(place).take();
}

Bytes wanted_row(SiteNo origin, const FileId& id) {
  return KeyWriter()
      .u8(static_cast<std::uint8_t>(kWantedRow))
      .u32(origin.v)
      .raw(id.ticket.view())
      .raw(id.hash.view())
      .take();
}

// The end of every key but a chunk's.
FileId id_at_end(std::string_view key) {
  const std::string_view id = key.substr(key.size() - kIdBytes);
  return {AggregateId::from(id.substr(0, sizeof(AggregateId))).value_or(AggregateId{}),
          FileHash::from(id.substr(sizeof(AggregateId))).value_or(FileHash{})};
}

Bytes manifest_row(const FileManifest& manifest) {
  KeyWriter out;
  out.u32(manifest.origin.v).u64(manifest.bytes);
  for (const FileHash& chunk : manifest.chunks) out.raw(chunk.view());
  return out.take();
}

FileManifest manifest_from(std::string_view value) {
  KeyReader in(value);
  FileManifest out;
  out.origin = SiteNo{in.u32()};
  out.bytes = in.u64();
  for (std::string_view rest = in.rest(); rest.size() >= sizeof(FileHash);
       rest.remove_prefix(sizeof(FileHash)))
    out.chunks.push_back(*FileHash::from(rest.substr(0, sizeof(FileHash))));
  return out;
}

struct Have {
  SiteNo origin;
  Bytes chunks;  // a byte each
};

std::optional<Have> have_of(const Reader& rows, const FileId& id) {
  const auto value = rows.get(Table::kFiles, row(kHaveRow, id));
  if (!value) return std::nullopt;
  KeyReader in(*value);
  const SiteNo origin{in.u32()};
  return Have{origin, Bytes(in.rest())};
}

void put_have(Transaction& txn, const FileId& id, const Have& have) {
  txn.put(Table::kFiles, row(kHaveRow, id), KeyWriter().u32(have.origin.v).raw(have.chunks).take());
}

std::vector<FileId> ids_under(const Reader& rows, const Bytes& prefix, std::size_t at_most) {
  std::vector<FileId> out;
  rows.scan_prefix(Table::kFiles, prefix, [&](std::string_view key, std::string_view) {
    if (out.size() < at_most) out.push_back(id_at_end(key));
    return out.size() < at_most;
  });
  return out;
}

std::uint64_t count_under(const Reader& rows, char family) {
  std::uint64_t out = 0;
  rows.scan_prefix(Table::kFiles, Bytes(1, family), [&](std::string_view, std::string_view) {
    ++out;
    return true;
  });
  return out;
}

std::uint64_t total(const Reader& rows, char row) {
  const auto value = rows.get(Table::kFiles, Bytes(1, row));
  return value ? KeyReader(*value).u64() : 0;
}

// Apart, so that a month of recordings leaves tickets their room.
void add_bytes(Transaction& txn, const FileId& id, std::int64_t delta) {
  const char row = protocol::may_be_recording(id.ticket) ? kRecordingsRow : kTotalRow;
  const auto sum = static_cast<std::uint64_t>(static_cast<std::int64_t>(total(txn, row)) + delta);
  const Bytes key(1, row);
  if (sum == 0) txn.erase(Table::kFiles, key);
  else txn.put(Table::kFiles, key, KeyWriter().u64(sum).take());
}

void forget_wanted(Transaction& txn, const FileId& id, SiteNo origin) {
  txn.erase(Table::kFiles, wanted_row(origin, id));
  txn.erase(Table::kFiles, row(kHaveRow, id));
}

void make_whole(Transaction& txn, const FileId& id, const FileManifest& manifest) {
  txn.put(Table::kFiles, row(kWholeRow, id), manifest_row(manifest));
  forget_wanted(txn, id, manifest.origin);
  add_bytes(txn, id, static_cast<std::int64_t>(manifest.bytes));
}

void erase_chunks(Transaction& txn, const FileId& id, std::size_t count) {
  for (std::uint32_t place = 0; place < count; ++place)
    txn.erase(Table::kFiles, chunk_row(id, place));
}

void erase_whole(Transaction& txn, const FileId& id) {
  const auto manifest = whole_file(txn, id);
  if (!manifest) return;
  erase_chunks(txn, id, manifest->chunks.size());
  add_bytes(txn, id, -static_cast<std::int64_t>(manifest->bytes));
  txn.erase(Table::kFiles, row(kWholeRow, id));
  txn.erase(Table::kFiles, row(kUnsentRow, id));
}

void erase_wanted(Transaction& txn, const FileId& id) {
  const auto have = have_of(txn, id);
  if (!have) return;
  erase_chunks(txn, id, have->chunks.size());
  forget_wanted(txn, id, have->origin);
}

}  // namespace

FileManifest manifest_of(SiteNo origin, const protocol::TicketAttached& file) {
  return {origin, file.bytes, file.chunks};
}

std::optional<NamedFile> file_of(SiteNo origin, const protocol::Facts& facts) {
  if (const auto* file = std::get_if<protocol::TicketAttached>(&facts))
    return NamedFile{file->hash, manifest_of(origin, *file), Goes::kToReplicas};
  const auto* kept = std::get_if<protocol::RecordingKept>(&facts);
  if (kept == nullptr) return std::nullopt;
  const bool stays = kept->copies == protocol::Copies::kSiteAlone;
  return NamedFile{
      kept->hash, {origin, kept->bytes, kept->chunks}, stays ? Goes::kNowhere : Goes::kToReplicas};
}

std::optional<FileManifest> whole_file(const Reader& rows, const FileId& id) {
  const auto value = rows.get(Table::kFiles, row(kWholeRow, id));
  return value ? std::optional(manifest_from(*value)) : std::nullopt;
}

std::vector<FileId> whole_files(const Reader& rows) {
  return ids_under(rows, Bytes(1, kWholeRow), std::string::npos);
}

std::optional<Bytes> read_chunk(const Reader& rows, const FileId& id, std::uint32_t place) {
  return rows.get(Table::kFiles, chunk_row(id, place));
}

std::vector<WantedFile> wanted_files(const Reader& rows, std::optional<SiteNo> origin,
                                     const std::optional<WantedFile>& after, std::size_t at_most) {
  KeyWriter family;
  family.u8(static_cast<std::uint8_t>(kWantedRow));
  if (origin) family.u32(origin->v);
  const Bytes prefix = family.take();
  Bytes from = prefix;
  if (after) from = wanted_row(after->manifest.origin, after->id) + '\0';
  std::vector<WantedFile> out;
  rows.scan(Table::kFiles, from, prefix_end(prefix),
            [&](std::string_view key, std::string_view value) {
              WantedFile file{id_at_end(key), manifest_from(value), {}};
              file.have.resize(file.manifest.chunks.size());
              if (const auto have = have_of(rows, file.id)) {
                for (std::size_t i = 0; i < std::min(file.have.size(), have->chunks.size()); ++i)
                  file.have[i] = have->chunks[i] != 0;
              }
              out.push_back(std::move(file));
              return out.size() < at_most;
            });
  return out;
}

std::vector<FileId> unsent_files(const Reader& rows, std::size_t at_most) {
  return ids_under(rows, Bytes(1, kUnsentRow), at_most);
}

bool is_unsent(const Reader& rows, const FileId& id) {
  return rows.get(Table::kFiles, row(kUnsentRow, id)).has_value();
}

std::uint64_t file_bytes(const Reader& rows) { return total(rows, kTotalRow); }
std::uint64_t recording_bytes(const Reader& rows) { return total(rows, kRecordingsRow); }

FileCounts count_files(const Reader& rows) {
  return {count_under(rows, kUnsentRow), count_under(rows, kWantedRow), file_bytes(rows)};
}

void want_file(Transaction& txn, const FileId& id, const FileManifest& manifest) {
  if (whole_file(txn, id) || have_of(txn, id)) return;
  txn.put(Table::kFiles, wanted_row(manifest.origin, id), manifest_row(manifest));
  put_have(txn, id, {manifest.origin, Bytes(manifest.chunks.size(), '\0')});
}

ChunkFate store_chunk(Transaction& txn, const FileId& id, std::uint32_t place,
                      std::string_view ciphertext) {
  auto have = have_of(txn, id);
  if (!have || place >= have->chunks.size()) return ChunkFate::kNotWanted;
  if (have->chunks[place] == 0) {
    txn.put(Table::kFiles, chunk_row(id, place), ciphertext);
    have->chunks[place] = '\1';
  }
  if (have->chunks.find('\0') != Bytes::npos) {
    put_have(txn, id, *have);
    return ChunkFate::kMore;
  }
  const auto manifest = txn.get(Table::kFiles, wanted_row(have->origin, id));
  if (!manifest) return ChunkFate::kNotWanted;
  make_whole(txn, id, manifest_from(*manifest));
  return ChunkFate::kWhole;
}

void stage_chunk(Transaction& txn, const FileId& id, std::uint32_t place,
                 std::string_view ciphertext) {
  txn.put(Table::kFiles, chunk_row(id, place), ciphertext);
  txn.put(Table::kFiles, row(kStagedRow, id), KeyWriter().u32(place + 1).take());
}

std::uint32_t staged_chunks(const Reader& rows, const FileId& id) {
  const auto value = rows.get(Table::kFiles, row(kStagedRow, id));
  return value ? KeyReader(*value).u32() : 0;
}

void adopt_staged(Transaction& txn, const FileId& id, const FileManifest& manifest, Goes goes) {
  txn.erase(Table::kFiles, row(kStagedRow, id));
  make_whole(txn, id, manifest);
  if (goes == Goes::kToReplicas) txn.put(Table::kFiles, row(kUnsentRow, id), "");
}

void discard_staged(Transaction& txn, const FileId& id) {
  erase_chunks(txn, id, staged_chunks(txn, id));
  txn.erase(Table::kFiles, row(kStagedRow, id));
}

std::vector<FileId> staged_files(const Reader& rows) {
  return ids_under(rows, Bytes(1, kStagedRow), std::string::npos);
}

void file_in_region(Transaction& txn, const FileId& id) {
  txn.erase(Table::kFiles, row(kUnsentRow, id));
}

void erase_files(Transaction& txn, const AggregateId& ticket) {
  const auto all = [&](char family) {
    return ids_under(txn, ticket_row(family, ticket), std::string::npos);
  };
  for (const FileId& id : all(kWholeRow)) erase_whole(txn, id);
  for (const FileId& id : all(kHaveRow)) erase_wanted(txn, id);
  for (const FileId& id : all(kStagedRow)) discard_staged(txn, id);
}

Bytes files_prefix(const AggregateId& ticket) { return ticket_row(kChunkRow, ticket); }

Bytes files_prefix(std::string_view beginning) { return Bytes(1, kChunkRow) += beginning; }

bool has_whole_files(const Reader& rows, std::string_view beginning) {
  bool found = false;
  rows.scan_prefix(Table::kFiles, Bytes(1, kWholeRow) += beginning,
                   [&](std::string_view, std::string_view) {
                     found = true;
                     return false;
                   });
  return found;
}

std::size_t sweep_files(Transaction& txn, const Attaches& attaches) {
  std::size_t gone = 0;
  for (const FileId& id : ids_under(txn, Bytes(1, kWholeRow), std::string::npos)) {
    if (attaches(id)) continue;
    erase_whole(txn, id);
    ++gone;
  }
  for (const FileId& id : ids_under(txn, Bytes(1, kHaveRow), std::string::npos)) {
    if (attaches(id)) continue;
    erase_wanted(txn, id);
    ++gone;
  }
  return gone;
}

}  // namespace opora::sync
