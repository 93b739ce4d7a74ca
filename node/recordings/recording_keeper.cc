#include "node/recordings/recording_keeper.h"

#include <algorithm>
#include <future>
#include <utility>

#include <spdlog/spdlog.h>

#include "node/media/wav.h"
#include "protocol/base/hash.h"
#include "protocol/codec/sealed_file.h"
#include "protocol/domain/recording_sound.h"
#include "protocol/domain/recording_texts.h"
#include "sync/journal/files.h"
#include "sync/projection/projection.h"
#include "web/app/recording_sweep.h"

namespace opora::node {

using protocol::Kind;
using protocol::RecordingFault;
using telephony::RecordingSource;
using telephony::TapeStep;

namespace {

// Written together, as of an upload: a desk that saves beside it waits for so much at the most.
constexpr std::size_t kChunksTogether = 4;

RecordingFault fault_of(const Error& error) {
  return error.code == Code::kTooLarge ? RecordingFault::kTooLarge : RecordingFault::kUnreadable;
}

// The same recording brought twice (a restored store) is one: the first is the one that stands.
sync::CommandKey key_of(const AggregateId& recording) {
  const AggregateId id = id_from("recording kept", {recording.view()});
  return {CommandId::from(id.view()).value_or(CommandId{}), hash256({id.view()})};
}

}  // namespace

RecordingKeeper::RecordingKeeper(Ports ports, RecordingSettings settings)
    : ports_(std::move(ports)), settings_(settings) {}

void RecordingKeeper::stop() {
  stopping_ = true;
  if (ports_.source != nullptr) ports_.source->stop();
}

Status RecordingKeeper::run(sync::Command command) {
  std::promise<Status> done;
  auto answered = done.get_future();
  command.done = [&done](const Result<sync::Answer>& answer) {
    done.set_value(answer.ok() ? ok_status() : Status(answer.error()));
  };
  ports_.engine.submit(std::move(command));
  return answered.get();
}

void RecordingKeeper::turn() {
  const TimeMs now = ports_.clock.now();
  if (std::abs(now - swept_at_) >= app::kSweepEveryMs) {
    swept_at_ = now;
    if (ports_.clock_confirmed())
      static_cast<void>(app::sweep_recordings(ports_.store, ports_.engine, ports_.site, now));
  }
  const auto rows = ports_.store.snapshot();
  std::size_t fetched = 0;
  for (Tape& tape : telephony::read_tapes(*rows, kMaxLooked)) {
    if (stopping_ || fetched >= kMaxFetched) return;
    if (attend(*rows, std::move(tape)) == Fetched::kYes) ++fetched;
  }
}

RecordingKeeper::Fetched RecordingKeeper::attend(const sync::Reader& rows, Tape tape) {
  const TimeMs now = ports_.clock.now();
  if (tape.next_at > now && tape.next_at - now <= kLastRetryMs) return Fetched::kNo;
  if (tape.step == TapeStep::kRuns) {
    if (telephony::goes_on(rows, tape.no)) return Fetched::kNo;
    tape.step = TapeStep::kToFetch;
    tape.over_at = now;
  }
  switch (tape.step) {
    case TapeStep::kNotRecorded: miss(std::move(tape), RecordingFault::kRefused); break;
    case TapeStep::kToRemove: remove(tape); break;
    case TapeStep::kRuns:
    case TapeStep::kToFetch:
      if (ports_.source == nullptr) miss(std::move(tape), RecordingFault::kGone);
      else fetch(tape);
      return Fetched::kYes;
  }
  return Fetched::kNo;
}

void RecordingKeeper::fetch(Tape& tape) {
  const auto rows = ports_.store.snapshot();
  const std::uint64_t needed = protocol::kMaxFileBytes;
  if (!ports_.has_room() || sync::recording_bytes(*rows) + needed > settings_.quota_bytes) {
    spdlog::error("a recording waits at the PBX: no room, or their quota is used up");
    return retry(std::move(tape), kLastRetryMs);
  }
  auto sound = ports_.source->fetch(tape.key());
  if (!sound.ok()) {
    if (sound.error().code != Code::kTooLarge) return retry(std::move(tape));
    return miss(std::move(tape), RecordingFault::kTooLarge);
  }
  if (sound->found == RecordingSource::Found::kStillRecording) return retry(std::move(tape));
  if (sound->found == RecordingSource::Found::kNothing) {
    if (ports_.clock.now() - tape.over_at < kGoneAfterMs) return retry(std::move(tape));
    return miss(std::move(tape), RecordingFault::kGone);
  }
  const auto a_law = a_law_of_wav(sound->file);
  if (!a_law.ok()) return miss(std::move(tape), fault_of(a_law.error()));
  keep(tape, *a_law);
}

bool RecordingKeeper::stage(const AggregateId& recording, const FileHash& hash,
                            const std::vector<Bytes>& chunks) {
  const sync::FileId file{recording, hash};
  for (std::size_t from = 0; from < chunks.size(); from += kChunksTogether) {
    const std::size_t end = std::min(from + kChunksTogether, chunks.size());
    sync::Command command;
    command.decide = [&](sync::Decision& decision) {
      decision.write([&](sync::Transaction& txn) {
        for (std::size_t place = from; place < end; ++place)
          sync::stage_chunk(txn, file, static_cast<std::uint32_t>(place), chunks[place]);
      });
      return Result<sync::Answer>(sync::Answer{});
    };
    if (stopping_ || !run(std::move(command)).ok()) return false;
  }
  return true;
}

// Chunks first, then the event that makes them a file, with the row that says that the PBX's copy
// is to go: what ends in between is fetched again, and what was staged goes at the next start.
void RecordingKeeper::keep(Tape& tape, const Bytes& sound) {
  const AggregateId id = protocol::recording_id(tape.of);
  const protocol::SealedChunks file = protocol::seal_chunks(id, sound, ports_.random);
  if (!stage(id, file.hash, file.chunks)) return retry(std::move(tape));
  protocol::KeepRecording keep;
  keep.facts.of = tape.of;
  keep.facts.duration_ms =
      static_cast<std::uint32_t>(sound.size() * 1'000 / protocol::kSamplesPerSecond);
  keep.facts.copies = settings_.copies;
  keep.facts.keep_until = tape.of.started_at + settings_.days * protocol::kDayMs;
  keep.facts.hash = file.hash;
  keep.facts.bytes = sound.size();
  keep.facts.chunks = file.hashes;
  keep.key_hex = file.key_hex;
  keep.peaks = protocol::peaks_of(sound);
  sync::Command command;
  command.key = key_of(id);
  command.decide = [&](sync::Decision& decision) -> Result<sync::Answer> {
    // Who was to be forgotten is, also by what had not come from the PBX by then.
    const bool forgotten = decision.load(Kind::kCall, keep.facts.of.call).erased;
    auto drafts = forgotten ? Result<protocol::Drafts>(protocol::Drafts{})
                            : protocol::decide(keep, decision.load(Kind::kRecording, id));
    if (!drafts.ok()) return drafts.error();
    const bool fresh = !drafts->empty();
    decision.emit(std::move(*drafts));
    const auto named = sync::file_of(ports_.site, keep.facts);
    decision.write([id, named, fresh](sync::Transaction& txn) {
      const sync::FileId file_id{id, named->hash};
      if (fresh) sync::adopt_staged(txn, file_id, named->manifest, named->goes);
      else sync::discard_staged(txn, file_id);
    });
    return sync::Answer{};
  };
  const auto kept = run(std::move(command));
  // A conflict: it was kept before the store was restored, and came back from the region.
  if (!kept.ok() && kept.error().code != Code::kConflict) return retry(std::move(tape));
  tape.step = TapeStep::kToRemove;
  tape.tries = 0;
  remove(tape);
}

void RecordingKeeper::miss(Tape tape, RecordingFault fault) {
  spdlog::error("a conversation has no recording: {}", protocol::to_name(fault));
  sync::Command command;
  command.decide = [&](sync::Decision& decision) -> Result<sync::Answer> {
    const AggregateId id = protocol::recording_id(tape.of);
    auto drafts = protocol::decide(protocol::MissRecording{{tape.of, fault}},
                                   decision.load(Kind::kRecording, id));
    if (!drafts.ok()) return drafts.error();
    decision.emit(std::move(*drafts));
    tape.step = TapeStep::kToRemove;
    telephony::put_tape(decision, tape);
    return sync::Answer{};
  };
  if (!run(std::move(command)).ok()) spdlog::warn("a missing recording is to be said again");
}

void RecordingKeeper::remove(const Tape& tape) {
  const bool gone = ports_.source == nullptr || ports_.source->remove(tape.key()).ok();
  if (!gone) return retry(tape);
  sync::Command command;
  command.decide = [&](sync::Decision& decision) {
    telephony::erase_tape(decision, tape.key());
    return Result<sync::Answer>(sync::Answer{});
  };
  static_cast<void>(run(std::move(command)));
}

void RecordingKeeper::retry(Tape tape, std::int64_t at_least_ms) {
  const std::int64_t pause = kFirstRetryMs << std::min<std::uint32_t>(tape.tries, 8);
  ++tape.tries;
  tape.next_at = ports_.clock.now() + std::clamp(pause, at_least_ms, kLastRetryMs);
  sync::Command command;
  command.decide = [&](sync::Decision& decision) {
    telephony::put_tape(decision, tape);
    return Result<sync::Answer>(sync::Answer{});
  };
  static_cast<void>(run(std::move(command)));
}

RecordingKeeper::Waiting RecordingKeeper::waiting(const sync::Reader& rows, TimeMs now) {
  Waiting out;
  for (const Tape& tape : telephony::read_tapes(rows, kMaxLooked)) {
    const bool waits = tape.step == TapeStep::kToFetch || tape.step == TapeStep::kNotRecorded;
    if (!waits) continue;
    ++out.count;
    if (now - tape.over_at >= kLateMs) ++out.late;
    if (out.oldest.v == 0 || tape.over_at < out.oldest) out.oldest = tape.over_at;
  }
  return out;
}

}  // namespace opora::node
