// What the checkers are told while it happens. Implemented by Checks; the processes call it.
#pragma once

#include <string>
#include <vector>

#include "sync/core/session_types.h"
#include "sync/journal/guarded_store.h"
#include "tests/sim/region/letters.h"

namespace opora::sim {

class Watch {
 public:
  virtual ~Watch() = default;
  // `self` was told that `peer` has its stream synced up to here.
  virtual void acked(SiteNo self, SiteNo peer, sync::StreamKind stream, StreamPos durable) = 0;
  // `self` hands this frame to its connection with `peer`.
  virtual void sends(SiteNo self, SiteNo peer, const Bytes& frame) = 0;
  // `self` was told by the protocol that it holds all of `peer` up to this time.
  virtual void holds_through(SiteNo self, SiteNo peer, Hlt through) = 0;
  virtual void alarm(SiteNo self, SiteNo peer, sync::AlarmCode code, const std::string& text) = 0;
  virtual void set_aside(SiteNo self, SiteNo peer, const std::string& reason) = 0;
  // `self` receives the hub's streams again from their beginning.
  virtual void starts_afresh(SiteNo self) = 0;
  // `self` starts with a recall that has all it will get, up to here in its own journal.
  virtual void recalled(SiteNo self, StreamPos end) = 0;
  // Entries of one peer's stream wait for the engine of `self`.
  virtual void waiting(SiteNo self, std::size_t bytes) = 0;
  // The region's mail.
  virtual LetterBook& letters() = 0;
  // `self`, with these rows, begins to hand over the last letter of the book.
  virtual void letter_handed(SiteNo self, const sync::Reader& rows,
                             const node::OutgoingLetter& letter) = 0;
  // What a daemon says by itself: no other command is nobody's.
  virtual CommandId own_command() = 0;
  // `self` hears of the region, at this moment of its own clock.
  virtual void heard(SiteNo self, TimeMs at) = 0;
  // `self` starts without its second device, which has these records.
  virtual void device_away(SiteNo self, const std::vector<sync::GuardedRow>& records) = 0;
};

}  // namespace opora::sim
