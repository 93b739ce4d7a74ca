#include "protocol/codec/sealed_file.h"

#include "protocol/domain/files.h"

namespace opora::protocol {

SealedChunks seal_chunks(const AggregateId& owner, std::string_view plain, Random& random) {
  OPORA_CHECK(!plain.empty() && plain.size() <= kMaxFileBytes);
  const auto key = FileKey::random(random);
  const auto count = static_cast<std::uint32_t>(chunks_of(plain.size()));
  SealedChunks out;
  out.key_hex = to_hex(key.view());
  for (std::uint32_t place = 0; place < count; ++place) {
    const std::string_view part = plain.substr(place * kFileChunkBytes, kFileChunkBytes);
    out.chunks.push_back(seal_chunk(key, {owner, place, count}, part, random));
    out.hashes.push_back(chunk_hash(out.chunks.back()));
  }
  out.hash = file_hash(out.hashes);
  return out;
}

SealedFile seal_file(const AggregateId& ticket, FileKind kind, std::string_view plain,
                     Random& random) {
  SealedChunks sealed = seal_chunks(ticket, plain, random);
  SealedFile out;
  out.facts.hash = sealed.hash;
  out.facts.bytes = plain.size();
  out.facts.kind = kind;
  out.facts.chunks = std::move(sealed.hashes);
  out.key_hex = std::move(sealed.key_hex);
  out.chunks = std::move(sealed.chunks);
  return out;
}

}  // namespace opora::protocol
