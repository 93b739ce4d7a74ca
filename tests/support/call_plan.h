// A small hospital's plan for calls, as in O8 and T4: what tests of the call queue and its bench
// set up. Values; any thread.
#pragma once

#include "node/telephony/queue/plan.h"

namespace opora::testing {

inline constexpr telephony::QueueNo kReference{1};  // trauma and reference: ext. 100, 103
inline constexpr telephony::QueueNo kChildren{2};   // ext. 101, 102
inline constexpr telephony::QueueNo kAdults{3};     // ext. 104–106
inline constexpr telephony::MenuNo kMorningMenu{1};
inline constexpr telephony::GroupNo kReserve{1};
inline constexpr std::int16_t kMoscowMin = 180;

inline protocol::WorkCalendar hours_of(const protocol::Hours& weekdays,
                                       const protocol::Hours& weekends) {
  protocol::WorkCalendar out;
  for (std::size_t day = 0; day < protocol::kWeekdays; ++day)
    out.week[day] = day < 5 ? weekdays : weekends;
  return out;
}

constexpr std::uint16_t minute(int hour, int minutes) {
  return static_cast<std::uint16_t>(hour * 60 + minutes);
}

// O8: Mon–Fri 7:30–16:00 a menu; Mon–Fri 16:01–20:00 and Sat–Sun 7:30–20:00 straight to the desks.
inline telephony::LinePlan hospital_line() {
  using namespace telephony;
  return {{{hours_of({{minute(7, 30), minute(16, 1)}}, {}), ToMenu{kMorningMenu}},
           {hours_of({{minute(16, 1), minute(20, 0)}}, {{minute(7, 30), minute(20, 0)}}),
            ToQueue{kReference}}},
          ToClosed{kReference}};
}

inline telephony::Plan hospital_plan() {
  using namespace telephony;
  Plan plan;
  plan.lines["100"] = hospital_line();
  plan.lines["desk"] = {{}, ToQueue{kReference}};
  plan.lines["urgent"] = {{}, ToQueue{kReference, Priority{9}}};
  plan.lines["child"] = {{}, ToQueue{kChildren}};
  plan.menus[kMorningMenu] = {
      {{'1', ToQueue{kChildren}}, {'2', ToQueue{kAdults}}, {'3', ToQueue{kReference}}},
      ToQueue{kReference}};
  for (const QueueNo no : {kReference, kChildren, kAdults}) {
    QueuePlan& queue = plan.queues[no];
    queue.desk = DeskNo{no.v};
    queue.line = "line" + std::to_string(no.v);
    queue.wrap_up_ms = 10'000;
  }
  const std::map<QueueNo, std::vector<std::uint32_t>> extensions{
      {kReference, {100, 103}}, {kChildren, {101, 102}}, {kAdults, {104, 105, 106}}};
  for (const auto& [queue, agents] : extensions)
    for (const std::uint32_t no : agents) plan.agents[AgentNo{no}].serves[queue] = Rank{1};
  plan.reserves[kReserve] = {{AgentNo{104}, AgentNo{105}}, kReference, Rank{2}};
  plan.home = kReference;
  plan.zone = [](TimeMs) { return kMoscowMin; };
  return plan;
}

}  // namespace opora::testing
