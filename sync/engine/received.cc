#include "protocol/codec/record_codec.h"
#include "protocol/domain/authority.h"
#include "sync/engine/engine_core.h"

namespace opora::sync {

using protocol::Envelope;
using protocol::Event;
using protocol::Kind;

void prepare(ReceivedBatch& batch, const protocol::Vocabulary& vocabulary) {
  if (batch.stream == Stream::kRecall || carries_keys(batch.stream)) return;
  batch.records.reserve(batch.entries.size());
  for (const Entry& entry : batch.entries)
    batch.records.push_back(entry.withdrawn == 0 ? decode_sealed(entry.bytes, vocabulary)
                                                 : Error{Code::kCorrupt, "", "withdrawn"});
}

namespace {

// Its session found that it follows what was here then. Since, what a session before it had under
// way may have come to lie within.
bool withdrawn_follows(const ReceivedBatch& batch, const Entry& entry, const StreamHead& cursor) {
  if (!may_be_withdrawn(batch.stream) || entry.pos.v < entry.withdrawn) return false;
  const std::uint64_t before = entry.pos.v - entry.withdrawn;
  return before == cursor.pos.v ? entry.bytes == cursor.chain.view() : before < cursor.pos.v;
}

}  // namespace

bool next_follows(const ReceivedBatch& batch, const StreamHead& cursor) {
  const Entry& entry = batch.entries[batch.applied];
  if (entry.withdrawn != 0) return withdrawn_follows(batch, entry, cursor);
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

namespace {

// A site tells of itself, in order, and nothing that is another's to tell.
// The entry follows the cursor: its chain is that of its own past only if this is the same.
Status check_said(Projection& projection, const ReceivedBatch& batch, const Entry& entry,
                  const Event& event) {
  const Envelope& env = event.env;
  if (env.origin != batch.peer || env.n != entry.pos || env.prev != batch.cursor.chain)
    return Error{Code::kDenied, "", "origin, position or chain is not the sender's"};
  const auto known = [&](Kind kind, const AggregateId& id) -> const protocol::Entity& {
    return projection.load(kind, id);
  };
  const Status may = protocol::may_say(event, known);
  if (may.ok()) return ok_status();
  return Error{Code::kDenied, may.error().path,
               "not a site's to say: " + may.error().path + ": " + may.error().message};
}

}  // namespace

void EngineCore::receive_record(Transaction& txn, Projection& projection, ReceivedBatch& batch,
                                const Entry& entry) {
  Result<SealedEvent>& record = batch.records[batch.applied];
  auto event = record.ok() ? unseal(std::move(*record),
                                    [&](const AggregateId& id) { return find_key(txn, id); })
                           : Result<Event>(record.error());
  if (!event.ok()) return set_aside(txn, batch, entry, "does not decode: " + event.error().message);
  const Envelope& env = event->env;
  if (batch.stream == Stream::kJournal) {
    const Status said = check_said(projection, batch, entry, *event);
    if (!said.ok()) return set_aside(txn, batch, entry, said.error().message);
  }
  // check_said() found its chain to be that of its own past.
  const ChainHash chain =
      batch.stream == Stream::kJournal ? entry.chain : protocol::chain_of(env.prev, entry.bytes);
  const JournalRef ref{env.origin, env.n, env.incarnation};
  // The hub's streams bring a site its own records back. One that is not here was lost with a
  // store: its place is in what the recall gives back. A site's journal cannot repeat: its
  // positions are the cursor's.
  const bool own = env.origin == settings_.site;
  if (batch.stream != Stream::kJournal && (own || txn.get(Table::kJournal, ref.key()))) return;
  hlc_.merge(env.hlt, clock_.now());
  put_record(txn, ref, chain, entry.bytes);
  // The region vouches for what it sends down, but not for what it could not read itself.
  const Status believed =
      batch.stream == Stream::kJournal ? ok_status() : protocol::may_ever_say(*event);
  if (!believed.ok()) return refuse(txn, ref, believed.error());
  fold(txn, projection, *event, ref);
  // What is said about it asks how far its sender was heard.
  put_cursor(txn, batch.stream, batch.peer, {entry.pos, entry.chain});
  answer_received(txn, projection, *event);
}

}  // namespace opora::sync
