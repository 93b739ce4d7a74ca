#include "tests/sim/model/ownership_world.h"

#include <algorithm>

#include "protocol/base/archive.h"
#include "protocol/domain/ticket_readers.h"

namespace opora::model {

using protocol::Draft;
using protocol::Entity;
using protocol::Event;
using protocol::TicketState;

namespace {

const AggregateId kTicket = AggregateId::from("the only ticket.").value_or(AggregateId{});
constexpr TimeMs kNow{1'763'715'600'000};
constexpr std::uint32_t kHub = 0;

protocol::DecideContext context(std::uint32_t place) {
  return {SiteNo{place}, kNow, [](TimeMs) { return std::int16_t{0}; }, CommandId{}, kNow};
}

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15ULL + (hash << 6) + (hash >> 2);
  hash *= 0xff51afd7ed558ccdULL;
  return hash ^ (hash >> 33);
}

std::uint64_t mix(std::uint64_t hash, std::string_view bytes) {
  for (const char c : bytes) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3ULL;
  return mix(hash, bytes.size());
}

// Within one run an event is named by its origin, its position and what it says: two worlds that
// differ in it differ here.
std::uint64_t name_of(const Event& event) {
  std::uint64_t hash = mix(event.env.origin.v, event.env.n.v);
  hash = mix(mix(hash, event.env.term.v), event.env.seq.v);
  hash = mix(hash, event.facts.index());
  if (const auto* changed = std::get_if<protocol::TicketOwnerChanged>(&event.facts))
    hash = mix(mix(hash, changed->to.v), changed->valid_through.v);
  if (const auto* offered = std::get_if<protocol::TicketOffered>(&event.facts))
    hash = mix(hash, offered->to.v);
  if (const auto* answered = std::get_if<protocol::TicketOfferAnswered>(&event.facts))
    hash = mix(hash, static_cast<std::uint64_t>(answered->reply));
  return hash;
}

// The order of arrival counts for nothing but the outboxes: what a place knows is a set.
void seal(Place& place) {
  std::uint64_t set = 0;
  for (const EventPtr& event : place.history) set += mix(7, name_of(*event));
  std::uint64_t hash = mix(set, to_row(*place.ticket.as<TicketState>()));
  for (const std::uint8_t cursor : place.cursor) hash = mix(hash, cursor);
  for (const auto& box : place.outbox) {
    hash = mix(hash, box.size());
    for (const EventPtr& event : box) hash = mix(hash, name_of(*event));
  }
  for (std::uint32_t site = 1; site <= kSites; ++site)
    hash = mix(mix(mix(hash, place.entitled[site]), place.behind[site]), place.farewell[site]);
  place.hash = hash;
}

Place& change(World& world, std::uint32_t no, std::shared_ptr<Place>& keep) {
  keep = std::make_shared<Place>(*world.places[no]);
  world.places[no] = keep;
  return *keep;
}

std::string who(std::uint32_t place) {
  return place == kHub ? "hub" : "site " + std::to_string(place);
}

protocol::TicketAction assigning(std::uint32_t site) {
  protocol::TicketAction action;
  action.what = protocol::TicketAction::What::kAssign;
  action.assignee = "of site " + std::to_string(site);
  return action;
}

}  // namespace

bool World::quiet() const {
  const Place& hub = *places[kHub];
  for (std::uint32_t site = 1; site <= kSites; ++site) {
    if (hub.cursor[site] != places[site]->journal.size()) return false;
    if (places[site]->cursor[kHub] != hub.outbox[site].size()) return false;
  }
  return true;
}

std::uint64_t World::hash() const {
  std::uint64_t hash = 1;
  for (const auto& place : places) hash = mix(hash, place->hash);
  for (const auto* flights : {&up, &down}) {
    for (const Flight& flight : *flights) {
      for (const std::uint8_t pos : flight.pos) hash = mix(hash, pos);
    }
  }
  const Budget& b = budget;
  for (const std::uint8_t left :
       {b.transfers, b.offers, b.cancels, b.declines, b.takeovers, b.acts, b.losses, b.duplicates,
        b.crashes[0], b.crashes[1], b.crashes[2], b.crashes[3]})
    hash = mix(hash, left);
  return hash;
}

