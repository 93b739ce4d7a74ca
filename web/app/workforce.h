// Reads the report of operators needed (T14) from one snapshot: the calls that desks are expected
// to have by quarters of an hour, the operators for them, apart and in one queue, and how far such
// forecasts were off. Reads the day cells of a year and the quarter cells of some days of each
// desk, whatever the number of calls; the method is protocol/domain/README.md's (Workforce).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/domain/workforce.h"
#include "web/app/context.h"
#include "web/server/router.h"

namespace opora::app {

using DeskKey = std::pair<SiteNo, DeskNo>;

struct WorkforceQuestion {
  LocalDay from;               // days of this place
  LocalDay to;                 // the last one
  std::vector<DeskKey> desks;  // none: all
  std::optional<SiteNo> site;  // always at a node
  protocol::Service service;
  double wrap_up_s = 30;
  std::map<DeskKey, protocol::StaffPlan> plans;
};

enum class TalkOf : std::uint8_t {
  kDesk,     // its own calls
  kAll,      // it had too few: those of all desks that were asked for
  kAssumed,  // they too
};

struct WorkforceDesk {
  DeskKey key;
  std::string name;
  double talk_s = 0;
  TalkOf talk_of{};
  std::size_t history_days = 0;
  std::vector<protocol::Load> loads;  // by the report's quarters
  std::vector<int> needed;
  std::vector<std::optional<int>> planned;        // all or none of them
  std::vector<std::optional<std::int64_t>> came;  // of quarters that are over and known here
  std::optional<double> planned_level;            // service level of the plan, over the calls
  protocol::Staffing sums;
  protocol::ForecastError error;
  std::optional<TimeMs> data_through;
  bool behind = false;

  bool has_plan() const { return !planned.empty() && planned.front().has_value(); }
};

struct Workforce {
  TimeMs begins;
  std::size_t quarters = 0;
  std::vector<WorkforceDesk> desks;  // those with the most calls first
  // Of all desks: the sums of each quarter, and what one queue of them needs. A quarter has a plan
  // when any desk has one, and calls that came when all of them are known.
  std::vector<protocol::Load> loads;
  std::vector<int> needed;
  std::vector<std::optional<int>> planned;
  std::vector<std::optional<std::int64_t>> came;
  std::vector<int> together;
  protocol::Staffing apart_sums;  // planned, short and missing: of the desks that have a plan
  protocol::Staffing together_sums;
  protocol::ForecastError error;
  std::optional<TimeMs> data_through;  // the oldest
  bool behind = false;

  TimeMs at(std::size_t quarter) const;
};

Workforce read_workforce(const Context& context, const sync::Reader& rows,
                         const WorkforceQuestion& question);

void add_workforce_route(web::Router& router, const Context& context);

}  // namespace opora::app
