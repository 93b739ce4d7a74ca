// The world of the exhaustive check of ownership: one ticket, three sites and the hub. Decisions,
// folds and the hub's decisions are the product's (protocol/domain); journals, channels and
// crashes are as small as can be. Values: a step copies the place that it changes and shares the
// rest.
//
// A stream is dense; its receiver takes the entry behind its cursor, skips what it has and refuses
// a gap; the sender is eager and keeps at most kInFlight entries under way. So the state of a
// channel is what is under way: a loss, a duplicate and a crash (everything under way is gone, the
// place rebuilds its state from its events) are what makes it differ from "the next two".
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "protocol/domain/ownership.h"

namespace opora::model {

inline constexpr std::uint32_t kSites = 3;
inline constexpr std::uint32_t kPlaces = kSites + 1;  // the hub is place 0
inline constexpr std::size_t kInFlight = 2;

// What may still happen; each is used up by what happens.
struct Budget {
  std::uint8_t transfers = 2;  // changes of the owner
  std::uint8_t offers = 2;
  std::uint8_t cancels = 1;
  std::uint8_t declines = 1;
  std::uint8_t takeovers = 1;
  std::uint8_t acts = 2;  // changes of state by whoever thinks that he owns it
  std::uint8_t losses = 1;
  std::uint8_t duplicates = 1;
  std::array<std::uint8_t, kPlaces> crashes{1, 1, 1, 1};
};

// Deliberate mistakes, each in the seam between the rules and the place that calls them.
enum class Mistake : std::uint8_t {
  kNone,
  kTermIgnored,     // a change of state counts for whoever owns the ticket when it comes
  kCancelIgnored,   // the hub accepts an offer that was taken back
  kThroughIgnored,  // sites fold a change of the owner without its border
  kOfferForgotten,  // an owner that crashed does not know that it offered
  kThroughTooFar,   // the hub grants the old owner one event more than it had
  kSenderGivesUp,   // who has offered a ticket does not answer for it any more
  kTermReused,      // a takeover does not begin a new term
  kLateDropped,     // the hub throws late actions away
  kHistoryNotSent,  // the new owner gets only what happens from now on
  kOldOwnerCutOff,  // the old owner learns nothing more of the ticket
  kRightKept,       // what waits is sent although the offer is over
};

using EventPtr = std::shared_ptr<const protocol::Event>;

// One replica: what it did, what it knows and what it made of it.
struct Place {
  std::vector<EventPtr> journal;
  std::vector<EventPtr> history;  // in the order of arrival
  protocol::Entity ticket;
  // A site: how far it has what the hub sends it. The hub: how far it has each site's journal.
  std::array<std::uint8_t, kPlaces> cursor{};
  // Only at the hub: what goes down to each site, and who may read the ticket.
  std::array<std::vector<EventPtr>, kPlaces> outbox;
  std::array<bool, kPlaces> entitled{};
  std::array<std::uint8_t, kPlaces> behind{};    // which place of the outbox its right begins
  std::array<std::uint8_t, kPlaces> farewell{};  // the place of what says that it is over; 0: none
  std::uint64_t hash = 0;                        // of all of the above
};

// Of a position under way: what stood there was not sent, the site had no right to it.
inline constexpr std::uint8_t kPassedOver = 0x80;

// Positions under way, oldest first; 0: none.
struct Flight {
  std::array<std::uint8_t, kInFlight> pos{};

  bool empty() const { return pos[0] == 0; }
  bool full() const { return pos[kInFlight - 1] != 0; }
  std::uint8_t last() const { return full() ? pos[1] : pos[0]; }
  void push(std::uint8_t one) { pos[empty() ? 0 : 1] = one; }
  std::uint8_t pop() {
    const std::uint8_t out = pos[0];
    pos = {pos[1], 0};
    return out;
  }
};

struct World {
  std::array<std::shared_ptr<const Place>, kPlaces> places;
  std::array<Flight, kPlaces> up;    // by site
  std::array<Flight, kPlaces> down;  // by site
  Budget budget;

  const protocol::TicketState* ticket(std::uint32_t place) const {
    return places[place]->ticket.as<protocol::TicketState>();
  }
  bool quiet() const;  // everything has arrived
  std::uint64_t hash() const;
};

// One thing that happens: its name for the story, and the world after it.
struct Step {
  std::string what;
  World after;
};

class Rules {
 public:
  explicit Rules(Mistake mistake) : mistake_(mistake) {}

  World beginning(const Budget& budget) const;
  // Everything that can happen next. `stop`: a step that broke something; its name is told.
  std::vector<Step> steps(const World& world) const;
  // May this site change the ticket's state, as far as it knows?
  bool answers_for(const World& world, std::uint32_t site) const;

 private:
  using Drafts = Result<protocol::Drafts>;
  void people(const World& world, std::uint32_t site, std::vector<Step>& out) const;
  void region(const World& world, std::vector<Step>& out) const;
  void line(const World& world, std::uint32_t site, std::vector<Step>& out) const;
  void crash(const World& world, std::uint32_t place, std::vector<Step>& out) const;
  void deliver_up(World& world, std::uint32_t site) const;
  void deliver_down(World& world, std::uint32_t site) const;
  bool say(World& world, std::uint32_t place, const Drafts& drafts) const;
  EventPtr append(Place& place, std::uint32_t no, const protocol::Draft& draft) const;
  void learn(Place& place, std::uint32_t no, const EventPtr& event) const;
  void hub_learns(Place& hub, const EventPtr& event) const;
  void hub_says(Place& hub, const protocol::Draft& draft) const;
  void forward(Place& hub, const EventPtr& event) const;
  void grant(Place& hub, std::uint32_t site) const;
  void settle_offers(Place& hub, const EventPtr& event) const;
  void fill(World& world) const;

  Mistake mistake_;
};

}  // namespace opora::model
