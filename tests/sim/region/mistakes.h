// The planted mistakes that stand between the link and the store. Without one they pass everything
// on.
#pragma once

#include <functional>

#include "sync/exchange/ports.h"
#include "sync/feed/store_streams.h"
#include "tests/sim/region/sim.h"

namespace opora::sim {

// StreamSource and StreamSink over those of the product.
class MistakenStreams final : public sync::StreamSource, public sync::StreamSink {
 public:
  MistakenStreams(Sim& sim, sync::StreamSource& source, sync::StreamSink& sink,
                  std::function<void()> on_afresh)
      : sim_(sim), source_(source), sink_(sink), on_afresh_(std::move(on_afresh)) {}

  protocol::StreamEnd end(sync::StreamKind stream, SiteNo peer) const override;
  Result<sync::FetchedEntries> fetch(sync::StreamKind stream, SiteNo peer, StreamPos from,
                                     std::size_t max_bytes) const override;
  std::optional<ChainHash> chain_at(sync::StreamKind stream, SiteNo peer,
                                    StreamPos pos) const override;
  std::vector<protocol::Incarnation> incarnations() const override;
  sync::SourceStatus status(SiteNo peer) const override;
  std::vector<protocol::Incarnation> history(SiteNo peer) const override;
  std::optional<sync::Fork> fork(SiteNo peer) const override;
  std::optional<sync::ReceiveState> recall() const override { return sink_.recall(); }
  std::optional<protocol::StreamEnd> recall_end() const override { return sink_.recall_end(); }
  void begin_recall(const sync::BeginRecall& plan) override;
  void resend_keys(const protocol::StreamEnd& cursor) override { sink_.resend_keys(cursor); }
  void note_fork(SiteNo peer, const std::optional<sync::Fork>& fork) override;
  IncarnationId known_hub() const override;
  void note_hub(const IncarnationId& opening) override { sink_.note_hub(opening); }
  void start_afresh(const sync::StartAfresh& order) override;
  sync::StartAfresh afresh() const override { return sink_.afresh(); }
  sync::ReceiveState cursor(sync::StreamKind stream, SiteNo peer) const override;
  void persist(sync::StreamKind stream, SiteNo peer, std::vector<sync::Entry> entries,
               std::function<void(Result<sync::PersistedTo>)> done) override;

 private:
  Sim& sim_;
  sync::StreamSource& source_;
  sync::StreamSink& sink_;
  std::function<void()> on_afresh_;
};

// Planted: where users go that have no business there.
inline constexpr SiteNo kLeakedTo{1};
// Who may have what is asked when it is sent; a mistake sends what was once appended.
sync::SendRights mistaken(Planted planted, const sync::SendRights& real);

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
