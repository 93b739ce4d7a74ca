#include "sync/feed/store_streams.h"

#include "protocol/codec/record_codec.h"
#include "sync/engine/afresh.h"
#include "sync/feed/marks.h"

namespace opora::sync {

namespace {

Error broken(std::string what) { return Error{Code::kCorrupt, "", std::move(what)}; }

// Entries are decoded while they wait for the engine, and are three times as large then. With more
// waiting than this the engine is the slower one, and memory is what counts: it decodes them
// itself.
constexpr std::size_t kMaxBytesAhead = 4u << 20;

// Takes entries until the next would not fit, or is withdrawn where the others are not; the first
// always fits.
class Filling {
 public:
  Filling(FetchedEntries& out, std::size_t max_bytes) : out_(out), max_bytes_(max_bytes) {}
  bool add(Entry entry) {
    const bool full = bytes_ + entry.bytes.size() > max_bytes_ ||
                      out_.entries.size() >= protocol::kMaxBatchEntries;
    if (!out_.entries.empty() && (full || out_.entries.front().withdrawn != entry.withdrawn))
      return false;
    bytes_ += entry.bytes.size();
    out_.entries.push_back(std::move(entry));
    return true;
  }

 private:
  FetchedEntries& out_;
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
};

}  // namespace

// Under which site a stream's rows stand: common streams exist once, at the hub itself.
SiteNo StoreStreams::owner(StreamKind stream, SiteNo peer) const {
  const bool private_one = stream == StreamKind::kPrivate || stream == StreamKind::kPrivateKeys;
  return private_one ? peer : engine_.site();
}

StreamEnd StoreStreams::end(const Reader& rows, StreamKind stream, SiteNo peer) const {
  if (stream == StreamKind::kRecall) return read_cursor(rows, StreamKind::kJournal, peer);
  if (stream != StreamKind::kJournal) return stream_head(rows, stream, owner(stream, peer));
  const auto last = last_record(rows, engine_.site());
  return last ? StreamEnd{last->ref.n, last->chain} : StreamEnd{};
}

StreamEnd StoreStreams::end(StreamKind stream, SiteNo peer) const {
  return end(*store_.snapshot(), stream, peer);
}

std::optional<ChainHash> StoreStreams::chain_at(const Reader& rows, StreamKind stream, SiteNo peer,
                                                StreamPos pos) const {
  const bool of_journal = stream == StreamKind::kJournal || stream == StreamKind::kRecall;
  if (of_journal && pos.v == 0) return ChainHash{};
  if (stream == StreamKind::kJournal) return journal_chain_at(rows, engine_.site(), pos);
  if (stream == StreamKind::kRecall) return journal_chain_at(rows, peer, pos);
  return stream_chain_at(rows, stream, owner(stream, peer), pos);
}

std::optional<ChainHash> StoreStreams::chain_at(StreamKind stream, SiteNo peer,
                                                StreamPos pos) const {
  return chain_at(*store_.snapshot(), stream, peer, pos);
}

Result<Entry> StoreStreams::key_entry(const Reader& rows, StreamKind stream, SiteNo peer,
                                      const StreamRow& row) const {
  const auto aggregate = AggregateId::from(row.payload);
  if (!aggregate) return broken("a key row without an aggregate");
  if (may_be_withdrawn(stream) && !(rights_.key && rights_.key(rows, peer, *aggregate)))
    return Entry{row.pos, row.chain, row.payload, 1};
  const auto key = engine_.vault().find(rows, *aggregate);
  return Entry{row.pos, row.chain, key ? row.payload + Bytes(key->view()) : row.payload};
}

Result<Entry> StoreStreams::entry(const Reader& rows, StreamKind stream, SiteNo peer,
                                  const StreamRow& row) const {
  if (carries_keys(stream)) return key_entry(rows, stream, peer, row);
  const auto ref = JournalRef::from_key(row.payload);
  auto held = ref ? read_record(rows, *ref) : std::nullopt;
  if (!held) return broken("a stream row points at no record");
  if (may_be_withdrawn(stream)) {
    const auto record = protocol::decode_record(held->record);
    if (!record.ok()) return broken("a stream row points at a record that does not decode");
    if (!rights_.record || !rights_.record(rows, peer, row.pos, record->env))
      return Entry{row.pos, row.chain, {}, 1};
  }
  return Entry{row.pos, row.chain, std::move(held->record)};
}

// The site's own journal as it is kept here. An entry that was set aside is a link of it all the
// same.
Result<FetchedEntries> StoreStreams::fetch_recall(const Reader& rows, SiteNo peer, StreamPos from,
                                                  std::size_t max_bytes) const {
  const auto before = chain_at(rows, StreamKind::kRecall, peer, StreamPos{from.v - 1});
  if (!before) return broken("no such position");
  FetchedEntries out{*before, {}};
  Filling filling(out, max_bytes);
  StreamHead head{StreamPos{from.v - 1}, *before};
  const auto add = [&](std::string_view key, std::string_view record) {
    head = {StreamPos{head.pos.v + 1}, protocol::chain_of(head.chain, record)};
    return filling.add({head.pos, head.chain, recall_entry(key, record)});
  };
  scan_journal(rows, peer, from, [&](const JournalRow& row) {
    while (head.pos.v + 1 < row.ref.n.v) {
      const auto aside = read_aside(rows, StreamKind::kJournal, peer, StreamPos{head.pos.v + 1});
      if (!aside || !add({}, aside->bytes)) return false;
    }
    const auto record = protocol::decode_record(row.record);
    const auto key = record.ok() ? engine_.vault().find(rows, record->env.aggregate) : std::nullopt;
    return add(key ? key->view() : std::string_view(), row.record);
  });
  return out;
}

Result<FetchedEntries> StoreStreams::fetch(StreamKind stream, SiteNo peer, StreamPos from,
                                           std::size_t max_bytes) const {
  const auto rows = store_.snapshot();
  if (stream == StreamKind::kRecall) return fetch_recall(*rows, peer, from, max_bytes);
  const auto before = chain_at(*rows, stream, peer, StreamPos{from.v - 1});
  if (!before) return broken("no such position");
  FetchedEntries out{*before, {}};
  Filling filling(out, max_bytes);
  std::optional<Error> error;
  if (stream == StreamKind::kJournal) {
    scan_journal(*rows, engine_.site(), from, [&](JournalRow row) {
      return filling.add({row.ref.n, row.chain, std::move(row.record)});
    });
  } else {
    scan_stream(*rows, stream, owner(stream, peer), from, [&](const StreamRow& row) {
      auto one = entry(*rows, stream, peer, row);
      if (!one.ok()) {
        error = one.error();
        return false;
      }
      return filling.add(std::move(*one));
    });
  }
  if (error) return *error;
  return out;
}

std::vector<protocol::Incarnation> StoreStreams::incarnations() const {
  auto all = sync::incarnations(*store_.snapshot());
  if (all.size() > protocol::kMaxIncarnations) {
    all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(protocol::kMaxIncarnations));
  }
  return all;
}

