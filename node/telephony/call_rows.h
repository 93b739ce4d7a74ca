// Where the call queue's rows stand in the store: table kMeta, beside the journal, at this site
// only. Who reads them for a screen takes a snapshot; the shell writes them.
//
//   "call_queue" 0           -> u64: numbers of calls below it may have been used
//   "call_queue" 1 | call    -> a call     (queue/rows.h)
//   "call_queue" 2 | agent   -> an agent
//   "call_queue" 3 | queue   -> figures of a queue
//   "call_queue" 4 | call    -> the task (O7) of which it is the call back
#pragma once

#include <map>
#include <vector>

#include "node/telephony/queue/core.h"
#include "sync/engine/engine_core.h"

namespace opora::telephony {

struct StoredRows {
  Core::Rows rows;
  std::map<CallNo, AggregateId> tasks;
  std::uint64_t numbers_below = 0;  // zero: no row
  std::vector<Bytes> unread;        // keys of rows of another version, or damaged: to be erased
  std::vector<CallNo> lost;         // calls among them
};
StoredRows read_rows(const sync::Reader& store);

bool has_call_row(const sync::Reader& store, CallNo call);

// What a step touched, as it is now; a call that is over has no row.
void write_rows(sync::Decision& decision, const Core& core, const Core::Done& done);
void write_numbers(sync::Decision& decision, std::uint64_t below);
void write_task(sync::Decision& decision, CallNo call, const AggregateId& task);
void erase_task(sync::Decision& decision, CallNo call);

}  // namespace opora::telephony
