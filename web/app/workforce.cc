#include "web/app/workforce.h"

#include <algorithm>
#include <set>

#include "protocol/domain/desk_cells.h"
#include "web/app/calendars.h"
#include "web/app/daily.h"

namespace opora::app {

using protocol::Counter;
using protocol::Forecast;
using protocol::History;
using protocol::kDayQuarters;
using protocol::Load;
using protocol::QuarterCounts;
using protocol::QuarterRates;

namespace {

constexpr std::int64_t kQuarterMs = 15 * protocol::kMinuteMs;
// Talk is what it was lately.
constexpr std::int32_t kTalkDays = 28;
// The mean of fewer calls says little.
constexpr std::int64_t kTalkCalls = 20;
constexpr double kAssumedTalkS = 180;
// Of each weekday that is asked for.
constexpr int kHeldOutWeeks = 4;

std::int64_t count(const protocol::Counters& counters, Counter counter) {
  return counters[static_cast<std::size_t>(counter)];
}
// Whoever wanted to be answered.
std::int64_t calls(const protocol::Counters& counters) {
  return count(counters, Counter::kReceived) - count(counters, Counter::kPhantom);
}

struct Talk {
  std::int64_t ms = 0;
  std::int64_t calls = 0;

  double mean_s() const { return static_cast<double>(ms) / static_cast<double>(calls) / 1'000; }
};

struct DayFigures {
  std::int64_t calls = 0;
  Talk talk;
};

// What is known of one desk, and its quarters as they are asked for.
class DeskHistory {
 public:
  DeskHistory(const sync::Reader& rows, DeskKey key, Zone zone)
      : rows_(rows), key_(key), zone_(zone) {}

  void add(LocalDay day, const protocol::Counters& counters) {
    const Talk talk{count(counters, Counter::kTalkMs), count(counters, Counter::kAccepted)};
    days_[day] = {calls(counters), talk};
  }
  // From its first call on, up to the day before `end`.
  History before(LocalDay end) const {
    const auto first =
        std::ranges::find_if(days_, [](const auto& day) { return day.second.calls > 0; });
    if (first == days_.end() || first->first >= end) return {end, {}};
    History out{first->first, {}};
    for (LocalDay day = out.first; day < end; day = protocol::next(day)) {
      const auto found = days_.find(day);
      out.calls.push_back(found == days_.end() ? 0 : found->second.calls);
    }
    return out;
  }
  Talk talk_before(LocalDay end) const {
    Talk out;
    for (auto day = days_.lower_bound(LocalDay{end.v - kTalkDays});
         day != days_.end() && day->first < end; ++day) {
      out.ms += day->second.talk.ms;
      out.calls += day->second.talk.calls;
    }
    return out;
  }
  const QuarterCounts& quarters(LocalDay day) {
    const auto found = quarters_.find(day);
    return found != quarters_.end() ? found->second
                                    : quarters_.emplace(day, read(day)).first->second;
  }
  const Zone& zone() const { return zone_; }

 private:
  QuarterCounts read(LocalDay day) const {
    const TimeRange range = zone_.range_of(day);
    const std::int64_t midnight = range.from.v + zone_.offset_min(range.from) * protocol::kMinuteMs;
    // Where clocks are changed, the quarters that are shown twice are one.
    const std::int16_t offset = zone_.offset_min(range.from);
    const bool steady = zone_.offset_min(range.to) == offset;
    QuarterCounts out{};
    rows_.scan(sync::Table::kCube,
               protocol::keys::quarter_cubes(key_.first, key_.second, range.from),
               protocol::keys::quarter_cubes(key_.first, key_.second, range.to),
               [&](std::string_view key, std::string_view row) {
                 const TimeMs at = protocol::keys::quarter_of(key);
                 const std::int16_t shown = steady ? offset : zone_.offset_min(at);
                 const std::int64_t local = at.v + shown * protocol::kMinuteMs - midnight;
                 const auto quarter = static_cast<std::size_t>(local / kQuarterMs);
                 if (quarter < kDayQuarters) out[quarter] += calls(protocol::counters_of(row));
                 return true;
               });
    return out;
  }

  const sync::Reader& rows_;
  DeskKey key_;
  Zone zone_;
  std::map<LocalDay, DayFigures> days_;
  std::map<LocalDay, QuarterCounts> quarters_;
};

// A moment as the clocks of a desk show it.
struct LocalQuarter {
  LocalDay day;
  std::size_t quarter = 0;
};
LocalQuarter local_quarter(const Zone& zone, TimeMs at) {
  const std::int64_t shown = at.v + zone.offset_min(at) * protocol::kMinuteMs;
  const std::int64_t day = shown / protocol::kDayMs;  // never before 1970
  const auto quarter = static_cast<std::size_t>((shown - day * protocol::kDayMs) / kQuarterMs);
  return {LocalDay{static_cast<std::int32_t>(day)}, quarter};
}

class WorkforceReader {
 public:
  WorkforceReader(const Context& context, const sync::Reader& rows, const WorkforceQuestion& asked)
      : context_(context), rows_(rows), asked_(asked), production_(production_calendar(rows)) {}

