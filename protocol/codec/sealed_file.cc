#include "protocol/codec/sealed_file.h"

#include "protocol/domain/files.h"

namespace opora::protocol {

SealedFile seal_file(const AggregateId& ticket, FileKind kind, std::string_view plain,
                     Random& random) {
  OPORA_CHECK(!plain.empty() && plain.size() <= kMaxFileBytes);
  const auto key = FileKey::random(random);
  const auto count = static_cast<std::uint32_t>(chunks_of(plain.size()));
  SealedFile out;
  out.key_hex = to_hex(key.view());
  out.facts.bytes = plain.size();
  out.facts.kind = kind;
  for (std::uint32_t place = 0; place < count; ++place) {
    const std::string_view part = plain.substr(place * kFileChunkBytes, kFileChunkBytes);
    out.chunks.push_back(seal_chunk(key, {ticket, place, count}, part, random));
    out.facts.chunks.push_back(chunk_hash(out.chunks.back()));
  }
  out.facts.hash = file_hash(out.facts.chunks);
  return out;
}

}  // namespace opora::protocol
