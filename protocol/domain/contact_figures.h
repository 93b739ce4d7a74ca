// Contacts as figures (A12): how many were written down, and how many of them were solved on the
// line, without a ticket, whatever the channel. They stand beside the figures of tickets
// (ticket_figures.h), by the same groups and days, and each opens its contacts. Part of what an
// entity contributes (facets.h). Pure.
//
// A contact counts on its day at its place, on line 1, which takes them. It has neither urgency nor
// result. What is about a wish (V13) counts apart. Integers are big-endian:
//   y class scope group day value -> counters      Table::kCube
//   j class day site at contact -> TicketMoment    Table::kIndex, its figures are ContactFigure's
// The scope is the contact's site, and 0: the region.
#pragma once

#include "protocol/domain/ticket_figures.h"

namespace opora::protocol {

// Places in a cell's counters.
enum class ContactFigure : std::uint8_t {
  kAll,
  kOther,   // of those: no incoming calls, which T5 does not count
  kSolved,  // of all: without a ticket
};
FigureSet set_of(ContactFigure figure);

struct ContactCount {
  Counters counters{};

  std::int64_t at(ContactFigure figure) const { return counters[static_cast<std::size_t>(figure)]; }
  // Of all contacts, half up; nothing without any.
  std::optional<std::int64_t> solved_pct() const;
  void add(const Counters& more);
};

void add_contact_figures(Facets& out, const AggregateId& id, const ContactState& contact);

namespace keys {
// As those of tickets; their keys are read by ticket_cell() and ticket_moment_at().
Bytes contact_cells(TicketClass of, SiteNo scope, TicketGroup group, LocalDay from);
Bytes contact_moments(TicketClass of);
Bytes contact_moments(TicketClass of, LocalDay from);
}  // namespace keys

}  // namespace opora::protocol
