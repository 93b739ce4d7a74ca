// Notices of thresholds (A-esc): whom a ticket's deadlines concern now. Rows of an entity
// (facets.h), so every replica has the same, a rebuild makes them anew, and they are gone when the
// clock has stopped or its moment lies ahead again:
//   n owner audience ~at clock ticket -> Notice
// At 75 % of a norm its assignee is told, or, while it has none, those who work on its line; at
// 100 % they, the supervisors of the site that owns it, and the region's. Of one clock the higher
// threshold alone is told of. Integers are big-endian, "~" means descending. Pure.
#pragma once

#include "protocol/domain/access.h"
#include "protocol/domain/facets.h"

namespace opora::protocol {

struct Notice {
  AggregateId ticket;
  DueClock clock = DueClock::kCompletion;
  Threshold threshold = Threshold::kWarned;
  TimeMs moment;  // of the threshold
  Hlt at;         // when the owner said so
  template <class V>
  void visit(V&& v) {
    v(ticket, clock, threshold, moment, at);
  }
};

// The same telling at every replica and for everybody; told once more, it is another.
AggregateId id_of(const Notice& notice);

void add_notice_rows(Facets& out, const AggregateId& id, const TicketState& ticket);

namespace keys {
Bytes notices_of_person(SiteNo owner, std::string_view login);
Bytes notices_of_line(SiteNo owner, std::uint8_t line);
Bytes notices_of_supervisors(SiteNo owner);
Bytes notices_of_region();
}  // namespace keys

// Which of them somebody with these roles is told of at a place; nothing for who has no part in
// tickets there. A login means one person a site: `login` is empty for a namesake.
std::vector<Bytes> notices_for(Place place, SiteNo site, Roles roles, std::string_view login);

}  // namespace opora::protocol
