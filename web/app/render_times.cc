#include "web/app/render_times.h"

#include "protocol/domain/due_rows.h"
#include "protocol/domain/ticket_times.h"
#include "web/app/names.h"
#include "web/app/timetables.h"
#include "web/app/unsettled.h"

namespace opora::app {

using protocol::DueClock;
using protocol::Threshold;
using protocol::TicketState;
using protocol::TicketStatus;

namespace {

// When the clock stopped for good; zero while it has not.
TimeMs stopped_at(const TicketState& ticket, DueClock clock) {
  const bool reacted = clock == DueClock::kReaction && ticket.reacted_at.v != 0;
  return reacted ? ticket.reacted_at : ticket.finished_at;
}

// How it stands with a deadline, in one word.
std::string_view standing(const TicketState& ticket, DueClock clock, TimeMs now) {
  const TimeMs stopped = stopped_at(ticket, clock);
  const bool open = stopped.v == 0;
  const TimeMs due = protocol::moment_of(ticket, clock, Threshold::kMissed);
  if (due.v != 0 && (open ? now : stopped) > due) return "late";
  if (open && protocol::is_deadline(clock) && ticket.status == TicketStatus::kWaiting)
    return "paused";
  if (due.v == 0) return "none";
  const TimeMs warn = protocol::moment_of(ticket, clock, Threshold::kWarned);
  return open && warn.v != 0 && now >= warn ? "soon" : "in_time";
}

// What the list goes by (`due=`): the nearest that is still to be met.
void write_next_due(web::JsonWriter& out, const TicketState& ticket, TimeMs now) {
  const auto next = protocol::next_due(ticket);
  if (!next) return out.field("next_due", std::optional<std::string_view>());
  out.object("next_due", [&] {
    out.field("clock", protocol::to_name(next->clock));
    out.field("at", next->at);
    out.field("warn_at",
              time_or_null(protocol::moment_of(ticket, next->clock, Threshold::kWarned)));
    out.field("standing", standing(ticket, next->clock, now));
  });
}

const protocol::Wait* running_wait(const TicketState& ticket) {
  const bool waits = ticket.status == TicketStatus::kWaiting && !ticket.waits.empty();
  return waits ? &ticket.waits.back() : nullptr;
}

std::optional<std::int64_t> percent(std::optional<std::int64_t> share) {
  if (!share) return std::nullopt;
  return *share / (protocol::kWholeNorm / 100);
}

}  // namespace

std::optional<TimeMs> time_or_null(TimeMs time) {
  return time.v == 0 ? std::nullopt : std::optional(time);
}

void write_ticket_times(web::JsonWriter& out, const TicketState& ticket, TimeMs now) {
  const protocol::DueTimes& times = ticket.times;
  const protocol::Wait* wait = running_wait(ticket);
  out.field("queue", times.queue.empty() ? std::nullopt : std::optional(times.queue));
  out.field("registration_due", time_or_null(times.registration_due));
  out.field("registered_at", time_or_null(ticket.registered_at));
  out.field("reaction_due", time_or_null(times.reaction_due));
  out.field("reacted_at", time_or_null(ticket.reacted_at));
  out.field("completion_due", time_or_null(times.completion_due));
  out.field("reaction", standing(ticket, DueClock::kReaction, now));
  out.field("deadline", standing(ticket, DueClock::kCompletion, now));
  write_next_due(out, ticket, now);
  out.field("missed", protocol::to_name(protocol::missed(ticket)));
  out.field("paused_since", wait == nullptr ? std::nullopt : std::optional(wait->from));
  out.field("paused_for", wait == nullptr ? std::nullopt : name_or_null(wait->reason));
  out.field("session_at", time_or_null(ticket.session_at));
  out.field("silence_at", wait == nullptr ? std::nullopt : time_or_null(times.silence_at));
  out.field("reopen_until", time_or_null(ticket.reopen_until));
  out.field("reopened", ticket.reopened);
}

void write_card_times(web::JsonWriter& out, const TicketState& ticket, TimeMs now,
                      const sync::Reader& rows, const Zone& home) {
  const protocol::Timetable timetable = timetable_of(rows, home);
  const TimeMs end = ticket.finished_at.v == 0 ? now : ticket.finished_at;
  const auto used = [&](DueClock clock, TimeMs at) {
    return percent(protocol::share_used(ticket, clock, at, timetable));
  };
  const TimeMs reacted = stopped_at(ticket, DueClock::kReaction);
  out.field("reaction_used_percent", used(DueClock::kReaction, reacted.v == 0 ? now : reacted));
  out.field("completion_used_percent", used(DueClock::kCompletion, end));
  write_years(out, unsettled_years(rows, home, ticket));
}

}  // namespace opora::app
