// CallMonitor: a site whose Asterisk keeps its own queues, watched over AMI (T13, O3's facts
// without its choice). Owned by the process; there is none without --ami. What it hears becomes
// telephone events (source "ami") and states of agents, as POST /telephony/events and PUT
// /agents/me would bring them; it offers nothing and asks the PBX for nothing.
//
// What was told and has not ended is read from the journal when the PBX is looked at, so that a
// restart tells nothing twice; a state that the journal has already is not told again. What the
// engine does not take (its queue is full) makes the connection begin anew, and look.
//
// Threads: the connection's tells, any asks. stop() comes before the engine's.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "node/telephony/ami/connection.h"
#include "node/telephony/ami/observer.h"
#include "sync/engine/engine.h"

namespace opora::node {

struct MonitorSettings {
  std::string ami;            // file: how the Asterisk is reached, and what is watched
  std::string password_file;  // its first line

  bool configured() const { return !ami.empty(); }
};

class CallMonitor final : public telephony::ami::Watcher {
 public:
  struct Ports {
    sync::Store& store;
    sync::Engine& engine;
    const Clock& clock;
    SiteNo site;
    std::uint32_t phantom_ms;
    std::function<void()> changed;  // whether it hears did
  };
  // Errors name the option: "ami", "ami-password-file".
  static Result<std::unique_ptr<CallMonitor>> open(const MonitorSettings& settings, Ports ports);
  ~CallMonitor() override;
  CallMonitor(const CallMonitor&) = delete;
  CallMonitor& operator=(const CallMonitor&) = delete;

  void start();
  void stop();
  bool hears_pbx() const { return hears_; }
  // His state is the PBX's: he cannot set it here.
  bool tells_of(const std::string& agent) const;

  void reconcile(const telephony::ami::Snapshot& all) override;
  void hear(const telephony::ami::Packet& event) override;
  void hears(bool comes) override;

 private:
  CallMonitor(const telephony::ami::Settings& settings, Ports ports);
  void tell(telephony::ami::AllTold all);

  const Ports ports_;
  telephony::ami::Observer observer_;
  telephony::ami::Connection pbx_;
  std::atomic<bool> hears_{false};
  mutable std::mutex mutex_;
  std::set<std::string> agents_;  // of whom it has told
};

}  // namespace opora::node