World Rules::beginning(const Budget& budget) const {
  World world;
  world.budget = budget;
  protocol::TicketOpened opened;
  opened.site = SiteNo{1};
  opened.counter = 1;
  opened.received_at = kNow;
  Draft draft;
  draft.aggregate = kTicket;
  draft.seq = OwnerSeq{1};
  draft.facts = opened;
  Place first;
  first.ticket.kind = protocol::Kind::kTicket;
  first.ticket.id = kTicket;
  Place nobody = first;
  nobody.ticket.state.emplace<TicketState>();
  const EventPtr event = append(first, 1, draft);
  Place hub = nobody;
  learn(hub, kHub, event);
  hub.cursor[1] = 1;
  for (Place* place : {&first, &nobody, &hub}) seal(*place);
  world.places = {std::make_shared<const Place>(hub), std::make_shared<const Place>(first),
                  std::make_shared<const Place>(nobody), std::make_shared<const Place>(nobody)};
  return world;
}

bool Rules::answers_for(const World& world, std::uint32_t site) const {
  const TicketState& ticket = *world.ticket(site);
  if (ticket.opened.v == 0) return false;
  if (mistake_ == Mistake::kSenderGivesUp && pending_offer(ticket) != nullptr) return false;
  return protocol::must_own(ticket, context(site)).ok();
}

EventPtr Rules::append(Place& place, std::uint32_t no, const Draft& draft) const {
  Event event;
  event.env.origin = SiteNo{no};
  event.env.n = StreamPos{place.journal.size() + 1};
  // Clocks may say anything, so they say what makes the fewest worlds: nothing of the order in
  // which things happened.
  event.env.hlt = Hlt{(event.env.n.v * kPlaces + no) << 16};
  event.env.type = protocol::type_of(draft.facts);
  event.env.aggregate = draft.aggregate;
  event.env.term = draft.term;
  event.env.seq = draft.seq;
  event.facts = draft.facts;
  auto shared = std::make_shared<const Event>(std::move(event));
  place.journal.push_back(shared);
  learn(place, no, shared);
  return shared;
}

// As a store does it (sync/projection): folds, and all over again when the event came behind.
void Rules::learn(Place& place, std::uint32_t no, const EventPtr& event) const {
  Event seen = *event;
  const auto* before = place.ticket.as<TicketState>();
  if (mistake_ == Mistake::kTermIgnored && before != nullptr && before->opened.v != 0 &&
      seen.env.seq.v != 0 && seen.env.type != protocol::EventType::kTicketOwnerChanged) {
    seen.env.term = protocol::current_term(*before);
    seen.env.origin = protocol::owner_of(*before);
    seen.env.seq = OwnerSeq{before->seq.v + 1};
  }
  if (auto* changed = std::get_if<protocol::TicketOwnerChanged>(&seen.facts)) {
    if (mistake_ == Mistake::kThroughIgnored && no != kHub)
      changed->valid_through = StreamPos{~std::uint64_t{0}};
  }
  place.history.push_back(std::make_shared<const Event>(seen));
  if (protocol::fold(place.ticket, seen) == protocol::FoldResult::kFolded) return;
  std::vector<Event> sorted;
  for (const EventPtr& one : place.history) sorted.push_back(*one);
  std::sort(sorted.begin(), sorted.end(), protocol::canonical_order);
  place.ticket = protocol::refold(place.ticket, sorted);
}

