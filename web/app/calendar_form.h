// Calendars, queues and production years as JSON: reading what an administrator sends, writing what
// is kept. Hours are "HH:MM" of the local day, "24:00" its end; norms are minutes with their unit.
// Reading names the first wrong field. Pure.
#pragma once

#include <string>
#include <string_view>

#include "protocol/domain/decide.h"
#include "web/server/json_reader.h"
#include "web/server/json_writer.h"

namespace opora::app {

Result<protocol::PublishProductionYear> read_production_year(std::uint16_t year,
                                                             const std::string& body);
Result<protocol::ChangeCalendar> read_calendar(std::string_view id, const std::string& body);
Result<protocol::ChangeQueue> read_queue(std::string_view id, const std::string& body);

void write_production_year(web::JsonWriter& out, const protocol::ProductionYearState& year);
void write_calendar(web::JsonWriter& out, const protocol::CalendarState& calendar);
void write_queue(web::JsonWriter& out, const protocol::QueueState& queue);
// null for no norm.
void write_norm(web::JsonWriter& out, std::string_view name, const protocol::Norm& norm);

}  // namespace opora::app
