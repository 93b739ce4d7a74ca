#include "protocol/domain/forecast.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "protocol/base/check.h"

namespace opora::protocol {
namespace {

// Weekdays and trend are of the last sixteen weeks, those before count for holidays alone.
constexpr std::int32_t kRecentDays = 112;
constexpr double kWeekdayHalfLifeDays = 56;
constexpr double kTrendHalfLifeDays = 28;
// Of the trend's daily step, each day further ahead; 0.98⁹² leaves a sixth.
constexpr double kDamping = 0.98;
// No trend of a season takes a desk beyond half or twice of what it has.
constexpr double kMostOfLevel = 2;
// A day with less than a tenth of what such days have: the telephone was out of order or the desk
// was closed. Where such days have fewer than this, chance alone makes silent ones.
constexpr double kSilentShare = 0.1;
constexpr double kSilenceShowsFrom = 10;
// What is expected without any day of that sort weighs as much as two of them.
constexpr double kPriorDays = 2;
constexpr std::int32_t kAroundDays = 14;
// A weekday on which hardly anybody calls says little of the level.
constexpr double kLeastFactor = 0.05;
constexpr double kCourseDecay = 0.9;
// Between two quarters with calls that are no further from it, a quarter without is chance.
constexpr std::size_t kGapQuarters = 4;

double half(double age_days, double half_life) { return std::exp2(-age_days / half_life); }

std::size_t index(Weekday weekday) { return static_cast<std::size_t>(weekday); }

bool is_off(const ProductionCalendar& production, LocalDay day) {
  const auto rule = production.find(day);
  return rule != production.end() && rule->second.kind == DayKind::kOff;
}

bool is_weekend(LocalDay day) { return weekday(day) >= Weekday::kSaturday; }

double median(std::vector<std::int64_t> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return static_cast<double>(*middle);
}

// y = mean + slope × (t − centre), weighted. The slope is taken back towards 0 by as much as chance
// would make of it: a slope within its own error is none.
struct Line {
  double centre = 0;
  double mean = 0;
  double slope = 0;
};
struct Point {
  double t = 0;
  double y = 0;
  double weight = 0;
};
Line fitted(const std::vector<Point>& points) {
  double weights = 0;
  Line out;
  for (const Point& p : points) {
    weights += p.weight;
    out.centre += p.weight * p.t;
    out.mean += p.weight * p.y;
  }
  if (weights <= 0) return {};
  out.centre /= weights;
  out.mean /= weights;
  double spread = 0;
  double rise = 0;
  double spread_squared = 0;
  for (const Point& p : points) {
    const double t = p.t - out.centre;
    spread += p.weight * t * t;
    rise += p.weight * t * (p.y - out.mean);
    spread_squared += p.weight * p.weight * t * t;
  }
  if (points.size() < 3 || spread <= 0) return out;
  const double slope = rise / spread;
  double scatter = 0;
  for (const Point& p : points) {
    const double off = p.y - out.mean - slope * (p.t - out.centre);
    scatter += p.weight * off * off;
  }
  const double free = static_cast<double>(points.size()) / static_cast<double>(points.size() - 2);
  const double error = scatter / weights * free * spread_squared / (spread * spread);
  if (slope * slope > error) out.slope = slope * (1 - error / (slope * slope));
  return out;
}

double sum(const QuarterRates& rates) { return std::accumulate(rates.begin(), rates.end(), 0.0); }

// Open: calls came in it, or in a quarter near it on either side.
std::array<bool, kDayQuarters> open_quarters(const QuarterRates& rates) {
  std::array<bool, kDayQuarters> out{};
  for (std::size_t q = 0; q < kDayQuarters; ++q) {
    const std::size_t from = q < kGapQuarters ? 0 : q - kGapQuarters;
    const std::size_t to = std::min(kDayQuarters - 1, q + kGapQuarters);
    const auto any = [&](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i <= last; ++i) {
        if (rates[i] > 0) return true;
      }
      return false;
    };
    out[q] = any(from, q) && any(q, to);
  }
  return out;
}

// 1 2 3 2 1 over the open quarters: an opening at eight stays one.
QuarterRates smoothed(const QuarterRates& rates) {
  constexpr std::ptrdiff_t kReach = 2;
  const auto open = open_quarters(rates);
  QuarterRates out{};
  for (std::size_t q = 0; q < kDayQuarters; ++q) {
    if (!open[q]) continue;
    double weights = 0;
    for (std::ptrdiff_t step = -kReach; step <= kReach; ++step) {
      const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(q) + step;
      if (at < 0 || at >= static_cast<std::ptrdiff_t>(kDayQuarters)) continue;
      const auto i = static_cast<std::size_t>(at);
      if (!open[i]) continue;
      const auto weight = static_cast<double>(kReach + 1 - std::abs(step));
      weights += weight;
      out[q] += weight * rates[i];
    }
    out[q] /= weights;
  }
  return out;
}

}  // namespace

