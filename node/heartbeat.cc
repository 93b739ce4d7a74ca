#include "node/heartbeat.h"

#include <utility>

#include <spdlog/spdlog.h>

namespace opora::node {

Heartbeat::Heartbeat(std::unique_ptr<guard::BeatFile> file, guard::Beat first,
                     telephony::ari::Connection& pbx, AskEngine ask_engine)
    : file_(std::move(file)),
      beat_(first),
      pbx_(pbx),
      ask_engine_(std::move(ask_engine)),
      asked_(std::make_shared<std::atomic<Asked>>(Asked::kWaits)) {
  ask();
}

void Heartbeat::ask() {
  *asked_ = Asked::kWaits;
  ask_engine_(
      [asked = asked_](bool taken) { *asked = taken ? Asked::kAnswered : Asked::kRefused; });
}

void Heartbeat::look() {
  if (++looks_ % kEveryLooks != 0) return;
  const Asked asked = *asked_;
  if (asked == Asked::kWaits) return;
  if (asked == Asked::kAnswered && pbx_.hears()) beat();
  ask();
}

// The lease is looked at before the guard hears anything: it may have acted until now.
void Heartbeat::beat() {
  pbx_.lease_begins();
  ++beat_.count;
  const bool was_written = std::exchange(written_, file_->write(beat_));
  if (written_) pbx_.lease_told();
  else if (was_written)
    spdlog::error("guard-beat: cannot be written: the guard takes callers over");
}

}  // namespace opora::node
