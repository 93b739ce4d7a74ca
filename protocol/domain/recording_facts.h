// What can happen to the recording of a conversation (O6, A18), as plain structs: a part of the
// vocabulary of events (events.h). The meaning of each field is in protocol/schema/recording.capnp.
#pragma once

#include <string>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/base/ids.h"

namespace opora::protocol {

// How the sound stands in the file, in the clear.
enum class SoundFormat : std::uint8_t {
  kALaw8k = 1,  // one channel, 8 000 samples a second, a byte each (G.711 A-law), no header
};
// Where the file is kept: the site's own setting, when it was said.
enum class Copies : std::uint8_t { kSiteAlone = 1, kSiteAndRegion = 2 };
// Why a conversation that was to be recorded has no recording.
enum class RecordingFault : std::uint8_t {
  kRefused = 1,     // the telephone system does not record it
  kGone = 2,        // it had recorded, and has the file no more
  kTooLarge = 3,    // more than one file may have
  kUnreadable = 4,  // no sound that we know
  kNoRoom = 5,      // the site's disk, or its quota
};
enum class RecordingEnd : std::uint8_t {
  kRetention = 1,  // it was kept for as long as the site keeps recordings
};

// Of which conversation: a part is what one agent talked at a stretch.
struct Recorded {
  AggregateId call;
  std::uint16_t part = 0;  // from 1
  DeskNo desk;
  std::string line;
  std::string agent;
  TimeMs started_at;
  bool operator==(const Recorded&) const = default;
  template <class V>
  void visit(V&& v) {
    v(call, part, desk, line, agent, started_at);
  }
};

// A file (files.h) of its own aggregate. Its key and the waveform are the personal part.
struct RecordingKept {
  Recorded of;
  std::uint32_t duration_ms = 0;  // of the sound: pauses are not in it
  SoundFormat format = SoundFormat::kALaw8k;
  Copies copies = Copies::kSiteAndRegion;
  TimeMs keep_until;
  FileHash hash;
  std::uint64_t bytes = 0;  // in the clear
  std::vector<FileHash> chunks;
  bool operator==(const RecordingKept&) const = default;
};

struct RecordingErased {
  RecordingEnd why = RecordingEnd::kRetention;
  TimeMs at;
  bool operator==(const RecordingErased&) const = default;
};

struct RecordingMissed {
  Recorded of;
  RecordingFault fault = RecordingFault::kRefused;
  bool operator==(const RecordingMissed&) const = default;
};

}  // namespace opora::protocol
