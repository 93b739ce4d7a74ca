#include "protocol/domain/workforce.h"

#include <algorithm>
#include <charconv>

#include "protocol/base/check.h"

namespace opora::protocol {
namespace {

constexpr std::uint16_t kQuarterMinutes = 15;

// More traffic than the formulas take is as the most that they take.
Traffic traffic_of(const Load& load, const Service& service) {
  const double most = kMaxErlangs / load.handling_s;
  return {std::min(load.calls / kQuarterS, most), load.handling_s, service.patience_s};
}

// Reads a plan from its beginning.
class PlanReader {
 public:
  explicit PlanReader(std::string_view text) : rest_(text) {}

  bool at_end() {
    spaces();
    return rest_.empty();
  }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void spaces() {
    while (take(' ')) {
    }
  }
  std::optional<int> number(std::size_t max_digits) {
    const auto stop = rest_.find_first_not_of("0123456789");
    const std::size_t digits = std::min(stop, rest_.size());
    if (digits == 0 || digits > max_digits) return std::nullopt;
    int out = 0;
    std::from_chars(rest_.data(), rest_.data() + digits, out);
    rest_.remove_prefix(digits);
    return out;
  }

 private:
  std::string_view rest_;
};

std::optional<Weekday> read_weekday(PlanReader& in) {
  const auto day = in.number(1);
  if (!day || *day < 1 || *day > static_cast<int>(kWeekdays)) return std::nullopt;
  return static_cast<Weekday>(*day - 1);
}

std::optional<std::uint16_t> read_minutes(PlanReader& in) {
  const auto hours = in.number(2);
  if (!hours || !in.take(':')) return std::nullopt;
  const auto minutes = in.number(2);
  if (!minutes || *minutes >= 60 || *minutes % kQuarterMinutes != 0) return std::nullopt;
  const int out = *hours * 60 + *minutes;
  if (out > kDayMinutes) return std::nullopt;
  return static_cast<std::uint16_t>(out);
}

Result<Shift> read_shift(PlanReader& in) {
  in.spaces();
  const auto from_day = read_weekday(in);
  if (!from_day) return invalid("plan", "a weekday: 1 (Monday) to 7");
  const auto to_day = in.take('-') ? read_weekday(in) : from_day;
  if (!to_day || *to_day < *from_day) return invalid("plan", "weekdays: as 1-5, or one");
  in.spaces();
  const auto from = read_minutes(in);
  const bool dash = in.take('-');
  const auto to = read_minutes(in);
  if (!from || !dash || !to || *to <= *from)
    return invalid("plan", "hours: as 08:00-14:15, whole quarters");
  in.spaces();
  const auto operators = in.number(3);
  if (!operators || *operators > kMaxShiftOperators)
    return invalid("plan", "operators: 0 to " + std::to_string(kMaxShiftOperators));
  return Shift{*from_day, *to_day, {*from, *to}, static_cast<std::uint16_t>(*operators)};
}

}  // namespace

Load pooled(std::span<const Load> loads) {
  Load out{0, 0};
  double work = 0;
  for (const Load& load : loads) {
    out.calls += load.calls;
    work += load.calls * load.handling_s;
  }
  out.handling_s = out.calls > 0 ? work / out.calls : 1;
  return out;
}

int operators_needed(const Load& load, const Service& service) {
  if (load.calls < kNobodyBelowCalls) return 0;
  return operators_needed(traffic_of(load, service), service.goal);
}

std::optional<double> service_level(const Load& load, int operators, const Service& service) {
  if (load.calls < kNobodyBelowCalls) return std::nullopt;
  return queue_figures(traffic_of(load, service), std::min(operators, kMaxOperators),
                       service.goal.within_s)
      .within;
}

Result<StaffPlan> parse_plan(std::string_view text) {
  PlanReader in(text);
  StaffPlan out;
  if (in.at_end()) return out;
  do {
    auto shift = read_shift(in);
    if (!shift.ok()) return shift.error();
    if (out.size() == kMaxShifts) return invalid("plan", "too many shifts");
    out.push_back(*shift);
    in.spaces();
  } while (in.take(','));
  if (!in.at_end()) return invalid("plan", "a comma between shifts");
  return out;
}

int planned(const StaffPlan& plan, SortedDay day, std::size_t quarter) {
  const auto minute = static_cast<std::uint16_t>(quarter * kQuarterMinutes);
  int out = 0;
  for (const Shift& shift : plan) {
    const bool sits = shift.from_day <= day.like && day.like <= shift.to_day &&
                      shift.hours.from <= minute && minute < shift.hours.to;
    if (sits) out += shift.operators;
  }
  return out;
}

Staffing staffing(std::span<const Load> loads, std::span<const int> needed,
                  std::span<const std::optional<int>> planned) {
  OPORA_CHECK(loads.size() == needed.size() && loads.size() == planned.size());
  Staffing out;
  for (std::size_t i = 0; i < loads.size(); ++i) {
    out.calls += loads[i].calls;
    out.needed_quarters += needed[i];
    if (needed[i] > out.needed_peak) {
      out.needed_peak = needed[i];
      out.peak_at = i;
    }
    if (!planned[i]) continue;
    out.planned_quarters += *planned[i];
    if (*planned[i] >= needed[i]) continue;
    out.short_quarters += 1;
    out.missing_quarters += needed[i] - *planned[i];
  }
  return out;
}

}  // namespace opora::protocol
