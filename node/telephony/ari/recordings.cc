#include "node/telephony/ari/recordings.h"

#include <utility>

#include "node/telephony/ari/names.h"

namespace opora::telephony::ari {

namespace {

using Method = web::HttpClient::Method;

// A file of the limit over a slow network of the building.
constexpr int kFileWithinMs = 60'000;

web::ClientLimits limits() {
  web::ClientLimits out;
  out.answer_ms = kFileWithinMs;
  out.answer_bytes = kMaxSoundBytes;
  return out;
}

std::string stored(TapeKey tape) { return "/ari/recordings/stored/" + recording_of(tape); }

Error away(int status) {
  return Error{Code::kUnavailable, "", "the PBX answered " + std::to_string(status)};
}

}  // namespace

StoredRecordings::StoredRecordings(web::Remote pbx) : requests_(std::move(pbx), limits()) {}

// Its file is there while it runs, and not whole.
Result<RecordingSource::Sound> StoredRecordings::fetch(TapeKey tape) {
  const auto live = requests_.send(Method::kGet, live_recording(tape));
  if (!live.ok()) return live.error();
  if (live->status == 200) {
    const auto ended = requests_.send(Method::kPost, live_recording(tape) + "/stop");
    if (!ended.ok()) return ended.error();
    return Sound{Found::kStillRecording, {}};
  }
  if (live->status != 404) return away(live->status);
  auto file = requests_.send(Method::kGet, stored(tape) + "/file");
  if (!file.ok()) return file.error();
  if (file->status == 200) return Sound{Found::kHere, std::move(file->body)};
  if (file->status == 404) return Sound{};
  return away(file->status);
}

Status StoredRecordings::remove(TapeKey tape) {
  const auto gone = requests_.send(Method::kDelete, stored(tape));
  if (!gone.ok()) return gone.error();
  const bool done = (gone->status >= 200 && gone->status < 300) || gone->status == 404;
  return done ? ok_status() : Status(away(gone->status));
}

}  // namespace opora::telephony::ari
