// The second device of a site, with the files of its safety journal as bytes
// (sync/journal/safety_files.h). A power cut leaves any part of what was not synced. It may be gone
// for a while and come back as it was, be full, be cut, or be put back as it was long ago.
#pragma once

#include <map>
#include <memory>

#include "sync/journal/safety_log.h"
#include "tests/sim/region/note.h"

namespace opora::sim {

enum class DeviceFault : std::uint8_t { kGone, kFull, kCut, kFlipped, kOlder, kHeadLost };

class SecondDevice {
 public:
  SecondDevice(Sim& sim, SiteNo site) : sim_(sim), site_(site) {}

  void build_in() { there_ = true; }
  bool built_in() const { return there_; }
  // A process opens it; the one before it is dead. Null: it cannot be reached or read; `away` is
  // told what it has.
  using Away = std::function<void(const std::vector<sync::GuardedRow>&)>;
  std::unique_ptr<sync::SafetySegments> open(const Away& away);
  // Written by the product, beside or before the store, as it happens.
  std::unique_ptr<sync::SafetyLog> start(std::unique_ptr<sync::SafetySegments> segments);

  // False: there was nothing to damage.
  bool damage(DeviceFault fault);
  // Gone or full, until it is set right.
  void fail(DeviceFault fault, Felt felt);
  // Whole and with room from now on.
  void set_right();
  void power_cut();
  void wipe();
  void become_copy_of(const SecondDevice& other);

  // The daemon has it, could write it when that was last tried, and it is what was written.
  bool on() const { return looked_at_ && !hurt_; }
  // For checkers, as they read it themselves: whether it has this record, synced; all that it has.
  bool holds(const sync::JournalRef& ref) const;
  bool holds_key(const AggregateId& id) const;
  std::vector<sync::GuardedRow> records() const;
  // What lies aside for a person, by its place; nothing while no daemon could look at the device.
  using Kept = std::map<std::string, std::vector<sync::GuardedRow>>;
  Kept kept() const;

 private:
  friend class SimSafetyFiles;
  friend class SimSafetyLog;
  struct File {
    Bytes bytes;
    std::size_t synced = 0;
    std::size_t promised = 0;  // what its writer was told to be synced
    bool named = false;
  };
  using Files = std::map<std::uint64_t, File>;
  // Somebody asks it for something: it is gone, or has no room.
  bool is_gone();
  bool is_full();
  using Visit = std::function<void(const sync::GuardedRow&)>;
  void visit(const Files& files, const Visit& row) const;
  std::vector<sync::GuardedRow> records_in(const Files& files) const;

  Sim& sim_;
  SiteNo site_;
  bool there_ = false;
  bool gone_ = false;
  bool full_ = false;
  Felt felt_;
  bool looked_at_ = false;  // by the daemon that started last
  bool hurt_ = false;       // put back as it was long ago, or a write failed
  Files files_;
  std::map<std::string, Files> asides_;
  NoteDisk head_;
  Files older_;
  NoteDisk older_head_;
  std::uint64_t openings_ = 0;
  std::uint64_t places_ = 0;
};

}  // namespace opora::sim
