#include "protocol/domain/due_rows.h"

#include "protocol/base/archive.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/ticket_times.h"

namespace opora::protocol {

namespace keys {

Bytes moments(SiteNo owner) { return KeyWriter().u8('M').u32(owner.v).take(); }

Bytes moments_after(SiteNo owner, TimeMs at) {
  return KeyWriter().raw(moments(owner)).i64(at.v + 1).take();
}

Bytes dues() { return KeyWriter().u8('V').take(); }

Bytes dues_from(TimeMs at) { return KeyWriter().raw(dues()).i64(at.v).take(); }

}  // namespace keys

std::optional<TimeMs> nearest_due(const TicketState& ticket) {
  std::optional<TimeMs> out;
  for (const DueClock clock : kDueClocks) {
    const TimeMs due = moment_of(ticket.times, clock, Threshold::kMissed);
    if (runs(ticket, clock) && due.v != 0 && (!out || due < *out)) out = due;
  }
  return out;
}

bool closes(std::string_view row) { return KeyReader(row).u8() != 0; }

void add_due_rows(Facets& out, const AggregateId& id, const TicketState& ticket) {
  if (const auto next = next_moment(ticket)) {
    const Bytes key =
        KeyWriter().raw(keys::moments(owner_of(ticket))).i64(next->at.v).raw(id.view()).take();
    const bool closing = !next->clock.has_value();
    out.index.push_back({key, KeyWriter().u8(closing ? 1 : 0).take()});
  }
  if (const auto due = nearest_due(ticket)) {
    const Bytes key = KeyWriter().raw(keys::dues_from(*due)).raw(id.view()).take();
    out.index.push_back({key, to_row(list_row(ticket))});
  }
}

}  // namespace opora::protocol
