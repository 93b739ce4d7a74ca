// Owners: the region's part in the ownership of tickets (protocol/domain/ownership.h), inside the
// engine's transaction: what follows from an answer to an offer, who may read what was offered, and
// routed work whose owner is out of hearing. The rules are the domain's; here is what they need of
// the store. Engine's thread, but for LeaseWatch.
#pragma once

#include "hub/outbox.h"
#include "hub/region.h"
#include "sync/engine/engine.h"

namespace opora::hub {

// How far the region has a site's journal: what the site did later on a ticket that it loses now is
// late.
StreamPos journal_through(const sync::Reader& rows, SiteNo site);

// What the region says to an event of a ticket that came from a site.
void answer_ticket_event(Outbox& outbox, sync::Transaction& txn, sync::Decision& decision,
                         const protocol::Event& event);

// Takes routed work back from owners whose lease ran out. Any thread.
class LeaseWatch {
 public:
  // A lease is counted in minutes.
  static constexpr int kEveryMs = 10'000;
  // Tickets in one command: more wait for the next turn, so that nobody waits for this one.
  static constexpr std::size_t kMaxTickets = 100;

  // Since when this hub listens: nobody can have been heard before.
  LeaseWatch(const sync::Store& store, const Region& region, const Clock& clock)
      : store_(store), region_(region), clock_(clock), listening_since_(clock.now()) {}

  void look(sync::Engine& engine) const;
  TimeMs heard(SiteNo site) const;

 private:
  const sync::Store& store_;
  const Region& region_;
  const Clock& clock_;
  TimeMs listening_since_;
};

}  // namespace opora::hub
