// A note (sync/journal/note.h) on a simulated disk: the two slots as bytes, read and written by the
// product's own format. A power cut leaves of a slot that was not synced the old one, the new one,
// or a part of it.
#pragma once

#include <memory>

#include "sync/journal/slot_file.h"
#include "tests/sim/region/sim.h"

namespace opora::sim {

class NoteDisk {
 public:
  // Whoever had it open before has it no more.
  std::unique_ptr<sync::Note> open();
  void power_cut(Dice& dice);
  void wipe();
  // What was written lasts: some time has passed.
  void settle() { synced_ = bytes_; }
  // Stays as it is, whatever who has it open writes.
  void freeze() { ++openings_; }
  void put_back(const NoteDisk& older);
  std::optional<Bytes> read() const;

 private:
  friend class SimNote;
  Bytes bytes_ = Bytes(2 * sync::kSlotBytes, '\0');
  Bytes synced_ = bytes_;
  std::uint64_t openings_ = 0;
};

}  // namespace opora::sim
