// What goes wrong in a run: which kinds, how often and when, by the seed. Every run has a
// character: some kinds are common in it, some do not happen.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "tests/sim/region/process.h"

namespace opora::sim {

enum class Fault : std::uint8_t {
  kCut,
  kCutOneWay,
  kCutBothWays,
  kFlapping,
  kSlow,
  kHostileNetwork,
  kPowerCut,
  kPowerCutBeforeCommit,
  kPowerCutAfterCommit,
  kDiskErrorLost,
  kDiskErrorKept,
  kDiskErrorTold,
  kDiskFull,
  kRestart,
  kClockJump,
  kClockYears,
  kClockDrift,
  kOldBackup,
  kWiped,
  kHubRestored,
  kCloned,
  kHostileSite,
  kUpgrade,
  kLogsDamaged,
  kHeadOld,
  kSafetyGone,
  kSafetyFull,
  kSafetyDamaged,
};
struct FaultKind {
  Fault id;
  std::string_view name;
  std::uint32_t weight;  // how often among the others
};
std::span<const FaultKind> fault_kinds();

class Faults {
 public:
  using Find = std::function<Process*(SiteNo)>;
  // `often`: the kind that happens often in this run; empty: none.
  Faults(Sim& sim, Network& network, std::uint32_t sites, Find find, std::string_view often);

  // Strikes within the coming `within_ms` until at least `least` faults did something: what meets
  // nobody (a cut of a line that does not stand, an error of a disk that nobody writes to) does not
  // count, and more are laid.
  void plan(std::uint64_t least, std::int64_t within_ms);
  // Just so many more.
  void lay(std::uint64_t count, std::int64_t within_ms);
  // Told of a site whose store is about to be an older one: what it has now, what it will have.
  using OnRestore = std::function<void(SiteNo, const sync::Reader& now, const sync::Reader& then)>;
  void on_restore(OnRestore told) { on_restore_ = std::move(told); }
  // Told of a site whose second device has lost these records.
  using OnDeviceLoss = std::function<void(SiteNo, const std::vector<sync::GuardedRow>&)>;
  void on_device_loss(OnDeviceLoss told) { on_device_loss_ = std::move(told); }
  // Told of a backup that was made and read back.
  using OnBackup = std::function<void(SiteNo, const sync::Reader& backup)>;
  void on_backup(OnBackup told) { on_backup_ = std::move(told); }
  // Told of a site whose machine is about to be copied while it runs.
  // False: there are two of it already.
  void on_clone(std::function<bool(SiteNo)> told) { on_clone_ = std::move(told); }
  // Told of an enrolled site that means harm.
  // False: it was told before.
  void on_hostile(std::function<bool()> told) { on_hostile_ = std::move(told); }
  // Told of a site, or the hub, that gets the newest version.
  void on_upgrade(std::function<void(SiteNo)> told) { on_upgrade_ = std::move(told); }
  // Machines of an older version, when the run has some.
  void begin();
  // Everything is set right; what is down starts.
  void end();
  bool clocks_may_be_wrong() const;
  // How many did something.
  std::uint64_t landed() const { return landed_; }

 private:
  Felt felt(const FaultKind& kind);
  void strike(const FaultKind& kind);
  // Each calls `felt` now, or leaves it where the fault waits for somebody to meet it.
  void network(Fault fault, SiteNo site, const Felt& felt);
  void machine(Fault fault, Process& process, const Felt& felt);
  void disk(Fault fault, Process& process, const Felt& felt);
  void clock(Fault fault, Process& process, const Felt& felt);
  void store(Fault fault, Process& process, const Felt& felt);
  void put_back(Process& process, const Disk::Image& then);
  void logs(Process& process, const Felt& felt);
  void head(Process& process, const Felt& felt);
  void second_device(Fault fault, Process& process, const Felt& felt);
  template <class Strike>
  void lose_device(Process& process, const Strike& strike);

  Sim& sim_;
  Network& network_;
  std::uint32_t sites_;
  Find find_;
  std::vector<FaultKind> kinds_;  // of this run
  std::uint64_t landed_ = 0;
  OnRestore on_restore_;
  OnBackup on_backup_;
  OnDeviceLoss on_device_loss_;
  std::function<bool(SiteNo)> on_clone_;
  std::function<bool()> on_hostile_;
  std::function<void(SiteNo)> on_upgrade_;
  std::map<SiteNo, Disk::Image> backups_;
};

}  // namespace opora::sim
