#include "web/app/unsettled.h"

#include "protocol/domain/ownership.h"
#include "protocol/domain/ticket_times.h"
#include "sync/projection/projection.h"
#include "web/app/calendars.h"

namespace opora::app {

using protocol::DueClock;
using protocol::TicketState;
using protocol::Years;

namespace {

Zone zone_of_site(const sync::Reader& rows, const Zone& home, SiteNo no) {
  const auto entity = sync::read_entity(rows, protocol::Kind::kSite, protocol::site_aggregate(no));
  const auto* site = entity.as<protocol::SiteState>();
  if (site == nullptr) return home;
  const auto zone = Zone::find(site->zone);
  return zone.ok() ? *zone : home;
}

const protocol::Norm& norm_of(const protocol::QueueChanged& queue, const TicketState& ticket) {
  return queue.norms[static_cast<std::size_t>(ticket.urgency) - 1].completion;
}

void count_deadlines(protocol::UnsettledYears& years, const sync::Reader& rows, const Zone& place,
                     const TicketState& ticket) {
  const auto queue = find_queue(rows, ticket.times.queue);
  const auto calendar = queue ? find_calendar(rows, queue->facts.calendar) : std::nullopt;
  if (!calendar) return;
  const auto own = Zone::find(calendar->facts.zone);
  const protocol::ZoneOffset zone = [&place, &own](TimeMs at) {
    return own.ok() ? own->offset_min(at) : place.offset_min(at);
  };
  TimeMs since = ticket.registered_at;
  if (!ticket.stays.empty()) since = std::max(since, ticket.stays.back().from);
  const auto count = [&](DueClock clock, const protocol::Norm& norm) {
    const TimeMs due = moment_of(ticket, clock, protocol::Threshold::kMissed);
    if (due.v != 0 && protocol::runs(ticket, clock))
      years.count({norm, calendar->facts.hours, zone, since, due});
  };
  count(DueClock::kReaction, protocol::reaction_norm(queue->facts, ticket.category));
  count(DueClock::kCompletion, norm_of(queue->facts, ticket));
}

}  // namespace

Years decreed_years(const sync::Reader& rows) {
  Years out;
  for (const auto& year : production_years(rows)) {
    if (year.facts.status == protocol::YearStatus::kDecreed) out.insert(year.facts.year);
  }
  return out;
}

Years unsettled_years(const sync::Reader& rows, const Zone& home, const TicketState& ticket) {
  protocol::UnsettledYears years(decreed_years(rows));
  const Zone place = zone_of_site(rows, home, protocol::owner_of(ticket));
  count_deadlines(years, rows, place, ticket);
  if (ticket.status == protocol::TicketStatus::kDone && ticket.reopen_until.v != 0) {
    // It is the end of the last day: the first moment of the next.
    years.count_days(place.day_of(ticket.finished_at), place.day_of(ticket.reopen_until + -1));
  }
  return years.found();
}

void write_years(web::JsonWriter& out, const Years& years) {
  out.array("preliminary_years", [&] {
    for (const std::uint16_t year : years) out.value(year);
  });
}

}  // namespace opora::app
