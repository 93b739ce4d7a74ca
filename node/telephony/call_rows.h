// Where the call queue's rows stand in the store: table kMeta, beside the journal, at this site
// only. Who reads them for a screen takes a snapshot; the shell writes them.
//
//   "call_queue" 0           -> u64: numbers of calls below it may have been used
//   "call_queue" 1 | call    -> a call     (queue/rows.h)
//   "call_queue" 2 | agent   -> an agent
//   "call_queue" 3 | queue   -> figures of a queue
#pragma once

#include <vector>

#include "node/telephony/queue/core.h"
#include "sync/engine/engine_core.h"

namespace opora::telephony {

struct StoredRows {
  Core::Rows rows;
  std::uint64_t numbers_below = 0;  // zero: no row
  std::vector<Bytes> unread;        // keys of rows of another version, or damaged: to be erased
  std::vector<CallNo> lost;         // calls among them
};
StoredRows read_rows(const sync::Reader& store);

bool has_call_row(const sync::Reader& store, CallNo call);

// What a step touched, as it is now; a call that is over has no row.
void write_rows(sync::Decision& decision, const Core& core, const Core::Done& done);
void write_numbers(sync::Decision& decision, std::uint64_t below);

}  // namespace opora::telephony
