// What a site and the hub say to each other, as plain structs. The meaning of each message is in
// protocol/schema/link.capnp; link_codec.h turns them into frames and back. Values, any thread.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/base/ids.h"
#include "protocol/domain/files.h"

namespace opora::protocol {

enum class StreamKind : std::uint16_t {
  kJournal = 1,      // site → hub: the site's own records
  kJournalKeys = 2,  // site → hub: their keys
  kCommon = 3,       // hub → site: records that every site gets
  kCommonKeys = 4,
  kPrivate = 5,  // hub → site: records for this site only
  kPrivateKeys = 6,
  kRecall = 7,  // hub → site: the site's own journal, as the hub keeps it, for a site that lost it
};
inline constexpr std::size_t kStreamKinds = 7;
// "journal", "journal_keys"…: for logs, metrics and alarms.
const char* stream_name(StreamKind stream);

// Drawn by each side for each session; 0 is nobody.
using SessionId = StrongInt<struct SessionTag, std::uint64_t>;

inline constexpr std::uint16_t kLinkVersion = 2;
inline constexpr std::uint16_t kLinkMinVersion = 1;
// From this one on a receiver passes over what was withdrawn.
inline constexpr std::uint16_t kWithdrawnSince = 2;

// A frame holds one batch, its chain hashes and Cap'n Proto's pointers; 4 MiB is far above that and
// still harmless when a thousand peers each send one.
inline constexpr std::size_t kMaxFrameBytes = 4u << 20;
// Large enough that per-batch cost vanishes beside its sync, small enough that a live record waits
// little behind it.
inline constexpr std::size_t kMaxBatchBytes = 256u << 10;
// Bounds what tiny entries cost in pointers and allocations.
inline constexpr std::size_t kMaxBatchEntries = 4096;
// A record's own limit (record.capnp), so that every record fits into a batch. Facts and personal
// part leave it room enough to travel with its key (kRecall).
inline constexpr std::size_t kMaxEntryBytes = kMaxBatchBytes;
// Exact in JSON and far from overflow; a site would need a million records a second for 285 years.
inline constexpr std::uint64_t kMaxPosition = (std::uint64_t{1} << 53) - 1;
// There are seven streams; room for those of later versions.
inline constexpr std::size_t kMaxStreams = 32;
// Enough to find the common point with a backup that is dozens of restarts old.
inline constexpr std::size_t kMaxIncarnations = 64;
// A software version or a reason, never a document.
inline constexpr std::size_t kMaxLinkText = 200;
// Enrolment is open to strangers: a request is one secret and two keys.
inline constexpr std::size_t kMaxEnrolRequestBytes = 16u << 10;
// The answer names at most 99 desks of kMaxLinkText bytes.
inline constexpr std::size_t kMaxEnrolAnswerBytes = 64u << 10;

// A place in a stream with the chain up to and including it. Position 0 has the zero chain.
struct StreamEnd {
  StreamPos pos;
  ChainHash chain;
  bool operator==(const StreamEnd&) const = default;
};

struct StreamState {
  StreamKind stream = StreamKind::kJournal;
  StreamEnd end;
  bool operator==(const StreamState&) const = default;
};

struct Incarnation {
  IncarnationId id;
  StreamPos start;
  bool operator==(const Incarnation&) const = default;
};

// Why a stream stands still in this session although the link is up.
enum class StopReason : std::uint8_t {
  kNone = 0,
  kAmnesia =
      1,       // the receiver holds more than the sender has: the sender was restored from a backup
  kFork = 2,   // both hold the position, with different content
  kChain = 3,  // entries did not follow, twice
  kSource = 4,   // the sender cannot read its own stream
  kUnknown = 5,  // a reason of a later version
  kOlder = 6,    // the receiver's version cannot pass over what was withdrawn
};
const char* stop_reason_name(StopReason reason);

// What the hub says of a store of the site that went on beside the journal that it keeps.
enum class Verdict : std::uint8_t {
  kNone = 0,      // nothing: the histories decide
  kHeld = 1,      // a fork: both parts stay as they are until a person has decided
  kAdopt = 2,     // decided: what the site has follows what the hub has
  kSetAside = 3,  // decided: what the site has is kept beside its journal, and has no effect
};

enum class NackReason : std::uint8_t { kGap = 1, kChain = 2 };

enum class CloseReason : std::uint8_t {
  kDisconnected = 1,     // the connection broke
  kSilent = 2,           // nothing heard for too long
  kHandshake = 3,        // no Hello in time
  kVersion = 4,          // no common protocol version
  kProtocol = 5,         // the peer broke a rule of the protocol
  kIdentity = 6,         // the key belongs to another site than Hello says
  kReplaced = 7,         // a newer session of the same site took over
  kDoubled = 8,          // another process with this key is connected
  kRevoked = 9,          // the key is no longer known
  kStopping = 10,        // orderly end of the process
  kPersist = 11,         // the store refused a write
  kUnknownSession = 12,  // the listener knows no such session: start a new one
  kPeer = 13,            // a reason of a later version
};
const char* close_reason_name(CloseReason reason);

struct Hello {
  std::uint16_t version = kLinkVersion;
  std::uint16_t min_version = kLinkMinVersion;
  SiteNo site;
  std::string software;
  Hlt now;
  std::uint32_t window = 0;
  std::vector<StreamState> sends;
  std::vector<StreamState> receives;
  std::vector<Incarnation> incarnations;
  std::vector<Incarnation> history;
  Verdict verdict = Verdict::kNone;
  bool operator==(const Hello&) const = default;
};

struct Batch {
  StreamKind stream = StreamKind::kJournal;
  StreamPos first;
  ChainHash before;
  ChainHash after;
  std::vector<Bytes> entries;
  bool operator==(const Batch&) const = default;
};

// Over these positions the stream passes without what stood there.
struct Withdrawn {
  StreamKind stream = StreamKind::kPrivate;
  StreamPos first;
  std::uint32_t count = 0;
  ChainHash before;
  ChainHash after;
  bool operator==(const Withdrawn&) const = default;
};

struct Mark {
  StreamKind stream = StreamKind::kJournal;
  StreamPos durable;
  StreamPos safe;
  StopReason stopped = StopReason::kNone;
  bool operator==(const Mark&) const = default;
};

struct Ack {
  std::vector<Mark> marks;
  std::uint32_t window = 0;
  bool operator==(const Ack&) const = default;
};

struct Nack {
  StreamKind stream = StreamKind::kJournal;
  StreamPos from;
  NackReason reason = NackReason::kGap;
  bool operator==(const Nack&) const = default;
};

struct Announcement {
  StreamKind stream = StreamKind::kJournal;
  StreamPos end;
  StreamPos sent;
  StopReason stopped = StopReason::kNone;
  bool operator==(const Announcement&) const = default;
};

struct Ping {
  Hlt now;
  Hlt through;
  std::uint64_t pending = 0;
  std::optional<TimeMs> oldest_pending_at;
  std::vector<Announcement> sends;
  std::vector<Mark> marks;
  std::uint32_t window = 0;
  bool operator==(const Ping&) const = default;
};

struct Bye {
  CloseReason reason = CloseReason::kPeer;
  std::string text;
  bool operator==(const Bye&) const = default;
};

// A chunk of a file, sealed.
inline constexpr std::size_t kMaxChunkBytes = kFileChunkBytes + 40;
// A note is repeated until nothing is left to say.
inline constexpr std::size_t kMaxNotedFiles = 64;

struct FileAsk {
  FileId file;
  std::uint32_t place = 0;
  bool operator==(const FileAsk&) const = default;
};

struct FileChunk {
  FileId file;
  std::uint32_t place = 0;
  Bytes bytes;  // empty: not to be had here
  bool operator==(const FileChunk&) const = default;
};

enum class FileNoteKind : std::uint8_t {
  kOffered = 1,  // by a site: which of these do you have whole?
  kHeld = 2,     // by the hub: these, synced
};

struct FileNote {
  FileNoteKind what = FileNoteKind::kOffered;
  std::vector<FileId> files;
  bool operator==(const FileNote&) const = default;
};

// A message of a later version: ignored.
struct UnknownMessage {
  bool operator==(const UnknownMessage&) const = default;
};

using Message = std::variant<UnknownMessage, Hello, Batch, Ack, Nack, Ping, Bye, FileAsk, FileChunk,
                             FileNote, Withdrawn>;

struct Frame {
  SessionId from;
  SessionId to;
  Message message;
  bool operator==(const Frame&) const = default;
};

// Enrolment.
enum class EnrolRefusal : std::uint8_t {
  kUnknownCode = 1,  // never issued, or for another site
  kUsed = 2,
  kExpired = 3,
  kBusy = 4,  // too many attempts at once: try again
  kVersion = 5,
  kMalformed = 6,
  kFailed = 7,  // the hub could not store it: try again
};
const char* enrol_refusal_name(EnrolRefusal refusal);

struct Enrol {
  std::uint16_t version = kLinkVersion;
  SiteNo site;
  EnrolSecret secret;
  LinkKey key;
  std::string software;
  bool operator==(const Enrol&) const = default;
};

struct EnrolledDesk {
  DeskNo no;
  std::string name;
  bool operator==(const EnrolledDesk&) const = default;
};

struct Enrolled {
  SiteNo site;
  std::string name;
  std::string zone;
  std::vector<EnrolledDesk> desks;
  bool operator==(const Enrolled&) const = default;
};

struct Refused {
  EnrolRefusal code = EnrolRefusal::kMalformed;
  bool operator==(const Refused&) const = default;
};

using EnrolMessage = std::variant<Enrol, Enrolled, Refused>;

}  // namespace opora::protocol