  Workforce read() {
    const TimeRange first = context_.zone.range_of(asked_.from);
    const TimeRange last = context_.zone.range_of(asked_.to);
    out_.begins = first.from;
    out_.quarters = static_cast<std::size_t>((last.to - first.from) / kQuarterMs);
    for (const SiteInfo& site : reporting_sites(context_, rows_)) add_site(site);
    read_days();
    learn_talk();
    for (WorkforceDesk& desk : out_.desks) forecast(desk);
    sum_up();
    return std::move(out_);
  }

 private:
  bool wanted(DeskKey key) const {
    return (!asked_.site || *asked_.site == key.first) &&
           (asked_.desks.empty() || std::ranges::find(asked_.desks, key) != asked_.desks.end());
  }

  void add_site(const SiteInfo& site) {
    const auto through = context_.data_through(site.no);
    if (!has_figures(context_, site, through)) return;
    auto zone = Zone::find(site.zone);
    for (const auto& desk : site.desks) {
      const DeskKey key{site.no, desk.no};
      if (!wanted(key)) continue;
      WorkforceDesk one;
      one.key = key;
      one.name = desk.name;
      one.data_through = through;
      one.behind = is_behind(context_, site, through, asked_.to);
      out_.desks.push_back(std::move(one));
      histories_.try_emplace(key, rows_, key, zone.ok() ? *zone : context_.zone);
    }
  }

  // One scan over the days of all desks: of a year of a large region half a million bytes.
  void read_days() {
    const LocalDay today = context_.zone.day_of(context_.clock.now());
    const auto first = static_cast<std::int32_t>(today.v - protocol::kMaxHistoryDays);
    rows_.scan(sync::Table::kCube, protocol::keys::day_cube_prefix(first),
               protocol::keys::day_cube_prefix(today.v + 2),
               [&](std::string_view key, std::string_view row) {
                 const protocol::DayCell cell = protocol::day_cell(key);
                 const auto desk = histories_.find({cell.site, cell.desk});
                 if (desk != histories_.end())
                   desk->second.add(LocalDay{cell.day}, protocol::counters_of(row));
                 return true;
               });
  }

  // The first day that is not known whole, or not over, or asked for.
  LocalDay history_end(const WorkforceDesk& desk, const Zone& zone) const {
    const TimeMs now = context_.clock.now();
    const TimeMs known = std::min(now, desk.data_through.value_or(now));
    return std::min(zone.day_of(known), asked_.from);
  }

  void learn_talk() {
    Talk all;
    for (WorkforceDesk& desk : out_.desks) {
      const DeskHistory& history = histories_.at(desk.key);
      const Talk talk = history.talk_before(history_end(desk, history.zone()));
      all.ms += talk.ms;
      all.calls += talk.calls;
      desk.talk_of = talk.calls >= kTalkCalls ? TalkOf::kDesk : TalkOf::kAll;
      if (desk.talk_of == TalkOf::kDesk) desk.talk_s = talk.mean_s();
    }
    for (WorkforceDesk& desk : out_.desks) {
      if (desk.talk_of == TalkOf::kDesk) continue;
      desk.talk_of = all.calls >= kTalkCalls ? TalkOf::kAll : TalkOf::kAssumed;
      desk.talk_s = desk.talk_of == TalkOf::kAll ? all.mean_s() : kAssumedTalkS;
    }
  }

  void forecast(WorkforceDesk& desk) {
    DeskHistory& read = histories_.at(desk.key);
    const auto quarters_of = [&read](LocalDay day) { return read.quarters(day); };
    const History history = read.before(history_end(desk, read.zone()));
    const Forecast forecast(history, production_);
    desk.history_days = history.calls.size();
    desk.error =
        protocol::forecast_error(history, production_, quarters_of, held_out(history.end()));
    // Whoever answers at once still needs a second to do so.
    const double handling_s = std::max(1.0, desk.talk_s + asked_.wrap_up_s);
    const auto plan = asked_.plans.find(desk.key);
    std::map<LocalDay, QuarterRates> days;
    for (std::size_t i = 0; i < out_.quarters; ++i) {
      const LocalQuarter at = local_quarter(read.zone(), out_.at(i));
      const auto [day, is_new] = days.try_emplace(at.day);
      if (is_new) day->second = forecast.quarters(at.day, quarters_of);
      const Load load{day->second[at.quarter], handling_s};
      desk.loads.push_back(load);
      desk.needed.push_back(protocol::operators_needed(load, asked_.service));
      desk.planned.push_back(
          plan == asked_.plans.end()
              ? std::nullopt
              : std::optional(protocol::planned(
                    plan->second, protocol::sorted_day(production_, at.day), at.quarter)));
      const bool over = desk.data_through && out_.at(i + 1) <= *desk.data_through &&
                        out_.at(i + 1) <= context_.clock.now();
      desk.came.push_back(over ? std::optional(read.quarters(at.day)[at.quarter]) : std::nullopt);
    }
    desk.sums = protocol::staffing(desk.loads, desk.needed, desk.planned);
    desk.planned_level = planned_level(desk);
  }

