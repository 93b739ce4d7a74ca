// «Ежедневный рейтинг по доступности линии» (T5): rows from the day cells, in their order. Pure.
//
// Averages are over accepted calls, summed in ms, half up to seconds; percentages come from counts,
// half up, and may exceed 100 (registered contacts without a call). Nothing is divided by zero:
// such a value is absent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/domain/facets.h"

namespace opora::protocol {

struct DailyRow {
  SiteNo site;
  DeskNo desk;
  std::string name;
  Counters counters{};
  std::int64_t agents = 0;  // distinct agents who answered
  std::optional<TimeMs> data_through;
  bool behind = false;  // data_through is before the end of what the row claims to cover

  std::int64_t at(Counter counter) const { return counters[static_cast<std::size_t>(counter)]; }
  std::optional<std::int64_t> average_s(Counter sum_ms) const;
  std::optional<std::int64_t> availability_pct() const;  // accepted / received
  std::optional<std::int64_t> registered_pct() const;    // registered / accepted
};

// Exact availability descending, exact registered share descending, received descending, name (by
// code point). A row without calls has no availability and comes last; one without accepted calls
// has no registered share.
bool daily_order(const DailyRow& a, const DailyRow& b);
void sort_daily(std::vector<DailyRow>& rows);

// Sums; agents are given, since one agent may work at several desks. data_through is the oldest.
DailyRow daily_total(const std::vector<DailyRow>& rows, std::int64_t agents);

}  // namespace opora::protocol
