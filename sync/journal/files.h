// Rows of Table::kFiles: files of tickets, and recordings of calls, as ciphertext in chunks
// (protocol/domain/files.h), whole ones and those that are on their way here. The engine's thread
// writes, any thread reads a snapshot. States, invariants and limits of the files' lane:
// sync/README.md.
//
// Formats; `id` is ticket 16 | hash 32, a manifest origin u32 | bytes u64 | chunk hashes 32 each.
//   'c' id place u32            -> ciphertext of a chunk
//   'f' id                      -> manifest: the file is whole here
//   'h' id                      -> origin u32 | a byte for each chunk, 1: it is here; wanted
//   's' id                      -> chunks u32 so far: an upload whose event is not said yet
//   't'                         -> bytes u64 of all whole files of tickets, in the clear
//   'T'                         -> the same of recordings
//   'u' id                      -> nothing: attached here, and the region has not said that it has
//   it 'w' origin u32 id           -> manifest: the event is here, the file is not whole yet
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "protocol/domain/events.h"
#include "protocol/domain/files.h"
#include "sync/journal/kv.h"

namespace opora::sync {

using protocol::FileId;

struct FileManifest {
  SiteNo origin;            // who attached it
  std::uint64_t bytes = 0;  // in the clear
  std::vector<FileHash> chunks;
  bool operator==(const FileManifest&) const = default;
};
FileManifest manifest_of(SiteNo origin, const protocol::TicketAttached& file);

// Whether a file is sent to whoever has its event.
enum class Goes : std::uint8_t { kToReplicas = 1, kNowhere = 2 };
struct NamedFile {
  FileHash hash;
  FileManifest manifest;
  Goes goes = Goes::kToReplicas;
};
// The file that an event of this origin names; nothing: it names none.
std::optional<NamedFile> file_of(SiteNo origin, const protocol::Facts& facts);

// A file that is not whole here.
struct WantedFile {
  FileId id;
  FileManifest manifest;
  std::vector<bool> have;  // one a chunk
};

// Nothing when it is not whole here.
std::optional<FileManifest> whole_file(const Reader& rows, const FileId& id);
std::vector<FileId> whole_files(const Reader& rows);
std::optional<Bytes> read_chunk(const Reader& rows, const FileId& id, std::uint32_t place);
// At most `at_most` behind `after`, in the order of their names: of those that this site attached,
// or of all when none is named.
std::vector<WantedFile> wanted_files(const Reader& rows, std::optional<SiteNo> origin,
                                     const std::optional<WantedFile>& after, std::size_t at_most);
// Attached here and not in the region yet, as far as it has said.
std::vector<FileId> unsent_files(const Reader& rows, std::size_t at_most);
bool is_unsent(const Reader& rows, const FileId& id);

struct FileCounts {
  std::uint64_t unsent = 0;
  std::uint64_t wanted = 0;
  std::uint64_t bytes = 0;  // of whole files of tickets
};
// Looks at every row of those that wait: some dozens, thousands after a week.
FileCounts count_files(const Reader& rows);
std::uint64_t file_bytes(const Reader& rows);
std::uint64_t recording_bytes(const Reader& rows);

// ---- Writing. Each is a part of the caller's transaction.

// The event is here: the file is wanted, unless it is whole.
void want_file(Transaction& txn, const FileId& id, const FileManifest& manifest);

enum class ChunkFate : std::uint8_t { kMore, kWhole, kNotWanted };
// A chunk of a wanted file, whose hash was compared with the manifest's.
ChunkFate store_chunk(Transaction& txn, const FileId& id, std::uint32_t place,
                      std::string_view ciphertext);

// An upload: its chunks in their order, then, with the event, all of it; or nothing.
void stage_chunk(Transaction& txn, const FileId& id, std::uint32_t place,
                 std::string_view ciphertext);
std::uint32_t staged_chunks(const Reader& rows, const FileId& id);
void adopt_staged(Transaction& txn, const FileId& id, const FileManifest& manifest,
                  Goes goes = Goes::kToReplicas);
void discard_staged(Transaction& txn, const FileId& id);
// What a process left behind that ended in an upload.
std::vector<FileId> staged_files(const Reader& rows);

// The region has it.
void file_in_region(Transaction& txn, const FileId& id);

// All files of the ticket and all that waits of them. The rows are out of the files on disk after
// Store::compact(kFiles, files_prefix(ticket)).
void erase_files(Transaction& txn, const AggregateId& ticket);
Bytes files_prefix(const AggregateId& ticket);
// Of all whose ids begin so; whether one of them is whole here.
Bytes files_prefix(std::string_view beginning);
bool has_whole_files(const Reader& rows, std::string_view beginning);
// After the projections were built anew from other records: what none of them attaches goes.
using Attaches = std::function<bool(const FileId&)>;
std::size_t sweep_files(Transaction& txn, const Attaches& attaches);

}  // namespace opora::sync
