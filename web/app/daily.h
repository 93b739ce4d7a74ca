// Reads the daily report (T5) of a day from one snapshot: all reporting sites at the hub, the own
// one at a node. Costs the same whatever the number of calls: cells and agent rows of one day only.
#pragma once

#include "protocol/domain/daily_report.h"
#include "web/app/context.h"

namespace opora::app {

// A site that was heard of within this is not "behind": pings come every second, two may be lost.
inline constexpr std::int64_t kBehindAfterMs = 5'000;

struct Daily {
  LocalDay day;
  std::vector<protocol::DailyRow> rows;  // in T5's order
  protocol::DailyRow total;
};

// Whether figures of this day may still lack something that happened there.
bool is_behind(const Context& context, const SiteInfo& site, std::optional<TimeMs> through,
               LocalDay day);
// A site that is declared and not set up yet has no figures: zeros would be untrue, and its missing
// data_through would hide that of all others.
bool has_figures(const Context& context, const SiteInfo& site, std::optional<TimeMs> through);

Daily read_daily(const Context& context, const sync::Reader& rows, LocalDay day);

}  // namespace opora::app
