#include "web/app/traffic.h"

#include <algorithm>

#include "protocol/domain/desk_cells.h"
#include "web/app/daily.h"

namespace opora::app {

using protocol::WeekTraffic;

namespace {

class TrafficReader {
 public:
  TrafficReader(const Context& context, const sync::Reader& rows, const TrafficQuestion& asked)
      : context_(context),
        rows_(rows),
        asked_(asked),
        out_{WeekTraffic(asked.from, asked.to, context.zone.day_of(context.clock.now())),
             {},
             false} {}

  TrafficReport read() {
    for (const SiteInfo& site : reporting_sites(context_, rows_)) {
      if (!asked_.site || *asked_.site == site.no) add_site(site);
    }
    return out_;
  }

 private:
  void add_site(const SiteInfo& site) {
    const auto through = context_.data_through(site.no);
    if (!has_figures(context_, site, through)) return;
    out_.behind = out_.behind || is_behind(context_, site, through, asked_.to);
    if (through) out_.data_through = std::min(out_.data_through.value_or(*through), *through);
    auto zone = Zone::find(site.zone);
    for (const auto& desk : site.desks) {
      if (!asked_.desk || *asked_.desk == desk.no)
        add_desk(site.no, desk.no, zone.ok() ? *zone : context_.zone);
    }
  }

  void add_desk(SiteNo site, DeskNo desk, const Zone& zone) {
    const TimeMs from = zone.range_of(asked_.from).from;
    const TimeMs to = zone.range_of(asked_.to).to;
    // Asked of tzdata for each row only where the span has more than one answer.
    const std::int16_t offset = zone.offset_min(from);
    const bool steady = is_steady(zone, from, to);
    rows_.scan(sync::Table::kCube, protocol::keys::quarter_cubes(site, desk, from),
               protocol::keys::quarter_cubes(site, desk, to),
               [&](std::string_view key, std::string_view row) {
                 const TimeMs at = protocol::keys::quarter_of(key);
                 out_.traffic.add(protocol::local_hour(at, steady ? offset : zone.offset_min(at)),
                                  protocol::hour_counts(protocol::counters_of(row)));
                 return true;
               });
  }

  // Clocks are changed for months: a change and its return are never in one month.
  static bool is_steady(const Zone& zone, TimeMs from, TimeMs to) {
    constexpr std::int64_t kStepMs = 28 * protocol::kDayMs;
    const std::int16_t offset = zone.offset_min(from);
    for (TimeMs at = from; at < to; at = at + kStepMs) {
      if (zone.offset_min(at) != offset) return false;
    }
    return zone.offset_min(to) == offset;
  }

  const Context& context_;
  const sync::Reader& rows_;
  const TrafficQuestion& asked_;
  TrafficReport out_;
};

}  // namespace

TrafficReport read_traffic(const Context& context, const sync::Reader& rows,
                           const TrafficQuestion& asked) {
  return TrafficReader(context, rows, asked).read();
}

}  // namespace opora::app
