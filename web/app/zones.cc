#include "web/app/zones.h"

#include <chrono>
#include <exception>

#include <date/date.h>
#include <date/tz.h>

#include "protocol/domain/date_text.h"

namespace opora::app {
namespace {

using std::chrono::milliseconds;
using SysMs = date::sys_time<milliseconds>;

SysMs sys_time(TimeMs at) { return SysMs(milliseconds(at.v)); }
TimeMs time_ms(date::sys_time<milliseconds> t) { return TimeMs{t.time_since_epoch().count()}; }

// The first moment of the day; where clocks jump over midnight, the moment of the jump.
TimeMs start_of(const date::time_zone& zone, LocalDay day) {
  const date::local_days midnight{date::days(day.v)};
  return time_ms(zone.to_sys(date::local_time<milliseconds>(midnight), date::choose::earliest));
}

// tzdata carries two more copies of itself; in "right/" the clock counts leap seconds.
bool is_copy(std::string_view name) {
  return name.starts_with("right/") || name.starts_with("posix/");
}

}  // namespace

std::optional<LocalDay> parse_day(std::string_view text) {
  const auto day = protocol::parse_date(text);
  if (!day) return std::nullopt;
  const TimeMs midnight{day->v * protocol::kDayMs};
  return midnight >= kMinEventTime && midnight < kMaxEventTime ? day : std::nullopt;
}

std::string to_text(LocalDay day) { return date::format("%F", date::sys_days{date::days(day.v)}); }

Result<Zone> Zone::find(std::string_view name) {
  if (is_copy(name)) return invalid("zone", "no such time zone");
  try {
    date::get_tzdb();
  } catch (const std::exception& e) {
    return Error{Code::kUnavailable, "", std::string("time zone database: ") + e.what()};
  }
  try {
    const date::time_zone* zone = date::locate_zone(std::string(name));
    zone->get_info(SysMs{});  // reads the zone's file now, so that later calls cannot throw
    return Zone(zone);
  } catch (const std::exception&) {
    return invalid("zone", "no such time zone");
  }
}

std::string_view Zone::name() const { return zone_->name(); }

std::int16_t Zone::offset_min(TimeMs at) const {
  const auto offset = zone_->get_info(sys_time(at)).offset;
  return static_cast<std::int16_t>(date::floor<std::chrono::minutes>(offset).count());
}

LocalDay Zone::day_of(TimeMs at) const {
  const auto days = date::floor<date::days>(zone_->to_local(sys_time(at)));
  return LocalDay{static_cast<std::int32_t>(days.time_since_epoch().count())};
}

TimeRange Zone::range_of(LocalDay day) const {
  return {start_of(*zone_, day), start_of(*zone_, LocalDay{day.v + 1})};
}

}  // namespace opora::app
