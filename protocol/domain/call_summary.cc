#include "protocol/domain/call_summary.h"

#include <algorithm>

#include "protocol/base/check.h"

namespace opora::protocol {

namespace {

// Of a call for which the telephone system named none.
constexpr DeskNo kFirstDesk{1};

std::optional<std::int64_t> span(std::optional<TimeMs> from, std::optional<TimeMs> to) {
  if (!from || !to) return std::nullopt;
  return std::max<std::int64_t>(0, *to - *from);
}

void note_ringing(const CallState& call, CallSummary& out) {
  for (const auto& [seq, seen] : call.seen) {
    if (seen.step != CallStep::kRinging) continue;
    if (out.answered() && seen.agent != out.agent) continue;
    if (out.answered() && seen.at > *out.answered_at) continue;
    out.ringing_at = seen.at;
    if (!out.answered()) out.agent = seen.agent;
  }
}

// Of two sites that a person came to exactly one counts him, and each knows by its own events which
// (README.md, Calls that go over). With a journey the other site has counted him from the moment
// that he was handed over, whoever talked with him here before or, when that talk broke, after;
// until he ends here he is shown as what he is. Of other telephone systems nobody knows whether
// anybody counts him there: whoever answered here does.
bool handed_over(const CallState& call, const CallSummary& out) {
  bool ever = false;
  bool now = false;
  for (const auto& [seq, seen] : call.seen) {
    if (seen.step == CallStep::kEnded) continue;
    now = seen.step == CallStep::kHandedOver;
    ever = ever || now;
  }
  if (call.journey.is_zero()) return now && !out.answered();
  return now || (ever && out.ended_at);
}

CallClass classify(const CallState& call, const CallSummary& out) {
  if (handed_over(call, out)) return CallClass::kHandedOver;
  if (out.answered()) return out.ended_at ? CallClass::kAccepted : CallClass::kTalking;
  if (!out.ended_at) return CallClass::kWaiting;
  if (call.from_site.v != 0) return CallClass::kReturned;
  const std::uint32_t phantom_ms = std::prev(call.seen.end())->second.phantom_ms;
  const bool phantom = *span(out.queued_at, out.ended_at) <= static_cast<std::int64_t>(phantom_ms);
  return phantom ? CallClass::kPhantom : CallClass::kLost;
}

}  // namespace

std::optional<std::int64_t> CallSummary::wait_ms() const { return span(queued_at, answered_at); }
std::optional<std::int64_t> CallSummary::answer_ms() const { return span(ringing_at, answered_at); }
std::optional<std::int64_t> CallSummary::talk_ms() const { return span(answered_at, ended_at); }

CallSummary summarize(const CallState& call) {
  OPORA_CHECK(!call.seen.empty());
  CallSummary out;
  out.desk = kFirstDesk;
  out.zone_offset_min = call.seen.begin()->second.zone_offset_min;
  std::optional<TimeMs> queued;
  TimeMs earliest = call.seen.begin()->second.at;
  for (const auto& [seq, seen] : call.seen) {
    earliest = std::min(earliest, seen.at);
    if (seen.desk.v != 0) out.desk = seen.desk;
    if (!seen.line.empty()) out.line = seen.line;
    if (seen.step == CallStep::kQueued && (!queued || seen.at < *queued)) queued = seen.at;
    if (seen.step == CallStep::kAnswered) {
      if (out.agents.empty()) {
        out.answered_at = seen.at;
        out.agent = seen.agent;
      }
      out.agents.insert(seen.agent);
    }
    if (seen.step == CallStep::kEnded) out.ended_at = seen.at;
  }
  out.queued_at = queued.value_or(earliest);
  note_ringing(call, out);
  out.call_class = classify(call, out);
  return out;
}

}  // namespace opora::protocol
