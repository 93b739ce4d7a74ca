#include "protocol/domain/links.h"

#include "protocol/base/archive.h"

namespace opora::protocol {

namespace {

enum class Tie : std::uint8_t { kMerged = 1, kPart = 2, kCaller = 3 };

Bytes tied_to(const AggregateId& what, Tie tie) {
  return KeyWriter().u8('g').u8(static_cast<std::uint8_t>(tie)).raw(what.view()).take();
}

struct Called {
  SiteNo site;
  TimeMs at;
};

void add_caller(Facets& out, const AggregateId& id, const AggregateId& problem, Called called,
                const Caller& row) {
  out.index.push_back({KeyWriter()
                           .raw(keys::callers_of(problem, called.site))
                           .i64(called.at.v)
                           .raw(id.view())
                           .take(),
                       to_row(row)});
}

}  // namespace

namespace keys {

Bytes merged_into(const AggregateId& target) { return tied_to(target, Tie::kMerged); }
Bytes parts_of(const AggregateId& origin) { return tied_to(origin, Tie::kPart); }
Bytes callers_of(const AggregateId& problem) { return tied_to(problem, Tie::kCaller); }
Bytes callers_of(const AggregateId& problem, SiteNo site) {
  return KeyWriter().raw(callers_of(problem)).u32(site.v).take();
}

}  // namespace keys

AggregateId caller_of(std::string_view index_key, const Caller& row) {
  return row.contact.is_zero() ? keys::id_of(index_key) : row.contact;
}

void add_link_rows(Facets& out, const AggregateId& id, const TicketState& ticket) {
  const auto tie = [&](const Bytes& to) {
    out.index.push_back({KeyWriter().raw(to).raw(id.view()).take(), {}});
  };
  if (ticket.status == TicketStatus::kMerged) tie(keys::merged_into(ticket.merged_into));
  if (!ticket.part_of.is_zero()) tie(keys::parts_of(ticket.part_of));
  if (!ticket.problem.is_zero())
    add_caller(out, id, ticket.problem, {ticket.site, ticket.received_at},
               {Kind::kTicket, ticket.contact});
}

void add_caller_row(Facets& out, const AggregateId& id, const ContactState& contact) {
  if (contact.problem.is_zero()) return;
  add_caller(out, id, contact.problem, {contact.site, contact.occurred_at}, {Kind::kContact, id});
}

}  // namespace opora::protocol
