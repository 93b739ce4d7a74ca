#include "hub/owners.h"

#include <algorithm>

#include "protocol/domain/ownership.h"

namespace opora::hub {

using protocol::Event;
using protocol::Kind;
using protocol::TicketState;

namespace {

struct Leased {
  SiteNo owner;
  AggregateId ticket;
  TimeMs heard;
};

bool is_pending(const TicketState& ticket, const Event& offered) {
  const auto* pending = protocol::pending_offer(ticket);
  return pending != nullptr && pending->at == offered.env.hlt &&
         pending->term == offered.env.term && pending->seq == offered.env.seq;
}

}  // namespace

StreamPos journal_through(const sync::Reader& rows, SiteNo site) {
  return sync::read_cursor(rows, sync::Stream::kJournal, site).pos;
}

void answer_ticket_event(Outbox& outbox, sync::Transaction& txn, sync::Decision& decision,
                         const Event& event) {
  const auto* offered = std::get_if<protocol::TicketOffered>(&event.facts);
  const auto* answered = std::get_if<protocol::TicketOfferAnswered>(&event.facts);
  if (offered == nullptr && answered == nullptr) return;
  const protocol::Entity& ticket = decision.load(Kind::kTicket, event.env.aggregate);
  const auto* state = ticket.as<TicketState>();
  if (state == nullptr) return;
  if (answered != nullptr) {
    decision.emit(protocol::decide_answered(event.env, *answered, ticket,
                                            journal_through(txn, protocol::owner_of(*state)),
                                            decision.context().now));
  } else if (offered->to != kHubSite && is_pending(*state, event)) {
    outbox.grant(txn, event.env.aggregate, offered->to);
  }
}

TimeMs LeaseWatch::heard(SiteNo site) const {
  const SiteLink link = region_.link(site);
  if (link.connected) return clock_.now();
  return std::max(link.since.value_or(TimeMs{}), listening_since_);
}

void LeaseWatch::look(sync::Engine& engine) const {
  const auto rows = store_.snapshot();
  std::vector<Leased> found;
  const TimeMs now = clock_.now();
  rows->scan_prefix(sync::Table::kIndex, Bytes("E"), [&](std::string_view key, std::string_view) {
    const SiteNo owner{KeyReader(key.substr(1)).u32()};
    const AggregateId id = protocol::keys::id_of(key);
    const TimeMs last = heard(owner);
    const auto ticket = sync::read_entity(*rows, Kind::kTicket, id);
    const auto* state = ticket.as<TicketState>();
    if (state != nullptr && protocol::lease_ran_out(*state, last, now))
      found.push_back({owner, id, last});
    return found.size() < kMaxTickets;
  });
  if (found.empty()) return;
  sync::Command command;
  command.decide = [found = std::move(found)](sync::Decision& decision) {
    for (const Leased& one : found) {
      const StreamPos through = journal_through(decision.rows(), one.owner);
      const auto& ticket = decision.load(Kind::kTicket, one.ticket);
      const auto* state = ticket.as<TicketState>();
      if (state == nullptr || protocol::owner_of(*state) != one.owner) continue;
      decision.emit(protocol::decide_lease(ticket, one.heard, through, decision.context().now));
    }
    return Result<sync::Answer>(sync::Answer{});
  };
  command.done = [](const Result<sync::Answer>&) {};
  engine.submit(std::move(command));
}

}  // namespace opora::hub
