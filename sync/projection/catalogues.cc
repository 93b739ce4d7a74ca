#include "sync/projection/catalogues.h"

#include "protocol/domain/facets.h"
#include "sync/projection/projection.h"

namespace opora::sync {

using protocol::Kind;

namespace {

template <class State>
std::vector<State> all(const Reader& rows, Kind kind, const Bytes& prefix) {
  std::vector<State> out;
  rows.scan_prefix(Table::kIndex, prefix, [&](std::string_view key, std::string_view) {
    const auto entity = read_entity(rows, kind, protocol::keys::id_of(key));
    if (const auto* state = entity.as<State>()) out.push_back(*state);
    return true;
  });
  return out;
}

}  // namespace

std::vector<protocol::QueueState> read_queues(const Reader& rows) {
  return all<protocol::QueueState>(rows, Kind::kQueue, protocol::keys::queues());
}

std::vector<protocol::CompetenceState> read_competences(const Reader& rows) {
  return all<protocol::CompetenceState>(rows, Kind::kCompetence, protocol::keys::competences());
}

std::vector<protocol::TemplateState> read_templates(const Reader& rows) {
  return all<protocol::TemplateState>(rows, Kind::kTemplate, protocol::keys::text_templates());
}

std::vector<protocol::CalendarState> read_calendars(const Reader& rows) {
  return all<protocol::CalendarState>(rows, Kind::kCalendar, protocol::keys::calendars());
}

std::vector<protocol::ProductionYearState> read_published_years(const Reader& rows) {
  return all<protocol::ProductionYearState>(rows, Kind::kProductionYear,
                                            protocol::keys::production_years());
}

protocol::Timetable read_timetable(const Reader& rows, protocol::ZoneOffset home,
                                   protocol::Timetable::Zones zones) {
  protocol::Timetable::Parts parts{
      read_queues(rows), read_calendars(rows), read_published_years(rows), {},
      std::move(home),   std::move(zones)};
  for (const auto& site : all<protocol::SiteState>(rows, Kind::kSite, protocol::keys::sites()))
    parts.zones_of_sites[site.site] = site.zone;
  const auto rubricator = read_entity(rows, Kind::kRubricator, protocol::rubricator_id());
  if (const auto* known = rubricator.as<protocol::RubricatorState>())
    for (const protocol::Topic& topic : known->topics) parts.groups[topic.id] = topic.group;
  return protocol::Timetable(std::move(parts));
}

}  // namespace opora::sync
