// The catalogues of the region as rows have them: queues, calendars, published production years,
// and the timetable that they make. Any thread with a snapshot; the engine's with its transaction.
#pragma once

#include <vector>

#include "protocol/domain/timetable.h"
#include "sync/journal/kv.h"

namespace opora::sync {

std::vector<protocol::QueueState> read_queues(const Reader& rows);
std::vector<protocol::CompetenceState> read_competences(const Reader& rows);
std::vector<protocol::TemplateState> read_templates(const Reader& rows);
std::vector<protocol::CalendarState> read_calendars(const Reader& rows);
std::vector<protocol::ProductionYearState> read_published_years(const Reader& rows);

// `home` is the offset of this place, `zones` knows the others by name.
protocol::Timetable read_timetable(const Reader& rows, protocol::ZoneOffset home,
                                   protocol::Timetable::Zones zones);

}  // namespace opora::sync
