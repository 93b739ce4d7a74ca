#include "tests/sim/region/mistakes.h"

#include <cstring>
#include <utility>

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
  return out;
}

std::optional<ChainHash> MistakenStreams::chain_at(StreamKind stream, SiteNo peer,
                                                   StreamPos pos) const {
  return source_.chain_at(stream, peer, pos);
}

std::vector<protocol::Incarnation> MistakenStreams::incarnations() const {
  return source_.incarnations();
}

std::vector<protocol::Incarnation> MistakenStreams::history(SiteNo peer) const {
  return source_.history(peer);
}

sync::SourceStatus MistakenStreams::status(SiteNo peer) const {
  auto out = source_.status(peer);
  if (sim_.planted == Planted::kThroughTooFar) out.through.v += std::uint64_t{2'000} << 16;
  return out;
}

sync::ReceiveState MistakenStreams::cursor(StreamKind stream, SiteNo peer) const {
  auto out = sink_.cursor(stream, peer);
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

}  // namespace opora::sim
