#include "tests/sim/region/due_recount.h"

#include <algorithm>
#include <cmath>

#include "tests/support/open_minutes.h"

namespace opora::sim {

using protocol::kDayMinutes;
using protocol::kMinuteMs;

namespace {

// Sums of many minutes are off by so much of a norm.
constexpr double kHair = 1e-7;
// Of a moment, for that and for thousandths of a second that are cut off.
constexpr std::int64_t kSlackMs = 1'000;

const std::map<std::string, int>& minutes_east() {
  static const std::map<std::string, int> kEast = {{"Europe/Kaliningrad", 120},
                                                   {"Europe/Moscow", 180},
                                                   {"Asia/Vladivostok", 600},
                                                   {"Asia/Kamchatka", 720}};
  return kEast;
}

// What happens to a life, event by event.
class Telling {
 public:
  explicit Telling(TicketLife& life) : life_(life) {}

  void hear(const TicketWord& word) {
    env_ = word.env;
    std::visit([this](const auto& said) { on(said); }, *word.facts);
  }

 private:
  template <class Other>
  void on(const Other& said) {
    if constexpr (requires { said.times; }) holds(said.times);
  }
  void on(const protocol::TicketOpened& said) {
    life_.received = said.received_at;
    life_.registered = said.times.at.v == 0 ? said.received_at : said.times.at;
    life_.urgency = said.urgency;
    life_.category = said.category;
    life_.line = said.line;
    holds(said.times);
  }
  void on(const protocol::TicketAssigned& said) {
    if (said.line > 1) goes_up();
    life_.line = said.line;
    if (!said.assignee.empty()) given(said.times.at, said.holder_line);
    holds(said.times);
  }
  void on(const protocol::TicketStarted& said) {
    given(said.times.at, said.holder_line);
    holds(said.times);
  }
  void on(const protocol::TicketPaused& said) {
    goes_on(said.times.at);
    life_.stops.push_back({said.times.at, std::nullopt});
    holds(said.times);
  }
  void on(const protocol::TicketResumed& said) {
    goes_on(said.times.at);
    holds(said.times);
  }
  void on(const protocol::TicketReclassified& said) {
    life_.urgency = said.urgency;
    life_.category = said.category;
    holds(said.times);
  }
  void on(const protocol::TicketClosed& said) {
    const TimeMs at = said.at.v == 0 ? env_->hlt.time() : said.at;
    life_.finished = at;
    life_.open = false;
    goes_on(at);
    if (!life_.reacted) life_.reacted = at;
    life_.reacted_on_line_1 = false;
  }
  void on(const protocol::TicketReopened& said) {
    life_.stops.push_back({life_.finished.value_or(TimeMs{}), said.times.at});
    life_.finished.reset();
    life_.open = true;
    holds(said.times);
  }
  void on(const protocol::TicketMerged&) { life_.open = false; }
  void on(const protocol::TicketUnmerged& said) {
    life_.open = true;
    holds(said.times);
  }
  void on(const protocol::TicketPartOf& said) {
    life_.registered = said.since;
    holds(said.times);
  }
  void on(const protocol::TicketVisitTold& said) {
    if (!life_.reacted) life_.reacted = said.times.at.v == 0 ? env_->hlt.time() : said.times.at;
    holds(said.times);
  }

  void holds(const protocol::DueTimes& times) {
    if (times.at.v == 0) return;
    life_.last = std::max(life_.last, times.at);
    const auto same = [&](const TicketLife::Turn& turn) {
      return turn.queue == times.queue && turn.site == env_->origin;
    };
    // What two machines of a site said, one after the other: nothing goes back in time.
    if (life_.turns.empty() || !same(life_.turns.back()))
      life_.turns.push_back({life_.last, times.queue, env_->origin});
  }
  void goes_on(TimeMs at) {
    if (!life_.stops.empty() && !life_.stops.back().to) life_.stops.back().to = at;
  }
  // V3: a specialist ends it, line 1 as long as it stays there.
  void given(TimeMs at, std::uint8_t holder_line) {
    const std::uint8_t line = holder_line == 0 ? life_.line : holder_line;
    if (line > 1) {
      goes_up();
      if (!life_.reacted) life_.reacted = at;
    } else if (life_.line == 1 && !life_.reacted) {
      life_.reacted = at;
      life_.reacted_on_line_1 = true;
    }
  }
  void goes_up() {
    if (life_.reacted_on_line_1) life_.reacted.reset();
    life_.reacted_on_line_1 = false;
  }