History History::before(LocalDay last) const {
  if (last <= first) return {first, {}};
  const auto days = std::min(calls.size(), static_cast<std::size_t>(last.v - first.v));
  return {first, {calls.begin(), calls.begin() + static_cast<std::ptrdiff_t>(days)}};
}

SortedDay sorted_day(const ProductionCalendar& production, LocalDay day) {
  SortedDay out{DaySort::kUsual, weekday(day)};
  if (is_off(production, day)) return {DaySort::kDayOff, Weekday::kSunday};
  if (const auto rule = production.find(day); rule != production.end()) {
    if (rule->second.instead_of) out.like = weekday(*rule->second.instead_of);
    if (rule->second.kind == DayKind::kShort) out.sort = DaySort::kShort;
    return out;
  }
  if (is_weekend(day)) return out;
  // The weekend between a day off on Friday and this Monday belongs to the days off.
  LocalDay before{day.v - 1};
  while (is_weekend(before) && !is_off(production, before)) before.v -= 1;
  if (is_off(production, before)) out.sort = DaySort::kAfterOff;
  return out;
}

std::vector<SortedDay> sorted_days(const ProductionCalendar& production, const History& history) {
  std::vector<SortedDay> out;
  out.reserve(history.calls.size());
  for (LocalDay day = history.first; day < history.end(); day = next(day))
    out.push_back(sorted_day(production, day));
  return out;
}

Forecast::Forecast(const History& history, const ProductionCalendar& production)
    : Forecast(history, production, sorted_days(production, history)) {}

Forecast::Forecast(History history, const ProductionCalendar& production,
                   std::span<const SortedDay> sorted)
    : history_(std::move(history)), production_(production) {
  OPORA_CHECK(sorted.size() >= history_.calls.size());
  sorted_.assign(sorted.begin(),
                 sorted.begin() + static_cast<std::ptrdiff_t>(history_.calls.size()));
  learn_silence();
  learn_weekdays();
  learn_trend();
  learn_sorts();
}

void Forecast::learn_silence() {
  std::array<std::vector<std::int64_t>, kWeekdays> usual;
  for (std::size_t i = 0; i < sorted_.size(); ++i) {
    if (sorted_[i].sort == DaySort::kUsual)
      usual[index(sorted_[i].like)].push_back(history_.calls[i]);
  }
  for (std::size_t w = 0; w < kWeekdays; ++w) {
    const double typical = median(usual[w]);
    silent_below_[w] = typical >= kSilenceShowsFrom ? typical * kSilentShare : 0;
  }
}

bool Forecast::counts(LocalDay day) const {
  if (!history_.knows(day)) return false;
  const SortedDay& sorted = sorted_[static_cast<std::size_t>(day.v - history_.first.v)];
  return sorted.sort == DaySort::kUsual &&
         static_cast<double>(history_.at(day)) >= silent_below_[index(sorted.like)];
}

