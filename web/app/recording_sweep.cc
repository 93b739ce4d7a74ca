#include "web/app/recording_sweep.h"

#include <future>
#include <vector>

#include <spdlog/spdlog.h>

#include "protocol/domain/recording.h"
#include "sync/projection/projection.h"

namespace opora::app {

namespace {

using protocol::Kind;

// Of one turn: what is left waits for the next, whatever the clock does meanwhile.
constexpr int kMaxRounds = 100;

std::vector<AggregateId> over_of(const sync::Reader& rows, SiteNo site, TimeMs now) {
  std::vector<AggregateId> out;
  rows.scan(sync::Table::kIndex, protocol::keys::recordings_to_go(site),
            protocol::keys::recordings_to_go_after(site, now),
            [&](std::string_view key, std::string_view) {
              out.push_back(protocol::keys::id_of(key));
              return out.size() < kMaxSwept;
            });
  return out;
}

Status destroy(sync::Engine& engine, const std::vector<AggregateId>& over) {
  std::promise<Status> done;
  auto answered = done.get_future();
  sync::Command command;
  command.decide = [&over](sync::Decision& decision) {
    for (const AggregateId& id : over)
      decision.emit(protocol::decide_retention(decision.load(Kind::kRecording, id),
                                               protocol::ClockTrust::kConfirmed,
                                               decision.context()));
    return Result<sync::Answer>(sync::Answer{});
  };
  command.done = [&done](const Result<sync::Answer>& answer) {
    done.set_value(answer.ok() ? ok_status() : Status(answer.error()));
  };
  engine.submit(std::move(command));
  return answered.get();
}

}  // namespace

Status sweep_recordings(sync::Store& store, sync::Engine& engine, SiteNo site, TimeMs now) {
  for (int round = 0; round < kMaxRounds; ++round) {
    const auto over = over_of(*store.snapshot(), site, now);
    if (over.empty()) return ok_status();
    OPORA_TRY(destroy(engine, over));
    spdlog::info("{} recordings were destroyed: their time is over", over.size());
    if (over.size() < kMaxSwept) return ok_status();
  }
  return ok_status();
}

Status sweep_recordings(sync::Store& store, sync::Engine& engine, TimeMs now) {
  std::vector<SiteNo> sites;
  store.snapshot()->scan_prefix(sync::Table::kIndex, protocol::keys::sites(),
                                [&](std::string_view key, std::string_view) {
                                  KeyReader reader(key.substr(protocol::keys::sites().size()));
                                  sites.emplace_back(reader.u32());
                                  return true;
                                });
  for (const SiteNo site : sites)
    OPORA_TRY(sweep_recordings(store, engine, site, now + -kRegionWaitsMs));
  return ok_status();
}

}  // namespace opora::app