// As hub/outbox does it.
void Rules::forward(Place& hub, const EventPtr& event) const {
  for (std::uint32_t site = 1; site <= kSites; ++site) {
    if (!hub.entitled[site] || event->env.origin == SiteNo{site}) continue;
    const bool cut_off = mistake_ == Mistake::kOldOwnerCutOff && site == 1 &&
                         protocol::owner_of(*hub.ticket.as<TicketState>()) != SiteNo{1};
    if (!cut_off) hub.outbox[site].push_back(event);
  }
}

namespace {

bool may_send(const Place& hub, std::uint32_t site, std::uint8_t pos) {
  return (hub.entitled[site] && pos > hub.behind[site]) || pos == hub.farewell[site];
}

}  // namespace

// As hub/outbox does it: what the event says has been forwarded.
void Rules::settle_offers(Place& hub, const EventPtr& event) const {
  const auto& ticket = *hub.ticket.as<TicketState>();
  if (!hub.entitled[1]) return;
  for (std::uint32_t site = 2; site <= kSites; ++site) {
    if (!hub.entitled[site] || protocol::reads(ticket, SiteNo{site})) continue;
    hub.entitled[site] = false;
    const bool told = event->env.origin != SiteNo{site};
    hub.farewell[site] = told ? static_cast<std::uint8_t>(hub.outbox[site].size()) : 0;
  }
  const auto* offer = protocol::pending_offer(ticket);
  if (offer != nullptr && offer->to.v != kHub) grant(hub, offer->to.v);
}

void Rules::grant(Place& hub, std::uint32_t site) const {
  hub.entitled[1] = true;
  if (hub.entitled[site]) return;
  hub.entitled[site] = true;
  hub.behind[site] = static_cast<std::uint8_t>(hub.outbox[site].size());
  auto sorted = hub.history;
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return protocol::canonical_order(*a, *b); });
  if (mistake_ == Mistake::kHistoryNotSent) sorted.erase(sorted.begin() + 1, sorted.end());
  for (const EventPtr& event : sorted) {
    if (event->env.origin != SiteNo{site}) hub.outbox[site].push_back(event);
  }
}

void Rules::hub_says(Place& hub, const Draft& draft) const {
  Draft said = draft;
  auto& changed = std::get<protocol::TicketOwnerChanged>(said.facts);
  if (mistake_ == Mistake::kThroughTooFar) ++changed.valid_through.v;
  if (mistake_ == Mistake::kTermReused && changed.cause == protocol::OwnerCause::kTakenOver &&
      said.term.v > 2)
    --said.term.v;
  const EventPtr event = append(hub, kHub, said);
  hub.entitled[1] = true;
  forward(hub, event);
  settle_offers(hub, event);
  grant(hub, changed.to.v);
}

// As hub/owners does it.
void Rules::hub_learns(Place& hub, const EventPtr& event) const {
  const auto& before = *hub.ticket.as<TicketState>();
  const auto offered_before = before.offer;
  const bool late = protocol::effect_of(before, event->env) == protocol::Effect::kLate;
  if (mistake_ == Mistake::kLateDropped && late) return;
  learn(hub, kHub, event);
  forward(hub, event);
  settle_offers(hub, event);
  auto& ticket = std::get<TicketState>(hub.ticket.state);
  if (const auto* offered = std::get_if<protocol::TicketOffered>(&event->facts)) {
    const auto* pending = protocol::pending_offer(ticket);
    if (pending != nullptr && pending->at == event->env.hlt) grant(hub, offered->to.v);
  }
  if (mistake_ == Mistake::kCancelIgnored &&
      event->env.type == protocol::EventType::kTicketOfferCancelled)
    ticket.offer = offered_before;
  if (const auto* answered = std::get_if<protocol::TicketOfferAnswered>(&event->facts)) {
    const SiteNo owner = protocol::owner_of(ticket);
    for (const Draft& draft : protocol::decide_answered(event->env, *answered, hub.ticket,
                                                        StreamPos{hub.cursor[owner.v]}, kNow))
      hub_says(hub, draft);
  }
}

