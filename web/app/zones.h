// Time zones of sites, from the system's tzdata. The domain never sees them: decisions get an
// offset in minutes, reports a range of UTC times. A Zone is a small value that points into the
// process-wide database (read once, never changed, so any thread may use it); tzdata updates are
// seen after a restart.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/clock.h"
#include "protocol/base/ids.h"
#include "protocol/base/result.h"
#include "protocol/domain/local_day.h"

namespace date {
class time_zone;
}

namespace opora::app {

using protocol::LocalDay;

// "2026-11-20" within 2000…2100, as events are; nothing for any other text or day.
std::optional<LocalDay> parse_day(std::string_view text);
std::string to_text(LocalDay day);

struct TimeRange {
  TimeMs from;
  TimeMs to;  // first moment after
  bool operator==(const TimeRange&) const = default;
};

class Zone {
 public:
  // By IANA name ("Europe/Samara"). Error: invalid, path "zone"; unavailable when there is no
  // database.
  static Result<Zone> find(std::string_view name);

  std::string_view name() const;
  // East of Greenwich, at that moment: Moscow is 180 now and was 240 in 2013.
  std::int16_t offset_min(TimeMs at) const;
  LocalDay day_of(TimeMs at) const;
  // From the first to after the last moment of the day, 23 to 25 hours where clocks are changed.
  // Days follow each other without gap or overlap.
  TimeRange range_of(LocalDay day) const;

 private:
  explicit Zone(const date::time_zone* zone) : zone_(zone) {}
  const date::time_zone* zone_;  // never null; lives as long as the process
};

}  // namespace opora::app
