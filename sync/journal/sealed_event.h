// A record in two steps: what needs neither keys nor store, and the rest. The first can be done by
// another thread than the engine's. Pure.
#pragma once

#include "sync/journal/vault.h"

namespace opora::sync {

struct SealedEvent {
  protocol::Event event;  // without its personal part
  Bytes sealed;
};

// Errors as of open_record (vault.h).
Result<SealedEvent> decode_sealed(std::string_view record, const protocol::Vocabulary& vocabulary);
Result<protocol::Event> unseal(SealedEvent sealed, const KeyFinder& find_key);

}  // namespace opora::sync
