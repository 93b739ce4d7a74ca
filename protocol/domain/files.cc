#include "protocol/domain/files.h"

#include "protocol/base/hash.h"

namespace opora::protocol {

namespace {

// The two kinds of hash never meet: a chunk that reads like a list of hashes is no file.
constexpr std::string_view kChunk = "opora file chunk";
constexpr std::string_view kFile = "opora file";

FileHash named(const ChainHash& hash) { return FileHash{hash.b}; }

}  // namespace

FileHash chunk_hash(std::string_view ciphertext) { return named(hash256({kChunk, ciphertext})); }

FileHash file_hash(std::span<const FileHash> chunks) {
  Bytes all;
  all.reserve(chunks.size() * sizeof(FileHash));
  for (const FileHash& chunk : chunks) all += chunk.view();
  return named(hash256({kFile, all}));
}

}  // namespace opora::protocol
