// A file as it is kept and sent (protocol/domain/files.h): sealed in chunks under a key of its own,
// with the facts of the event that attaches it. Pure but for the randomness that it is given; any
// thread.
#pragma once

#include <vector>

#include "protocol/codec/seal.h"
#include "protocol/domain/ticket_facts.h"

namespace opora::protocol {

struct SealedFile {
  TicketAttached facts;
  Bytes key_hex;
  std::vector<Bytes> chunks;
};
// `plain` has 1 byte to kMaxFileBytes.
SealedFile seal_file(const AggregateId& ticket, FileKind kind, std::string_view plain,
                     Random& random);

}  // namespace opora::protocol
