// Offers, answers, changes of the owner, late actions and leases, told as stories between the site
// that opened the ticket (17), another one (18), a third (19) and the region.
#include "protocol/domain/ownership.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "protocol/base/archive.h"
#include "protocol/domain/facets.h"
#include "tests/unit/domain/told.h"

namespace opora::protocol {
namespace {

constexpr SiteNo kHere{17};
constexpr SiteNo kThere{18};
constexpr SiteNo kElsewhere{19};

DecideContext at_site(SiteNo site, std::int64_t later_ms = 60'000) {
  return {site, kNine + later_ms, [](TimeMs) { return std::int16_t{180}; }, CommandId{}, kNine};
}

// The ticket as one replica has it, whatever the order in which it hears of things.
class Ticket {
 public:
  Ticket() {
    TicketOpened e;
    e.site = kHere;
    e.counter = 42;
    e.urgency = Urgency::kHigh;
    e.received_at = kNine;
    hear(told(e).at(1).place(1));
  }
  Ticket& hear(const Event& event) {
    history_.push_back(event);
    if (fold(entity_, event) == FoldResult::kRefold) {
      auto sorted = history_;
      std::sort(sorted.begin(), sorted.end(), canonical_order);
      entity_ = refold(entity_, sorted);
    }
    return *this;
  }
  const TicketState& state() const { return *entity_.as<TicketState>(); }
  const Entity& entity() const { return entity_; }
  std::vector<Event>& history() { return history_; }