void Forecast::learn_weekdays() {
  std::array<double, kWeekdays> calls{};
  std::array<double, kWeekdays> weights{};
  const LocalDay from{history_.end().v - kRecentDays};
  for (LocalDay day = std::max(from, history_.first); day < history_.end(); day = next(day)) {
    if (!counts(day)) continue;
    const double weight = half(history_.end().v - day.v, kWeekdayHalfLifeDays);
    const std::size_t w = index(sorted_[static_cast<std::size_t>(day.v - history_.first.v)].like);
    calls[w] += weight * static_cast<double>(history_.at(day));
    weights[w] += weight;
  }
  double total = 0;
  double known = 0;
  for (std::size_t w = 0; w < kWeekdays; ++w) {
    if (weights[w] <= 0) continue;
    calls[w] /= weights[w];
    total += calls[w];
    known += 1;
  }
  for (std::size_t w = 0; w < kWeekdays; ++w)
    weekdays_[w] = weights[w] > 0 && total > 0 ? calls[w] * known / total : 1;
}

void Forecast::learn_trend() {
  std::vector<Point> points;
  const LocalDay from{history_.end().v - kRecentDays};
  for (LocalDay day = std::max(from, history_.first); day < history_.end(); day = next(day)) {
    const double usual =
        weekday_factor(sorted_[static_cast<std::size_t>(day.v - history_.first.v)].like);
    if (!counts(day) || usual < kLeastFactor) continue;
    const double age = history_.end().v - 1 - day.v;
    // A count scatters by its root, so the level that it shows is as good as the factor is large.
    points.push_back({-age, static_cast<double>(history_.at(day)) / usual,
                      half(age, kTrendHalfLifeDays) * usual});
  }
  const Line line = fitted(points);
  level_ = std::max(0.0, line.mean - line.slope * line.centre);
  slope_ = line.slope;
}

double Forecast::level_around(LocalDay day) const {
  double calls = 0;
  double factors = 0;
  for (LocalDay near{day.v - kAroundDays}; near.v <= day.v + kAroundDays; near = next(near)) {
    if (!counts(near)) continue;
    calls += static_cast<double>(history_.at(near));
    factors += weekday_factor(sorted_[static_cast<std::size_t>(near.v - history_.first.v)].like);
  }
  constexpr double kFewest = 3;
  return factors >= kFewest ? calls / factors : -1;
}

void Forecast::learn_sorts() {
  std::array<double, 4> ratios{};
  std::array<double, 4> days{};
  for (LocalDay day = history_.first; day < history_.end(); day = next(day)) {
    const SortedDay& sorted = sorted_[static_cast<std::size_t>(day.v - history_.first.v)];
    if (sorted.sort == DaySort::kUsual) continue;
    const bool off = sorted.sort == DaySort::kDayOff;
    const double usual = level_around(day) * (off ? 1 : weekday_factor(sorted.like));
    if (usual <= 0) continue;
    ratios[static_cast<std::size_t>(sorted.sort)] += static_cast<double>(history_.at(day)) / usual;
    days[static_cast<std::size_t>(sorted.sort)] += 1;
  }
  for (std::size_t s = 0; s < sorts_.size(); ++s) {
    const bool off = static_cast<DaySort>(s) == DaySort::kDayOff;
    const double prior = off ? weekday_factor(Weekday::kSunday) : 1;
    sorts_[s] = (ratios[s] + kPriorDays * prior) / (days[s] + kPriorDays);
  }
}

double Forecast::factor(SortedDay day) const {
  const double sort = sorts_[static_cast<std::size_t>(day.sort)];
  switch (day.sort) {
    case DaySort::kUsual: return weekday_factor(day.like);
    case DaySort::kDayOff: return sort;
    case DaySort::kShort:
    case DaySort::kAfterOff: return weekday_factor(day.like) * sort;
  }
  return 0;
}

