// Accepted and completed tickets (A19): what a ticket adds to the figures, and where they stand.
// Part of what an entity contributes (facets.h); README.md says what each figure means. Pure.
//
// A ticket has moments: it was received, a specialist had it, it ended, each objection reopened it.
// A moment counts on its day at the place where the ticket was opened, under what the ticket is now
// (line, urgency, topic), so that the sums are the same by whatever figures are grouped. Wishes
// (V13) have cells and rows of their own. Integers are big-endian:
//   t class scope group day value -> counters            Table::kCube
//   J class day site at which ticket -> TicketMoment     Table::kIndex, what a figure opens
// The scope is the site where the ticket was opened, and 0: the region. So a report of the region
// reads no more than one of a site: days × values, however many tickets and sites there are.
#pragma once

#include <optional>
#include <string>

#include "protocol/domain/facets.h"
#include "protocol/domain/local_day.h"

namespace opora::protocol {

enum class TicketClass : std::uint8_t { kTickets = 0, kWishes = 1 };

// Places in a cell's counters (facets.h). Completed and rejected are sums of others.
enum class TicketFigure : std::uint8_t {
  kAccepted,
  kAcceptedLate,  // of those: registered behind their deadline
  kInTime,
  kLate,
  kLateCutOff,     // of those: missed while their site had no line to the region
  kNoDeadline,     // completed by a line without a queue, or a queue without a norm for it
  kReopened,       // so often, not so many
  kRejectedFor,    // by V11's first reason; the other five follow
  kMerged = 13,    // a duplicate, which its target goes on for
  kReactedInTime,  // V3: given to a specialist up to its deadline
  kReactedLate,
};
inline constexpr std::size_t kRejectReasons = 6;
TicketFigure rejected_for(RejectReason reason);

// Bits of figures: what a moment counts as, and what a question asks for.
using FigureSet = StrongInt<struct FigureSetTag, std::uint16_t>;
FigureSet set_of(TicketFigure figure);
FigureSet completed_figures();
FigureSet rejected_figures();
FigureSet reacted_figures();
// One for each figure in the set: what a moment adds to its cells.
Counters ones_of(FigureSet figures);
void add_to(Counters& sum, const Counters& more);
// Half up; nothing of nothing.
std::optional<std::int64_t> percent_of(std::int64_t part, std::int64_t whole);

// A cell's counters, or a sum of such.
struct TicketCount {
  Counters counters{};

  std::int64_t at(TicketFigure figure) const { return counters[static_cast<std::size_t>(figure)]; }
  std::int64_t sum(FigureSet figures) const;
  // Of those that had a deadline, half up; nothing when none had.
  std::optional<std::int64_t> in_time_pct() const;
  void add(const Counters& more);
};

enum class TicketGroup : std::uint8_t {
  kDay = 0,  // no value
  kLine = 1,
  kUrgency = 2,  // by its name in the API
  kTopic = 3,
  kSite = 4,    // where it was opened; in the region's scope alone
  kResult = 5,  // of kinds that have one: kind, a dot, the result or nothing (H1, H2)
  kSubject =
      6,  // what a wish is for (V13), which hot line it was (T2): kind, a dot, which or nothing
  kOperator = 7,  // who took the contact, or opened the ticket: the user's id
};

// A row behind a figure: what it is found by without reading the ticket.
struct TicketMoment {
  SiteNo site;
  std::uint8_t line = 0;
  Urgency urgency{};
  std::string topic;
  FigureSet figures;
  std::string result;   // as the value of its group; empty: the kind has none
  std::string subject;  // the same
  AggregateId by;       // whose: see TicketGroup::kOperator
  template <class V>
  void visit(V&& v) {
    v(site, line, urgency, topic, figures, result, subject, by);
  }
};

// Wishes apart (V13); what one is for, or which hot line it was, as a value of that group.
TicketClass class_of(const Asking& asking);
std::string subject_value(const Asking& asking);

void add_figures(Facets& out, const AggregateId& id, const TicketState& ticket);

struct TicketCell {
  LocalDay day;
  std::string value;
};
TicketCell ticket_cell(std::string_view cube_key);
// When it happened, of a row of moments.
TimeMs ticket_moment_at(std::string_view index_key);

namespace keys {
// All of a scope.
Bytes ticket_cells(TicketClass of, SiteNo scope);
// Cells of a group and rows of moments, from a day on: a span of days ends at the first key of the
// day behind it.
Bytes ticket_cells(TicketClass of, SiteNo scope, TicketGroup group, LocalDay from);
Bytes ticket_moments(TicketClass of);
Bytes ticket_moments(TicketClass of, LocalDay from);
}  // namespace keys

}  // namespace opora::protocol
