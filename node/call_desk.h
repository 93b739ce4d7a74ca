// CallDesk: the call queue of this site with the telephone system that carries it out (O3–O8, N2,
// N3, T4, T13). Owned by the process; there is none where no plan of calls is configured, and
// nothing of it is shown then.
//
// The plan and the settings of the telephone system are read at the start, where a mistake ends the
// process with its path, and again when one of the files or the region's production calendar
// changes: then a mistake leaves what was, and is said in the log. Where the telephone system is,
// and its password, are read at the start alone.
//
// Who is an agent: a user whose name in the telephone system (User::agent) is one of the plan's.
// His desk is there while a browser of his listens, which is looked at every second.
//
// Threads: any, but start() and stop(), which are the owner's. stop() comes before the engine's.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "node/heartbeat.h"
#include "node/telephony/ari/connection.h"
#include "node/telephony/ari/recordings.h"
#include "node/telephony/ari/settings_file.h"
#include "node/telephony/call_shell.h"
#include "protocol/domain/timetable.h"
#include "sync/engine/engine.h"
#include "web/app/daemon.h"
#include "web/app/live.h"
#include "web/app/zones.h"

namespace opora::node {

struct CallSettings {
  std::string plan;           // file; empty: calls are no business of this node
  std::string ari;            // file: how the Asterisk is reached
  std::string password_file;  // its first line
  std::string guard_beat;     // file: what the guard hears; empty: there is no guard
  std::int64_t guard_silence_ms = guard::kSilenceMs;

  bool configured() const { return !plan.empty(); }
};

class CallDesk {
 public:
  struct Ports {
    sync::Store& store;
    sync::Engine& engine;
    const app::Live& live;
    const Clock& clock;
    app::Zone zone;
    std::uint32_t phantom_ms;
    std::function<void()> changed;  // rows of the queue did
    std::uint64_t start;            // a random number of this start
    Random& random;
    SiteNo site;
  };
  // Errors name the option: "call-plan", "ari", "ari-password-file", "guard-beat".
  static Result<std::unique_ptr<CallDesk>> open(const CallSettings& settings, Ports ports);
  ~CallDesk();
  CallDesk(const CallDesk&) = delete;
  CallDesk& operator=(const CallDesk&) = delete;

  void start();
  void stop();

  telephony::CallShell& shell() { return shell_; }
  const telephony::CallShell& shell() const { return shell_; }
  std::shared_ptr<const telephony::SitePlan> plan() const;
  // What the telephone system has recorded; for one thread.
  telephony::RecordingSource& recordings() { return recordings_; }
  bool hears_pbx() const { return pbx_.hears(); }
  bool can(telephony::Ability what) const { return pbx_.can(what); }
  // Nothing: not an agent of the plan.
  std::optional<telephony::AgentNo> agent_of(const std::string& name) const;
  // Queues, calendars or production years did, at the region or here.
  void catalogues_changed() { read_again_ = true; }

 private:
  using Plan = telephony::SitePlan;
  struct Setup {
    std::shared_ptr<const Plan> plan;
    telephony::ari::PbxSettings pbx;
  };
  CallDesk(CallSettings settings, Ports ports, Setup setup);
  static Result<Setup> read_setup(const CallSettings& settings, const Ports& ports);
  static Result<Plan> read_plan(const CallSettings& settings, const Ports& ports);
  Status open_heartbeat();
  void ask_engine(std::function<void(bool taken)> answered);
  void look();
  void look_at_plan();
  void look_at_desks();

  const CallSettings settings_;
  const Ports ports_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Plan> plan_;
  std::array<std::filesystem::file_time_type, 2> read_at_;  // of the files, as they were read last
  std::atomic<bool> read_again_{false};
  TimeMs looked_at_{};
  telephony::ari::StoredRecordings recordings_;
  telephony::ari::Connection pbx_;
  telephony::CallShell shell_;
  std::optional<Heartbeat> heartbeat_;  // none without a guard
  std::optional<app::Ticker> ticker_;
};

}  // namespace opora::node
