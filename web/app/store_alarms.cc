#include "web/app/store_alarms.h"

#include "sync/journal/own_head.h"
#include "web/app/disk_room.h"

namespace opora::app {

namespace {

void write(web::JsonWriter& out, const char* code, TimeMs at, const std::string& text) {
  out.object([&] {
    out.field("code", code);
    out.field("text", text);
    out.field("at", at);
  });
}

}  // namespace

void write_safety_alarm(web::JsonWriter& out, const std::optional<sync::SafetyState>& safety,
                        TimeMs now) {
  if (!safety || safety->on) return;
  write(out, "safety_failed", now,
        "the safety journal does not work, the site goes on without it: " + safety->why);
}

void write_disk_alarm(web::JsonWriter& out, const DiskRoom* room, TimeMs now) {
  if (room != nullptr && room->low()) write(out, "disk_full", now, disk_full().message);
}

void write_safety(web::JsonWriter& out, const std::optional<sync::SafetyState>& safety) {
  out.field("safety", !safety ? "off" : safety->on ? "on" : "failed");
}

void write_store_alarms(web::JsonWriter& out, const sync::Reader& rows) {
  for (const sync::Loss& loss : sync::losses(rows)) {
    write(out, is_back(rows, loss) ? "store_loss_mended" : "store_loss", loss.at,
          describe(rows, loss));
  }
}

}  // namespace opora::app
