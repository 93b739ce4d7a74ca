#include "protocol/domain/ticket_deadlines.h"

#include <algorithm>

namespace opora::protocol {

namespace {

std::optional<Deadline> deadline(const Norm& norm, TimeMs start, const TicketClock& clock,
                                 const WorkingTime& time) {
  if (norm.minutes == 0) return std::nullopt;
  const Held held{start, &time, norm};
  const DeadlineHistory history{start, {&held, 1}, clock.pauses};
  Deadline out{norm, when_used(history, kWarnedNorm), when_used(history, kWholeNorm), {}};
  if (out.due_at) out.skipped = skipped_days(history, *out.due_at);
  return out;
}

const Norm* find(const QueueChanged& queue, std::string_view category) {
  const auto found = std::ranges::find(queue.reactions, category, &Reaction::category);
  return found == queue.reactions.end() ? nullptr : &found->norm;
}

}  // namespace

Status check(const TicketClock& clock) {
  if (clock.registered_at && *clock.registered_at < clock.received_at)
    return invalid("registered_at", "before it was received");
  if (clock.pauses.size() > kMaxPauses) return invalid("pauses", "at most 100");
  for (std::size_t i = 0; i < clock.pauses.size(); ++i) {
    const std::string path = "pauses[" + std::to_string(i) + "]";
    const Pause& pause = clock.pauses[i];
    if (pause.to && *pause.to < pause.from) return invalid(path + ".to", "before it begins");
    if (i == 0) continue;
    const Pause& before = clock.pauses[i - 1];
    if (!before.to || *before.to > pause.from)
      return invalid(path + ".from", "before the end of the pause before");
  }
  return ok_status();
}

Norm reaction_norm(const QueueChanged& queue, std::string_view category) {
  const Norm* norm = find(queue, category);
  if (norm == nullptr) norm = find(queue, "");
  return norm == nullptr ? Norm{} : *norm;
}

TicketDeadlines deadlines_of(const TicketClock& clock, const QueueChanged& queue,
                             const WorkingTime& time) {
  const Norms& norms = queue.norms[static_cast<std::size_t>(clock.urgency) - 1];
  TicketDeadlines out;
  out.registration = deadline(norms.registration, clock.received_at, clock, time);
  if (!clock.registered_at) return out;
  out.reaction = deadline(reaction_norm(queue, clock.category), *clock.registered_at, clock, time);
  out.completion = deadline(norms.completion, *clock.registered_at, clock, time);
  return out;
}

}  // namespace opora::protocol
