#include "protocol/domain/files.h"
#include "protocol/domain/recording.h"
#include "tests/unit/codec/sample_parts.h"

namespace opora::protocol {

namespace {

Recorded recorded() {
  Recorded out;
  out.call = id<AggregateId>(0x70);
  out.part = 2;
  out.desk = DeskNo(3);
  out.line = "Регистратура";
  out.agent = "201";
  out.started_at = kAt;
  return out;
}

RecordingKept recording_kept() {
  RecordingKept out;
  out.of = recorded();
  out.duration_ms = 12'500;
  out.copies = Copies::kSiteAndRegion;
  out.keep_until = kAt + kRecordingDays * kDayMs;
  out.bytes = kFileChunkBytes + 1;
  out.chunks = {id<FileHash>(0x71), id<FileHash>(0x72)};
  out.hash = file_hash(out.chunks);
  return out;
}

}  // namespace

std::vector<Sample> recording_samples() {
  return {
      {"recording_kept",
       envelope(EventType::kRecordingKept, 1),
       recording_kept(),
       {{PersonalField::kFileKey, std::string(64, 'a')}, {PersonalField::kPeaks, "AZaz09-_"}}},
      {"recording_erased",
       envelope(EventType::kRecordingErased, 2),
       RecordingErased{RecordingEnd::kRetention, kAt},
       {}},
      {"recording_missed",
       envelope(EventType::kRecordingMissed, 1),
       RecordingMissed{recorded(), RecordingFault::kTooLarge},
       {}},
      {"records_read_listening",
       envelope(EventType::kRecordsRead, 0),
       RecordsRead{
           ReadFrom::kRecording, {}, {}, {id<AggregateId>(0x73)}, ListenPurpose::kComplaint},
       {}},
  };
}

}  // namespace opora::protocol
