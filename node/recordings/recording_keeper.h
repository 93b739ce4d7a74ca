// RecordingKeeper: brings what the telephone system has recorded into the site's store, sealed, and
// destroys it when its time is over (O6, A18). States, invariants and limits: README.md. Owned by
// the process; turn() is one thread's, stop() any other's, before the engine's end.
#pragma once

#include <atomic>
#include <functional>
#include <vector>

#include "node/telephony/call_tapes.h"
#include "protocol/base/clock.h"
#include "protocol/base/hash.h"
#include "protocol/domain/recording.h"
#include "sync/engine/engine.h"

namespace opora::node {

struct RecordingSettings {
  std::int32_t days = protocol::kRecordingDays;  // A18: kept so long, at most kRecordingDays
  // Of all recordings that the site keeps: a month of 800 calls a day, four minutes each.
  std::uint64_t quota_bytes = std::uint64_t{60} << 30;
  // The region has them too: a site whose machine is lost loses none.
  protocol::Copies copies = protocol::Copies::kSiteAndRegion;
};

class RecordingKeeper {
 public:
  // How late a recording may be here behind its call.
  static constexpr int kEveryMs = 1'000;
  // Of what waits, looked at in one turn: more than a site's calls of two days.
  static constexpr std::size_t kMaxLooked = 2'000;
  // Files fetched in one turn: an erasure that waits, waits for no more.
  static constexpr std::size_t kMaxFetched = 8;
  // Said by the PBX to be there some time after its end, while it closes the file.
  static constexpr std::int64_t kGoneAfterMs = 60'000;
  static constexpr std::int64_t kFirstRetryMs = 5'000;
  static constexpr std::int64_t kLastRetryMs = 5 * 60'000;
  // What is not here by then is something to look at.
  static constexpr std::int64_t kLateMs = 10 * 60'000;

  struct Ports {
    sync::Store& store;
    sync::Engine& engine;
    const Clock& clock;
    Random& random;
    SiteNo site;
    telephony::RecordingSource* source;  // null: nothing is recorded here any more
    std::function<bool()> clock_confirmed;
    std::function<bool()> has_room;
  };
  RecordingKeeper(Ports ports, RecordingSettings settings);

  void turn();
  void stop();

  // What stands between the PBX and the store.
  struct Waiting {
    std::size_t count = 0;
    std::size_t late = 0;  // over for kLateMs
    TimeMs oldest{};       // since when; zero: none waits
  };
  static Waiting waiting(const sync::Reader& rows, TimeMs now);

 private:
  using Tape = telephony::TapeRow;
  enum class Fetched : std::uint8_t { kYes, kNo };
  Fetched attend(const sync::Reader& rows, Tape tape);
  void fetch(Tape& tape);
  void keep(Tape& tape, const Bytes& sound);
  void miss(Tape tape, protocol::RecordingFault fault);
  void remove(const Tape& tape);
  void retry(Tape tape, std::int64_t at_least_ms = kFirstRetryMs);
  bool stage(const AggregateId& recording, const FileHash& hash, const std::vector<Bytes>& chunks);
  Status run(sync::Command command);

  const Ports ports_;
  const RecordingSettings settings_;
  std::atomic<bool> stopping_{false};
  TimeMs swept_at_{};
};

}  // namespace opora::node
