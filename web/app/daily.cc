#include "web/app/daily.h"

#include <map>
#include <set>

namespace opora::app {

using protocol::DailyRow;

namespace {

using DeskKey = std::pair<SiteNo, DeskNo>;

class DailyReader {
 public:
  DailyReader(const Context& context, const sync::Reader& rows, LocalDay day)
      : context_(context), rows_(rows), day_(day) {}

  Daily read() {
    for (const SiteInfo& site : reporting_sites(context_, rows_)) add_site(site);
    read_cells();
    const std::int64_t agents = read_agents();
    Daily out{day_, {}, {}};
    for (auto& [key, row] : desks_) out.rows.push_back(std::move(row));
    protocol::sort_daily(out.rows);
    out.total = protocol::daily_total(out.rows, agents);
    return out;
  }

 private:
  void add_site(const SiteInfo& site) {
    const auto through = context_.data_through(site.no);
    if (!has_figures(context_, site, through)) return;
    const bool behind = is_behind(context_, site, through, day_);
    for (const auto& desk : site.desks) {
      DailyRow& row = desks_[{site.no, desk.no}];
      row.site = site.no;
      row.desk = desk.no;
      row.name = desk.name;
      row.data_through = through;
      row.behind = behind;
    }
  }

  bool wanted(const protocol::DayCell& cell) const {
    return context_.place == protocol::Place::kHub || cell.site == context_.site;
  }

  // A desk that has figures but is in no directory (any more) still shows them.
  DailyRow& desk(const protocol::DayCell& cell) {
    DailyRow& row = desks_[{cell.site, cell.desk}];
    if (row.desk.v == 0) {
      row.site = cell.site;
      row.desk = cell.desk;
      row.name = site_info(context_, rows_, cell.site).name + " · " + std::to_string(cell.desk.v);
      row.data_through = context_.data_through(cell.site);
    }
    return row;
  }

  void read_cells() {
    rows_.scan_prefix(sync::Table::kCube, protocol::keys::day_cube_prefix(day_.v),
                      [&](std::string_view key, std::string_view value) {
                        const protocol::DayCell cell = protocol::day_cell(key);
                        if (wanted(cell)) desk(cell).counters = protocol::counters_of(value);
                        return true;
                      });
  }

  // Distinct agents of the region: one who works at two desks of a site counts once.
  std::int64_t read_agents() {
    std::set<std::pair<SiteNo, Bytes>> agents;
    rows_.scan_prefix(sync::Table::kCube, protocol::keys::agent_day_prefix(day_.v),
                      [&](std::string_view key, std::string_view) {
                        const protocol::DayCell cell = protocol::day_cell(key);
                        if (!wanted(cell)) return true;
                        ++desk(cell).agents;
                        agents.emplace(cell.site, key.substr(kAgentNameAt));
                        return true;
                      });
    return static_cast<std::int64_t>(agents.size());
  }

  // Behind family u8, day u32, site u32, desk u16.
  static constexpr std::size_t kAgentNameAt = 11;

  const Context& context_;
  const sync::Reader& rows_;
  LocalDay day_;
  std::map<DeskKey, DailyRow> desks_;
};

}  // namespace

bool has_figures(const Context& context, const SiteInfo& site, std::optional<TimeMs> through) {
  return context.place == protocol::Place::kNode || site.enrolled || through.has_value();
}

bool is_behind(const Context& context, const SiteInfo& site, std::optional<TimeMs> through,
               LocalDay day) {
  auto zone = Zone::find(site.zone);
  const TimeMs now = context.clock.now();
  const TimeMs day_end = zone.ok() ? zone->range_of(day).to : now;
  return !through || *through < std::min(now, day_end) + (-kBehindAfterMs);
}

Daily read_daily(const Context& context, const sync::Reader& rows, LocalDay day) {
  return DailyReader(context, rows, day).read();
}

}  // namespace opora::app