  // The last weeks' days of the weekdays that are asked for.
  std::vector<LocalDay> held_out(LocalDay end) const {
    std::set<LocalDay> out;
    for (LocalDay day = asked_.from; day <= asked_.to; day = protocol::next(day)) {
      const int week = static_cast<int>(protocol::kWeekdays);
      const int behind = ((day.v - end.v) % week + week) % week;
      for (int i = 1; i <= kHeldOutWeeks; ++i) out.insert(LocalDay{end.v + behind - i * week});
    }
    return {out.begin(), out.end()};
  }

  std::optional<double> planned_level(const WorkforceDesk& desk) const {
    if (!desk.has_plan()) return std::nullopt;
    double answered = 0;
    double all = 0;
    for (std::size_t i = 0; i < desk.loads.size(); ++i) {
      const auto level = protocol::service_level(desk.loads[i], *desk.planned[i], asked_.service);
      if (!level) continue;
      answered += *level * desk.loads[i].calls;
      all += desk.loads[i].calls;
    }
    return all > 0 ? std::optional(answered / all) : std::nullopt;
  }

  void sum_up() {
    std::ranges::stable_sort(
        out_.desks, [](const auto& a, const auto& b) { return a.sums.calls > b.sums.calls; });
    bool all_heard = true;
    for (const WorkforceDesk& desk : out_.desks) {
      out_.error += desk.error;
      out_.behind = out_.behind || desk.behind;
      all_heard = all_heard && desk.data_through.has_value();
      if (desk.data_through)
        out_.data_through =
            std::min(out_.data_through.value_or(*desk.data_through), *desk.data_through);
    }
    if (!all_heard) out_.data_through.reset();
    for (std::size_t i = 0; i < out_.quarters; ++i) sum_up(i);
    const std::vector<std::optional<int>> none(out_.quarters);
    out_.apart_sums = protocol::staffing(out_.loads, out_.needed, none);
    // Too many at one desk are of no help to another.
    for (const WorkforceDesk& desk : out_.desks) {
      out_.apart_sums.planned_quarters += desk.sums.planned_quarters;
      out_.apart_sums.short_quarters += desk.sums.short_quarters;
      out_.apart_sums.missing_quarters += desk.sums.missing_quarters;
    }
    out_.together_sums = protocol::staffing(out_.loads, out_.together, none);
  }

  void sum_up(std::size_t quarter) {
    std::vector<Load> loads;
    int needed = 0;
    std::optional<int> planned;
    std::optional<std::int64_t> came;
    bool all_known = !out_.desks.empty();
    for (const WorkforceDesk& desk : out_.desks) {
      loads.push_back(desk.loads[quarter]);
      needed += desk.needed[quarter];
      if (desk.planned[quarter]) planned = planned.value_or(0) + *desk.planned[quarter];
      all_known = all_known && desk.came[quarter].has_value();
      came = came.value_or(0) + desk.came[quarter].value_or(0);
    }
    out_.loads.push_back(protocol::pooled(loads));
    out_.needed.push_back(needed);
    out_.planned.push_back(planned);
    out_.came.push_back(all_known ? came : std::nullopt);
    out_.together.push_back(protocol::operators_needed(out_.loads.back(), asked_.service));
  }

  const Context& context_;
  const sync::Reader& rows_;
  const WorkforceQuestion& asked_;
  const protocol::ProductionCalendar production_;
  std::map<DeskKey, DeskHistory> histories_;
  Workforce out_;
};

}  // namespace

TimeMs Workforce::at(std::size_t quarter) const {
  return begins + static_cast<std::int64_t>(quarter) * kQuarterMs;
}

Workforce read_workforce(const Context& context, const sync::Reader& rows,
                         const WorkforceQuestion& question) {
  return WorkforceReader(context, rows, question).read();
}

}  // namespace opora::app