  TicketLife& life_;
  const protocol::Envelope* env_ = nullptr;
};

}  // namespace

int PlainCatalogues::east(const std::string& queue, SiteNo site) const {
  const auto& calendar = calendars.at(queues.at(queue).calendar);
  std::string zone = calendar.zone;
  const auto of_site = zones.find(site);
  if (zone.empty() && of_site != zones.end()) zone = of_site->second;
  const auto found = minutes_east().find(zone);
  return found == minutes_east().end() ? 180 : found->second;
}

TicketLife life_of(const std::vector<TicketWord>& words) {
  TicketLife out;
  Telling telling(out);
  for (const TicketWord& word : words) telling.hear(word);
  return out;
}

bool DueRecount::can(const TicketLife& life) const {
  if (life.turns.empty() || life.turns.back().queue.empty()) return false;
  for (const auto& turn : life.turns) {
    const auto queue = catalogues_.queues.find(turn.queue);
    const bool here =
        queue != catalogues_.queues.end() && catalogues_.calendars.contains(queue->second.calendar);
    if (!turn.queue.empty() && !here) return false;
  }
  const auto [first, last] = std::minmax({life.received, life.registered, life.last});
  return last - first < kHorizonDays / 2 * protocol::kDayMs;
}

protocol::Norm DueRecount::norm(const TicketLife& life, PlainClock clock,
                                const std::string& queue) const {
  const protocol::QueueChanged& facts = catalogues_.queues.at(queue);
  const protocol::Norms& norms = facts.norms[static_cast<std::size_t>(life.urgency) - 1];
  if (clock == PlainClock::kRegistration) return norms.registration;
  if (clock == PlainClock::kCompletion) return norms.completion;
  protocol::Norm others;
  for (const protocol::Reaction& reaction : facts.reactions) {
    if (reaction.category == life.category) return reaction.norm;
    if (reaction.category.empty()) others = reaction.norm;
  }
  return others;
}

// Its first queue has it from the beginning of the clock on. What happened after a clock has
// stopped is not of it.
std::vector<DueRecount::Stretch> DueRecount::stretches(const TicketLife& life, PlainClock clock,
                                                       TimeMs end) const {
  const TimeMs begin = clock == PlainClock::kRegistration ? life.received : life.registered;
  TimeMs stop = kMaxEventTime;
  if (clock == PlainClock::kRegistration) stop = life.registered;
  if (clock == PlainClock::kReaction && life.reacted) stop = *life.reacted;
  std::vector<TicketLife::Turn const*> turns;
  for (const auto& turn : life.turns) {
    if (!turn.queue.empty() && (turns.empty() || turn.from < stop)) turns.push_back(&turn);
  }
  std::vector<Stretch> out;
  for (std::size_t i = 0; i < turns.size(); ++i) {
    TimeMs at = i == 0 ? begin : std::max(begin, turns[i]->from);
    const TimeMs to = i + 1 < turns.size() ? std::min(end, turns[i + 1]->from) : end;
    for (const auto& pause : life.stops) {
      if (pause.from >= stop) continue;
      if (pause.from > at && at < to) out.push_back({at, std::min(pause.from, to), turns[i]});
      at = std::max(at, std::min(pause.to.value_or(stop), stop));
    }
    if (at < to) out.push_back({at, to, turns[i]});
  }
  return out;
}

const DueRecount::Day& DueRecount::day(const std::string& calendar, std::int64_t number) {
  const auto [found, fresh] = days_[calendar].try_emplace(number);
  if (fresh) {
    found->second.open = protocol::testing::open_minutes(catalogues_.calendars.at(calendar).hours,
                                                         catalogues_.production, number);
    found->second.length = static_cast<int>(std::ranges::count(found->second.open, true));
  }
  return found->second;
}

template <class Visit>
void DueRecount::walk(const TicketLife& life, PlainClock clock, TimeMs end, Visit visit) {
  for (const Stretch& stretch : stretches(life, clock, end)) {
    const protocol::Norm norm = this->norm(life, clock, stretch.turn->queue);
    if (norm.minutes == 0) continue;
    const std::string& calendar = catalogues_.queues.at(stretch.turn->queue).calendar;
    const int east = catalogues_.east(stretch.turn->queue, stretch.turn->site);
    const bool by_clock = norm.running == protocol::Running::kRoundTheClock;
    const Day* today = nullptr;
    std::int64_t number = 0;
    for (TimeMs at = stretch.from; at < stretch.to;) {
      const std::int64_t minute = at.v / kMinuteMs;
      const TimeMs next = std::min(stretch.to, TimeMs{(minute + 1) * kMinuteMs});
      double share = 1.0 / norm.minutes;
      if (!by_clock) {
        const std::int64_t shown = minute + east;
        if (today == nullptr || shown / kDayMinutes != number) {
          number = shown / kDayMinutes;
          today = &day(calendar, number);
        }
        const bool open = today->open[static_cast<std::size_t>(shown % kDayMinutes)];
        if (norm.unit == protocol::NormUnit::kWeeks) {
          share = 1.0 / today->length / (norm.minutes / 10'080.0 * 5);
        } else if (norm.minutes >= 1'440) {
          share = 1.0 / today->length / (norm.minutes / 1'440.0);
        }
        if (!open) share = 0;
      }
      share *= static_cast<double>(next - at) / kMinuteMs;
      if (!visit(at, next, share)) return;
      at = next;
    }
  }
}

DueRecount::Moment DueRecount::when(const TicketLife& life, PlainClock clock, double share) {
  Moment out;
  double so_far = 0;
  const auto within = [&](TimeMs from, TimeMs to, double piece, double wanted) {
    const double part = std::clamp((wanted - so_far) / piece, 0.0, 1.0);
    return from + static_cast<std::int64_t>(part * static_cast<double>(to - from));
  };
  const TimeMs end = std::max(life.last, life.registered) + kHorizonDays * protocol::kDayMs;
  walk(life, clock, end, [&](TimeMs from, TimeMs to, double piece) {
    if (!out.from && so_far + piece >= share - kHair)
      out.from = piece > 0 ? within(from, to, piece, share - kHair) : from;
    if (so_far + piece > share + kHair) out.to = within(from, to, piece, share + kHair);
    so_far += piece;
    return !out.to;
  });
  return out;
}

double DueRecount::used(const TicketLife& life, PlainClock clock, TimeMs at) {
  double so_far = 0;
  walk(life, clock, at, [&](TimeMs, TimeMs, double piece) {
    so_far += piece;
    return true;
  });
  return so_far;
}

bool DueRecount::agrees(TimeMs said, const Moment& counted) {
  if (said.v == 0) return !counted.to;
  if (!counted.from || said < *counted.from + -kSlackMs) return false;
  return !counted.to || said <= *counted.to + kSlackMs;
}

}  // namespace opora::sim
