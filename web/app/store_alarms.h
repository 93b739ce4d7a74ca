// What a person should know of this process's own store, as elements of an array of alarms
// (GET /api/v1/sync). Any thread.
#pragma once

#include "sync/journal/safety_log.h"
#include "web/server/json_writer.h"

namespace opora::app {

class DiskRoom;

void write_store_alarms(web::JsonWriter& out, const sync::Reader& rows);
// One more of them while a safety journal that is configured does not work.
void write_safety_alarm(web::JsonWriter& out, const std::optional<sync::SafetyState>& safety,
                        TimeMs now);
// One more while the disk has no room.
void write_disk_alarm(web::JsonWriter& out, const DiskRoom* room, TimeMs now);
// The member "safety": off (none is configured), on, failed.
void write_safety(web::JsonWriter& out, const std::optional<sync::SafetyState>& safety);

}  // namespace opora::app