// The sender is eager: nothing that it could send waits.
void Rules::fill(World& world) const {
  const Place& hub = *world.places[kHub];
  const auto top_up = [](Flight& flight, std::uint8_t cursor, std::size_t end, const auto& send) {
    while (!flight.full()) {
      const auto last = static_cast<std::uint8_t>(flight.last() & ~kPassedOver);
      const auto next = static_cast<std::uint8_t>(std::max(cursor, last) + 1);
      if (next > end) return;
      flight.push(send(next));
    }
  };
  const auto as_it_is = [](std::uint8_t pos) { return pos; };
  for (std::uint32_t site = 1; site <= kSites; ++site) {
    const auto if_it_may = [&](std::uint8_t pos) -> std::uint8_t {
      const bool may = mistake_ == Mistake::kRightKept || may_send(hub, site, pos);
      return may ? pos : pos | kPassedOver;
    };
    top_up(world.up[site], hub.cursor[site], world.places[site]->journal.size(), as_it_is);
    top_up(world.down[site], world.places[site]->cursor[kHub], hub.outbox[site].size(), if_it_may);
  }
}

bool Rules::say(World& world, std::uint32_t no, const Drafts& drafts) const {
  if (!drafts.ok() || drafts->empty()) return false;
  std::shared_ptr<Place> keep;
  Place& place = change(world, no, keep);
  for (const Draft& draft : *drafts) {
    if (no == kHub) hub_says(place, draft);
    else append(place, no, draft);
  }
  seal(place);
  return true;
}

void Rules::people(const World& world, std::uint32_t site, std::vector<Step>& out) const {
  const Entity& ticket = world.places[site]->ticket;
  if (world.ticket(site)->opened.v == 0) return;
  const auto at = context(site);
  const auto try_it = [&](std::string what, std::uint8_t Budget::*budget, const Drafts& drafts) {
    if (world.budget.*budget == 0) return;
    Step step{who(site) + " " + std::move(what), world};
    --(step.after.budget.*budget);
    if (!say(step.after, site, drafts)) return;
    fill(step.after);
    out.push_back(std::move(step));
  };
  if (answers_for(world, site)) try_it("acts", &Budget::acts, decide(assigning(site), ticket, at));
  for (std::uint32_t to = 1; to <= kSites; ++to)
    try_it("offers to " + who(to), &Budget::offers,
           decide(protocol::OfferTicket{SiteNo{to}, {}, ""}, ticket, at));
  try_it("takes the offer back", &Budget::cancels, decide(protocol::CancelOffer{}, ticket, at));
  using protocol::OfferReply;
  try_it("accepts", &Budget::transfers,
         decide(protocol::AnswerOffer{OfferReply::kAccepted, ""}, ticket, at));
  try_it("declines", &Budget::declines,
         decide(protocol::AnswerOffer{OfferReply::kDeclined, ""}, ticket, at));
}

void Rules::region(const World& world, std::vector<Step>& out) const {
  if (world.budget.takeovers == 0 || world.budget.transfers == 0) return;
  const Place& hub = *world.places[kHub];
  const StreamPos through{hub.cursor[protocol::owner_of(*world.ticket(kHub)).v]};
  for (std::uint32_t to = 1; to <= kSites; ++to) {
    Step step{"the hub takes over for " + who(to), world};
    --step.after.budget.takeovers;
    --step.after.budget.transfers;
    if (!say(step.after, kHub,
             decide(protocol::TakeOver{SiteNo{to}, "why"}, hub.ticket, through, context(kHub))))
      continue;
    fill(step.after);
    out.push_back(std::move(step));
  }
}

void Rules::deliver_up(World& world, std::uint32_t site) const {
  const std::uint8_t pos = world.up[site].pop();
  const std::uint8_t cursor = world.places[kHub]->cursor[site];
  if (pos != cursor + 1) return;
  std::shared_ptr<Place> keep;
  Place& hub = change(world, kHub, keep);
  // As the engine: the cursor moves in the transaction of its entries.
  hub_learns(hub, world.places[site]->journal[cursor]);
  hub.cursor[site] = static_cast<std::uint8_t>(cursor + 1);
  seal(hub);
}

