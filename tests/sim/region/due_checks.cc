// Deadlines (A14, A-esc): what an owner and the region have is what a counter of minutes makes of
// the events; every threshold is said once, none that is over is missing, and one that was reached
// while the site was cut off is said to be of the cut.
#include <algorithm>
#include <cmath>
#include <tuple>

#include "protocol/domain/ownership.h"
#include "protocol/domain/production_calendar.h"
#include "protocol/domain/ticket_times.h"
#include "sync/projection/catalogues.h"
#include "sync/projection/projection.h"
#include "tests/sim/region/checks.h"

namespace opora::sim {

using protocol::DueClock;
using protocol::EventType;
using protocol::Kind;
using protocol::Threshold;
using protocol::TicketState;

namespace {

// A turn of the watch, a busy disk, a delay of the line, and some.
constexpr std::int64_t kSaidWithinMs = 10'000;

constexpr double kShareSlack = 1e-6;
constexpr std::int64_t kShareDays = 365;

std::string text(TimeMs at) { return std::to_string(at.v); }

std::string text(const DueRecount::Moment& moment) {
  return text(moment.from.value_or(TimeMs{})) + " to " + text(moment.to.value_or(TimeMs{}));
}

const protocol::DueTimes* times_in(const protocol::Facts& facts) {
  return std::visit(
      [](const auto& said) -> const protocol::DueTimes* {
        if constexpr (requires { said.times.completion_due; }) return &said.times;
        return nullptr;
      },
      facts);
}

TimeMs moment_in(const protocol::DueTimes& times, DueClock clock, Threshold threshold) {
  const bool warned = threshold == Threshold::kWarned;
  if (clock == DueClock::kReaction) return warned ? times.reaction_warn : times.reaction_due;
  if (clock == DueClock::kCompletion) return warned ? times.completion_warn : times.completion_due;
  if (warned || clock != DueClock::kSilence) return {};
  return times.silence_at;
}

std::string name_of(DueClock clock, Threshold threshold) {
  return std::string(threshold == Threshold::kWarned ? "75 % of the " : "100 % of the ") +
         (clock == DueClock::kReaction ? "reaction" : "completion");
}

// A ticket has no place in the order for what anybody may add.
bool in_order(const protocol::Facts& facts) {
  return times_in(facts) != nullptr || std::holds_alternative<protocol::TicketClosed>(facts) ||
         std::holds_alternative<protocol::TicketMerged>(facts) ||
         std::holds_alternative<protocol::TicketFinished>(facts) ||
         std::holds_alternative<protocol::TicketDueReached>(facts);
}

std::string kind_of_life(const protocol::Facts& facts) {
  using namespace protocol;
  if (const auto* assigned = std::get_if<TicketAssigned>(&facts))
    return assigned->line > 1 ? "passed to line 2 or 3" : "assigned";
  if (const auto* closed = std::get_if<TicketClosed>(&facts))
    return closed->status == TicketStatus::kRejected ? "rejected" : "done";
  if (std::holds_alternative<TicketStarted>(facts)) return "started";
  if (std::holds_alternative<TicketPaused>(facts)) return "paused";
  if (std::holds_alternative<TicketResumed>(facts)) return "resumed";
  if (std::holds_alternative<TicketReclassified>(facts)) return "reclassified";
  if (std::holds_alternative<TicketReopened>(facts)) return "reopened";
  if (std::holds_alternative<TicketFinished>(facts)) return "closed for ever";
  return "";
}

}  // namespace

// For whoever reads the story: what a ticket's owners said of its times.
void Checks::tell_words(const AggregateId& id, const EventsInOrder& events) {
  for (const auto& [place, held] : events) {
    std::string what = std::to_string(place.first) + "." + std::to_string(place.second) + " by " +
                       opora::sim::name_of(held->ref.origin) + " " + kind_of_life(held->facts) +
                       " at " + text(held->env.hlt.time());
    if (const auto* times = times_in(held->facts))
      what += ": " + text(times->at) + " in " + times->queue + " reaction " +
              text(times->reaction_due) + " completion " + text(times->completion_due);
    if (const auto* reached = std::get_if<protocol::TicketDueReached>(&held->facts))
      what += ": " + name_of(reached->clock, reached->threshold) + " " + text(reached->moment);
    sim_.story.tell("ticket " + id.hex().substr(0, 8), what);
  }
}

CommandId Checks::own_command() {
  const auto key = testing::key_of("own words " + std::to_string(own_commands_.size()));
  own_commands_.insert(key.id);
  return key.id;
}

PlainCatalogues Checks::plain_catalogues(const Journal& hub) const {
  PlainCatalogues out;
  for (const auto& [ref, held] : hub) {
    if (ref.origin != kHubSite) continue;
    if (const auto* queue = std::get_if<protocol::QueueChanged>(&held.facts))
      out.queues[queue->id] = *queue;
    if (const auto* calendar = std::get_if<protocol::CalendarChanged>(&held.facts))
      out.calendars[calendar->id] = *calendar;
    if (const auto* site = std::get_if<protocol::SiteChanged>(&held.facts))
      out.zones[site->site] = site->zone;
  }
  for (const auto& year : protocol::shipped_production_years())
    out.production.insert(year.days.begin(), year.days.end());
  return out;
}

void Checks::check_deadlines(const Journal& hub) {
  std::map<AggregateId, EventsInOrder> tickets;
  const auto owners = tenures(hub);
  for (const auto& [ref, held] : hub) {
    const auto ticket = owners.find(held.env.aggregate);
    if (ticket == owners.end() || !in_order(held.facts) || !stands(held, ticket->second)) continue;
    tickets[held.env.aggregate].emplace(std::pair(held.env.term.v, held.env.seq.v), &held);
  }
  DueRecount recount(plain_catalogues(hub));
  for (const auto& [id, events] : tickets) {
    // Two machines of one site spoke in one place, or the first words are lost with a store.
    const auto twice = [&](const auto& one) { return events.count(one.first) > 1; };
    const bool whole = events.begin()->second->env.type == EventType::kTicketOpened;
    if (!whole || std::any_of(events.begin(), events.end(), twice)) {
      ++life_["tickets told twice or in part"];
      continue;
    }
    const Tenures& ticket = owners.at(id);
    life_["handed over"] += ticket.terms.size() - 1;
    const SiteNo owner = ticket.terms.rbegin()->second.owner;
    check_thresholds(id, events, owner);
    check_moments(id, events, owner, recount);
  }
}

// Once each, unless the moment has moved ahead since; at its moment, and not before it.
void Checks::check_thresholds(const AggregateId& id, const EventsInOrder& events, SiteNo owner) {
  std::set<std::pair<DueClock, Threshold>> said;
  protocol::DueTimes times;
  const std::string what = "ticket " + id.hex().substr(0, 8);
  const std::size_t wrong_before = sim_.story.violations().size();
  for (const auto& [place, held] : events) {
    if (const std::string kind = kind_of_life(held->facts); !kind.empty()) ++life_[kind];
    const auto* now = times_in(held->facts);
    if (now != nullptr && now->at.v != 0) {
      times = *now;
      std::erase_if(said, [&](const auto& one) {
        const TimeMs moment = moment_in(times, one.first, one.second);
        return moment.v == 0 || moment > times.at;
      });
    }
    const auto* reached = std::get_if<protocol::TicketDueReached>(&held->facts);
    if (reached == nullptr || !protocol::is_deadline(reached->clock)) continue;
    const std::string threshold = what + ": " + name_of(reached->clock, reached->threshold);
    ++life_[name_of(reached->clock, reached->threshold)];
    // What a site says without a part of its journal stands behind that part when it is back.
    const bool forgetful = put_back_.contains(held->ref.origin);
    // What the last owner said may be kept back by a hub that cannot read it yet, or be lost by one
    // that was restored and come again later.
    const bool lost = restored_ms_.contains(kHubSite) || find_(kHubSite)->was_older();
    const bool unheard = lost && held->env.term.v > 1;
    if (!said.emplace(reached->clock, reached->threshold).second && !forgetful && !unheard)
      sim_.story.wrong(threshold + " is said twice");
    if (!forgetful && reached->moment != moment_in(times, reached->clock, reached->threshold))
      sim_.story.wrong(threshold + " is said of another moment than the ticket has");
    if (held->env.hlt.time() < reached->moment) sim_.story.wrong(threshold + " is said too early");
    check_attribution(threshold, *held, *reached);
  }
  if (sim_.story.violations().size() != wrong_before) tell_words(id, events);
  const auto rows = find_(owner)->disk().synced();
  const auto entity = sync::read_entity(*rows, Kind::kTicket, id);
  const auto* state = entity.as<TicketState>();
  if (state == nullptr) return;
  for (const DueClock clock : protocol::kDueClocks) {
    if (!protocol::runs(*state, clock)) continue;
    for (const Threshold threshold : protocol::kThresholds) {
      const TimeMs moment = moment_in(times, clock, threshold);
      const bool over = moment.v != 0 && moment + kSaidWithinMs < find_(owner)->clock().now();
      if (over && !said.contains({clock, threshold}))
        sim_.story.wrong(what + ": " + name_of(clock, threshold) + " is over, and " +
                         opora::sim::name_of(owner) + " does not say so");
    }
  }
}

// Of sites whose clock was always right, and which remember what they heard.
void Checks::check_attribution(const std::string& what, const Held& held,
                               const protocol::TicketDueReached& reached) {
  const SiteNo site = held.ref.origin;
  const bool cut = reached.link == protocol::LinkThen::kCutOff;
  if (cut) ++life_["thresholds while cut off"];
  if (cut && reached.threshold == Threshold::kMissed) ++life_["breaches while cut off"];
  if (put_back_.contains(site) || !find_(site)->clock().always_right()) return;
  const Contacts& contacts = contacts_[site];
  ++life_["attributions checked"];
  // The last silence that is over is what a site keeps.
  const bool remembers = contacts.ended_between(reached.moment, held.env.hlt.time()) <= 1;
  if (!cut && remembers && contacts.surely_cut(reached.moment))
    sim_.story.wrong(what + " was reached while " + opora::sim::name_of(site) +
                     " was cut off, and is not said so");
  if (cut && contacts.surely_there(reached.moment))
    sim_.story.wrong(what + " is said to be of a cut that there was not");
}

// At its owner and at the hub, the deadlines and the share that is used by now.
void Checks::check_moments(const AggregateId& id, const EventsInOrder& events, SiteNo owner,
                           DueRecount& recount) {
  std::vector<TicketWord> words;
  for (const auto& [place, held] : events) words.push_back({&held->env, &held->facts});
  const TicketLife life = life_of(words);
  if (!life.open) return;
  const auto by_older_store = [this](const auto& one) {
    return put_back_.contains(one.second->ref.origin);
  };
  if (std::any_of(events.begin(), events.end(), by_older_store)) {
    ++life_["tickets of stores that were put back"];
    return;
  }
  if (!recount.can(life)) {
    ++life_["tickets that cannot be counted"];
    return;
  }
  ++life_["tickets counted"];
  const auto when = [&](PlainClock clock, double share) {
    return recount.when(life, clock, share);
  };
  const std::vector<std::tuple<const char*, TimeMs protocol::DueTimes::*, DueRecount::Moment>> all =
      {{"registration", &protocol::DueTimes::registration_due, when(PlainClock::kRegistration, 1)},
       {"reaction", &protocol::DueTimes::reaction_due, when(PlainClock::kReaction, 1)},
       {"75 % of it", &protocol::DueTimes::reaction_warn, when(PlainClock::kReaction, 0.75)},
       {"completion", &protocol::DueTimes::completion_due, when(PlainClock::kCompletion, 1)},
       {"75 % of it", &protocol::DueTimes::completion_warn, when(PlainClock::kCompletion, 0.75)}};
  const TimeMs now = find_(owner)->clock().now();
  const double used = recount.used(life, PlainClock::kCompletion, now);
  const std::size_t wrong_before = sim_.story.violations().size();
  for (const SiteNo place : {owner, kHubSite}) {
    const auto rows = find_(place)->disk().synced();
    const auto entity = sync::read_entity(*rows, Kind::kTicket, id);
    const auto* state = entity.as<TicketState>();
    const std::string what = "ticket " + id.hex() + " at " + opora::sim::name_of(place) + ": ";
    if (state == nullptr) return sim_.story.wrong(what + "is not there");
    for (const auto& [name, field, counted] : all) {
      if (!DueRecount::agrees(state->times.*field, counted))
        sim_.story.wrong(what + name + " at " + text(state->times.*field) + ", counted " +
                         text(counted));
    }
    const auto timetable =
        sync::read_timetable(*rows, *testing::zone_named("Europe/Moscow"), testing::zone_named);
    const auto share = protocol::share_used(*state, DueClock::kCompletion, now, timetable);
    const double said = static_cast<double>(share.value_or(0)) / protocol::kWholeNorm;
    // Of a ticket of a clock that was years behind, working time is not worked out over all of
    // them.
    const bool lately = now - life.registered < kShareDays * protocol::kDayMs;
    if (share && lately && std::abs(said - used) > kShareSlack)
      sim_.story.wrong(what + "used " + std::to_string(said) + " of the norm, counted " +
                       std::to_string(used));
  }
  if (sim_.story.violations().size() != wrong_before) tell_words(id, events);
}

}  // namespace opora::sim
