// A file as it is kept and sent (protocol/domain/files.h): sealed in chunks under a key of its own,
// with the facts of the event that attaches it. Pure but for the randomness that it is given; any
// thread.
#pragma once

#include <vector>

#include "protocol/codec/seal.h"
#include "protocol/domain/ticket_facts.h"

namespace opora::protocol {

struct SealedChunks {
  FileHash hash;
  std::vector<FileHash> hashes;
  std::vector<Bytes> chunks;
  Bytes key_hex;
};
// Of the aggregate that the file belongs to. `plain` has 1 byte to kMaxFileBytes.
SealedChunks seal_chunks(const AggregateId& owner, std::string_view plain, Random& random);

struct SealedFile {
  TicketAttached facts;
  Bytes key_hex;
  std::vector<Bytes> chunks;
};
SealedFile seal_file(const AggregateId& ticket, FileKind kind, std::string_view plain,
                     Random& random);

}  // namespace opora::protocol
