// The streams of a store as the replicator's ports: what this side sends (read from snapshots, any
// thread) and what it receives (handed to the engine). One per process; the engine and the store
// outlive it.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "protocol/domain/events.h"
#include "sync/engine/batch_intake.h"
#include "sync/exchange/ports.h"

namespace opora::sync {

// Whether an entry of a site's private streams is the site's to have, as of these rows: asked for
// each one when it is sent, of the snapshot from which it is read. Any thread; a few look-ups.
struct SendRights {
  std::function<bool(const Reader&, SiteNo, StreamPos, const protocol::Envelope&)> record;
  std::function<bool(const Reader&, SiteNo, const AggregateId&)> key;
};

class StoreStreams final : public StreamSource, public StreamSink {
 public:
  // Without rights (a site, which has no private streams to send) nothing of them is sent.
  StoreStreams(Store& store, BatchIntake& engine, SendRights rights = {})
      : store_(store), engine_(engine), rights_(std::move(rights)) {}

  StreamEnd end(StreamKind stream, SiteNo peer) const override;
  Result<FetchedEntries> fetch(StreamKind stream, SiteNo peer, StreamPos from,
                               std::size_t max_bytes) const override;
  std::optional<ChainHash> chain_at(StreamKind stream, SiteNo peer, StreamPos pos) const override;
  std::vector<protocol::Incarnation> incarnations() const override;
  SourceStatus status(SiteNo peer) const override;
  std::vector<protocol::Incarnation> history(SiteNo peer) const override;
  std::optional<Fork> fork(SiteNo peer) const override;

  ReceiveState cursor(StreamKind stream, SiteNo peer) const override;
  std::optional<ReceiveState> recall() const override;
  std::optional<StreamEnd> recall_end() const override;
  void begin_recall(const BeginRecall& plan) override;
  void resend_keys(const StreamEnd& cursor) override;
  void note_fork(SiteNo peer, const std::optional<Fork>& fork) override;
  IncarnationId known_hub() const override;
  StartAfresh afresh() const override;
  void note_hub(const IncarnationId& opening) override;
  void start_afresh(const StartAfresh& order) override;
  void persist(StreamKind stream, SiteNo peer, std::vector<Entry> entries,
               std::function<void(Result<PersistedTo>)> done) override;

  // How far the peer has our stream, as it last said (kept in memory; the next handshake says it
  // again, and a peer whose store was restored says less).
  void note_acked(StreamKind stream, SiteNo peer, StreamPos durable);
  StreamPos acked(StreamKind stream, SiteNo peer) const;

 private:
  bool sends_up() const { return engine_.site() != kHubSite; }
  void submit_meta(
      std::vector<std::pair<Bytes, std::optional<Bytes>>> rows, std::function<void()> done = [] {});
  SiteNo owner(StreamKind stream, SiteNo peer) const;
  StreamEnd end(const Reader& rows, StreamKind stream, SiteNo peer) const;
  std::optional<ChainHash> chain_at(const Reader& rows, StreamKind stream, SiteNo peer,
                                    StreamPos pos) const;
  Result<FetchedEntries> fetch_recall(const Reader& rows, SiteNo peer, StreamPos from,
                                      std::size_t max_bytes) const;
  Result<Entry> entry(const Reader& rows, StreamKind stream, SiteNo peer,
                      const StreamRow& row) const;
  Result<Entry> key_entry(const Reader& rows, StreamKind stream, SiteNo peer,
                          const StreamRow& row) const;

  Store& store_;
  BatchIntake& engine_;
  const SendRights rights_;
  mutable std::mutex mutex_;
  std::map<std::pair<StreamKind, SiteNo>, StreamPos> acked_;
  std::optional<BeginRecall> planned_;  // until the store has it
  // Of received entries that wait for the engine, which may answer when we are gone.
  std::shared_ptr<std::atomic<std::size_t>> bytes_waiting_ =
      std::make_shared<std::atomic<std::size_t>>(0);
  // Cursors of the hub's streams are about to be at their beginning. Outlives us in the order.
  std::shared_ptr<std::atomic<bool>> starting_over_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace opora::sync
