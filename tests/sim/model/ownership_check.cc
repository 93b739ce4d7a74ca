#include "tests/sim/model/ownership_check.h"

#include <algorithm>
#include <map>
#include <unordered_set>
#include <utility>

#include "protocol/base/archive.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/ticket_readers.h"

namespace opora::model {

using protocol::Event;
using protocol::EventType;
using protocol::TicketOwnerChanged;
using protocol::TicketState;

namespace {

using Wrong = std::optional<std::string>;
constexpr std::uint32_t kHub = 0;

std::string name(std::uint32_t place) {
  return place == kHub ? "the hub" : "site " + std::to_string(place);
}

struct Term {
  SiteNo owner;
  std::uint64_t through = ~std::uint64_t{0};  // of its owner's journal
};

// The truth: what the hub's own journal says of owners, and the opener's term.
std::map<std::uint32_t, Term> terms(const std::vector<EventPtr>& said) {
  std::map<std::uint32_t, Term> out{{1, Term{SiteNo{1}}}};
  for (const EventPtr& event : said) {
    const auto* changed = std::get_if<TicketOwnerChanged>(&event->facts);
    if (changed == nullptr) continue;
    out[event->env.term.v].owner = changed->to;
    out[event->env.term.v - 1].through = changed->valid_through.v;
  }
  return out;
}

std::vector<EventPtr> owner_changes(const Place& place) {
  std::vector<EventPtr> out;
  for (const EventPtr& event : place.history) {
    if (event->env.type == EventType::kTicketOwnerChanged) out.push_back(event);
  }
  return out;
}

// What a replica should make of what it knows: the last word that stands, whom it is assigned to by
// its owner now, and how many actions are late.
struct Expected {
  std::pair<std::uint32_t, std::uint32_t> last{1, 1};
  std::string assignee;
  std::uint32_t late = 0;
};
Expected expected(const Place& place, const std::vector<EventPtr>& truth_of_events) {
  const auto known = terms(owner_changes(place));
  Expected out;
  std::pair<std::uint32_t, std::uint32_t> best{0, 0};
  for (const EventPtr& event : truth_of_events) {
    const auto& env = event->env;
    const bool ordered = env.seq.v != 0 && env.type != EventType::kTicketOwnerChanged &&
                         env.type != EventType::kTicketOpened;
    if (!ordered) continue;
    const auto term = known.find(env.term.v);
    if (term == known.end()) continue;
    if (term->second.owner != env.origin || env.n.v > term->second.through) {
      ++out.late;
      continue;
    }
    const auto* assigned = std::get_if<protocol::TicketAssigned>(&event->facts);
    const std::pair place_of{env.term.v, env.seq.v};
    out.last = std::max(out.last, place_of);
    if (assigned == nullptr || place_of <= best) continue;
    best = place_of;
    out.assignee = assigned->assignee;
  }
  // An assignment is of the term in which it was made.
  if (!known.empty() && best.first < known.rbegin()->first) out.assignee.clear();
  return out;
}

// The events of a replica as their authors wrote them: a mistake may have folded others.
std::vector<EventPtr> as_written(const World& world, const Place& place) {
  std::vector<EventPtr> out;
  for (const EventPtr& event : place.history) {
    // The mistake may have changed all but position and time.
    for (const auto& author : world.places) {
      for (const EventPtr& written : author->journal) {
        if (written->env.n == event->env.n && written->env.hlt == event->env.hlt &&
            written->facts.index() == event->facts.index() &&
            written->env.aggregate == event->env.aggregate)
          out.push_back(written);
      }
    }
  }
  return out;
}

Wrong replica_is_right(const World& world, std::uint32_t no) {
  const Place& place = *world.places[no];
  const TicketState& ticket = *world.ticket(no);
  if (ticket.opened.v == 0) return std::nullopt;
  const Expected should = expected(place, as_written(world, place));
  const std::pair last{ticket.term.v, ticket.seq.v};
  if (ticket.assignee != should.assignee || last != should.last)
    return name(no) + " shows what had no effect";
  if (ticket.late != should.late) return name(no) + " counts late actions wrongly";
  std::uint32_t next = 2;
  for (const auto& [term, tenure] : ticket.tenures) {
    if (term.v != next++) return name(no) + " knows of a gap between terms";
  }
  return std::nullopt;
}

// Of what the hub just said: one owner a term, terms without gaps, borders where the hub stood, and
// offers only as they stand.
Wrong hub_said_well(const World& before, const World& after) {
  const auto& journal = after.places[kHub]->journal;
  const auto& old = before.places[kHub]->journal;
  for (std::size_t i = old.size(); i < journal.size(); ++i) {
    const auto& changed = std::get<TicketOwnerChanged>(journal[i]->facts);
    const auto known = terms(
        std::vector<EventPtr>(journal.begin(), journal.begin() + static_cast<std::ptrdiff_t>(i)));
    const auto& [last, tenure] = *known.rbegin();
    if (journal[i]->env.term.v != last + 1) return "a term has two owners, or one was left out";
    if (changed.from != tenure.owner) return "the owner of another term loses the ticket";
    if (changed.valid_through.v > after.places[kHub]->cursor[tenure.owner.v])
      return "the border is beyond what the hub had";
    if (changed.cause != protocol::OwnerCause::kAccepted) continue;
    bool offered = false;
    for (const EventPtr& event : after.places[kHub]->history) {
      if (event == journal[i]) break;
      const auto* offer = std::get_if<protocol::TicketOffered>(&event->facts);
      if (offer != nullptr && event->env.term.v == last && event->env.origin == tenure.owner)
        offered = offer->to == changed.to;
      if (event->env.type == EventType::kTicketOfferCancelled && event->env.term.v == last &&
          event->env.origin == tenure.owner)
        offered = false;
    }
    if (!offered) return "the region honoured an offer that did not stand";
  }
  return std::nullopt;
}

Wrong terms_grow(const World& before, const World& after) {
  for (std::uint32_t no = 0; no < kPlaces; ++no) {
    if (protocol::current_term(*after.ticket(no)) < protocol::current_term(*before.ticket(no)))
      return name(no) + " went back to an earlier term";
  }
  return std::nullopt;
}

// Who owned it answers for it until it has seen the change; and no two sites in one term.
Wrong somebody_answers(const Rules& rules, const World& world) {
  const auto truth = terms(world.places[kHub]->journal);
  for (const auto& [term, tenure] : truth) {
    const std::uint32_t owner = tenure.owner.v;
    const TicketState& seen = *world.ticket(owner);
    const bool in_office = seen.opened.v != 0 && protocol::current_term(seen).v == term;
    if (in_office && !rules.answers_for(world, owner))
      return name(owner) + " does not answer for the ticket and has not seen another owner";
  }
  for (std::uint32_t no = 1; no <= kSites; ++no) {
    if (!rules.answers_for(world, no)) continue;
    const auto term = truth.find(protocol::current_term(*world.ticket(no)).v);
    if (term == truth.end() || term->second.owner != SiteNo{no})
      return name(no) + " thinks that it owns the ticket in a term of another";
  }
  return std::nullopt;
}

// A late action changes nothing at the hub but the count, the receipt and the clock.
Wrong late_is_late(const World& before, const World& after) {
  const Place& hub = *after.places[kHub];
  if (hub.history.size() == before.places[kHub]->history.size()) return std::nullopt;
  const EventPtr& event = hub.history[before.places[kHub]->history.size()];
  const TicketState& was = *before.ticket(kHub);
  if (event->env.seq.v == 0 || event->env.type == EventType::kTicketOwnerChanged)
    return std::nullopt;
  if (event->env.term >= protocol::current_term(was)) return std::nullopt;
  TicketState now = *after.ticket(kHub);
  now.late = was.late;
  now.last = was.last;
  if (to_row(now) != to_row(was)) return "an action of an earlier term changed the ticket";
  return std::nullopt;
}

// What is handed to the line for a site that may not read the ticket any more: what ended its
// right, which is the last that there is for it, and nothing else.
Wrong sends_no_more(const World& before, const World& after) {
  const Place& hub = *after.places[kHub];
  for (std::uint32_t site = 1; site <= kSites; ++site) {
    if (protocol::reads(*after.ticket(kHub), SiteNo{site})) continue;
    const auto& was = before.down[site].pos;
    for (const std::uint8_t pos : after.down[site].pos) {
      const bool sent_now = pos != 0 && std::find(was.begin(), was.end(), pos) == was.end();
      if (!sent_now || (pos & kPassedOver) != 0) continue;
      const EventType type = hub.outbox[site][pos - 1]->env.type;
      const bool ended = type == EventType::kTicketOfferCancelled ||
                         type == EventType::kTicketOffered ||
                         type == EventType::kTicketOwnerChanged;
      if (pos != hub.outbox[site].size() || !ended)
        return name(site) + " is sent what it may not read any more";
    }
  }
  return std::nullopt;
}

}  // namespace

Wrong broken_at_peace(const Rules& rules, const World& world) {
  if (!world.quiet()) return std::nullopt;
  const Place& hub = *world.places[kHub];
  const Bytes truth = to_row(*world.ticket(kHub));
  std::size_t said = hub.journal.size();
  std::uint32_t owners = 0;
  for (std::uint32_t no = 1; no <= kSites; ++no) {
    said += world.places[no]->journal.size();
    const bool reads = no == 1 || hub.entitled[no];
    if (reads && to_row(*world.ticket(no)) != truth) return name(no) + " differs from the hub";
    if (reads && world.places[no]->history.size() != hub.history.size())
      return name(no) + " lacks a part of the history";
    if (rules.answers_for(world, no)) ++owners;
  }
  if (said != hub.history.size()) return "the hub lost something that was said";
  if (owners != 1) return std::to_string(owners) + " owners at peace";
  return std::nullopt;
}

Wrong broken(const Rules& rules, const World& before, const World& after) {
  if (auto wrong = hub_said_well(before, after)) return wrong;
  if (auto wrong = terms_grow(before, after)) return wrong;
  if (auto wrong = late_is_late(before, after)) return wrong;
  if (auto wrong = somebody_answers(rules, after)) return wrong;
  if (auto wrong = sends_no_more(before, after)) return wrong;
  for (std::uint32_t no = 0; no < kPlaces; ++no) {
    if (after.places[no] == before.places[no]) continue;
    if (auto wrong = replica_is_right(after, no)) return wrong;
  }
  return broken_at_peace(rules, after);
}

namespace {

// Depth first; a world is kept only while its steps are looked at, of the others their hash.
class Search {
 public:
  explicit Search(const Rules& rules) : rules_(rules) {}

