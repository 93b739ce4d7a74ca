// The planted mistakes that stand between the link and the store. Without one they pass everything
// on.
#pragma once

#include "sync/exchange/ports.h"
#include "tests/sim/region/sim.h"

namespace opora::sim {

// StreamSource and StreamSink over those of the product.
class MistakenStreams final : public sync::StreamSource, public sync::StreamSink {
 public:
  MistakenStreams(Sim& sim, sync::StreamSource& source, sync::StreamSink& sink)
      : sim_(sim), source_(source), sink_(sink) {}

  protocol::StreamEnd end(sync::StreamKind stream, SiteNo peer) const override;
  Result<sync::FetchedEntries> fetch(sync::StreamKind stream, SiteNo peer, StreamPos from,
                                     std::size_t max_bytes) const override;
  std::optional<ChainHash> chain_at(sync::StreamKind stream, SiteNo peer,
                                    StreamPos pos) const override;
  std::vector<protocol::Incarnation> incarnations() const override;
  sync::SourceStatus status(SiteNo peer) const override;
  std::vector<protocol::Incarnation> history(SiteNo peer) const override;
  std::optional<sync::ReceiveState> recall() const override { return sink_.recall(); }
  void begin_recall(const sync::BeginRecall& plan) override { sink_.begin_recall(plan); }
  sync::ReceiveState cursor(sync::StreamKind stream, SiteNo peer) const override;
  void persist(sync::StreamKind stream, SiteNo peer, std::vector<sync::Entry> entries,
               std::function<void(Result<sync::PersistedTo>)> done) override;

 private:
  Sim& sim_;
  sync::StreamSource& source_;
  sync::StreamSink& sink_;
};

// Chance as the product draws it; the mistake draws the same session for ever.
class SessionRandom final : public Random {
 public:
  SessionRandom(Sim& sim, Random& random) : sim_(sim), random_(random) {}
  void fill(void* out, std::size_t size) override;

 private:
  Sim& sim_;
  Random& random_;
};

}  // namespace opora::sim
