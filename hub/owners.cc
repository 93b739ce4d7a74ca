#include "hub/owners.h"

#include <algorithm>

#include "protocol/domain/ownership.h"

namespace opora::hub {

using protocol::Effect;
using protocol::Event;
using protocol::Kind;
using protocol::TicketState;

namespace {

struct Leased {
  SiteNo owner;
  AggregateId ticket;
  TimeMs heard;
};

// An event that is not of the ticket's home, or its beginning, when such events came before it: to
// a hub that was restored, of a ticket that it had handed over.
bool others_spoke(const TicketState& ticket, const Event& event) {
  if (ticket.opened.v == 0) return false;
  const bool before =
      ticket.early + ticket.late + ticket.comments + ticket.files + ticket.answers.size() > 0;
  const bool opened = std::holds_alternative<protocol::TicketOpened>(event.facts);
  return event.env.origin != ticket.site || (opened && before);
}

}  // namespace

StreamPos journal_through(const sync::Reader& rows, SiteNo site) {
  return sync::read_cursor(rows, sync::Stream::kJournal, site).pos;
}

void answer_ticket_event(Outbox& outbox, sync::Transaction& txn, sync::Decision& decision,
                         const Event& event) {
  if (protocol::kind_of(event.env.type) != Kind::kTicket) return;
  const protocol::Entity& ticket = decision.load(Kind::kTicket, event.env.aggregate);
  const auto* state = ticket.as<TicketState>();
  if (state == nullptr) return;
  if (others_spoke(*state, event)) outbox.entitle_home(txn, event.env.aggregate);
  const auto* offered = std::get_if<protocol::TicketOffered>(&event.facts);
  const auto* answered = std::get_if<protocol::TicketOfferAnswered>(&event.facts);
  if (offered == nullptr && answered == nullptr) return;
  const StreamPos through = journal_through(txn, protocol::owner_of(*state));
  const TimeMs now = decision.context().now;
  if (answered != nullptr)
    return decision.emit(protocol::decide_answered(event.env, *answered, ticket, through, now));
  if (offered->to == kHubSite || protocol::effect_of(*state, event.env) != Effect::kStands) return;
  outbox.grant(txn, event.env.aggregate, offered->to);
  decision.emit(protocol::decide_offered(ticket, through, now));
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
