#include "node/due_watch.h"

#include <algorithm>

#include "protocol/base/archive.h"
#include "protocol/base/hash.h"
#include "protocol/domain/due_rows.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/ticket_times.h"
#include "sync/projection/projection.h"

namespace opora::node {

using protocol::Kind;
using protocol::TicketState;

namespace {

Bytes looked_key() { return KeyWriter().text("due_looked").take(); }

Bytes behind(const Bytes& key) { return key + '\0'; }

}  // namespace

DueWatch::DueWatch(const sync::Store& store, const Clock& clock, Settings settings,
                   app::Timetables& timetables)
    : store_(store), clock_(clock), settings_(std::move(settings)), timetables_(timetables) {
  const auto row = store_.snapshot()->get(sync::Table::kMeta, looked_key());
  if (row) looked_ = from_row<Looked>(*row).value_or(Looked{});
}

bool DueWatch::may_answer(const sync::Reader& rows, const AggregateId& ticket, TimeMs now) const {
  const auto entity = sync::read_entity(rows, Kind::kTicket, ticket);
  const auto* state = entity.as<TicketState>();
  if (state == nullptr || protocol::owner_of(*state) != settings_.site) return false;
  const auto until = protocol::lease_until(*state, settings_.region_heard());
  return !until || now <= *until;
}

std::vector<AggregateId> DueWatch::passed(const sync::Reader& rows, TimeMs now) {
  std::vector<AggregateId> out;
  const bool confirmed = settings_.clock_confirmed();
  const Bytes from =
      passed_through_.empty() ? protocol::keys::moments(settings_.site) : behind(passed_through_);
  std::size_t looked = 0;
  bool full = false;
  rows.scan(sync::Table::kIndex, from, protocol::keys::moments_after(settings_.site, now),
            [&](std::string_view key, std::string_view row) {
              passed_through_ = Bytes(key);
              const AggregateId id = protocol::keys::id_of(key);
              const bool waits_for_clock = !confirmed && protocol::closes(row);
              const bool again = std::find(out.begin(), out.end(), id) != out.end();
              if (!waits_for_clock && !again && may_answer(rows, id, now)) out.push_back(id);
              full = ++looked == kMaxLooked || out.size() == kMaxTickets;
              return !full;
            });
  if (!full) passed_through_.clear();
  return out;
}

void DueWatch::begin_to_look(const protocol::Timetable& timetable) {
  const ChainHash hash = hash256({timetable.versions()});
  const Bytes catalogues(hash.view());
  left_.reset();
  if (looked_.catalogues != catalogues) looked_ = {catalogues, {}, false};
  looking_ = !looked_.whole;
}

bool DueWatch::is_outdated(const sync::Reader& rows, const AggregateId& ticket,
                           const protocol::Timetable& timetable) {
  const auto entity = sync::read_entity(rows, Kind::kTicket, ticket);
  const auto* state = entity.as<TicketState>();
  return state != nullptr && !protocol::from_catalogues(*state, timetable);
}

std::optional<std::vector<AggregateId>> DueWatch::outdated(const sync::Reader& rows, TimeMs now) {
  if (left_ && *left_ != settings_.region_heard()) begins_ = true;
  if (!begins_ && !looking_) return std::nullopt;
  const protocol::Timetable timetable = timetables_.read(rows);
  if (std::exchange(begins_, false)) begin_to_look(timetable);
  if (!looking_) return std::nullopt;
  std::vector<AggregateId> out;
  const Bytes open = protocol::keys::tickets(protocol::keys::Openness::kOpen);
  const Bytes from = looked_.through.empty() ? open : behind(looked_.through);
  std::size_t looked = 0;
  looking_ = false;
  rows.scan(sync::Table::kIndex, from, prefix_end(open),
            [&](std::string_view key, std::string_view value) {
              looked_.through = Bytes(key);
              const auto row = from_row<protocol::TicketListRow>(value);
              const AggregateId id = protocol::keys::id_of(key);
              const bool here = row && row->owner == settings_.site;
              if (here && is_outdated(rows, id, timetable)) {
                if (may_answer(rows, id, now)) {
                  out.push_back(id);
                } else {
                  left_ = settings_.region_heard();
                }
              }
              looking_ = ++looked == kMaxLooked || out.size() == kMaxTickets;
              return !looking_;
            });
  if (!looking_) looked_ = {looked_.catalogues, {}, !left_};
  return out;
}

sync::Command DueWatch::saying(std::vector<AggregateId> tickets) {
  sync::Command command;
  const auto trust =
      settings_.clock_confirmed() ? protocol::ClockTrust::kConfirmed : protocol::ClockTrust::kOwn;
  command.decide = [this, trust, tickets = std::move(tickets)](sync::Decision& decision) {
    protocol::DecideContext at = timetables_.context(decision);
    // In this order: a silence that ends between the two is told of by the first.
    at.region_heard = settings_.region_heard();
    at.region_silent = settings_.region_silent();
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
  return command;
}

void DueWatch::look(sync::BatchIntake& engine) {
  // Before the snapshot: what is told of after it is the next turn's.
  if (look_again_.exchange(false)) begins_ = true;
  const auto rows = store_.snapshot();
  const TimeMs now = clock_.now();
  if (auto due = passed(*rows, now); !due.empty()) engine.submit(saying(std::move(due)));
  auto others = outdated(*rows, now);
  if (!others) return;
  // How far it came takes effect together with what was said on the way.
  sync::Command command = saying(std::move(*others));
  command.decide = [decide = std::move(command.decide),
                    row = to_row(looked_)](sync::Decision& decision) {
    decision.put_meta(looked_key(), row);
    return decide(decision);
  };
  engine.submit(std::move(command));
}

}  // namespace opora::node
