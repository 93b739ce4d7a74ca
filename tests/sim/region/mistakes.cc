#include "tests/sim/region/mistakes.h"

#include <cstring>
#include <utility>

#include "sync/projection/projection.h"

namespace opora::sim {

using sync::StreamKind;

protocol::StreamEnd MistakenStreams::end(StreamKind stream, SiteNo peer) const {
  return source_.end(stream, peer);
}

Result<sync::FetchedEntries> MistakenStreams::fetch(StreamKind stream, SiteNo peer, StreamPos from,
                                                    std::size_t max_bytes) const {
  auto out = source_.fetch(stream, peer, from, max_bytes);
  if (sim_.planted == Planted::kEntryAltered && out.ok() && stream == StreamKind::kJournal) {
    // The same entry is read wrongly every time.
    for (sync::Entry& entry : out->entries) {
      if (entry.pos.v % 37 == 0) entry.bytes.back() ^= 1;
    }
  }
  if (sim_.planted == Planted::kRecallWithoutKeys && out.ok() && stream == StreamKind::kRecall) {
    for (sync::Entry& entry : out->entries)
      entry.bytes = sync::recall_entry({}, sync::split_recall(entry.bytes).record);
  }
  return out;
}

std::optional<ChainHash> MistakenStreams::chain_at(StreamKind stream, SiteNo peer,
                                                   StreamPos pos) const {
  return source_.chain_at(stream, peer, pos);
}

std::vector<protocol::Incarnation> MistakenStreams::incarnations() const {
  auto out = source_.incarnations();
  if (sim_.planted == Planted::kIncarnationKept) out.resize(1);
  return out;
}

std::vector<protocol::Incarnation> MistakenStreams::history(SiteNo peer) const {
  return source_.history(peer);
}

std::optional<sync::Fork> MistakenStreams::fork(SiteNo peer) const {
  return sim_.planted == Planted::kForkForgotten ? std::nullopt : source_.fork(peer);
}

void MistakenStreams::begin_recall(const sync::BeginRecall& plan) {
  if (sim_.planted == Planted::kRecallIgnored) return;
  sync::BeginRecall begun = plan;
  if (sim_.planted == Planted::kRecallDropsOwn) begun.own = sync::OwnPart::kSetAside;
  sink_.begin_recall(begun);
}

void MistakenStreams::note_fork(SiteNo peer, const std::optional<sync::Fork>& fork) {
  sink_.note_fork(peer, fork);
}

IncarnationId MistakenStreams::known_hub() const { return sink_.known_hub(); }

void MistakenStreams::start_afresh(const sync::StartAfresh& order) {
  on_afresh_();
  if (sim_.planted != Planted::kAfreshIgnored) sink_.start_afresh(order);
}

sync::SourceStatus MistakenStreams::status(SiteNo peer) const {
  auto out = source_.status(peer);
  if (sim_.planted == Planted::kThroughTooFar) out.through.v += std::uint64_t{2'000} << 16;
  return out;
}

sync::ReceiveState MistakenStreams::cursor(StreamKind stream, SiteNo peer) const {
  auto out = sink_.cursor(stream, peer);
  if (sim_.planted == Planted::kSafeTooEarly) out.safe = out.durable.pos;
  if (sim_.planted == Planted::kCursorAhead && out.durable.pos.v > 0) ++out.durable.pos.v;
  return out;
}

void MistakenStreams::persist(StreamKind stream, SiteNo peer, std::vector<sync::Entry> entries,
                              std::function<void(Result<sync::PersistedTo>)> done) {
  if (entries.empty()) return;
  const protocol::StreamEnd end{entries.back().pos, entries.back().chain};
  if (sim_.planted == Planted::kAckBeforeSync) {
    done(sync::PersistedTo{end, {}});
    done = [](const Result<sync::PersistedTo>&) {};
  }
  if (sim_.planted == Planted::kEntryDropped && entries.size() > 1 && sim_.dice.percent(5)) {
    // The store says that it has all of them and has not the last.
    entries.pop_back();
    done = [done = std::move(done), end](Result<sync::PersistedTo> to) {
      if (to.ok()) to->durable = end;
      done(std::move(to));
    };
  }
  sink_.persist(stream, peer, std::move(entries), std::move(done));
}

void SessionRandom::fill(void* out, std::size_t size) {
  random_.fill(out, size);
  if (sim_.planted == Planted::kSessionReused) std::memset(out, 7, size);
}

sync::SendRights mistaken(Planted planted, const sync::SendRights& real) {
  switch (planted) {
    case Planted::kRightForgotten:
      return {[](auto&&...) { return true; }, [](auto&&...) { return true; }};
    case Planted::kUserLeaked:
      return {[real](const auto& rows, SiteNo site, StreamPos pos, const protocol::Envelope& env) {
                const bool leaked =
                    site == kLeakedTo && env.type == protocol::EventType::kUserChanged;
                return leaked || real.record(rows, site, pos, env);
              },
              real.key};
    case Planted::kKeyLeaked:
      return {real.record, [real](const auto& rows, SiteNo site, const AggregateId& id) {
                const bool leaked = site == kLeakedTo &&
                                    sync::read_entity(rows, protocol::Kind::kUser, id).exists();
                return leaked || real.key(rows, site, id);
              }};
    default: return real;
  }
}

}  // namespace opora::sim