SourceStatus StoreStreams::status(SiteNo peer) const {
  SourceStatus out;
  // Before the snapshot: whatever is older than this is in it.
  out.through = Hlt{static_cast<std::uint64_t>(engine_.settled_before().v) << 16};
  const auto rows = store_.snapshot();
  for (const StreamKind stream : sends_up() ? streams_up() : streams_down()) {
    out.ends.emplace_back(stream, end(*rows, stream, peer).pos);
  }
  if (!sends_up()) {
    out.safe = read_safe(*rows, peer);
    return out;
  }
  const StreamPos next{acked(StreamKind::kJournal, peer).v + 1};
  scan_journal(*rows, engine_.site(), next, [&](const JournalRow& row) {
    const auto record = protocol::decode_record(row.record);
    if (record.ok()) out.oldest_pending_at = record->env.hlt.time();
    return false;
  });
  return out;
}

std::vector<protocol::Incarnation> StoreStreams::history(SiteNo peer) const {
  return journal_runs(*store_.snapshot(), sends_up() ? engine_.site() : peer);
}

std::optional<ReceiveState> StoreStreams::recall() const {
  const auto rows = store_.snapshot();
  const std::lock_guard lock(mutex_);
  const auto stored = read_recall(*rows);
  if (planned_ && stored != planned_)
    return ReceiveState{StreamKind::kRecall, planned_->common, {}};
  if (!stored) return std::nullopt;
  return ReceiveState{StreamKind::kRecall, read_cursor(*rows, StreamKind::kRecall, kHubSite), {}};
}

std::optional<StreamEnd> StoreStreams::recall_end() const {
  const auto rows = store_.snapshot();
  const std::lock_guard lock(mutex_);
  const auto plan = planned_ ? planned_ : read_recall(*rows);
  return plan ? std::optional(plan->journal) : std::nullopt;
}

