// Recordings of conversations as the API shows and plays them (O6, A18). Reads from one snapshot;
// any thread, but for sound(), which opens what it gives: a worker's.
#pragma once

#include <optional>

#include "protocol/domain/recording.h"
#include "web/app/context.h"
#include "web/app/people.h"
#include "web/server/json_writer.h"

namespace opora::app {

// Whether its sound is whole and readable here, at this moment.
// Else why not: kAtSite, the site that recorded it keeps it to itself.
enum class SoundIs : std::uint8_t { kHere, kOnItsWay, kAtSite, kMissed, kGone };
SoundIs sound_of(const sync::Reader& rows, const protocol::Entity& recording, TimeMs now);

// The fields of an item of the list; `phone` is its call's.
void write_recording(web::JsonWriter& out, const sync::Reader& rows, People& people,
                     const protocol::Entity& recording, TimeMs now);

// Bytes of the WAV file that a browser plays (recording_sound.h): from the first to behind the
// last.
struct SoundRange {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
};
std::uint64_t wav_bytes_of(const protocol::RecordingState& recording);
// RFC 9110, one range of bytes. Nothing: none was asked for that we answer, so the whole is given;
// kInvalid "range": it begins behind the end.
Result<std::optional<SoundRange>> read_range(std::string_view header, std::uint64_t bytes);

// kNotFound "id" (erased, its time is over), kConflict "id" (not whole here yet), kCorrupt.
Result<Bytes> sound(const sync::Reader& rows, const protocol::Entity& recording, SoundRange range,
                    TimeMs now);

}  // namespace opora::app
