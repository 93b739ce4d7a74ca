#include "protocol/domain/daily_report.h"

#include <algorithm>
#include <tuple>

namespace opora::protocol {

namespace {

// part/whole against other_part/other_whole, exactly: by cross products. Absent shares (whole 0)
// come last.
int compare_shares(std::int64_t part, std::int64_t whole, std::int64_t other_part,
                   std::int64_t other_whole) {
  if (whole == 0 || other_whole == 0) return (whole == 0 ? 0 : 1) - (other_whole == 0 ? 0 : 1);
  const std::int64_t left = part * other_whole;
  const std::int64_t right = other_part * whole;
  return left == right ? 0 : (left > right ? 1 : -1);
}

std::optional<std::int64_t> half_up(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return std::nullopt;
  return (2 * part + whole) / (2 * whole);
}

}  // namespace

std::optional<std::int64_t> DailyRow::average_s(Counter sum_ms) const {
  return half_up(at(sum_ms), at(Counter::kAccepted) * 1'000);
}

std::optional<std::int64_t> DailyRow::availability_pct() const {
  return half_up(100 * at(Counter::kAccepted), at(Counter::kReceived));
}

std::optional<std::int64_t> DailyRow::registered_pct() const {
  return half_up(100 * at(Counter::kRegistered), at(Counter::kAccepted));
}

bool daily_order(const DailyRow& a, const DailyRow& b) {
  const int available = compare_shares(a.at(Counter::kAccepted), a.at(Counter::kReceived),
                                       b.at(Counter::kAccepted), b.at(Counter::kReceived));
  if (available != 0) return available > 0;
  const int registered = compare_shares(a.at(Counter::kRegistered), a.at(Counter::kAccepted),
                                        b.at(Counter::kRegistered), b.at(Counter::kAccepted));
  if (registered != 0) return registered > 0;
  if (a.at(Counter::kReceived) != b.at(Counter::kReceived))
    return a.at(Counter::kReceived) > b.at(Counter::kReceived);
  if (a.name != b.name) return a.name < b.name;  // UTF-8 bytes sort as code points
  return std::tie(a.site, a.desk) < std::tie(b.site, b.desk);
}

void sort_daily(std::vector<DailyRow>& rows) { std::sort(rows.begin(), rows.end(), daily_order); }

DailyRow daily_total(const std::vector<DailyRow>& rows, std::int64_t agents) {
  DailyRow total;
  total.agents = agents;
  bool all_known = !rows.empty();
  for (const DailyRow& row : rows) {
    for (std::size_t i = 0; i < total.counters.size(); ++i) total.counters[i] += row.counters[i];
    total.behind = total.behind || row.behind;
    all_known = all_known && row.data_through.has_value();
    if (row.data_through) {
      total.data_through =
          std::min(total.data_through.value_or(*row.data_through), *row.data_through);
    }
  }
  if (!all_known) total.data_through.reset();
  return total;
}

}  // namespace opora::protocol
