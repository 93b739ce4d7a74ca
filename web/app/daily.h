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

Daily read_daily(const Context& context, const sync::Reader& rows, LocalDay day);

}  // namespace opora::app