  Explored run(const World& beginning) {
    seen_.insert(beginning.hash());
    out_.states = 1;
    out_.broken = broken_at_peace(rules_, beginning);
    std::vector<Frame> stack;
    stack.push_back({beginning, rules_.steps(beginning), 0, {}});
    while (!stack.empty() && !out_.broken) {
      Frame& frame = stack.back();
      if (frame.next == frame.steps.size()) {
        stack.pop_back();
        continue;
      }
      Step& step = frame.steps[frame.next++];
      ++out_.steps;
      if (!seen_.insert(step.after.hash()).second) continue;
      ++out_.states;
      if (step.after.quiet()) ++out_.at_peace;
      out_.broken = broken(rules_, frame.world, step.after);
      Frame deeper{std::move(step.after), {}, 0, std::move(step.what)};
      if (!out_.broken) deeper.steps = rules_.steps(deeper.world);
      stack.push_back(std::move(deeper));
      out_.longest = std::max(out_.longest, stack.size() - 1);
    }
    for (const Frame& frame : stack) {
      if (!frame.what.empty()) out_.story.push_back(frame.what);
    }
    return std::move(out_);
  }

 private:
  struct Frame {
    World world;
    std::vector<Step> steps;
    std::size_t next;
    std::string what;  // that led here
  };
  const Rules& rules_;
  std::unordered_set<std::uint64_t> seen_;
  Explored out_;
};

}  // namespace

Explored explore(const Rules& rules, const Budget& budget) {
  return Search(rules).run(rules.beginning(budget));
}

}  // namespace opora::model