double Forecast::day(LocalDay day) const {
  const double ahead = std::max(1, day.v - history_.end().v + 1);
  const double steps = kDamping * (1 - std::pow(kDamping, ahead)) / (1 - kDamping);
  const double level =
      std::clamp(level_ + slope_ * steps, level_ / kMostOfLevel, level_ * kMostOfLevel);
  return level * factor(sorted_day(production_, day));
}

std::vector<LocalDay> Forecast::course_days(LocalDay day) const {
  const SortedDay wanted = sorted_day(production_, day);
  const bool off = wanted.sort == DaySort::kDayOff;
  std::vector<LocalDay> out;
  const auto take = [&](auto&& fits) {
    for (std::size_t i = sorted_.size(); i-- > 0 && out.size() < kCourseDays;) {
      const LocalDay one{history_.first.v + static_cast<std::int32_t>(i)};
      if (fits(one, sorted_[i])) out.push_back(one);
    }
  };
  if (off) take([](LocalDay, SortedDay one) { return one.sort == DaySort::kDayOff; });
  // Days off that were seen first, then the weekday; when there is neither, any day.
  take([&](LocalDay one, SortedDay sorted) { return sorted.like == wanted.like && counts(one); });
  if (out.empty()) take([&](LocalDay one, SortedDay) { return counts(one); });
  return out;
}

QuarterRates Forecast::quarters(LocalDay day, const QuartersOf& quarters_of) const {
  std::vector<QuarterCounts> days;
  for (const LocalDay one : course_days(day)) days.push_back(quarters_of(one));
  QuarterRates out = course_of(days);
  const double calls = this->day(day);
  for (double& rate : out) rate *= calls;
  return out;
}

QuarterRates course_of(std::span<const QuarterCounts> days) {
  QuarterRates rates{};
  double weight = 1;
  for (const QuarterCounts& day : days) {
    for (std::size_t q = 0; q < kDayQuarters; ++q) rates[q] += weight * static_cast<double>(day[q]);
    weight *= kCourseDecay;
  }
  rates = smoothed(rates);
  const double total = sum(rates);
  if (total <= 0) return {};
  for (double& rate : rates) rate /= total;
  return rates;
}

ForecastError& ForecastError::operator+=(const ForecastError& other) {
  days += other.days;
  calls += other.calls;
  by_quarter += other.by_quarter;
  naive_by_quarter += other.naive_by_quarter;
  by_day += other.by_day;
  naive_by_day += other.naive_by_day;
  return *this;
}

ForecastError forecast_error(const History& history, const ProductionCalendar& production,
                             const QuartersOf& quarters_of, std::span<const LocalDay> held_out) {
  ForecastError out;
  const auto sorted = sorted_days(production, history);
  for (const LocalDay day : held_out) {
    const LocalDay week_before{day.v - static_cast<std::int32_t>(kWeekdays)};
    if (!history.knows(day) || !history.knows(week_before)) continue;
    const Forecast forecast(history.before(next(week_before)), production, sorted);
    if (!forecast.has_enough()) continue;
    const QuarterRates expected = forecast.quarters(day, quarters_of);
    const QuarterCounts actual = quarters_of(day);
    const QuarterCounts naive = quarters_of(week_before);
    for (std::size_t q = 0; q < kDayQuarters; ++q) {
      const auto came = static_cast<double>(actual[q]);
      out.by_quarter += std::abs(expected[q] - came);
      out.naive_by_quarter += std::abs(static_cast<double>(naive[q]) - came);
    }
    const auto came = static_cast<double>(history.at(day));
    out.calls += came;
    out.by_day += std::abs(forecast.day(day) - came);
    out.naive_by_day += std::abs(static_cast<double>(history.at(week_before)) - came);
    out.days += 1;
  }
  return out;
}

}  // namespace opora::protocol
