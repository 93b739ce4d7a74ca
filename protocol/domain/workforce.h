// How many operators desks need for the calls that are expected, how many are planned, and how many
// fewer do when desks answer one queue together («единая регистратура», N, T14). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "protocol/base/result.h"
#include "protocol/domain/erlang.h"
#include "protocol/domain/forecast.h"

namespace opora::protocol {

inline constexpr double kQuarterS = 900;

// One quarter of an hour of a desk, or of several with one queue.
struct Load {
  double calls = 0;       // that are expected
  double handling_s = 1;  // of one: talk and wrap-up
};
// All calls in one queue, which anybody answers.
Load pooled(std::span<const Load> loads);

// Fewer than one call in fifty such quarters: nobody sits there for it.
inline constexpr double kNobodyBelowCalls = 0.02;

struct Service {
  ServiceGoal goal;
  std::optional<double> patience_s = 180;
};
int operators_needed(const Load& load, const Service& service);
// The share answered in time by so many; nothing when nobody is expected to call.
std::optional<double> service_level(const Load& load, int operators, const Service& service);

// Who sits at a desk in a usual week: shifts add up. Days off are as Sundays.
struct Shift {
  Weekday from_day{};
  Weekday to_day{};  // the last one
  DaySpan hours;     // whole quarters
  std::uint16_t operators = 0;
  bool operator==(const Shift&) const = default;
};
using StaffPlan = std::vector<Shift>;

// A shift each two hours of every weekday.
inline constexpr std::size_t kMaxShifts = 84;
inline constexpr std::uint16_t kMaxShiftOperators = 500;

// "1-5 08:00-14:00 4, 6 09:00-15:00 1": weekdays from Monday as 1, hours up to 24:00, people.
// kInvalid "plan" with what is wrong. An empty text is an empty plan.
Result<StaffPlan> parse_plan(std::string_view text);
int planned(const StaffPlan& plan, SortedDay day, std::size_t quarter);

// Sums over quarters of an hour.
struct Staffing {
  double calls = 0;
  std::int64_t needed_quarters = 0;  // of one operator
  std::int64_t planned_quarters = 0;
  int needed_peak = 0;
  std::size_t peak_at = 0;            // the first quarter that needs so many
  std::int64_t short_quarters = 0;    // in which fewer are planned than needed
  std::int64_t missing_quarters = 0;  // of one operator, in those
};
// Of the same quarters; no plan: all of `planned` are nothing.
Staffing staffing(std::span<const Load> loads, std::span<const int> needed,
                  std::span<const std::optional<int>> planned);

}  // namespace opora::protocol