 private:
  Entity entity_ = subject(Kind::kTicket);
  std::vector<Event> history_;
};

Event offer(std::uint64_t n, std::uint32_t seq, SiteNo to = kThere, TimeMs until = {}) {
  return told(TicketOffered{to, until}).at(n).place(seq);
}
Event cancel(std::uint64_t n, std::uint32_t seq, std::uint32_t of) {
  return told(TicketOfferCancelled{OwnerSeq{of}}).at(n).place(seq);
}
Event answer(std::uint64_t n, OfferReply reply, std::uint32_t of = 2, SiteNo by = kThere) {
  return told(TicketOfferAnswered{OwnerTerm{1}, OwnerSeq{of}, reply}).at(n).by(by.v);
}
Event change(std::uint64_t n, std::uint64_t through, std::uint32_t term = 2, SiteNo to = kThere,
             SiteNo from = kHere) {
  return told(TicketOwnerChanged{to, from, StreamPos{through}}).at(n).by(0).place(1, term);
}
Event assign(std::uint64_t n, std::uint32_t seq, std::string to, std::uint32_t term = 1,
             SiteNo by = kHere) {
  return told(TicketAssigned{2, std::move(to)}).at(n).place(seq, term).by(by.v);
}

std::string blamed(const Result<Drafts>& drafts) { return drafts.ok() ? "" : drafts.error().path; }

TEST(Ownership, BelongsToWhereItWasOpenedUntilTheRegionSaysOtherwise) {
  Ticket ticket;
  EXPECT_EQ(owner_of(ticket.state()), kHere);
  EXPECT_EQ(current_term(ticket.state()), kFirstTerm);
  ticket.hear(offer(2, 2)).hear(answer(1, OfferReply::kAccepted));
  EXPECT_EQ(owner_of(ticket.state()), kHere) << "an accepted offer is a request";
  ticket.hear(change(1, 2));
  EXPECT_EQ(owner_of(ticket.state()), kThere);
  EXPECT_EQ(current_term(ticket.state()), OwnerTerm{2});
}

TEST(Ownership, NobodyButTheRegionChangesTheOwner) {
  Ticket ticket;
  Event forged = change(3, 0);
  forged.env.origin = kThere;
  ticket.hear(forged);
  EXPECT_EQ(owner_of(ticket.state()), kHere);
  EXPECT_EQ(effect_of(ticket.state(), forged.env), Effect::kLate);
  // And what it says in that term is nothing.
  ticket.hear(assign(4, 2, "petrov", 2, kThere));
  EXPECT_EQ(ticket.state().assignee, "");
}

TEST(Ownership, AStateChangeOfAnotherSiteIsCountedAndHasNoEffect) {
  Ticket ticket;
  ticket.hear(assign(2, 2, "petrov")).hear(assign(9, 3, "thief", 1, kElsewhere));
  EXPECT_EQ(ticket.state().assignee, "petrov");
  EXPECT_EQ(ticket.state().late, 1u);
}

TEST(Ownership, WhatTheOldOwnerDidBehindTheBorderIsLateEverywhere) {
  Ticket site;
  site.hear(offer(2, 2)).hear(assign(3, 3, "known")).hear(assign(4, 4, "late"));
  EXPECT_EQ(site.state().assignee, "late") << "it answers for the ticket until it sees the change";
  site.hear(change(1, 3));
  EXPECT_EQ(site.state().seq, OwnerSeq{3}) << "the known one stood";
  EXPECT_EQ(site.state().assignee, "") << "and nobody has it at its next site";
  EXPECT_EQ(site.state().late, 1u);
  EXPECT_EQ(site.state().last.at(kHere).v, 4u) << "its receipt still moves";
  // At the region it comes after the change.
  Ticket hub;
  hub.hear(offer(2, 2)).hear(assign(3, 3, "known")).hear(change(1, 3)).hear(assign(4, 4, "late"));
  EXPECT_EQ(to_row(hub.state()), to_row(site.state()));
}

TEST(Ownership, EveryOrderOfArrivalEndsInOneState) {
  const std::vector<Event> events = {offer(2, 2),
                                     answer(1, OfferReply::kAccepted),
                                     assign(3, 3, "late"),
                                     change(1, 2),
                                     assign(2, 2, "theirs", 2, kThere),
                                     change(2, 1, 3, kHere, kThere),
                                     assign(9, 2, "back", 3)};
  std::vector<std::size_t> order(events.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  Bytes expected;
  do {
    Ticket ticket;
    for (const std::size_t i : order) ticket.hear(events[i]);
    const Bytes row = to_row(ticket.state());
    if (expected.empty()) expected = row;
    ASSERT_EQ(row, expected);
    ASSERT_EQ(ticket.state().assignee, "back");
    ASSERT_EQ(ticket.state().late, 2u);  // one of each owner
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Ownership, EventsOfATermThatIsNotKnownYetWait) {
  Ticket ticket;
  const Event theirs = assign(5, 2, "theirs", 2, kThere);
  ticket.hear(theirs);
  EXPECT_EQ(effect_of(ticket.state(), theirs.env), Effect::kEarly);
  EXPECT_EQ(ticket.state().assignee, "");
  EXPECT_EQ(ticket.state().early, 1u);
  ticket.hear(change(1, 1));
  EXPECT_EQ(ticket.state().assignee, "theirs");
  EXPECT_EQ(ticket.state().early, 0u);
}

TEST(Ownership, OfTwoChangesOfOneTermTheEarlierStands) {
  Ticket ticket;
  ticket.hear(change(5, 1, 2, kElsewhere)).hear(change(4, 1, 2, kThere));
  EXPECT_EQ(owner_of(ticket.state()), kThere);
}

TEST(Ownership, AddingIsOpenToEverybodyInEveryTerm) {
  Ticket ticket;
  ticket.hear(change(1, 1)).hear(told(TicketCommented{}).at(7).by(17));
  EXPECT_EQ(ticket.state().comments, 1u);
  EXPECT_EQ(ticket.state().late, 0u);
  TicketAction comment;
  comment.text = "перезвонили";
  EXPECT_TRUE(decide(comment, ticket.entity(), at_site(kHere)).ok());
}

TEST(Offers, OnlyTheOwnerMakesThemAndOneAtATime) {
  Ticket ticket;
  EXPECT_EQ(blamed(decide(OfferTicket{kElsewhere, {}, ""}, ticket.entity(), at_site(kThere))),
            "owner");
  const auto drafts = decide(OfferTicket{kThere, {}, "ваш"}, ticket.entity(), at_site(kHere));
  ASSERT_TRUE(drafts.ok());
  EXPECT_EQ(drafts->front().seq, OwnerSeq{2});
  EXPECT_EQ(drafts->front().personal.at(PersonalField::kText), "ваш");
  ticket.hear(offer(2, 2));
  EXPECT_EQ(blamed(decide(OfferTicket{kElsewhere, {}, ""}, ticket.entity(), at_site(kHere))),
            "offer");
}

TEST(Offers, GoToAnotherSiteOrToTheRegionAndNotIntoThePast) {
  Ticket ticket;
  EXPECT_EQ(blamed(decide(OfferTicket{kHere, {}, ""}, ticket.entity(), at_site(kHere))), "to");
  EXPECT_EQ(blamed(decide(OfferTicket{SiteNo{10'000}, {}, ""}, ticket.entity(), at_site(kHere))),
            "to");
  EXPECT_EQ(blamed(decide(OfferTicket{kThere, kNine, ""}, ticket.entity(), at_site(kHere))),
            "until");
  EXPECT_EQ(blamed(decide(OfferTicket{kHubSite, {}, ""}, ticket.entity(), at_site(kHere))), "");
}

TEST(Offers, EndWhenTakenBackDeclinedOrWhenTheTicketIsClosed) {
  Ticket taken_back;
  taken_back.hear(offer(2, 2));
  ASSERT_NE(pending_offer(taken_back.state()), nullptr);
  taken_back.hear(cancel(3, 3, 2));
  EXPECT_EQ(pending_offer(taken_back.state()), nullptr);
  EXPECT_EQ(blamed(decide(CancelOffer{}, taken_back.entity(), at_site(kHere))), "offer");

  Ticket declined;
  declined.hear(offer(2, 2)).hear(answer(1, OfferReply::kDeclined));
  EXPECT_EQ(pending_offer(declined.state()), nullptr);
  EXPECT_EQ(blamed(decide(OfferTicket{kElsewhere, {}, ""}, declined.entity(), at_site(kHere))), "");

  Ticket closed;
  closed.hear(offer(2, 2)).hear(told(TicketClosed{}).at(3).place(3));
  EXPECT_EQ(pending_offer(closed.state()), nullptr);
  EXPECT_EQ(blamed(decide(OfferTicket{kThere, {}, ""}, closed.entity(), at_site(kHere))), "action");
}

TEST(Offers, AreAnsweredOnceByWhomTheyWereMadeTo) {
  Ticket ticket;
  const AnswerOffer yes{OfferReply::kAccepted, ""};
  EXPECT_EQ(blamed(decide(yes, ticket.entity(), at_site(kThere))), "offer");
  ticket.hear(offer(2, 2));
  EXPECT_EQ(blamed(decide(yes, ticket.entity(), at_site(kElsewhere))), "offer");
  const auto drafts = decide(yes, ticket.entity(), at_site(kThere));
  ASSERT_TRUE(drafts.ok());
  EXPECT_EQ(drafts->front().seq, OwnerSeq{0}) << "not the owner: an addition";
  ticket.hear(answer(1, OfferReply::kAccepted));
  EXPECT_EQ(blamed(decide(yes, ticket.entity(), at_site(kThere))), "offer");
}

TEST(Region, HonoursAnAcceptedOfferThatStands) {
  Ticket ticket;
  const Event yes = answer(1, OfferReply::kAccepted);
  ticket.hear(offer(2, 2)).hear(yes);
  const auto drafts = decide_answered(yes.env, std::get<TicketOfferAnswered>(yes.facts),
                                      ticket.entity(), StreamPos{7}, kNine);
  ASSERT_EQ(drafts.size(), 1u);
  EXPECT_EQ(drafts[0].term, OwnerTerm{2});
  EXPECT_EQ(std::get<TicketOwnerChanged>(drafts[0].facts),
            (TicketOwnerChanged{kThere, kHere, StreamPos{7}, OwnerCause::kAccepted, 0}));
}

TEST(Region, LeavesTheOwnerWhenTheOfferDoesNotStand) {
  const auto changes = [](Ticket ticket, const Event& yes, TimeMs now = kNine) {
    ticket.hear(yes);
    return !decide_answered(yes.env, std::get<TicketOfferAnswered>(yes.facts), ticket.entity(),
                            StreamPos{7}, now)
                .empty();
  };
  const Event yes = answer(1, OfferReply::kAccepted);
  EXPECT_FALSE(changes(Ticket(), yes)) << "nothing was offered";
  EXPECT_FALSE(changes(Ticket().hear(offer(2, 2)).hear(cancel(3, 3, 2)), yes)) << "taken back";
  EXPECT_FALSE(changes(Ticket().hear(offer(2, 2, kElsewhere)), yes)) << "not to them";
  EXPECT_FALSE(changes(Ticket().hear(offer(2, 2)).hear(change(1, 9, 2, kElsewhere)), yes))
      << "of another term";
  EXPECT_FALSE(changes(Ticket().hear(offer(2, 3)), yes)) << "another offer";
  EXPECT_FALSE(changes(Ticket().hear(offer(2, 2)), answer(1, OfferReply::kDeclined)));
  const Ticket until = Ticket().hear(offer(2, 2, kThere, kNine + 1'000));
  EXPECT_TRUE(changes(until, yes, kNine + 1'000));
  EXPECT_FALSE(changes(until, yes, kNine + 1'001)) << "too late";
}

TEST(Region, CarriesOutAnOfferThatComesAfterItsAnswer) {
  const auto changes = [](Ticket ticket, TimeMs now = kNine) {
    return decide_offered(ticket.entity(), StreamPos{7}, now);
  };
  const Event yes = answer(1, OfferReply::kAccepted);
  const auto drafts = changes(Ticket().hear(yes).hear(offer(2, 2)));
  ASSERT_EQ(drafts.size(), 1u);
  EXPECT_EQ(std::get<TicketOwnerChanged>(drafts[0].facts),
            (TicketOwnerChanged{kThere, kHere, StreamPos{7}, OwnerCause::kAccepted, 0}));
  EXPECT_TRUE(changes(Ticket().hear(offer(2, 2))).empty()) << "nobody answered";
  EXPECT_TRUE(changes(Ticket().hear(answer(1, OfferReply::kDeclined)).hear(offer(2, 2))).empty());
  EXPECT_TRUE(changes(Ticket().hear(yes).hear(offer(2, 3))).empty()) << "another offer";
  const Ticket until = Ticket().hear(yes).hear(offer(2, 2, kThere, kNine + 1'000));
  EXPECT_TRUE(changes(until, kNine + 1'001).empty()) << "too late";
}

TEST(Region, TakesOverNoTicketOfWhichItDoesNotKnowTheBeginning) {
  Entity unopened = subject(Kind::kTicket);
  ASSERT_EQ(fold(unopened, assign(4, 2, "petrov", 2, kThere)), FoldResult::kFolded);
  const TakeOver over{kElsewhere, "nobody answers"};
  EXPECT_EQ(blamed(decide(over, unopened, StreamPos{2}, at_site(kHubSite))), "number");
}

TEST(Region, RoutesWhatWasOfferedToItUnderALease) {
  Ticket ticket;
  const RouteTicket route{kThere, 600'000, ""};
  EXPECT_EQ(blamed(decide(route, ticket.entity(), StreamPos{2}, at_site(kHubSite))), "offer");
  ticket.hear(offer(2, 2, kHubSite));
  EXPECT_EQ(
      blamed(decide(RouteTicket{kHere, 0, ""}, ticket.entity(), StreamPos{2}, at_site(kHubSite))),
      "to");
  EXPECT_EQ(blamed(decide(RouteTicket{kThere, 1'000, ""}, ticket.entity(), StreamPos{2},
                          at_site(kHubSite))),
            "lease_minutes");
  const auto drafts = decide(route, ticket.entity(), StreamPos{2}, at_site(kHubSite));
  ASSERT_TRUE(drafts.ok());
  EXPECT_EQ(std::get<TicketOwnerChanged>(drafts->front().facts).lease_ms, 600'000u);
}

TEST(Region, TakesOverForAReasonAndOnlyItself) {
  Ticket ticket;
  EXPECT_EQ(blamed(decide(TakeOver{kThere, " "}, ticket.entity(), StreamPos{1}, at_site(kHubSite))),
            "reason");
  EXPECT_EQ(blamed(decide(TakeOver{kHere, "x"}, ticket.entity(), StreamPos{1}, at_site(kHubSite))),
            "to");
  EXPECT_EQ(
      blamed(decide(TakeOver{kThere, "x"}, ticket.entity(), StreamPos{1}, at_site(kElsewhere))),
      "action");
  const auto drafts = decide(TakeOver{kThere, "площадка сгорела"}, ticket.entity(), StreamPos{1},
                             at_site(kHubSite));
  ASSERT_TRUE(drafts.ok());
  EXPECT_EQ(drafts->front().personal.at(PersonalField::kText), "площадка сгорела");
  ticket.hear(told(TicketClosed{}).at(2).place(2));
  EXPECT_EQ(blamed(decide(TakeOver{kThere, "x"}, ticket.entity(), StreamPos{1}, at_site(kHubSite))),
            "action");
}

// Routed at kNine + 1 s, for ten minutes.
Ticket routed() {
  Ticket ticket;
  Event event = change(1, 2);
  std::get<TicketOwnerChanged>(event.facts).lease_ms = 600'000;
  std::get<TicketOwnerChanged>(event.facts).cause = OwnerCause::kRouted;
  return ticket.hear(offer(2, 2, kHubSite)).hear(event);
}

TEST(Lease, TheOwnerSeesItRunOutFromTheLastWordOfTheRegion) {
  const Ticket ticket = routed();
  TicketAction assign;
  assign.what = TicketAction::What::kAssign;
  assign.line = 1;
  EXPECT_EQ(lease_until(ticket.state(), kNine), kNine + 600'000);
  EXPECT_EQ(blamed(decide(assign, ticket.entity(), at_site(kThere, 600'000))), "");
  EXPECT_EQ(blamed(decide(assign, ticket.entity(), at_site(kThere, 600'001))), "lease");
  DecideContext never_heard = at_site(kThere);
  never_heard.region_heard.reset();
  EXPECT_EQ(blamed(decide(assign, ticket.entity(), never_heard)), "lease");
}

TEST(Lease, ASitesOwnTicketHasNone) {
  EXPECT_FALSE(lease_until(Ticket().state(), kNine));
  EXPECT_FALSE(lease_ran_out(Ticket().state(), kNine, kNine + 86'400'000));
  EXPECT_TRUE(decide_lease(Ticket().entity(), kNine, StreamPos{1}, kNine + 86'400'000).empty());
}

TEST(Lease, TheRegionWaitsLongerThanTheOwnerByTheBoundOfTheClocks) {
  const Ticket ticket = routed();
  const TimeMs heard = kNine + 5'000;
  const TimeMs last = heard + 600'000 + kLeaseClockBoundMs;
  EXPECT_TRUE(decide_lease(ticket.entity(), heard, StreamPos{3}, last).empty());
  const auto drafts = decide_lease(ticket.entity(), heard, StreamPos{3}, last + 1);
  ASSERT_EQ(drafts.size(), 1u);
  EXPECT_EQ(std::get<TicketOwnerChanged>(drafts[0].facts),
            (TicketOwnerChanged{kHere, kThere, StreamPos{3}, OwnerCause::kLeaseExpired, 0}));
}

TEST(Lease, OneThatIsClosedIsLeftAlone) {
  Ticket ticket = routed();
  ticket.hear(told(TicketClosed{}).at(5).place(2, 2).by(kThere.v));
  EXPECT_TRUE(decide_lease(ticket.entity(), kNine, StreamPos{5}, kNine + 86'400'000).empty());
}

TEST(Lists, SayWhoOwnsATicketAndWhomItIsOfferedTo) {
  Ticket ticket;
  EXPECT_EQ(list_row(ticket.state()).owner, kHere);
  ticket.hear(offer(2, 2));
  EXPECT_EQ(list_row(ticket.state()).offered_to, kThere);
  ticket.hear(change(1, 2));
  EXPECT_EQ(list_row(ticket.state()).owner, kThere);
  EXPECT_FALSE(list_row(ticket.state()).offered_to);
  EXPECT_EQ(list_row(ticket.state()).site, kHere) << "it counts where it was opened";
}

TEST(Lists, OpenTicketsUnderALeaseAreFound) {
  const auto leased = [](const Entity& entity) {
    const auto rows = facets(entity).index;
    const Bytes prefix = keys::leased_tickets(kThere);
    return std::count_if(rows.begin(), rows.end(), [&](const IndexRow& row) {
      return std::string_view(row.key).starts_with(prefix);
    });
  };
  Ticket ticket = routed();
  EXPECT_EQ(leased(ticket.entity()), 1);
  ticket.hear(told(TicketClosed{}).at(5).place(2, 2).by(kThere.v));
  EXPECT_EQ(leased(ticket.entity()), 0);
  EXPECT_EQ(leased(Ticket().entity()), 0);
}

}  // namespace
}  // namespace opora::protocol
