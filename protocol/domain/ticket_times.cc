#include "protocol/domain/ticket_times.h"

#include <algorithm>

#include "protocol/domain/ownership.h"
#include "protocol/domain/telling.h"
#include "protocol/domain/ticket_deadlines.h"

namespace opora::protocol {

namespace {

std::vector<Pause> pauses_of(const TicketState& ticket) {
  std::vector<Pause> out;
  TimeMs last;
  for (const Wait& wait : ticket.waits) {
    const TimeMs from = std::max(wait.from, last);
    last = std::max(wait.to, from);
    out.push_back({from, wait.to.v == 0 ? std::nullopt : std::optional(last)});
  }
  return out;
}

// The history of one ticket in the queues that held it, with what it borrows.
class History {
 public:
  // Nothing: one of the queues is not here, or it waits in none. Time that it spent in none counts
  // where it went from there.
  static std::optional<History> of(const TicketState& ticket, const Timetable& timetable) {
    History out;
    if (ticket.stays.empty() || ticket.stays.back().queue.empty()) return std::nullopt;
    for (const Stay& stay : ticket.stays) {
      if (stay.queue.empty()) continue;
      auto place = timetable.find(stay.queue, stay.site);
      if (!place) return std::nullopt;
      // Clocks of two places may differ: nothing falls before what came before it.
      out.from_.push_back(out.from_.empty() ? stay.from : std::max(stay.from, out.from_.back()));
      out.places_.push_back(std::move(*place));
    }
    out.pauses_ = pauses_of(ticket);
    return out;
  }

  const Timetable::Place& last() const { return places_.back(); }
  History without_pauses() && {
    pauses_.clear();
    return std::move(*this);
  }

  // What was of it up to the moment at which a clock stopped. The first queue is always of it.
  History up_to(TimeMs end) const {
    History out = *this;
    while (out.from_.size() > 1 && out.from_.back() >= end) {
      out.from_.pop_back();
      out.places_.pop_back();
    }
    std::erase_if(out.pauses_, [&](const Pause& pause) { return pause.from >= end; });
    if (!out.pauses_.empty()) {
      auto& to = out.pauses_.back().to;
      to = std::min(to.value_or(end), end);
    }
    return out;
  }

  template <class NormIn, class Ask>
  auto ask(TimeMs start, NormIn norm_in, Ask ask) const {
    std::vector<Held> held;
    for (std::size_t i = 0; i < places_.size(); ++i)
      held.push_back({from_[i], &places_[i].time, norm_in(places_[i].queue->facts)});
    return ask(DeadlineHistory{start, held, pauses_});
  }

