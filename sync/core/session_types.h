// The vocabulary of a session: its events, actions and limits. Values.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/codec/link_messages.h"
#include "sync/core/recall_plan.h"
#include "sync/core/stream.h"

namespace opora::sync {

// What is sent and not yet acknowledged, at most. 8 full batches keep a 100 Mbit/s line with 100 ms
// round trip busy. At the hub kMaxCatchUps sites have it at once, the others a small one.
inline constexpr std::uint32_t kSessionWindow = 2u << 20;
// Keys are small and a record needs few: with as many bytes of keys as of records at once they
// would run far ahead, and the first records would have to wait for them.
inline constexpr std::size_t kKeysShare = 8;
// Keys of a backlog go with the records that they open, so many ahead of their share: the receiver
// keeps some thousand open, and the first records would have to wait behind all of them.
inline constexpr std::uint64_t kKeysAhead = 512;
// A stream's first batch of a session, alone when there is more: acknowledged within milliseconds,
// so that both ends show soon that the link carries again. Costs one round trip.
inline constexpr std::size_t kFirstBatchBytes = 32u << 10;
// Batches under way at most, so that small live batches cannot fill a socket's queue; beyond it
// records wait and go together.
inline constexpr std::size_t kMaxBatchesInFlight = 64;
// The receiver bears twice as many: a Nack that was repeated on the way makes the sender send
// again, in other batches, what is being stored here.
inline constexpr std::size_t kMaxBatchesPersisting = 2 * kMaxBatchesInFlight;
// A sign of life and a repetition of all marks; costs two small frames a second and site.
inline constexpr std::int64_t kPingEveryMs = 1'000;
// Two lost pings and some scheduling delay. The status line must tell the truth within 3 s of a
// cut.
inline constexpr std::int64_t kSilentAfterMs = 2'500;
// Who lives is heard from once a second. A session that was silent for longer does not keep out
// another incarnation of its site.
inline constexpr std::int64_t kGhostAfterMs = 1'500;
// The peer's Hello must be there by then.
inline constexpr std::int64_t kHandshakeMs = 2'500;
// The same gap is not asked for more often, because the answer may be under way.
inline constexpr std::int64_t kNackEveryMs = 500;
// Announcements remembered until what they announce is durable; further ones replace the newest.
inline constexpr std::size_t kMaxAnnouncements = 8;

// Steady time since some start; never jumps. Drives timers.
struct MonoMs {
  std::int64_t v = 0;
  auto operator<=>(const MonoMs&) const = default;
};
inline MonoMs operator+(MonoMs t, std::int64_t ms) { return MonoMs{t.v + ms}; }
inline std::int64_t operator-(MonoMs a, MonoMs b) { return a.v - b.v; }

struct Now {
  MonoMs mono;
  TimeMs wall;  // compared with the peer's, never used as a timer
};

enum class Role { kSite, kHub };

struct SessionConfig {
  Role role = Role::kSite;
  SiteNo self;
  SiteNo peer;  // as the connection's key says
  protocol::SessionId session;
  std::string software;
  // The newest that this side speaks; an older one in tests.
  std::uint16_t version = protocol::kLinkVersion;
};

// What the store says of the streams that this side sends.
struct SourceStatus {
  // Every event of this side with a time up to this one stands at or before `ends`. Both from one
  // snapshot.
  Hlt through;
  std::vector<std::pair<protocol::StreamKind, StreamPos>> ends;
  std::optional<TimeMs> oldest_pending_at;  // of what the peer has not acknowledged durable
  // Of the streams that come from the peer: how far they are also in a verified backup of this
  // store.
  std::vector<std::pair<protocol::StreamKind, StreamPos>> safe{};
};

// How far the other side is, as it says and as we know.
struct PeerStatus {
  Hlt now;                    // the peer's clock at its last ping
  std::uint64_t pending = 0;  // records it holds that are not durable here
  std::optional<TimeMs> oldest_pending_at;
  StreamPos end;     // of its journal (a site) or its common stream (the hub)
  Hlt data_through;  // everything it knew up to this time is durable here; 0: not known yet
  bool operator==(const PeerStatus&) const = default;
};

struct PeerInfo {
  std::string software;
  std::uint16_t version = 0;
  IncarnationId incarnation;
};

enum class AlarmCode {
  kAmnesia,    // a stream is shorter than what its receiver holds
  kFork,       // a stream differs from what its receiver holds
  kChain,      // entries did not follow, twice
  kSource,     // our own stream cannot be read
  kPersist,    // the store refused what was received
  kClock,      // the peer's clock is over kMaxClockLeadMs ahead
  kVersion,    // no common protocol version
  kProtocol,   // the peer broke a rule
  kIdentity,   // the key belongs to another site than the peer says
  kDoubled,    // two processes with one key and different incarnations
  kRestored,   // the hub's store is an older one: its streams start over
  kFile,       // a chunk of a file did not have its hash, twice
  kWithdrawn,  // what was withdrawn cannot be passed over by the peer's version
};
// The stable name that the API shows: "amnesia", "fork"…
const char* alarm_name(AlarmCode code);

// A copy of a site's store that went on beside the one that the hub knows, kept in mind by the hub
// until a person has decided what becomes of it.
struct Fork {
  IncarnationId incarnation;  // the opening that wrote the branch
  StreamPos common;           // the last place before it
  protocol::Verdict decision = protocol::Verdict::kHeld;
  bool operator==(const Fork&) const = default;
};

// Events.
struct Connected {  // the connection stands and its peer is authenticated
  std::vector<protocol::StreamState> sends;
  std::vector<ReceiveState> receives;
  std::vector<protocol::Incarnation> incarnations;  // the last one is running
  // Runs of the site's journal: a site's own, at the hub what it keeps of it.
  std::vector<protocol::Incarnation> history{};
  std::optional<Fork> fork{};         // at the hub: of this site
  std::optional<StreamEnd> recall{};  // at a site that recalls: up to where
  IncarnationId known_hub{};          // at a site: the hub's opening that it last received from
  // At a site that receives everything again: up to where.
  std::vector<std::pair<StreamKind, StreamPos>> afresh_until{};
};
struct Disconnected {};
struct Received {
  protocol::Frame frame;
};
struct Malformed {  // a frame that does not decode
  std::string why;
};
struct Fetched {
  protocol::StreamKind stream;
  StreamPos from;
  ChainHash before;            // chain at from - 1
  std::vector<Entry> entries;  // withdrawn, all of them or none
};
struct FetchFailed {
  protocol::StreamKind stream;
  StreamPos from;
  std::string why;
};
struct ChainAt {
  protocol::StreamKind stream;
  StreamPos pos;
  std::optional<ChainHash> chain;  // nothing: no such position here
};
struct Persisted {  // synced up to here
  protocol::StreamKind stream;
  protocol::StreamEnd durable;
  StreamPos safe;
};
struct PersistFailed {
  protocol::StreamKind stream;
  std::string why;
};
struct Appended {  // our stream has grown; its new end is synced
  protocol::StreamKind stream;
  StreamPos end;
};
struct StatusRead {
  SourceStatus status;
};
struct Stop {  // orderly end from this side
  protocol::CloseReason reason;
};
struct Tick {};

// The files' lane (file_lane.h).
struct MissingFile {  // the event of it is here, some of its chunks are not
  protocol::FileId file;
  SiteNo origin;  // who attached it
  std::vector<FileHash> chunks;
  std::vector<bool> have;
  bool operator==(const MissingFile&) const = default;
};
struct FilesRead {
  std::vector<MissingFile> missing;
  std::vector<protocol::FileId> offered;  // at a site: what the region has not confirmed
};
struct ChunkRead {
  protocol::FileId file;
  std::uint32_t place = 0;
  std::optional<Bytes> bytes;  // nothing: not here, or not the peer's to have
};
enum class StoredChunk : std::uint8_t {
  kMore,     // synced; others are missing
  kWhole,    // synced, with all the others
  kGone,     // the file is not wanted any more
  kRefused,  // no room now, or the store failed
};
struct ChunkStored {
  protocol::FileId file;
  std::uint32_t place = 0;
  StoredChunk what = StoredChunk::kMore;
};
struct FilesHeld {  // of those asked for: whole here
  std::vector<protocol::FileId> files;
};

using SessionEvent =
    std::variant<Connected, Disconnected, Received, Malformed, Fetched, FetchFailed, ChainAt,
                 Persisted, PersistFailed, Appended, StatusRead, Stop, Tick, FilesRead, ChunkRead,
                 ChunkStored, FilesHeld>;

// Actions.
struct Send {
  protocol::Frame frame;
};
struct Fetch {  // answer with Fetched or FetchFailed; at least one entry, and no more than
                // max_bytes unless it is one
  protocol::StreamKind stream;
  StreamPos from;
  std::size_t max_bytes;
};
struct QueryChain {  // answer with ChainAt
  protocol::StreamKind stream;
  StreamPos pos;
};
struct QueryStatus {};  // answer with StatusRead
struct Persist {        // answer with Persisted or PersistFailed
  protocol::StreamKind stream;
  std::vector<Entry> entries;
};
// At the hub: this is known of a fork of the site's journal from now on; nothing: it is over.
struct NoteFork {
  std::optional<Fork> fork;
};
// At a site: what it receives comes from this opening of the hub's store.
struct NoteHub {
  IncarnationId opening;
};
// At a site: its journal and the hub's agree and their streams of keys do not (one of the two lost
// its store): all keys follow behind the hub's cursor.
struct ResendKeys {
  protocol::StreamEnd cursor;
};
// At a site: the hub's store is an older one. Its streams are received again from their beginning,
// in the sessions to come; when they are here up to `until`, what was not among it goes.
struct StartAfresh {
  std::vector<std::pair<protocol::StreamKind, StreamPos>> until;
};
struct PeerUp {  // both Hellos are exchanged
  PeerInfo info;
};
struct Acked {
  protocol::StreamKind stream;
  StreamPos durable;
  StreamPos safe;
};
struct PeerReport {
  PeerStatus status;
};
struct Alarm {
  AlarmCode code;
  std::string text;  // English, names stream and positions; no patient data
};
struct Close {
  protocol::CloseReason reason;
  std::string text;
};

// The files' lane. Each of the first four is answered once, in any order.
struct QueryFiles {  // answer with FilesRead: the next ones behind `after`
  std::optional<MissingFile> after;
};
struct ReadChunk {  // answer with ChunkRead
  protocol::FileId file;
  std::uint32_t place = 0;
};
struct StoreChunk {  // answer with ChunkStored; its hash is the manifest's
  protocol::FileId file;
  std::uint32_t place = 0;
  Bytes bytes;
};
struct QueryHeld {  // answer with FilesHeld
  std::vector<protocol::FileId> files;
};
struct NoteInRegion {  // at a site: the hub has these whole, synced
  std::vector<protocol::FileId> files;
};

using Action = std::variant<Send, Fetch, QueryChain, QueryStatus, Persist, BeginRecall, PeerUp,
                            NoteFork, NoteHub, ResendKeys, StartAfresh, Acked, PeerReport, Alarm,
                            Close, QueryFiles, ReadChunk, StoreChunk, QueryHeld, NoteInRegion>;

struct Actions {
  std::vector<Action> list;
  std::optional<MonoMs>
      wake_at;  // call with Tick then, if nothing else happens; replaces the previous one

  void send(protocol::Message message) { list.push_back(Send{{{}, {}, std::move(message)}}); }
  void add(Action action) { list.push_back(std::move(action)); }
};

}  // namespace opora::sync
