// Calendars and queues as the region keeps them, read from the rows of a snapshot: what the API
// shows and what deadlines are computed from. Any thread.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "protocol/domain/production_calendar.h"
#include "protocol/domain/state.h"
#include "sync/journal/kv.h"

namespace opora::app {

// Each year that comes with the software or was published; of a year that was not, seq is 0.
std::vector<protocol::ProductionYearState> production_years(const sync::Reader& rows);

protocol::ProductionCalendar production_calendar(const sync::Reader& rows);

std::vector<protocol::CalendarState> calendars(const sync::Reader& rows);
std::vector<protocol::QueueState> queues(const sync::Reader& rows);
std::optional<protocol::CalendarState> find_calendar(const sync::Reader& rows, std::string_view id);
std::optional<protocol::QueueState> find_queue(const sync::Reader& rows, std::string_view id);

}  // namespace opora::app