 private:
  std::vector<TimeMs> from_;
  std::vector<Timetable::Place> places_;
  std::vector<Pause> pauses_;
};

Norm norm_of(const QueueChanged& queue, const TicketState& ticket, DueClock clock) {
  if (clock == DueClock::kReaction) return reaction_norm(queue, ticket.category);
  return queue.norms[static_cast<std::size_t>(ticket.urgency) - 1].completion;
}

struct Moments {
  TimeMs warn;
  TimeMs due;
};

// A clock that is off by decades may work out what no event can say.
TimeMs sayable(std::optional<TimeMs> moment) {
  return moment && *moment >= kMinEventTime && *moment < kMaxEventTime ? *moment : TimeMs{};
}

template <class NormIn>
Moments moments(const History& history, TimeMs start, NormIn norm_in) {
  return history.ask(start, norm_in, [](const DeadlineHistory& asked) {
    return Moments{sayable(when_used(asked, kWarnedNorm)), sayable(when_used(asked, kWholeNorm))};
  });
}

Moments moments(const History& history, const TicketState& ticket, DueClock clock) {
  return moments(history, ticket.registered_at,
                 [&](const QueueChanged& queue) { return norm_of(queue, ticket, clock); });
}

Moments reaction(const History& history, const TicketState& ticket) {
  const bool stopped = ticket.reacted_at.v != 0;
  return moments(stopped ? history.up_to(ticket.reacted_at) : history, ticket, DueClock::kReaction);
}

// The only clock that runs before there is a ticket.
TimeMs registration_due(const History& history, const TicketState& ticket) {
  const auto norm_in = [&](const QueueChanged& queue) {
    return queue.norms[static_cast<std::size_t>(ticket.urgency) - 1].registration;
  };
  return moments(history.up_to(ticket.registered_at), ticket.received_at, norm_in).due;
}

// An agreed time is kept first; who does not come to it is silent from there.
TimeMs silence_at(const History& history, const TicketState& ticket) {
  if (!runs(ticket, DueClock::kSilence) || ticket.waits.empty()) return {};
  const TimeMs from = std::max(ticket.waits.back().from, ticket.session_at);
  const Held held{from, &history.last().time, history.last().queue->facts.silence};
  return sayable(when_used(DeadlineHistory{from, {&held, 1}, {}}, kWholeNorm));
}

void clear_running(DueTimes& times, const TicketState& ticket) {
  times.queue_version = times.calendar_version = 0;
  times.silence_at = {};
  if (runs(ticket, DueClock::kReaction)) times.reaction_warn = times.reaction_due = {};
  if (runs(ticket, DueClock::kCompletion)) times.completion_warn = times.completion_due = {};
}

}  // namespace

TimeMs moment_of(const TicketState& ticket, DueClock clock, Threshold threshold) {
  const DueTimes& times = ticket.times;
  const bool warned = threshold == Threshold::kWarned;
  switch (clock) {
    case DueClock::kReaction: return warned ? times.reaction_warn : times.reaction_due;
    case DueClock::kCompletion: return warned ? times.completion_warn : times.completion_due;
    case DueClock::kSession: return warned ? TimeMs{} : ticket.session_at;
    case DueClock::kSilence: return warned ? TimeMs{} : times.silence_at;
    case DueClock::kTelling: break;  // each telling has moments of its own
  }
  return {};
}

bool is_deadline(DueClock clock) {
  return std::find(kDueClocks.begin(), kDueClocks.end(), clock) != kDueClocks.end();
}

const Reached* reached(const TicketState& ticket, DueClock clock, Threshold threshold) {
  const auto found = std::find_if(ticket.told.begin(), ticket.told.end(), [&](const Reached& told) {
    return told.clock == clock && told.threshold == threshold;
  });
  return found == ticket.told.end() ? nullptr : &*found;
}

Missed missed(const TicketState& ticket) {
  const DueTimes& times = ticket.times;
  const auto late = [](TimeMs done, TimeMs due) { return due.v != 0 && done > due; };
  bool any = late(ticket.registered_at, times.registration_due) ||
             late(ticket.reacted_at, times.reaction_due) ||
             late(ticket.finished_at, times.completion_due);
  for (const DueClock clock : kDueClocks) {
    const Reached* told = reached(ticket, clock, Threshold::kMissed);
    if (told == nullptr) continue;
    if (told->link == LinkThen::kCutOff) return Missed::kCutOff;
    any = true;
  }
  return any ? Missed::kYes : Missed::kNo;
}

bool runs(const TicketState& ticket, DueClock clock) {
  if (ticket.opened.v == 0 || ticket.closed.v != 0) return false;
  switch (clock) {
    case DueClock::kReaction: return ticket.reacted_at.v == 0;
    case DueClock::kCompletion: return true;
    case DueClock::kSession:
    case DueClock::kSilence: return ticket.status == TicketStatus::kWaiting;
    case DueClock::kTelling: break;
  }
  return false;
}

DueTimes worked_out(const TicketState& ticket, const Timetable& timetable) {
  DueTimes out = ticket.times;
  out.production_version = timetable.production_version();
  const auto history = History::of(ticket, timetable);
  if (!history) {
    clear_running(out, ticket);
    return out;
  }
  out.queue_version = history->last().queue->seq.v;
  out.calendar_version = history->last().calendar_version.v;
  out.registration_due = registration_due(*history, ticket);
  out.silence_at = silence_at(*history, ticket);
  const Moments reacted = reaction(*history, ticket);
  out.reaction_warn = reacted.warn;
  out.reaction_due = reacted.due;
  if (runs(ticket, DueClock::kCompletion)) {
    const Moments found = moments(*history, ticket, DueClock::kCompletion);
    out.completion_warn = found.warn;
    out.completion_due = found.due;
  }
  return out;
}

TellTimes registration_norm_from(const TicketState& ticket, TimeMs since,
                                 const Timetable& timetable) {
  auto history = History::of(ticket, timetable);
  if (!history) return {};
  const auto norm_in = [&](const QueueChanged& queue) {
    return queue.norms[static_cast<std::size_t>(ticket.urgency) - 1].registration;
  };
  const Moments found = moments(std::move(*history).without_pauses(), since, norm_in);
  if (found.due.v == 0 || found.warn.v == 0) return {};
  return {found.warn, found.due};
}

bool said_by_owner(const TicketState& ticket) {
  return ticket.stays.empty() || ticket.stays.back().site == owner_of(ticket);
}

bool from_catalogues(const TicketState& ticket, const Timetable& timetable) {
  if (!said_by_owner(ticket)) return false;
  const DueTimes& times = ticket.times;
  const Timetable::Wanted wanted{ticket.line, owner_of(ticket), ticket.topic};
  if (timetable.queue_kept(wanted, times.queue) != times.queue) return false;
  if (times.production_version != timetable.production_version()) return false;
  const auto place = timetable.find(times.queue, owner_of(ticket));
  const std::uint32_t queue_version = place ? place->queue->seq.v : 0;
  const std::uint32_t calendar_version = place ? place->calendar_version.v : 0;
  if (times.queue_version != queue_version || times.calendar_version != calendar_version)
    return false;
  // Of queues where it was before no version is known.
  return ticket.stays.size() < 2 || worked_out(ticket, timetable) == times;
}

std::optional<std::int64_t> share_used(const TicketState& ticket, DueClock clock, TimeMs at,
                                       const Timetable& timetable) {
  const auto history = History::of(ticket, timetable);
  if (!history || norm_of(history->last().queue->facts, ticket, clock).minutes == 0)
    return std::nullopt;
  const auto norm_in = [&](const QueueChanged& queue) { return norm_of(queue, ticket, clock); };
  return history->ask(ticket.registered_at, norm_in,
                      [at](const DeadlineHistory& asked) { return used(asked, at); });
}

TimeMs region_told_at(const TicketState& ticket, TimeMs missed_at, const Timetable& timetable) {
  const auto place = timetable.find(ticket.times.queue, owner_of(ticket));
  if (!place || place->queue->facts.region_after.minutes == 0) return {};
  const Held held{missed_at, &place->time, place->queue->facts.region_after};
  return sayable(when_used(DeadlineHistory{missed_at, {&held, 1}, {}}, kWholeNorm));
}

TimeMs reopen_until(TimeMs done_at, SiteNo site, const Timetable& timetable) {
  const WorkingTime week = timetable.working_days(site);
  LocalDay day = week.day_of(done_at);
  const LocalDay last{day.v + kMaxWorkingTimeDays};
  for (int left = kReopenDays; left > 0 && day < last;) {
    day = next(day);
    if (!week.hours_of(day).hours.empty()) --left;
  }
  return week.end_of(day);
}

std::optional<TimeMs> closing_at(const TicketState& ticket) {
  if (ticket.status != TicketStatus::kDone || ticket.reopen_until.v == 0) return std::nullopt;
  return ticket.reopen_until;
}

std::optional<NextMoment> next_moment(const Entity& entity) {
  std::optional<NextMoment> out;
  const auto* ticket = entity.as<TicketState>();
  if (ticket == nullptr) return out;
  const auto take = [&out](const NextMoment& next) {
    if (next.at.v != 0 && (!out || next.at < out->at)) out = next;
  };
  for (const DueClock clock : kAllClocks) {
    if (!runs(*ticket, clock)) continue;
    for (const Threshold threshold : kThresholds) {
      const bool told = reached(*ticket, clock, threshold) != nullptr;
      if (!told) take({moment_of(*ticket, clock, threshold), clock, threshold, {}, {}});
    }
  }
  for (const Telling& one : to_tell(entity)) {
    for (const Threshold threshold : kThresholds) {
      const bool rung = one.rung && one.rung->threshold >= threshold;
      const TimeMs at = threshold == Threshold::kWarned ? one.times.warn : one.times.due;
      if (!rung) take({at, DueClock::kTelling, threshold, one.term, one.seq});
    }
  }
  return out;
}

}  // namespace opora::protocol
