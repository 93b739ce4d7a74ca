#include "sync/core/sender.h"

#include <algorithm>

#include "protocol/base/check.h"

namespace opora::sync {

using protocol::Announcement;
using protocol::Batch;
using protocol::Mark;
using protocol::StopReason;

AlarmCode alarm_of(StopReason reason) {
  switch (reason) {
    case StopReason::kAmnesia: return AlarmCode::kAmnesia;
    case StopReason::kFork: return AlarmCode::kFork;
    case StopReason::kSource: return AlarmCode::kSource;
    case StopReason::kOlder: return AlarmCode::kWithdrawn;
    case StopReason::kNone:
    case StopReason::kChain:
    case StopReason::kUnknown: break;
  }
  return AlarmCode::kChain;
}

namespace {

// One that was withdrawn, or one that is sent.
bool fits(StreamKind stream, const Entry& entry) {
  if (entry.withdrawn == 0) return well_formed(stream, entry.bytes);
  const bool instead = entry.bytes.empty() || well_formed(stream, entry.bytes);
  return entry.withdrawn == 1 && may_be_withdrawn(stream) && instead;
}

// A store that hands out something else than asked for must not send it on.
bool fits(const Fetched& fetched) {
  std::size_t bytes = 0;
  std::uint64_t pos = fetched.from.v;
  const std::uint32_t withdrawn = fetched.entries.front().withdrawn;
  for (const Entry& entry : fetched.entries) {
    const bool like_the_first = entry.withdrawn == withdrawn;
    if (entry.pos.v != pos++ || !like_the_first || !fits(fetched.stream, entry)) return false;
    bytes += entry.bytes.size();
  }
  return fetched.entries.size() <= protocol::kMaxBatchEntries && bytes <= protocol::kMaxBatchBytes;
}

}  // namespace

Sender::Sender(std::span<const StreamKind> streams) {
  for (StreamKind kind : streams) streams_.emplace_back().kind = kind;
}

Sender::Stream* Sender::find(StreamKind kind) {
  const auto it = std::find_if(streams_.begin(), streams_.end(),
                               [kind](const Stream& s) { return s.kind == kind; });
  return it == streams_.end() ? nullptr : &*it;
}

void Sender::start(const std::vector<protocol::StreamState>& ends) {
  for (const auto& state : ends) {
    if (Stream* stream = find(state.stream)) stream->end = state.end.pos;
  }
}

void Sender::on_hello(const protocol::Hello& hello, std::uint16_t version, const Dispute& dispute,
                      Actions& out) {
  dispute_ = dispute;
  version_ = version;
  window_ = std::min(hello.window, kSessionWindow);
  for (Stream& stream : streams_) {
    const auto it =
        std::find_if(hello.receives.begin(), hello.receives.end(),
                     [&stream](const auto& state) { return state.stream == stream.kind; });
    if (it == hello.receives.end()) {
      stream.state = State::kNotWanted;
      continue;
    }
    stream.cursor = it->end;
    stream.durable = std::min(stream.cursor.pos, stream.end);
    check_cursor(stream, out);
  }
  pump(out);
}

void Sender::check_cursor(Stream& stream, Actions& out) {
  const StreamPos pos = stream.cursor.pos;
  if (pos > stream.end) {
    stream.disputed = true;
    return stop(stream, dispute_.shorter,
                "the receiver holds " + std::to_string(pos.v) + ", we end at " +
                    std::to_string(stream.end.v),
                out);
  }
  // Only a stream of keys may begin later: one that was restarted (ResendKeys).
  if (pos.v == 0 && (stream.kind != StreamKind::kJournalKeys || stream.end.v == 0))
    return flow(stream, out);
  stream.state = State::kChecking;
  out.add(QueryChain{stream.kind, pos});
}

void Sender::on_chain(const ChainAt& answer, Actions& out) {
  Stream* stream = find(answer.stream);
  if (stream == nullptr || stream->state != State::kChecking || stream->cursor.pos != answer.pos)
    return;
  if (answer.chain == stream->cursor.chain) {
    flow(*stream, out);
    return pump(out);
  }
  stream->disputed = true;
  // Whether it is a fork the journal says; keys that differ alone, after a repair, are sent again.
  const bool keys = stream->kind == StreamKind::kJournalKeys;
  stop(*stream, keys ? dispute_.shorter : dispute_.differs,
       "position " + std::to_string(answer.pos.v) + " differs from the receiver's", out);
  pump(out);
}

bool Sender::disputed(StreamKind kind) const {
  return std::any_of(streams_.begin(), streams_.end(),
                     [kind](const Stream& s) { return s.kind == kind && s.disputed; });
}

// Being compared, or found to differ.
bool Sender::disputes(StreamKind kind) const {
  return std::any_of(streams_.begin(), streams_.end(), [kind](const Stream& s) {
    return s.kind == kind && (s.state == State::kChecking || s.disputed);
  });
}

bool Sender::checks(StreamKind kind) const {
  return std::any_of(streams_.begin(), streams_.end(), [kind](const Stream& s) {
    return s.kind == kind && s.state == State::kChecking;
  });
}

bool Sender::agreed(StreamKind kind) const {
  return std::any_of(streams_.begin(), streams_.end(), [kind](const Stream& s) {
    return s.kind == kind && s.state == State::kFlowing;
  });
}

void Sender::flow(Stream& stream, Actions& out) {
  stream.state = State::kFlowing;
  stream.durable = stream.sent = stream.cursor.pos;
  stream.more_behind_first = false;
  stream.next = StreamPos{stream.cursor.pos.v + 1};
  out.add(Acked{stream.kind, stream.durable, stream.safe});
}

void Sender::stop(Stream& stream, StopReason reason, const std::string& why, Actions& out) {
  if (stream.state == State::kStopped) return;
  stream.state = State::kStopped;
  stream.stopped = reason;
  forget_fetch(stream);
  forget_flights(stream, StreamPos{});
  out.add(Alarm{alarm_of(reason),
                std::string(protocol::stream_name(stream.kind)) + " stopped: " + why});
}

void Sender::on_appended(StreamKind kind, StreamPos end, Actions& out) {
  Stream* stream = find(kind);
  if (stream == nullptr || end <= stream->end) return;
  stream->end = end;
  pump(out);
}

void Sender::on_fetched(Fetched& fetched, Actions& out) {
  Stream* stream = find(fetched.stream);
  // An answer to a question that a Nack has overtaken.
  if (stream == nullptr || stream->fetching != fetched.from) return;
  forget_fetch(*stream);
  if (fetched.entries.empty()) {
    // Not visible yet; the next Appended or status says so again.
    stream->end = StreamPos{stream->next.v - 1};
  } else if (!fits(fetched)) {
    stop(*stream, StopReason::kSource,
         "the store's answer from " + std::to_string(fetched.from.v) + " is malformed", out);
  } else {
    send(*stream, fetched, out);
  }
  pump(out);
}

// What was withdrawn is passed over. A receiver that cannot is given what it may have instead, or
// waits in front of it: for another session, with a newer program.
void Sender::send(Stream& stream, Fetched& fetched, Actions& out) {
  const Entry& first = fetched.entries.front();
  if (first.withdrawn == 0 || (version_ < protocol::kWithdrawnSince && !first.bytes.empty()))
    return send_batch(stream, fetched, out);
  if (version_ >= protocol::kWithdrawnSince) return send_withdrawn(stream, fetched, out);
  stop(stream, StopReason::kOlder,
       "what waited at " + std::to_string(first.pos.v) + " was withdrawn, and link version " +
           std::to_string(version_) + ", which the receiver speaks, cannot pass over it",
       out);
}

void Sender::send_withdrawn(Stream& stream, const Fetched& fetched, Actions& out) {
  const Entry& last = fetched.entries.back();
  note_flight(stream, {fetched.from, last.pos, 0});
  out.send(protocol::Withdrawn{stream.kind, fetched.from,
                               static_cast<std::uint32_t>(fetched.entries.size()), fetched.before,
                               last.chain});
}

void Sender::send_batch(Stream& stream, Fetched& fetched, Actions& out) {
  Batch batch{stream.kind, fetched.from, fetched.before, fetched.entries.back().chain, {}};
  batch.entries.reserve(fetched.entries.size());
  Flight flight{fetched.from, fetched.entries.back().pos, 0};
  for (Entry& entry : fetched.entries) {
    flight.bytes += entry.bytes.size();
    batch.entries.push_back(std::move(entry.bytes));
  }
  note_flight(stream, flight);
  out.send(std::move(batch));
}

void Sender::note_flight(Stream& stream, const Flight& flight) {
  stream.flights.push_back(flight);
  bytes_in_flight_ += flight.bytes;
  ++batches_in_flight_;
  stream.next = StreamPos{flight.last.v + 1};
  if (stream.sent == stream.cursor.pos) stream.more_behind_first = flight.last < stream.end;
  stream.sent = std::max(stream.sent, flight.last);
  stream.end = std::max(stream.end, flight.last);
}

void Sender::on_fetch_failed(const FetchFailed& failed, Actions& out) {
  Stream* stream = find(failed.stream);
  if (stream == nullptr || stream->fetching != failed.from) return;
  stop(*stream, StopReason::kSource,
       "cannot read from " + std::to_string(failed.from.v) + ": " + failed.why, out);
  pump(out);
}

Violation Sender::on_marks(const std::vector<Mark>& marks, std::uint32_t window, Actions& out) {
  window_ = std::min(window, kSessionWindow);
  for (const Mark& mark : marks) {
    Stream* stream = find(mark.stream);
    if (stream == nullptr) return "marks of a stream that we do not send";
    if (Violation violation = note_mark(*stream, mark, out)) return violation;
  }
  pump(out);
  return {};
}

Violation Sender::note_mark(Stream& stream, const Mark& mark, Actions& out) {
  if (mark.stopped != StopReason::kNone) {
    stop(stream, mark.stopped,
         std::string("the receiver says ") + protocol::stop_reason_name(mark.stopped), out);
  }
  if (stream.state != State::kFlowing) return {};
  if (mark.durable > stream.sent) {
    return std::string(protocol::stream_name(stream.kind)) + " acknowledged beyond what was sent";
  }
  if (mark.durable <= stream.durable && mark.safe <= stream.safe) return {};
  stream.durable = std::max(stream.durable, mark.durable);
  stream.safe = std::max(stream.safe, std::min(mark.safe, stream.durable));
  land_flights(stream, stream.durable);
  // After a step back by a Nack the acknowledgement may cover what would be sent again.
  if (stream.next <= stream.durable) {
    stream.next = StreamPos{stream.durable.v + 1};
    forget_fetch(stream);
  }
  out.add(Acked{stream.kind, stream.durable, stream.safe});
  return {};
}

void Sender::on_nack(const protocol::Nack& nack, Actions& out) {
  Stream* stream = find(nack.stream);
  if (stream == nullptr || stream->state != State::kFlowing) return;
  // Late or repeated: what it asks for is held by now, or will be sent anyway.
  if (nack.from <= stream->durable || nack.from >= stream->next) return;
  stream->next = nack.from;
  forget_fetch(*stream);
  forget_flights(*stream, nack.from);
  pump(out);
}

void Sender::land_flights(Stream& stream, StreamPos durable) {
  while (!stream.flights.empty() && stream.flights.front().last <= durable) {
    bytes_in_flight_ -= stream.flights.front().bytes;
    --batches_in_flight_;
    stream.flights.pop_front();
  }
}

void Sender::forget_flights(Stream& stream, StreamPos from) {
  while (!stream.flights.empty() && stream.flights.back().last >= from) {
    Flight& flight = stream.flights.back();
    if (flight.first < from) {
      // Its beginning is still under way; counting all of its bytes for that errs on the safe side.
      flight.last = StreamPos{from.v - 1};
      return;
    }
    bytes_in_flight_ -= flight.bytes;
    --batches_in_flight_;
    stream.flights.pop_back();
  }
}

void Sender::forget_fetch(Stream& stream) {
  if (!stream.fetching) return;
  stream.fetching.reset();
  --fetches_;
}

// Each fetch may bring a full batch, so it is asked for only when a full one fits: the window then
// holds without knowing sizes in advance.
bool Sender::room() const {
  const std::size_t reserved = bytes_in_flight_ + (fetches_ + 1) * protocol::kMaxBatchBytes;
  return reserved <= window_ && batches_in_flight_ + fetches_ < kMaxBatchesInFlight;
}

std::size_t Sender::batch_bytes(const Stream& stream) {
  const bool first = stream.sent == stream.cursor.pos;
  const std::size_t bytes = first ? kFirstBatchBytes : protocol::kMaxBatchBytes;
  return is_keys(stream.kind) ? bytes / kKeysShare : bytes;
}

// A catch-up's first batch goes alone: two megabytes behind it would take the same threads and the
// same line from its acknowledgement.
bool Sender::waits_for_first_ack(const Stream& stream) {
  return stream.more_behind_first && !stream.flights.empty() && stream.durable <= stream.cursor.pos;
}

// Nobody knows which records the next keys open; on the way through a backlog both get equally far.
bool Sender::runs_ahead(const Stream& stream) {
  const Stream* records =
      stream.kind == StreamKind::kJournalKeys ? find(StreamKind::kJournal) : nullptr;
  if (records == nullptr || stream.next.v <= stream.cursor.pos.v + kKeysAhead) return false;
  const bool flows = records->state == State::kFlowing;
  if (!flows && records->state != State::kChecking) return false;
  const auto sent = flows ? records->next.v - 1 - records->cursor.pos.v : 0;
  const auto all = records->end.v - records->cursor.pos.v;
  if (records->end <= records->cursor.pos || sent >= all) return false;
  const double share = static_cast<double>(sent) / static_cast<double>(all);
  const auto keys = static_cast<double>(stream.end.v - stream.cursor.pos.v);
  const auto keys_sent = static_cast<double>(stream.next.v - 1 - stream.cursor.pos.v);
  return keys_sent > share * keys + static_cast<double>(kKeysAhead);
}

void Sender::pump(Actions& out) {
  for (Stream& stream : streams_) {
    if (stream.state != State::kFlowing || stream.fetching || stream.next > stream.end) continue;
    if (waits_for_first_ack(stream) || runs_ahead(stream)) continue;
    // Keys of a journal that the hub does not take would stand in the way of those that it takes.
    if (stream.kind == StreamKind::kJournalKeys && disputes(StreamKind::kJournal)) continue;
    // A new hub shows at once what it has the key of.
    if (stream.kind == StreamKind::kJournal && checks(StreamKind::kJournalKeys)) continue;
    if (!room()) return;
    stream.fetching = stream.next;
    ++fetches_;
    out.add(Fetch{stream.kind, stream.next, batch_bytes(stream)});
  }
}

std::vector<Announcement> Sender::announcements() const {
  std::vector<Announcement> out;
  for (const Stream& stream : streams_) {
    if (stream.state == State::kWaiting || stream.state == State::kNotWanted) continue;
    out.push_back({stream.kind, stream.end, stream.sent, stream.stopped});
  }
  return out;
}

bool Sender::busy() const {
  return std::any_of(streams_.begin(), streams_.end(), [](const Stream& stream) {
    return stream.state == State::kFlowing &&
           (stream.fetching || !stream.flights.empty() || stream.next <= stream.end);
  });
}

std::uint64_t Sender::pending() const {
  std::uint64_t out = 0;
  for (const Stream& stream : streams_) {
    const bool own = !is_keys(stream.kind) && stream.kind != StreamKind::kRecall;
    if (own) out += stream.end.v - std::min(stream.durable, stream.end).v;
  }
  return out;
}

}  // namespace opora::sync
