// What a site has set for its calls: lines, menus, queues, who serves them. A value, made by
// whoever reads the configuration, checked once, borrowed by each step of the core; any thread. It
// has no endpoints and no file names: those are the adapter's.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "node/telephony/queue/ids.h"
#include "protocol/base/result.h"
#include "protocol/domain/work_calendar.h"

namespace opora::telephony {

// Where a caller goes.
struct ToQueue {
  QueueNo queue;
  Priority priority{};  // the higher of this and the call's own counts
  Skills skills{};      // asked besides the call's own
  bool operator==(const ToQueue&) const = default;
};
struct ToMenu {
  MenuNo menu;
  bool operator==(const ToMenu&) const = default;
};
// The message of closed hours; with a queue, 1 leaves a request to be called back by it.
struct ToClosed {
  QueueNo calls_back{};
  bool operator==(const ToClosed&) const = default;
};
using Route = std::variant<ToQueue, ToMenu, ToClosed>;

// O8, T4. The first rule whose hours are open counts. Hours are minutes with the end left out:
// «7:30–16:00, then 16:01» is 7:30 to 16:01.
struct Rule {
  protocol::WorkCalendar when;
  Route route;
};
struct LinePlan {
  std::vector<Rule> rules;
  Route otherwise;
  // «Все разговоры записываются» is said before anything else (O6). A menu may say it instead.
  enum class Notice : std::uint8_t { kNone = 1, kFirst = 2 } notice = Notice::kNone;
};
// What a caller hears who is in no menu: the notice of his line.
inline constexpr MenuNo kNotice{0};

// O6, A18.
enum class Recording : std::uint8_t { kNone = 1, kAll = 2 };

// T4. A digit that is not offered repeats the prompt; no digit within the time is `otherwise`.
struct MenuPlan {
  std::map<char, Route> digits;
  Route otherwise;
  std::int64_t digit_ms = 10'000;  // after the prompt
};

// Which agents a waiting call may go to (widening of the pool).
struct Stage {
  std::int64_t after_ms = 0;  // waited so long
  Rank max_rank{1};
  enum class SkillRule : std::uint8_t { kAsked = 1, kWaived = 2 } skills = SkillRule::kAsked;
};
inline constexpr std::size_t kMaxStages = 8;

// O3: who of those free gets the call; the agent who served the caller last goes first.
enum class Pick : std::uint8_t { kLongestIdle = 1, kBestRank = 2 };

// T23, N2.
enum class OverflowTo : std::uint8_t {
  kNowhere = 1,
  kRegion = 2,  // the regional centre's queue, over the PBX
  kQueue = 3,   // another queue of this site
};
struct Overflow {
  OverflowTo to = OverflowTo::kNowhere;
  QueueNo queue{};                // of kQueue
  std::int64_t waited_ms = 0;     // waited so long; 0: whatever it waits
  std::int64_t estimate_ms = 0;   // expected to wait so long; 0: whatever is expected
  std::uint16_t longer_than = 0;  // so many wait before it; 0: however many
  enum class When : std::uint8_t { kStays = 1, kGoes = 2 };
  When nobody = When::kGoes;
  When closed = When::kStays;  // his line is closed by now; without it he hears that
  When fault = When::kStays;   // nobody is there, and the telephones of some cannot be reached
  // The region cannot be rung: no trunk is free, or all of its lines are busy.
  enum class NoTrunk : std::uint8_t { kStays = 1, kCallsBack = 2 } no_trunk = NoTrunk::kStays;
};

struct QueuePlan {
  DeskNo desk;
  std::string line;  // as reports name it
  Pick pick = Pick::kLongestIdle;
  std::vector<Stage> stages;  // by after_ms, the first from 0; none: rank 1, as asked
  std::int64_t ring_ms = 15'000;
  std::int64_t wrap_up_ms = 0;
  std::int64_t announce_every_ms = 0;   // position and expected wait; 0: never
  std::int64_t call_back_after_ms = 0;  // 1 leaves a request from then on; 0: never
  Overflow overflow;
  Recording recording = Recording::kNone;
};

struct AgentPlan {
  std::map<QueueNo, Rank> serves;
  Skills skills{};
};

struct GroupPlan {
  std::vector<AgentNo> agents;
  QueueNo queue;
  Rank rank{1};
};

struct Plan {
  std::map<std::string, LinePlan, std::less<>> lines;
  std::map<MenuNo, MenuPlan> menus;
  std::map<QueueNo, QueuePlan> queues;
  std::map<AgentNo, AgentPlan> agents;
  std::map<GroupNo, GroupPlan> reserves;  // N3
  Recording outgoing = Recording::kNone;  // of calls that agents make
  QueueNo home;                           // of lines that are not listed, and of queues that went
  protocol::ZoneOffset zone;
  protocol::ProductionCalendar production;

  const QueuePlan* queue(QueueNo no) const;
  // The queue, or where its callers go when the plan has it no more.
  QueueNo known(QueueNo no) const { return queues.contains(no) ? no : home; }
};

// kInvalid with a path ("menus[2].digits.3"): a route to what is not there, a queue that overflows
// into itself, a time below zero or over a day, stages out of order, more than the limits.
Status check(const Plan& plan);

// What a caller of this line hears first at this moment.
Route route_of(const Plan& plan, std::string_view line, TimeMs at);

}  // namespace opora::telephony
