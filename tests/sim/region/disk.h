// A simulated disk: what survives the process that writes to it. One a site; the processes of the
// site, one after the other, open stores on it.
//
// A commit is bytes in a log (disk_logs.h) and rows in tables; what a start finds is what the logs
// say over the tables that were flushed. Before a commit, in it and after it the power may fail,
// and of what was not synced any part may be there; it may report an error and yet have happened;
// for some time every commit may fail; what was synced may be damaged while nobody runs. Whoever
// plans faults arms them here, the next commit meets them.
#pragma once

#include <functional>
#include <memory>

#include "sync/engine/start_up.h"
#include "sync/journal/memory_store.h"
#include "tests/sim/region/disk_logs.h"

namespace opora::sim {

enum class DiskFault : std::uint8_t {
  kNone,
  kErrorLost,    // the commit fails, its rows are not there
  kErrorKept,    // the commit fails, its rows are there
  kErrorTold,    // the same, and who commits was told before that it is durable
  kPowerBefore,  // the power fails while nothing of the commit is written
  kPowerAfter,   // the power fails when it is written and nobody was told
};

class Disk {
 public:
  Disk(Sim& sim, SiteNo site);

  struct Opened {
    std::unique_ptr<sync::Store> store;
    std::optional<std::string> damage;  // of its logs: what comes before it is here
  };
  // A process opens the store; the one before it is dead. `on_power_cut` is called inside a commit
  // that meets one. kCorrupt: its logs are damaged, and that is refused.
  Result<Opened> open(sync::AfterDamage after_damage, std::function<void()> on_power_cut);
  // The file beside the store that says where the own journal ended.
  NoteDisk& head() { return head_; }
  void copy_head(const Disk& other) { head_.put_back(other.head_); }

  // The next commit meets this.
  void arm(DiskFault fault, Felt felt = {}) {
    armed_ = fault;
    armed_felt_ = std::move(felt);
  }
  // Every commit fails, its rows lost, until it is set right again.
  void fail(Felt felt) {
    failing_ = true;
    failing_felt_ = std::move(felt);
  }
  void set_right() {
    arm(DiskFault::kNone);
    have_room();
  }
  void have_room() {
    failing_ = false;
    failing_felt_ = {};
  }
  // What is in the logs goes into the tables.
  void flush();
  // The power is gone: what was written and not synced is, too.
  void power_cut();
  // What was synced changes. Nobody runs, and the power did not fail. False: there was nothing.
  bool damage();

  // A copy of the disk as it is now, and the way back to it.
  using Image = std::shared_ptr<sync::MemoryStore>;
  Image image() const;
  void restore(const Image& image);
  void wipe();
  // Whatever opens it next builds its projections anew.
  void forget_projection();

  // What is synced, for checkers.
  std::unique_ptr<sync::Reader> synced() const { return rows_->snapshot(); }
  const sync::Store& rows() const { return *rows_; }
  std::uint64_t commits() const { return commits_; }

 private:
  friend class SimTransaction;
  friend class SimStore;
  // Whom a commit tells, from inside of it.
  struct Told {
    const std::function<void()>& durable;
    const std::function<void()>& power_cut;
  };
  Status commit(Changes changes, const Told& told);
  void tell(const std::function<void()>& durable);
  void log(const Changes& changes);
  void apply(const Changes& changes);
  void undo();
  sync::LogsReport recover();
  Changes mistaken(Changes changes);
  bool lost(const Change& change) const;
  static void alter(Change& change);
  void hold_back_cursors(Changes& changes);
  static void drop_unread(Changes& changes);
  void keep_forgeries(Changes& changes) const;

  Sim& sim_;
  SiteNo site_;
  Image rows_;
  std::optional<DiskLogs::Image> unsynced_;  // planted: before the commits that nobody synced
  DiskLogs logs_;
  Changes undo_;  // what the commits in the logs found, in their order
  NoteDisk head_;
  Changes under_way_;  // of a commit beside the next transaction
  Changes late_;       // planted: cursors that the next commit writes
  DiskFault armed_ = DiskFault::kNone;
  Felt armed_felt_;
  bool failing_ = false;
  Felt failing_felt_;
  bool damaged_ = false;  // by a fault
  bool telling_ = false;
  std::uint64_t commits_ = 0;
};

}  // namespace opora::sim
