// A simulated disk: what survives the process that writes to it. One a site; the processes of the
// site, one after the other, open stores on it.
//
// A commit goes to the disk as a whole or not at all. Before it, in it and after it the power may
// fail; it may report an error and yet have happened; for some time every commit may fail. Whoever
// plans faults arms them here, the next commit meets them.
#pragma once

#include <functional>
#include <memory>

#include "sync/journal/memory_store.h"
#include "tests/sim/region/sim.h"

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

  // A process opens the store; the one before it is dead. `on_power_cut` is called inside a commit
  // that meets one.
  std::unique_ptr<sync::Store> open(std::function<void()> on_power_cut);

  // The next commit meets this.
  void arm(DiskFault fault) { armed_ = fault; }
  // Every commit fails, its rows lost, until it is set right again.
  void set_failing(bool failing) { failing_ = failing; }
  // The power is gone: what was written and not synced is, too.
  void power_cut();

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
  struct Change {
    sync::Table table;
    Bytes key;
    std::optional<Bytes> value;
  };
  using Changes = std::vector<Change>;
  // Whom a commit tells, from inside of it.
  struct Told {
    const std::function<void()>& durable;
    const std::function<void()>& power_cut;
  };
  Status commit(Changes changes, const Told& told);
  void tell(const std::function<void()>& durable);
  void write(Changes changes);
  bool lost(const Change& change) const;
  static void alter(Change& change);
  void hold_back_cursors(Changes& changes);
  static void drop_unread(Changes& changes);
  static void keep_forgeries(sync::Transaction& txn);

  Sim& sim_;
  SiteNo site_;
  Image rows_;
  Image unsynced_;     // planted: as the disk was before the commits that nobody synced
  Changes under_way_;  // of a commit beside the next transaction
  Changes late_;       // planted: cursors that the next commit writes
  DiskFault armed_ = DiskFault::kNone;
  bool failing_ = false;
  bool telling_ = false;
  std::uint64_t commits_ = 0;
};

}  // namespace opora::sim
