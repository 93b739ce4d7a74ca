// RecordingSource: where a telephone system keeps what it has recorded, until the site has it
// (node/recordings). Each adapter that can record implements it. One thread uses it, and waits for
// it; stop() from any.
#pragma once

#include "node/telephony/queue/ids.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace opora::telephony {

// A part of a call's recording.
struct TapeKey {
  CallNo call;
  std::uint16_t part = 0;
  auto operator<=>(const TapeKey&) const = default;
};

// Thirty minutes of sixteen bits, and the words around them.
inline constexpr std::size_t kMaxSoundBytes = std::size_t{32} << 20;

class RecordingSource {
 public:
  enum class Found : std::uint8_t { kHere, kStillRecording, kNothing };
  struct Sound {
    Found found = Found::kNothing;
    Bytes file;  // of kHere: as the telephone system wrote it
  };
  virtual ~RecordingSource() = default;
  // One that still runs is asked to end. kUnavailable: not now; kTooLarge: over kMaxSoundBytes.
  virtual Result<Sound> fetch(TapeKey tape) = 0;
  // Done as well when there is none.
  virtual Status remove(TapeKey tape) = 0;
  virtual void stop() = 0;
};

}  // namespace opora::telephony
