#include "node/telephony/queue/rows.h"

#include <algorithm>
#include <set>

#include "protocol/base/archive.h"

namespace opora::telephony {

namespace {

template <class T>
Bytes encode_row(const T& row) {
  return Bytes(1, static_cast<char>(kRowVersion)) + to_row(row);
}

template <class T>
std::optional<T> decode_row(std::string_view row) {
  if (row.empty() || static_cast<std::uint8_t>(row.front()) != kRowVersion) return std::nullopt;
  return from_row<T>(row.substr(1));
}

template <class E>
bool within(E value, E first, E last) {
  return value >= first && value <= last;
}

bool is_time(TimeMs at) { return at.v == 0 || (at >= kMinEventTime && at <= kMaxEventTime); }

bool is_leg(const Leg& leg) {
  return leg.no != kPerson && within(leg.role, LegRole::kAgent, LegRole::kTakingOver) &&
         within(leg.state, LegState::kDialling, LegState::kUp) && is_time(leg.until);
}

bool is_tape(const Tape& tape) {
  const bool runs = tape.state != TapeState::kOff;
  return within(tape.state, TapeState::kOff, TapeState::kPaused) && tape.part <= kMaxParts &&
         (!runs || (tape.part != 0 && tape.agent.v != 0));
}

bool are_apart(const Call& call) {
  std::set<LegNo> numbers;
  return std::all_of(call.legs.begin(), call.legs.end(), [&](const Leg& leg) {
    return leg.no.v < call.next_leg && numbers.insert(leg.no).second;
  });
}

bool is_whole(const Call& call) {
  const bool numbers = call.no.v != 0 && call.priority.v <= kMaxPriority &&
                       call.menu_steps <= kMaxMenuSteps && call.legs.size() <= kMaxLegs;
  const bool journey = call.from_site.v <= kMaxSiteNo &&
                       (call.person != Person::kUnanswered || call.from_site.v != 0);
  const bool states = within(call.phase, Phase::kMenu, Phase::kDialling) &&
                      within(call.person, Person::kUp, Person::kUnanswered) &&
                      within(call.told, Told::kByLine, Told::kNo) &&
                      within(call.direction, protocol::Direction::kIn, protocol::Direction::kOut);
  const bool times = is_time(call.arrived_at) && is_time(call.entered_at) &&
                     is_time(call.phase_at) && is_time(call.until) && is_time(call.announce_at) &&
                     is_time(call.look_at) && is_time(call.answered_at) &&
                     is_time(call.overflow_after) && is_time(call.queued_at) &&
                     is_time(call.held_at) && (!call.held || call.held_at.v != 0);
  const bool holds = call.held || (!call.held_on_screen && !call.held_by_phone);
  return numbers && journey && states && holds && times && are_apart(call) && is_tape(call.tape) &&
         std::all_of(call.legs.begin(), call.legs.end(), is_leg);
}

bool is_state(protocol::AgentState state) {
  return within(state, protocol::AgentState::kOffline, protocol::AgentState::kBreak);
}

bool is_whole(const Agent& agent) {
  const bool states =
      agent.no.v != 0 && is_state(agent.state) && (!agent.then || is_state(*agent.then)) &&
      within(agent.reason, protocol::BreakReason::kNone, protocol::BreakReason::kNoAnswer) &&
      within(agent.then_reason, protocol::BreakReason::kNone, protocol::BreakReason::kNoAnswer) &&
      within(agent.aside, Aside::kNone, Aside::kUnreachable) &&
      within(agent.rest, Rest::kNone, Rest::kPhoneBusy);
  return states && is_time(agent.since) && is_time(agent.idle_since) && is_time(agent.lost_at) &&
         is_time(agent.rest_until);
}

}  // namespace

Bytes encode(const Call& call) { return encode_row(call); }
Bytes encode(const Agent& agent) { return encode_row(agent); }
Bytes encode(const QueueFigures& figures) { return encode_row(figures); }

std::optional<Call> decode_call(std::string_view row) {
  auto call = decode_row<Call>(row);
  return call && is_whole(*call) ? call : std::nullopt;
}

std::optional<Agent> decode_agent(std::string_view row) {
  auto agent = decode_row<Agent>(row);
  return agent && is_whole(*agent) ? agent : std::nullopt;
}

std::optional<QueueFigures> decode_figures(std::string_view row) {
  auto of = decode_row<QueueFigures>(row);
  constexpr std::int64_t kDay = 24 * 3'600'000;
  return of && of->handle_ms >= 0 && of->handle_ms <= kDay ? of : std::nullopt;
}

}  // namespace opora::telephony
