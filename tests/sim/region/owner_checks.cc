// Ownership of tickets, from the events alone: terms without gaps, one owner each, and the same
// ticket wherever it may be read.
#include <algorithm>

#include "sync/projection/projection.h"
#include "tests/sim/region/checks.h"

namespace opora::sim {

using protocol::Kind;
using sync::Table;

// Who owned a ticket when, by what the hub said; and who may read it.
std::map<AggregateId, Checks::Tenures> Checks::tenures(const Journal& hub) const {
  std::map<AggregateId, Tenures> out;
  for (const auto& [ref, held] : hub) {
    if (const auto* opened = std::get_if<protocol::TicketOpened>(&held.facts)) {
      out[held.env.aggregate].home = held.env.origin;
      out[held.env.aggregate].terms[1].owner = opened->site;
    }
    const auto* changed = std::get_if<protocol::TicketOwnerChanged>(&held.facts);
    if (changed == nullptr || ref.origin != kHubSite) continue;
    Tenures& ticket = out[held.env.aggregate];
    const std::uint32_t term = held.env.term.v;
    if (ticket.terms.contains(term) && ticket.terms[term].owner.v != 0)
      sim_.story.wrong("two owners of " + held.env.aggregate.hex() + " in one term");
    ticket.terms[term].owner = changed->to;
    ticket.terms[term - 1].through = changed->valid_through;
    ticket.readers.insert(changed->to);
    // No more than what the region had of the old owner when it said so.
    const auto last = hub.lower_bound({SiteNo{changed->from.v + 1}, {}, {}});
    const bool heard = changed->valid_through.v == 0 ||
                       (last != hub.begin() && std::prev(last)->first.origin == changed->from &&
                        std::prev(last)->first.n >= changed->valid_through);
    if (!heard)
      sim_.story.wrong("an owner's border is beyond its journal: " + held.env.aggregate.hex());
  }
  for (const auto& [ref, held] : hub) {
    const auto* offered = std::get_if<protocol::TicketOffered>(&held.facts);
    if (offered == nullptr || offered->to == kHubSite) continue;
    Tenures& ticket = out[held.env.aggregate];
    const auto term = ticket.terms.find(held.env.term.v);
    if (term != ticket.terms.end() && term->second.owner == ref.origin &&
        ref.n <= term->second.through)
      ticket.readers.insert(offered->to);
  }
  return out;
}

void Checks::check_owners(const Journal& hub) {
  const auto rows = find_(kHubSite)->disk().synced();
  for (const auto& [id, ticket] : tenures(hub)) {
    std::uint32_t next = 1;
    for (const auto& [term, tenure] : ticket.terms) {
      if (term != next++) sim_.story.wrong("a gap in the terms of " + id.hex());
    }
    const Bytes key =
        KeyWriter().u8(static_cast<std::uint8_t>(Kind::kTicket)).raw(id.view()).take();
    for (const SiteNo site : ticket.readers) {
      const auto own = find_(site)->disk().synced();
      for (const Table table : {Table::kEntity, Table::kPersonal}) {
        if (own->get(table, key) != rows->get(table, key))
          sim_.story.wrong("ticket " + id.hex() + " differs at " + name_of(site));
      }
    }
  }
}

// What was handed over is read whole: by those who were offered it or own it, and where it began.
std::set<sync::JournalRef> Checks::entitled_tickets(SiteNo site, const Journal& hub) const {
  const auto tickets = tenures(hub);
  std::set<sync::JournalRef> out;
  for (const auto& [ref, held] : hub) {
    const auto ticket = tickets.find(held.env.aggregate);
    if (ref.origin == site || ticket == tickets.end() ||
        protocol::kind_of(held.env.type) != Kind::kTicket)
      continue;
    if (ticket->second.home == site || ticket->second.readers.contains(site)) out.insert(ref);
  }
  return out;
}

}  // namespace opora::sim