void Rules::deliver_down(World& world, std::uint32_t site) const {
  const std::uint8_t sent = world.down[site].pop();
  const auto pos = static_cast<std::uint8_t>(sent & ~kPassedOver);
  const std::uint8_t cursor = world.places[site]->cursor[kHub];
  if (pos != cursor + 1) return;
  std::shared_ptr<Place> keep;
  Place& place = change(world, site, keep);
  const EventPtr& event = world.places[kHub]->outbox[site][cursor];
  // With another right to it all comes again.
  const bool here =
      std::any_of(place.history.begin(), place.history.end(), [&](const EventPtr& one) {
        return one->env.origin == event->env.origin && one->env.n == event->env.n;
      });
  if (sent == pos && !here) learn(place, site, event);
  place.cursor[kHub] = static_cast<std::uint8_t>(cursor + 1);
  seal(place);
}

void Rules::line(const World& world, std::uint32_t site, std::vector<Step>& out) const {
  const auto add = [&](const char* what, const auto& happen) {
    Step step{who(site) + what, world};
    happen(step.after);
    fill(step.after);
    out.push_back(std::move(step));
  };
  for (const bool goes_up : {true, false}) {
    const Flight& flight = goes_up ? world.up[site] : world.down[site];
    if (flight.empty()) continue;
    add(goes_up ? ": an entry reaches the hub" : ": an entry of the hub arrives", [&](World& w) {
      if (goes_up) deliver_up(w, site);
      else deliver_down(w, site);
    });
    const auto first = [goes_up, site](World& w) -> Flight& {
      return goes_up ? w.up[site] : w.down[site];
    };
    if (world.budget.losses > 0) {
      add(goes_up ? ": an entry up is lost" : ": an entry down is lost", [&](World& w) {
        --w.budget.losses;
        first(w).pop();
      });
    }
    if (world.budget.duplicates > 0 && !flight.full()) {
      add(goes_up ? ": an entry up is doubled" : ": an entry down is doubled", [&](World& w) {
        --w.budget.duplicates;
        first(w).push(first(w).last());
      });
    }
  }
}

// A crash after which all is as before is left out: the world before it can do all that the one
// after it can, and more.
void Rules::crash(const World& world, std::uint32_t no, std::vector<Step>& out) const {
  if (world.budget.crashes[no] == 0) return;
  Step step{who(no) + " crashes", world};
  World& after = step.after;
  --after.budget.crashes[no];
  for (std::uint32_t site = 1; site <= kSites; ++site) {
    if (no != kHub && no != site) continue;
    after.up[site] = {};
    after.down[site] = {};
  }
  std::shared_ptr<Place> keep;
  Place& place = change(after, no, keep);
  if (place.history.empty()) return;
  std::vector<Event> sorted;
  for (const EventPtr& one : place.history) sorted.push_back(*one);
  std::sort(sorted.begin(), sorted.end(), protocol::canonical_order);
  place.ticket = protocol::refold(place.ticket, sorted);
  if (mistake_ == Mistake::kOfferForgotten && no != kHub)
    std::get<TicketState>(place.ticket.state).offer = {};
  seal(place);
  fill(after);
  World spared = after;
  spared.budget = world.budget;
  if (spared.hash() != world.hash()) out.push_back(std::move(step));
}

std::vector<Step> Rules::steps(const World& world) const {
  std::vector<Step> out;
  for (std::uint32_t site = 1; site <= kSites; ++site) {
    line(world, site, out);
    people(world, site, out);
  }
  region(world, out);
  for (std::uint32_t place = 0; place < kPlaces; ++place) crash(world, place, out);
  return out;
}

}  // namespace opora::model