void StoreStreams::begin_recall(const BeginRecall& plan) {
  BeginRecall complete = plan;
  const auto chain = chain_at(StreamKind::kJournal, kHubSite, plan.common.pos);
  if (!chain) return;  // as found by names; the chain decides
  complete.common.chain = *chain;
  const bool replaces = read_recall(*store_.snapshot()).has_value();
  {
    const std::lock_guard lock(mutex_);
    planned_ = complete;
  }
  if (!replaces) return;
  // What is staged may be all that is asked for now, and nothing more would come.
  ReceivedBatch nothing;
  nothing.stream = StreamKind::kRecall;
  nothing.recall = complete;
  nothing.done = [](const Result<StreamHead>&) {};
  engine_.submit(std::move(nothing));
}

void StoreStreams::resend_keys(const StreamEnd& cursor) {
  ReceivedBatch order;
  order.stream = StreamKind::kJournalKeys;
  order.recall.emplace().keys = cursor;
  order.done = [](const Result<StreamHead>&) {};
  engine_.submit(std::move(order));
}

std::optional<Fork> StoreStreams::fork(SiteNo peer) const {
  return read_fork(*store_.snapshot(), peer);
}

void StoreStreams::note_fork(SiteNo peer, const std::optional<Fork>& fork) {
  submit_meta({fork_row(peer, fork)});
}

IncarnationId StoreStreams::known_hub() const { return read_known_hub(*store_.snapshot()); }

void StoreStreams::note_hub(const IncarnationId& opening) { submit_meta({known_hub_row(opening)}); }

StartAfresh StoreStreams::afresh() const {
  auto plan = read_afresh(*store_.snapshot());
  return plan ? StartAfresh{std::move(plan->until)} : StartAfresh{};
}

void StoreStreams::start_afresh(const StartAfresh& order) {
  *starting_over_ = true;
  submit_meta(begin_afresh(*store_.snapshot(), {engine_.site(), order.until}),
              [flag = starting_over_] { *flag = false; });
}

void StoreStreams::submit_meta(std::vector<std::pair<Bytes, std::optional<Bytes>>> rows,
                               std::function<void()> done) {
  Command command;
  command.decide = [rows = std::move(rows)](Decision& decision) -> Result<Answer> {
    for (const auto& [key, value] : rows) {
      if (value) {
        decision.put_meta(key, *value);
      } else {
        decision.erase_meta(key);
      }
    }
    return Answer{};
  };
  command.done = [done = std::move(done)](const Result<Answer>&) { done(); };
  engine_.submit(std::move(command));
}

ReceiveState StoreStreams::cursor(StreamKind stream, SiteNo peer) const {
  if (*starting_over_) return {stream, {}, {}};
  const auto rows = store_.snapshot();
  ReceiveState out{stream, read_cursor(*rows, stream, peer), {}};
  for (const auto& [which, pos] : read_safe(*rows, peer)) {
    if (which == stream) out.safe = std::min(pos, out.durable.pos);
  }
  return out;
}

void StoreStreams::persist(StreamKind stream, SiteNo peer, std::vector<Entry> entries,
                           std::function<void(Result<PersistedTo>)> done) {
  ReceivedBatch batch;
  batch.stream = stream;
  batch.peer = peer;
  batch.entries = std::move(entries);
  batch.chains = ReceivedBatch::Chains::kComputedHere;
  if (stream == StreamKind::kRecall) {
    const std::lock_guard lock(mutex_);
    batch.recall = planned_ ? planned_ : read_recall(*store_.snapshot());
  }
  std::size_t bytes = 0;
  for (const Entry& entry : batch.entries) bytes += entry.bytes.size();
  if (bytes_waiting_->fetch_add(bytes) + bytes <= kMaxBytesAhead)
    prepare(batch, engine_.vault().vocabulary());
  batch.done = [done = std::move(done), bytes, waiting = bytes_waiting_](Result<StreamHead> head) {
    *waiting -= bytes;
    done(head.ok() ? Result<PersistedTo>(PersistedTo{*head, {}})
                   : Result<PersistedTo>(head.error()));
  };
  engine_.submit(std::move(batch));
}

void StoreStreams::note_acked(StreamKind stream, SiteNo peer, StreamPos durable) {
  const std::lock_guard lock(mutex_);
  acked_[{stream, peer}] = durable;
}

StreamPos StoreStreams::acked(StreamKind stream, SiteNo peer) const {
  const std::lock_guard lock(mutex_);
  const auto it = acked_.find({stream, peer});
  return it == acked_.end() ? StreamPos{} : it->second;
}

}  // namespace opora::sync
