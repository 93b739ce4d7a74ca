#include "sync/core/receiver.h"

#include <algorithm>

#include "protocol/base/check.h"

namespace opora::sync {

using protocol::Batch;
using protocol::Mark;
using protocol::NackReason;
using protocol::StopReason;

namespace {

std::size_t bytes_of(const Batch& batch) {
  std::size_t bytes = 0;
  for (const Bytes& entry : batch.entries) bytes += entry.size();
  return bytes;
}

// The entries of `batch` above `head`, each with its chain; nothing when the batch does not join
// `head` or does not end as it says. The batch starts at or before head + 1 and ends above head.
std::optional<std::vector<Entry>> follow(const StreamEnd& head, Batch& batch) {
  std::vector<Entry> entries;
  entries.reserve(batch.entries.size());
  StreamEnd at{StreamPos{batch.first.v - 1}, batch.before};
  if (at.pos == head.pos && at.chain != head.chain) return std::nullopt;
  for (Bytes& bytes : batch.entries) {
    if (!well_formed(batch.stream, bytes)) return std::nullopt;
    at = {StreamPos{at.pos.v + 1}, chain_next(batch.stream, at.chain, bytes)};
    if (at.pos == head.pos && at.chain != head.chain) return std::nullopt;
    if (at.pos > head.pos) entries.push_back({at.pos, at.chain, std::move(bytes)});
  }
  if (at.chain != batch.after) return std::nullopt;
  return entries;
}

}  // namespace

Receiver::Receiver(std::span<const StreamKind> streams) {
  for (StreamKind kind : streams) streams_.emplace_back().kind = kind;
}

Receiver::Stream* Receiver::find(StreamKind kind) {
  const auto it = std::find_if(streams_.begin(), streams_.end(),
                               [kind](const Stream& s) { return s.kind == kind && s.wanted; });
  return it == streams_.end() ? nullptr : &*it;
}

void Receiver::start(const std::vector<ReceiveState>& cursors) {
  for (const ReceiveState& cursor : cursors) {
    const auto stream = std::find_if(streams_.begin(), streams_.end(),
                                     [&](const Stream& s) { return s.kind == cursor.stream; });
    if (stream == streams_.end()) continue;
    stream->wanted = true;
    stream->head = cursor.durable;
    stream->durable = cursor.durable.pos;
    stream->safe = cursor.safe;
  }
}

void Receiver::on_hello(const protocol::Hello& hello, const Dispute& dispute, Actions& out) {
  for (const auto& state : hello.sends) {
    if (Stream* stream = find(state.stream)) compare(*stream, state.end, dispute, out);
  }
}

void Receiver::compare(Stream& stream, const StreamEnd& theirs, const Dispute& dispute,
                       Actions& out) {
  if (theirs.pos < stream.head.pos) {
    stop(stream, dispute.shorter,
         "we hold " + std::to_string(stream.head.pos.v) + ", the sender ends at " +
             std::to_string(theirs.pos.v),
         out);
  } else if (theirs.pos == stream.head.pos && theirs.chain != stream.head.chain) {
    // Whether it is a fork the journal says; keys that differ alone are sent again (ResendKeys).
    const bool keys = stream.kind == StreamKind::kJournalKeys;
    stop(stream, keys ? dispute.shorter : dispute.differs,
         "position " + std::to_string(theirs.pos.v) + " differs from the sender's", out);
  }
}

Violation Receiver::on_batch(Batch& batch, MonoMs now, Actions& out) {
  Stream* stream = find(batch.stream);
  if (stream == nullptr) return "a batch of a stream that we do not receive";
  if (stream->stopped != StopReason::kNone) return {};
  const std::uint64_t last = batch.first.v + batch.entries.size() - 1;
  if (last <= stream->head.pos.v) {
    // Had it already; the acknowledgement may have been lost.
    acknowledge(*stream, out);
    return {};
  }
  if (batch.first.v > stream->head.pos.v + 1) {
    ask(*stream, NackReason::kGap, now, out);
    return {};
  }
  if (overfull(batch)) return "more in flight than the window allows";
  auto entries = follow(stream->head, batch);
  if (!entries) {
    refuse(*stream, now, out);
    return {};
  }
  accept(*stream, std::move(*entries), out);
  return {};
}

// What a passed-over entry adds to the chain is not known here: such a run is taken as a whole,
// right behind what is here, or asked for again from there.
Violation Receiver::on_withdrawn(const protocol::Withdrawn& withdrawn, MonoMs now, Actions& out) {
  Stream* stream = find(withdrawn.stream);
  if (stream == nullptr || !may_be_withdrawn(withdrawn.stream))
    return "entries withdrawn of a stream that has none";
  if (stream->stopped != StopReason::kNone) return {};
  const StreamPos last{withdrawn.first.v + withdrawn.count - 1};
  if (last <= stream->head.pos) {
    acknowledge(*stream, out);
  } else if (withdrawn.first.v != stream->head.pos.v + 1) {
    ask(*stream, NackReason::kGap, now, out);
  } else if (batches_persisting_ >= kMaxBatchesPersisting) {
    return "more in flight than the window allows";
  } else if (withdrawn.before != stream->head.chain) {
    refuse(*stream, now, out);
  } else {
    accept(*stream, {{last, withdrawn.after, Bytes(withdrawn.before.view()), withdrawn.count}},
           out);
  }
  return {};
}

bool Receiver::overfull(const Batch& batch) const {
  return bytes_persisting_ + bytes_of(batch) > kSessionWindow ||
         batches_persisting_ >= kMaxBatchesPersisting;
}

void Receiver::accept(Stream& stream, std::vector<Entry> entries, Actions& out) {
  std::size_t bytes = 0;
  for (const Entry& entry : entries) bytes += entry.bytes.size();
  stream.head = {entries.back().pos, entries.back().chain};
  stream.asked_again = false;
  stream.nacked.reset();
  stream.persisting.emplace_back(stream.head, bytes);
  bytes_persisting_ += bytes;
  ++batches_persisting_;
  out.add(Persist{stream.kind, std::move(entries)});
}

// Entries that do not follow are asked for once more (the copy may be at fault) and then not taken
// at all.
void Receiver::refuse(Stream& stream, MonoMs now, Actions& out) {
  const std::string next = std::to_string(stream.head.pos.v + 1);
  if (stream.asked_again) {
    return stop(stream, StopReason::kChain, "entries from " + next + " did not follow, twice", out);
  }
  stream.asked_again = true;
  stream.nacked.reset();
  ask(stream, NackReason::kChain, now, out);
}

void Receiver::ask(Stream& stream, NackReason reason, MonoMs now, Actions& out) {
  const StreamPos from{stream.head.pos.v + 1};
  if (stream.nacked == from && now - stream.nacked_at < kNackEveryMs) return;
  stream.nacked = from;
  stream.nacked_at = now;
  out.send(protocol::Nack{stream.kind, from, reason});
}

void Receiver::stop(Stream& stream, StopReason reason, const std::string& why, Actions& out) {
  if (stream.stopped != StopReason::kNone) return;
  stream.stopped = reason;
  out.add(Alarm{alarm_of(reason),
                std::string(protocol::stream_name(stream.kind)) + " stopped: " + why});
  acknowledge(stream, out);
}

void Receiver::acknowledge(const Stream& stream, Actions& out) const {
  out.send(protocol::Ack{{{stream.kind, stream.durable, stream.safe, stream.stopped}}, window_});
}

bool Receiver::on_persisted(const Persisted& persisted, Actions& out) {
  Stream* stream = find(persisted.stream);
  if (stream == nullptr) return false;
  // Batches of a session that broke may have been stored meanwhile: acknowledge only what this
  // session has seen.
  const StreamPos durable = std::min(persisted.durable.pos, stream->head.pos);
  while (!stream->persisting.empty() && stream->persisting.front().first.pos <= durable) {
    const auto& [last, bytes] = stream->persisting.front();
    if (last.pos == persisted.durable.pos && last.chain != persisted.durable.chain) return false;
    bytes_persisting_ -= bytes;
    --batches_persisting_;
    stream->persisting.pop_front();
  }
  stream->durable = std::max(stream->durable, durable);
  stream->safe = std::max(stream->safe, std::min(persisted.safe, stream->durable));
  acknowledge(*stream, out);
  settle();
  return true;
}

void Receiver::on_ping(const protocol::Ping& ping, MonoMs now, Actions& out) {
  for (const auto& announced : ping.sends) {
    Stream* stream = find(announced.stream);
    if (stream == nullptr || stream->stopped != StopReason::kNone) continue;
    if (announced.stopped != StopReason::kNone) {
      stop(*stream, announced.stopped,
           std::string("the sender says ") + stop_reason_name(announced.stopped), out);
    } else if (announced.sent > stream->head.pos) {
      ask(*stream, NackReason::kGap, now, out);
    }
  }
  remember(ping);
  settle();
}

void Receiver::remember(const protocol::Ping& ping) {
  if (ping.through.v == 0) return;
  Announced announced{ping.through, {}};
  for (const auto& stream : ping.sends) {
    const bool data = !is_keys(stream.stream) && stream.stream != StreamKind::kRecall;
    if (data) announced.ends.emplace_back(stream.stream, stream.end);
  }
  if (announced_.size() == kMaxAnnouncements) announced_.pop_back();
  announced_.push_back(std::move(announced));
}

void Receiver::settle() {
  const auto held = [this](const auto& end) {
    const Stream* stream = find(end.first);
    // A stream that stopped may hold other entries at these positions.
    return stream != nullptr && stream->stopped == StopReason::kNone &&
           stream->durable >= end.second;
  };
  while (!announced_.empty() &&
         std::all_of(announced_.front().ends.begin(), announced_.front().ends.end(), held)) {
    // Not the highest ever: a clock that was set back takes its promises back.
    data_through_ = announced_.front().through;
    announced_.pop_front();
  }
}

void Receiver::on_safe(StreamKind kind, StreamPos safe) {
  if (Stream* stream = find(kind)) stream->safe = std::min(safe, stream->durable);
}

StopReason Receiver::stopped(StreamKind kind) const {
  const auto it = std::find_if(streams_.begin(), streams_.end(),
                               [kind](const Stream& s) { return s.kind == kind; });
  return it == streams_.end() ? StopReason::kNone : it->stopped;
}

std::vector<Mark> Receiver::marks() const {
  std::vector<Mark> out;
  for (const Stream& stream : streams_)
    if (stream.wanted) out.push_back({stream.kind, stream.durable, stream.safe, stream.stopped});
  return out;
}

}  // namespace opora::sync
