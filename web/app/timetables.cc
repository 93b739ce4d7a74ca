#include "web/app/timetables.h"

#include "sync/projection/catalogues.h"

namespace opora::app {

namespace {

protocol::ZoneOffset offsets_of(const Zone& zone) {
  return [zone](TimeMs at) { return zone.offset_min(at); };
}

std::optional<protocol::ZoneOffset> zone_named(const std::string& name) {
  const auto zone = Zone::find(name);
  if (!zone.ok()) return std::nullopt;
  return offsets_of(*zone);
}

}  // namespace

protocol::Timetable timetable_of(const sync::Reader& rows, const Zone& home) {
  return sync::read_timetable(rows, offsets_of(home), zone_named);
}

Timetables::Timetables(Zone home)
    : read_([home](const sync::Reader& rows) { return timetable_of(rows, home); }) {}

protocol::DecideContext Timetables::context(sync::Decision& decision) {
  if (!kept_) kept_ = read_(decision.rows());
  protocol::DecideContext out = decision.context();
  out.times = &*kept_;
  return out;
}

void Timetables::changed(protocol::EventType type) {
  const auto kind = protocol::kind_of(type);
  if (kind && is_of_timetables(*kind)) kept_.reset();
}

bool is_of_timetables(protocol::Kind kind) {
  using protocol::Kind;
  switch (kind) {
    case Kind::kQueue:
    case Kind::kCalendar:
    case Kind::kProductionYear:
    case Kind::kRubricator:         // which group a topic is of
    case Kind::kSite: return true;  // its zone
    default: return false;
  }
}

}  // namespace opora::app
