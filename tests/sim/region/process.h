// The daemon of a site or of the hub, as far as replication goes: the production engine, feed and
// exchange over a simulated disk, clock and network. A Process is the machine with its supervisor,
// which starts the daemon again when it has ended; a Life is one run of the daemon, and everything
// in it is gone when the power fails.
#pragma once

#include <memory>
#include <optional>

#include "sync/engine/engine_core.h"
#include "tests/sim/region/clock.h"
#include "tests/sim/region/disk.h"
#include "tests/sim/region/network.h"
#include "tests/sim/region/second_device.h"
#include "tests/sim/region/watch.h"

namespace opora::sim {

class Life;

class Process {
 public:
  // `who` names the machine: a clone of a site has the site's number and another who.
  Process(Sim& sim, Network& network, Watch& watch, SiteNo site, std::uint64_t who);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void start();
  // An orderly end with goodbyes, and a start soon after.
  void restart();
  // The power is gone; it comes back after `away_ms`.
  void power_cut(std::int64_t away_ms);
  // Gone until start() is called.
  void switch_off();
  // Off, whatever would start it, until release().
  void hold();
  void release();
  // The version before these types, until it is upgraded.
  void be_older(protocol::Vocabulary vocabulary);
  bool older() const { return !vocabulary_.unknown.empty(); }
  bool was_older() const { return was_older_; }
  // The newest version in place of what runs; now and then its rows have another form.
  void upgrade();
  // Another machine with this one's key, version and disk, as they are now.
  void become_copy_of(const Process& other);
  // A backup of the hub with these journals of sites was read back.
  void mark_safe(const std::vector<std::pair<SiteNo, StreamPos>>& heads);
  // Wall time went on, and nothing happened in between.
  void on_time_skipped();
  // An administrator of the hub decides about a fork of a site's journal.
  void decide_fork(SiteNo site, protocol::Verdict decision);

  bool running() const { return life_ != nullptr; }
  // False: nobody listens. `done` is called once, or never when the process dies before it answers.
  bool submit(sync::Command command);

  SiteNo site() const { return site_; }
  std::uint64_t who() const { return who_; }
  Disk& disk() { return disk_; }
  const Disk& disk() const { return disk_; }
  SecondDevice& device() { return device_; }
  const SecondDevice& device() const { return device_; }
  SimClock& clock() { return clock_; }
  const protocol::SiteKey& site_key() const { return site_key_; }

 private:
  friend class Life;
  void start_after(std::int64_t delay_ms);
  void die();

  Sim& sim_;
  Network& network_;
  Watch& watch_;
  SiteNo site_;
  std::uint64_t who_;
  Disk disk_;
  SecondDevice device_;
  // A site goes on with what is whole; of the hub a person decides.
  sync::AfterDamage after_damage_;
  SimClock clock_;
  SimRandom random_;
  protocol::SiteKey site_key_;
  protocol::Vocabulary vocabulary_;
  std::shared_ptr<Life> life_;
  bool held_ = false;
  bool was_older_ = false;
  std::uint64_t starts_ = 0;  // a planned start that another one overtook does nothing
};

// The region's sites are who their keys are; in the simulation the key is the number.
LinkKey key_of_site(SiteNo site);

}  // namespace opora::sim
