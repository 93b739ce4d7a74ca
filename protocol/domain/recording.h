// Recordings of conversations (O6, A18): what is decided, what they are found by. A recording is an
// aggregate of its own with one file under a key of its own, so that it is forgotten by itself:
//
//   (being recorded, fetched: node/recordings/README.md) ──▶ kept ──▶ erased
//                                                       └──▶ missed
//
// - kept: the file is here, or on its way to a replica. Playable until keep_until, wherever it is.
// - erased: keep_until is over (RecordingErased, by the site that made it), or an erasure was
//   ordered (Erased, as of any record). Key, waveform and file go at every replica and from what a
//   backup brings back; that there was a recording stays known.
// - missed: there was to be one, and there is none; why is said, so that somebody sees it.
//
// An id begins with the time of the recording, so that those of a day lie together in the store and
// are removed from its files together (purging thousands one by one would write the disk anew).
//
// Rows (facets.h), of kept and missed ones; integers big-endian, "~" descending:
//   r l ~started recording          -> RecordingRow     the list
//   r c call recording              -> nothing          those of a call; also of erased ones
//   r u site keep_until recording   -> nothing          when each is to go
// Pure.
#pragma once

#include "protocol/domain/decide.h"
#include "protocol/domain/facets.h"

namespace opora::protocol {

// The longest part: of more the next part is begun. As A-law it fits into one file (kMaxFileBytes).
inline constexpr std::int64_t kMaxRecordingMs = 30 * 60'000;
inline constexpr std::int64_t kALawBytesPerSecond = 8'000;
static_assert(kMaxRecordingMs / 1'000 * kALawBytesPerSecond <= kMaxFileBytes);
// Parts of one call: transfers, and half an hour each; a line that was left open ends unrecorded.
inline constexpr std::uint16_t kMaxRecordingParts = 32;
// A18: up to 30 days. A site may keep them for less.
inline constexpr std::int32_t kRecordingDays = 30;

AggregateId recording_id(const Recorded& of);
// Ids of other kinds are random: one in four million looks so too.
bool may_be_recording(const AggregateId& id);
// The beginning that recordings of about 4.6 hours have in common.
std::string_view bucket_of(const AggregateId& recording);

struct KeepRecording {
  RecordingKept facts;
  std::string key_hex;
  std::string peaks;
};
// No draft when it is here already, or was erased meanwhile. kInvalid with the field.
Result<Drafts> decide(const KeepRecording& command, const Entity& recording);

struct MissRecording {
  RecordingMissed facts;
};
Result<Drafts> decide(const MissRecording& command, const Entity& recording);

// What a site says of its own when their time is over, and the region of all: no draft of another
// site's, and none by a clock that nobody confirms, for it cannot be taken back.
Drafts decide_retention(const Entity& recording, ClockTrust trust, const DecideContext& context);

// Whether it may be listened to, at this moment.
bool is_playable(const Entity& recording, TimeMs now);

// What a row of the list filters by without reading the recording.
struct RecordingRow {
  SiteNo site;
  DeskNo desk;
  std::string line;
  std::string agent;
  AggregateId call;
  std::uint32_t duration_ms = 0;
  bool missed = false;
  template <class V>
  void visit(V&& v) {
    v(site, desk, line, agent, call, duration_ms, missed);
  }
};

void add_recording_rows(Facets& out, const Entity& entity, const RecordingState& state);

namespace keys {
Bytes recordings();
// Of those that began before this moment.
Bytes recordings_before(TimeMs at);
Bytes recordings_of_call(const AggregateId& call);
Bytes recordings_to_go(SiteNo site);
Bytes recordings_to_go_after(SiteNo site, TimeMs now);
}  // namespace keys

}  // namespace opora::protocol
