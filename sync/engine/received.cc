#include "sync/engine/engine_core.h"

namespace opora::sync {

void prepare(ReceivedBatch& batch) {
  if (batch.stream == Stream::kRecall || carries_keys(batch.stream)) return;
  batch.records.reserve(batch.entries.size());
  for (const Entry& entry : batch.entries) batch.records.push_back(decode_sealed(entry.bytes));
}

bool next_follows(const ReceivedBatch& batch, const StreamHead& cursor) {
  const Entry& entry = batch.entries[batch.applied];
  if (entry.pos.v != cursor.pos.v + 1 || !well_formed(batch.stream, entry.bytes)) return false;
  const Entry* before = batch.applied == 0 ? nullptr : &batch.entries[batch.applied - 1];
  const bool computed = batch.chains == ReceivedBatch::Chains::kComputedHere && before != nullptr &&
                        before->pos == cursor.pos && before->chain == cursor.chain;
  return computed || chain_next(batch.stream, cursor.chain, entry.bytes) == entry.chain;
}

void EngineCore::receive_slice(Transaction& txn, Projection& projection,
                               std::span<ReceivedBatch* const> batches, std::size_t room) {
  for (ReceivedBatch* batch : batches) {
    room -= receive(txn, projection, *batch, room);
    if (!batch->finished()) return;  // the next ones of the same stream must wait for it
  }
}

}  // namespace opora::sync
