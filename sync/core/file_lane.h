// The files' lane of a session (V6): fetches the chunks of files whose events are here, and serves
// those that the peer asks for. Pure; owned and called by Session only.
//
// It is the receiver that knows what is missing, so it asks, chunk by chunk, and the sender keeps
// nothing of it but the questions: whatever breaks, the next session asks for what is missing then,
// and for nothing else. No chunk is handed to the store that does not have the hash that the event
// names. Files wait for records: while the sender has anything of its streams under way or to send,
// it answers one question a second.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sync/core/session_types.h"

namespace opora::sync {

// Questions under way: two chunks keep a line busy that takes longer for a round trip than for a
// chunk, and 1 000 sites have 128 MiB under way to a hub at most.
inline constexpr std::size_t kChunksAsked = 2;
// Questions kept of a peer that asks more than it should.
inline constexpr std::size_t kAsksKept = 4;
// Files looked at together.
inline constexpr std::size_t kFilesLookedAt = 8;
// Behind a catch-up: one chunk a second.
inline constexpr std::int64_t kChunkBesideEveryMs = 1'000;
// An answer that takes so long was lost; a chunk takes 8 s on a line of 64 kbit/s.
inline constexpr std::int64_t kAskAgainAfterMs = 15'000;
// All that is missing was asked for, and was not to be had: it may still be on its way to the hub.
inline constexpr std::int64_t kFilesRoundMs = 2'000;
// Records that came may name files. Not after each of them: a look costs as much as a record.
inline constexpr std::int64_t kLookSoonMs = 100;
// A site asks again what the hub has of its files.
inline constexpr std::int64_t kOfferEveryMs = 2'000;
// Files given up in this session, because chunks had other hashes, twice.
inline constexpr std::size_t kMaxFilesGivenUp = 256;

// Whether records are under way or wait on this side.
enum class Streams : std::uint8_t { kQuiet, kBusy };

class FileLane {
 public:
  explicit FileLane(Role role) : role_(role) {}

  // The session is live: from now on tick() looks for what is missing.
  void start(MonoMs now);
  // After every step of a live session.
  void tick(MonoMs now, Streams streams, Actions& out);
  // Records came: they may name files.
  void look_soon(MonoMs now) { round_due_ = std::min(round_due_, now + kLookSoonMs); }

  void on_files(FilesRead& files, MonoMs now, Actions& out);
  void on_stored(const ChunkStored& stored, Actions& out);
  void on_read(ChunkRead& read, Actions& out);
  void on_held(const FilesHeld& held, Actions& out);

  void on_message(const protocol::FileAsk& ask);
  void on_message(protocol::FileChunk& chunk, MonoMs now, Actions& out);
  void on_message(protocol::FileNote& note, Actions& out);

 private:
  struct Place {
    protocol::FileId file;
    std::uint32_t place = 0;
    auto operator<=>(const Place&) const = default;
  };
  struct Asked {
    MonoMs at;
    bool storing = false;
  };

  void look(MonoMs now, Actions& out);
  void ask(MonoMs now, Actions& out);
  void ask_one(const Place& place, MonoMs now, Actions& out);
  void serve(MonoMs now, Streams streams, Actions& out);
  void wrong_hash(const Place& place, MonoMs now, Actions& out);
  MissingFile* find(const protocol::FileId& file);
  void drop(const protocol::FileId& file);
  std::optional<Place> next_place() const;

  const Role role_;
  bool live_ = false;
  // Receiving.
  std::deque<MissingFile> missing_;       // being fetched
  std::optional<MissingFile> looked_at_;  // the last one of the round
  std::map<Place, Asked> asked_;          // at most kChunksAsked
  std::set<Place> wrong_once_;            // of files that are being fetched
  std::set<protocol::FileId> given_up_;
  bool looking_ = false;
  MonoMs round_due_;
  MonoMs offer_due_;
  // Serving.
  std::deque<Place> asks_;  // at most kAsksKept
  bool reading_ = false;
  std::optional<MonoMs> served_at_;
};

}  // namespace opora::sync
