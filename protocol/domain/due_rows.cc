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

SiteNo owner_of_moment(std::string_view key) {
  KeyReader in(key);
  in.u8();
  return SiteNo{in.u32()};
}

Bytes dues() { return KeyWriter().u8('V').take(); }

Bytes dues_from(TimeMs at) { return KeyWriter().raw(dues()).i64(at.v).take(); }

Bytes free_tickets(SiteNo owner, std::uint8_t line) {
  return KeyWriter().u8('i').u32(owner.v).u8(line).take();
}

Bytes tickets_of(std::string_view login) { return KeyWriter().u8('h').text(login).take(); }

Bytes load_of(SiteNo owner, std::string_view login) {
  return KeyWriter().u8('l').u32(owner.v).text(login).take();
}

std::string_view turn_of_free(std::string_view key) {
  return key.substr(free_tickets({}, 0).size());
}

}  // namespace keys

std::optional<NextDue> next_due(const TicketState& ticket) {
  std::optional<NextDue> out;
  for (const DueClock clock : kAllClocks) {
    const TimeMs due = moment_of(ticket, clock, Threshold::kMissed);
    if (runs(ticket, clock) && due.v != 0 && (!out || due < out->at)) out = NextDue{due, clock};
  }
  return out;
}

bool closes(std::string_view row) { return KeyReader(row).u8() != 0; }

bool is_open(TicketStatus status) {
  return status == TicketStatus::kRegistered || status == TicketStatus::kAssigned ||
         status == TicketStatus::kInWork || status == TicketStatus::kWaiting;
}

// Whoever waits for its applicant cannot go on with it.
bool is_free(const TicketState& ticket) {
  return is_open(ticket.status) && ticket.status != TicketStatus::kWaiting &&
         ticket.assignee.empty() && pending_offer(ticket) == nullptr;
}

Bytes turn_of(const TicketState& ticket) {
  const auto next = next_due(ticket);
  const bool stopped = ticket.urgency == Urgency::kCritical;
  return KeyWriter()
      .u8(stopped ? 0 : 1)
      .i64(next ? next->at.v : kMaxEventTime.v)
      .u8(static_cast<std::uint8_t>(~static_cast<std::uint8_t>(ticket.urgency)))
      .i64(ticket.received_at.v)
      .take();
}

// Of one moment there is one row: what is to be said then leaves the closing to itself.
void add_moments(Facets& out, const Entity& entity, const TicketState& ticket) {
  const auto add = [&](TimeMs at, std::uint8_t closing) {
    const Bytes key =
        KeyWriter().raw(keys::moments(owner_of(ticket))).i64(at.v).raw(entity.id.view()).take();
    out.index.push_back({key, KeyWriter().u8(closing).take()});
  };
  const auto next = next_moment(entity);
  const auto closing = closing_at(ticket);
  if (next) add(next->at, 0);
  if (closing && !(next && next->at == *closing)) add(*closing, 1);
}

void add_due_rows(Facets& out, const Entity& entity, const TicketState& ticket) {
  const AggregateId& id = entity.id;
  add_moments(out, entity, ticket);
  if (const auto due = next_due(ticket)) {
    const Bytes key = KeyWriter().raw(keys::dues_from(due->at)).raw(id.view()).take();
    out.index.push_back({key, to_row(list_row(ticket))});
  }
  if (is_free(ticket)) {
    const Bytes key = KeyWriter()
                          .raw(keys::free_tickets(owner_of(ticket), ticket.line))
                          .raw(turn_of(ticket))
                          .raw(id.view())
                          .take();
    out.index.push_back({key, to_row(list_row(ticket))});
  }
  if (is_open(ticket.status) && !ticket.assignee.empty()) {
    Counters one{};
    one[static_cast<std::size_t>(Counter::kReceived)] = 1;
    out.cubes.push_back({keys::load_of(owner_of(ticket), ticket.assignee), one});
    const Bytes key = KeyWriter()
                          .raw(keys::tickets_of(ticket.assignee))
                          .u64(keys::descending(ticket.opened.v))
                          .raw(id.view())
                          .take();
    out.index.push_back({key, to_row(list_row(ticket))});
  }
}

}  // namespace opora::protocol
