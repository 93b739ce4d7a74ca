#include "node/due_watch.h"

#include "protocol/base/archive.h"
#include "protocol/domain/due_rows.h"
#include "protocol/domain/ticket_times.h"
#include "sync/projection/projection.h"

namespace opora::node {

using protocol::Kind;
using protocol::TicketState;

std::vector<AggregateId> DueWatch::passed(const sync::Reader& rows, TimeMs now) const {
  std::vector<AggregateId> out;
  const Bytes from = protocol::keys::moments(settings_.site);
  const Bytes to = protocol::keys::moments_after(settings_.site, now);
  const bool confirmed = settings_.clock_confirmed();
  rows.scan(sync::Table::kIndex, from, to, [&](std::string_view key, std::string_view row) {
    // What waits for a clock that somebody confirms must not keep the others waiting.
    if (confirmed || !protocol::closes(row)) out.push_back(protocol::keys::id_of(key));
    return out.size() < kMaxTickets;
  });
  return out;
}

std::vector<AggregateId> DueWatch::outdated(const sync::Reader& rows) {
  std::vector<AggregateId> out;
  if (look_again_.exchange(false)) {
    looking_ = true;
    looked_through_.clear();
  }
  if (!looking_) return out;
  const protocol::Timetable timetable = app::timetable_of(rows, settings_.home);
  const Bytes open = protocol::keys::tickets(protocol::keys::Openness::kOpen);
  const Bytes from = looked_through_.empty() ? open : looked_through_ + '\0';
  std::size_t looked = 0;
  looking_ = false;
  rows.scan(sync::Table::kIndex, from, prefix_end(open),
            [&](std::string_view key, std::string_view value) {
              looked_through_ = Bytes(key);
              const auto row = from_row<protocol::TicketListRow>(value);
              if (row && row->owner == settings_.site) {
                const AggregateId id = protocol::keys::id_of(key);
                const auto ticket = sync::read_entity(rows, Kind::kTicket, id);
                const auto* state = ticket.as<TicketState>();
                if (state != nullptr && !protocol::from_catalogues(*state, timetable))
                  out.push_back(id);
              }
              looking_ = ++looked == kMaxLooked || out.size() == kMaxTickets;
              return !looking_;
            });
  return out;
}

void DueWatch::submit(sync::Engine& engine, std::vector<AggregateId> tickets) {
  if (tickets.empty()) return;
  sync::Command command;
  const auto trust =
      settings_.clock_confirmed() ? protocol::ClockTrust::kConfirmed : protocol::ClockTrust::kOwn;
  command.decide = [this, trust, tickets = std::move(tickets)](sync::Decision& decision) {
    protocol::DecideContext at = timetables_.context(decision);
    at.region_heard = settings_.region_heard();
    for (const AggregateId& id : tickets) {
      const protocol::Entity ticket = decision.load(Kind::kTicket, id);
      // One word a ticket and turn: the next is decided from what this one leaves.
      protocol::Drafts drafts = protocol::decide_times(ticket, at);
      if (drafts.empty()) drafts = protocol::decide_moment(ticket, trust, at);
      decision.emit(std::move(drafts));
    }
    return Result<sync::Answer>(sync::Answer{});
  };
  command.done = [](const Result<sync::Answer>&) {};
  engine.submit(std::move(command));
}

void DueWatch::look(sync::Engine& engine) {
  const auto rows = store_.snapshot();
  submit(engine, passed(*rows, clock_.now()));
  submit(engine, outdated(*rows));
}

}  // namespace opora::node
