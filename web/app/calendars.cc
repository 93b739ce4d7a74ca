#include "web/app/calendars.h"

#include <map>

#include "sync/projection/catalogues.h"
#include "sync/projection/projection.h"

namespace opora::app {

using protocol::CalendarState;
using protocol::Kind;
using protocol::ProductionYearState;
using protocol::QueueState;

namespace {

template <class State>
std::optional<State> one(const sync::Reader& rows, Kind kind, const AggregateId& id) {
  const auto entity = sync::read_entity(rows, kind, id);
  const auto* state = entity.as<State>();
  return state == nullptr ? std::nullopt : std::optional(*state);
}

}  // namespace

std::vector<ProductionYearState> production_years(const sync::Reader& rows) {
  std::map<std::uint16_t, ProductionYearState> years;
  for (const auto& shipped : protocol::shipped_production_years()) {
    years[shipped.year].facts = shipped;
  }
  for (auto& year : sync::read_published_years(rows)) {
    years[year.facts.year] = std::move(year);
  }
  std::vector<ProductionYearState> out;
  out.reserve(years.size());
  for (auto& [number, year] : years) out.push_back(std::move(year));
  return out;
}

protocol::ProductionCalendar production_calendar(const sync::Reader& rows) {
  protocol::ProductionCalendar out;
  for (auto& year : production_years(rows)) out.merge(year.facts.days);
  return out;
}

std::vector<CalendarState> calendars(const sync::Reader& rows) {
  return sync::read_calendars(rows);
}

std::vector<QueueState> queues(const sync::Reader& rows) { return sync::read_queues(rows); }

std::optional<CalendarState> find_calendar(const sync::Reader& rows, std::string_view id) {
  return one<CalendarState>(rows, Kind::kCalendar, protocol::calendar_aggregate(id));
}

std::optional<QueueState> find_queue(const sync::Reader& rows, std::string_view id) {
  return one<QueueState>(rows, Kind::kQueue, protocol::queue_aggregate(id));
}

}  // namespace opora::app
