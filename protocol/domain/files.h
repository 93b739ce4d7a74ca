// Files of tickets (V6): what a file is called and how it is cut. Values and pure functions.
//
// A file is kept and sent as ciphertext, in chunks. Its name is the hash of its chunks' hashes in
// their order, so that the event that attaches it is its manifest: whoever has the event can check
// each chunk by itself, in any order. Which ticket it belongs to is part of its name: a site that
// names another ticket's file as its own gets nothing of it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "protocol/base/ids.h"

namespace opora::protocol {

// What a chunk holds in the clear; the last one of a file holds the rest. A chunk is what a cut can
// cost and what a live record waits for on a slow line.
inline constexpr std::size_t kFileChunkBytes = std::size_t{64} << 10;
// A setting of the site says how much it takes (3 MB by default, V6); no version takes more than
// this: a file is held in memory while it is checked.
inline constexpr std::size_t kMaxFileBytes = std::size_t{16} << 20;
inline constexpr std::size_t kMaxFileChunks = kMaxFileBytes / kFileChunkBytes;
// A ticket's card lists them; who needs more has another ticket.
inline constexpr std::uint32_t kMaxTicketFiles = 50;

struct FileId {
  AggregateId ticket;
  FileHash hash;
  auto operator<=>(const FileId&) const = default;
};

FileHash chunk_hash(std::string_view ciphertext);
FileHash file_hash(std::span<const FileHash> chunks);

// Of a file of `bytes` in the clear.
constexpr std::size_t chunks_of(std::uint64_t bytes) {
  return static_cast<std::size_t>((bytes + kFileChunkBytes - 1) / kFileChunkBytes);
}

}  // namespace opora::protocol
