// What one side of the link needs from the rest of the process. Implemented over engine and journal
// by node and hub, in memory by the tests. `peer` is kHubSite at a node, the site at the hub; for
// the hub's common streams it does not matter.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/result.h"
#include "protocol/codec/link_messages.h"
#include "sync/core/session_types.h"

namespace opora::sync {

struct FetchedEntries {
  ChainHash before;            // chain at from - 1
  std::vector<Entry> entries;  // withdrawn, all of them or none
};

// The streams that this side sends. Only synced entries are ever visible. Any thread; reads
// snapshots, never waits for the engine.
class StreamSource {
 public:
  virtual ~StreamSource() = default;
  virtual StreamEnd end(StreamKind stream, SiteNo peer) const = 0;
  // Entries from `from` (at most end + 1) in order, together at most `max_bytes` and
  // kMaxBatchEntries, but one at least when there is one. What the peer may not have now is
  // withdrawn; where that begins or ends, so does the answer. An error stops the stream in this
  // session with an alarm.
  virtual Result<FetchedEntries> fetch(StreamKind stream, SiteNo peer, StreamPos from,
                                       std::size_t max_bytes) const = 0;
  // Nothing when the stream has no such position. Position 0 has the zero chain, unless the stream
  // begins behind another place.
  virtual std::optional<ChainHash> chain_at(StreamKind stream, SiteNo peer,
                                            StreamPos pos) const = 0;
  // Openings of this store, oldest first; the last one is running. The last kMaxIncarnations are
  // enough.
  virtual std::vector<protocol::Incarnation> incarnations() const = 0;
  virtual SourceStatus status(SiteNo peer) const = 0;
  // Runs of the site's journal as it is here (sync/core/history.h).
  virtual std::vector<protocol::Incarnation> history(SiteNo peer) const = 0;
  // At the hub: what is known of a fork of this site's journal.
  virtual std::optional<Fork> fork(SiteNo /*peer*/) const { return std::nullopt; }
};

struct PersistedTo {
  StreamEnd durable;
  StreamPos safe;
};

// The streams that this side receives.
class StreamSink {
 public:
  virtual ~StreamSink() = default;
  // Any thread; reads a snapshot.
  virtual ReceiveState cursor(StreamKind stream, SiteNo peer) const = 0;
  // Where a recall of our own journal stands; nothing when none is under way. Any thread.
  virtual std::optional<ReceiveState> recall() const = 0;
  // Up to where it goes.
  virtual std::optional<StreamEnd> recall_end() const { return std::nullopt; }
  // From now on recall() is at `plan.common`, and what comes on kRecall is kept until it is
  // complete.
  virtual void begin_recall(const BeginRecall& plan) = 0;
  // At a site: its stream of keys goes on behind this place, from the first key. Done soon.
  virtual void resend_keys(const StreamEnd& /*cursor*/) {}
  // At the hub. Written soon.
  virtual void note_fork(SiteNo /*peer*/, const std::optional<Fork>& /*fork*/) {}
  // At a site: the opening of the hub's store from which it last received (NoteHub), and the order
  // to receive everything again (StartAfresh). Written soon: a session that comes before it gives
  // the same order again.
  virtual IncarnationId known_hub() const { return {}; }
  virtual void note_hub(const IncarnationId& /*opening*/) {}
  virtual void start_afresh(const StartAfresh& /*order*/) {}
  // The order that is being carried out; without any stream when none is.
  virtual StartAfresh afresh() const { return {}; }
  // Writes and applies the entries, whose chains the caller has computed from each other, and
  // advances the cursor in one synced transaction (or a few), then calls
  // `done` from any thread with the cursor. Calls of one stream are carried out in their order.
  // Entries at or below the cursor are skipped (a session that broke may leave calls under way
  // which the next one repeats); entries that leave a gap or do not follow the cursor's chain fail
  // with kConflict, and so does everything after a failed write. Never blocks for long.
  virtual void persist(StreamKind stream, SiteNo peer, std::vector<Entry> entries,
                       std::function<void(Result<PersistedTo>)> done) = 0;
};

// Files of tickets: what is missing here, what the peer may have, what came.
class FilePort {
 public:
  virtual ~FilePort() = default;
  // At most kFilesLookedAt behind `after`, of those that this peer can be asked for; none while
  // there is no room for them. And, at a site, some of what the region has not confirmed. Any
  // thread; reads a snapshot.
  virtual FilesRead files(SiteNo peer, const std::optional<MissingFile>& after) const = 0;
  // Nothing when it is not here, or when the peer may not read the ticket: asked at every chunk.
  virtual std::optional<Bytes> chunk(SiteNo peer, const protocol::FileId& file,
                                     std::uint32_t place) const = 0;
  // Of these: whole here, and this peer's to know.
  virtual std::vector<protocol::FileId> held(SiteNo peer,
                                             const std::vector<protocol::FileId>& files) const = 0;
  // Its hash is that of the manifest. `done` from any thread, after the sync, once.
  virtual void store(const protocol::FileId& file, std::uint32_t place, Bytes bytes,
                     std::function<void(StoredChunk)> done) = 0;
  // At a site. Written soon.
  virtual void note_in_region(const std::vector<protocol::FileId>& files) = 0;
};

// Told about the link; called from the replicator's thread, must not block.
class LinkObserver {
 public:
  virtual ~LinkObserver() = default;
  virtual void connected(SiteNo peer, const PeerInfo& info) = 0;
  virtual void disconnected(SiteNo peer, protocol::CloseReason reason, const std::string& text) = 0;
  // A failed attempt to connect (node only); `text` says why, for the sync page.
  virtual void unreachable(SiteNo peer, const std::string& text) = 0;
  virtual void acked(SiteNo peer, StreamKind stream, StreamPos durable, StreamPos safe) = 0;
  virtual void peer_status(SiteNo peer, const PeerStatus& status) = 0;
  virtual void alarm(SiteNo peer, AlarmCode code, const std::string& text) = 0;
};

// Who may connect to the hub. Any thread (also the one that authenticates connections); must not
// block for long.
class PeerDirectory {
 public:
  virtual ~PeerDirectory() = default;
  virtual std::optional<SiteNo> site_of(const LinkKey& key) const = 0;
};

// Redeems enrolment codes at the hub. Called from the replicator's thread; `done` from any thread,
// after the sync.
class EnrolmentDesk {
 public:
  using Answer = std::variant<protocol::Enrolled, protocol::Refused>;
  virtual ~EnrolmentDesk() = default;
  // The same secret with the same key again must give the same answer (the first one may have been
  // lost on the way).
  virtual void enrol(SiteNo site, const EnrolSecret& secret, const LinkKey& key,
                     std::function<void(Answer)> done) = 0;
};

}  // namespace opora::sync
