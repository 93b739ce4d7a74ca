#include "protocol/domain/fold.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "protocol/base/archive.h"
#include "protocol/domain/facets.h"
#include "protocol/domain/ownership.h"
#include "tests/unit/domain/told.h"

namespace opora::protocol {
namespace {

const AggregateId kContact = AggregateId::from("a contact, an id").value_or(AggregateId{});

// What a projection does: folds in the order of arrival and all over again when it must.
template <class State>
State replica(Kind kind, const std::vector<Event>& arrivals) {
  Entity entity = subject(kind);
  std::vector<Event> history;
  for (const Event& event : arrivals) {
    history.push_back(event);
    if (fold(entity, event) == FoldResult::kFolded) continue;
    std::sort(history.begin(), history.end(), canonical_order);
    entity = subject(kind);
    for (const Event& again : history) (void)fold(entity, again);
  }
  return *entity.as<State>();
}

// Every order of arrival ends in the state that the order of happening gives.
template <class State>
void expect_one_state(Kind kind, const std::vector<Event>& events) {
  const Bytes expected = to_row(replica<State>(kind, events));
  std::vector<std::size_t> order(events.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  do {
    std::vector<Event> arrivals;
    for (const std::size_t i : order) arrivals.push_back(events[i]);
    ASSERT_EQ(to_row(replica<State>(kind, arrivals)), expected);
  } while (std::next_permutation(order.begin(), order.end()));
}

Event opened() {
  TicketOpened e;
  e.site = SiteNo{17};
  e.counter = 42;
  e.contact = kContact;
  e.topic = "printer";
  e.urgency = Urgency::kHigh;
  e.received_at = kNine;
  e.desk = DeskNo{2};
  return told(e).at(1).place(1);
}

Event assigned(std::uint64_t n, std::uint32_t seq, std::string to) {
  return told(TicketAssigned{2, std::move(to)}).at(n).place(seq);
}

TEST(TicketFold, FollowsItsOwnersOrder) {
  const std::vector<Event> events = {
      opened(), assigned(2, 2, "petrov"), told(TicketCommented{}).at(3), assigned(4, 3, "ivanov"),
      told(TicketClosed{TicketStatus::kRejected, RejectReason::kNotReproducible}).at(5).place(4)};
  const auto ticket = replica<TicketState>(Kind::kTicket, events);
  EXPECT_EQ(ticket.status, TicketStatus::kRejected);
  EXPECT_EQ(ticket.reject_reason, RejectReason::kNotReproducible);
  EXPECT_EQ(ticket.assignee, "ivanov");
  EXPECT_EQ(ticket.counter, 42u);
  EXPECT_EQ(ticket.urgency, Urgency::kHigh);
  EXPECT_EQ(ticket.comments, 1u);
  EXPECT_EQ(ticket.seq.v, 4u);
  EXPECT_EQ(ticket.opened, events[0].env.hlt);
  EXPECT_EQ(ticket.closed, events[4].env.hlt);
  EXPECT_EQ(ticket.updated, events[4].env.hlt);
  EXPECT_EQ(ticket.last.at(SiteNo{17}).v, 5u);
  expect_one_state<TicketState>(Kind::kTicket, events);
}

TEST(TicketFold, PutsALaterTermBehindEverySequenceOfTheEarlierOne) {
  const std::vector<Event> events = {
      opened(), assigned(2, 2, "petrov"), assigned(3, 3, "ivanov"),
      told(TicketOwnerChanged{SiteNo{18}, SiteNo{17}, StreamPos{3}}).at(4).by(0).place(1, 2),
      told(TicketAssigned{3, "sidorov"}).at(1).by(18).place(2, 2)};
  const auto ticket = replica<TicketState>(Kind::kTicket, events);
  EXPECT_EQ(ticket.assignee, "sidorov");
  EXPECT_EQ(ticket.term.v, 2u);
  expect_one_state<TicketState>(Kind::kTicket, events);
}

TEST(TicketFold, LetsOneOfTwoEventsInOnePlaceStandEverywhereAlike) {
  // A clone of the store went on by itself: both wrote (1, 2).
  const std::vector<Event> events = {opened(), assigned(2, 2, "petrov"), assigned(3, 2, "ivanov"),
                                     told(TicketCommented{}).at(4)};
  EXPECT_EQ(replica<TicketState>(Kind::kTicket, events).assignee, "petrov");
  expect_one_state<TicketState>(Kind::kTicket, events);
}

TEST(TicketFold, OpensOnceWhenTwoEventsOpenIt) {
  auto again = opened();
  again.env.hlt = told(TicketCommented{}).at(9).operator Event().env.hlt;
  std::get<TicketOpened>(again.facts).counter = 77;
  const std::vector<Event> events = {opened(), again, assigned(3, 2, "petrov")};
  EXPECT_EQ(replica<TicketState>(Kind::kTicket, events).counter, 42u);
  expect_one_state<TicketState>(Kind::kTicket, events);
}

TEST(TicketFold, TakesAdditionsFromOtherSitesWithoutMovingItsOwnPosition) {
  const std::vector<Event> events = {opened(), told(TicketCommented{}).at(900).by(0),
                                     told(TicketCommented{}).at(800).by(18)};
  const auto ticket = replica<TicketState>(Kind::kTicket, events);
  EXPECT_EQ(ticket.comments, 2u);
  EXPECT_EQ(ticket.last.at(SiteNo{17}).v, 1u);
  EXPECT_EQ(ticket.updated, events[1].env.hlt);
  expect_one_state<TicketState>(Kind::kTicket, events);
}

TEST(TicketFold, ShowsNothingOfATicketWhoseOpeningIsNotHere) {
  Entity entity = subject(Kind::kTicket);
  (void)fold(entity, told(TicketCommented{}).at(2).by(0));
  EXPECT_TRUE(facets(entity).index.empty());
}

Event problem(std::uint64_t n, std::uint32_t seq, ProblemKind kind) {
  return told(ProblemOpened{kind, SiteNo{17}, kNine}).at(n).place(seq);
}

TEST(ProblemFold, EditsInOrderCountsEveryoneAffectedAndClosesAtTheEarliest) {
  const std::vector<Event> events = {
      problem(1, 1, ProblemKind::kNoLink), told(ProblemAffected{}).at(2).by(18),
      problem(3, 2, ProblemKind::kSystem), told(ProblemClosed{}).at(7).by(18),
      told(ProblemClosed{}).at(6).by(0)};
  const auto state = replica<ProblemState>(Kind::kProblem, events);
  EXPECT_EQ(state.kind, ProblemKind::kSystem);
  EXPECT_EQ(state.affected, 1u);
  EXPECT_EQ(state.closed, events[4].env.hlt);
  EXPECT_EQ(state.opened, events[0].env.hlt);
  EXPECT_EQ(state.origin, SiteNo{17});
  expect_one_state<ProblemState>(Kind::kProblem, events);
}

TEST(ProblemFold, TakesTheRegionsWordOverWhatASiteSaidWithoutIt) {
  const std::vector<Event> events = {
      problem(1, 1, ProblemKind::kNoLink),
      told(ProblemOpened{ProblemKind::kSystem, SiteNo{17}, kNine}).at(2).by(0).place(2, 2),
      problem(3, 2, ProblemKind::kOther)};
  const auto state = replica<ProblemState>(Kind::kProblem, events);
  EXPECT_EQ(state.kind, ProblemKind::kSystem);
  EXPECT_EQ(state.origin, SiteNo{17});
  EXPECT_EQ(state.opened, events[0].env.hlt);
  EXPECT_EQ(keeper_of(state), kHubSite);
  expect_one_state<ProblemState>(Kind::kProblem, events);
}

TEST(ProblemFold, ShowsNothingOfAProblemWhoseOpeningIsNotHere) {
  Entity entity = subject(Kind::kProblem);
  (void)fold(entity, told(ProblemAffected{}).at(2).by(18));
  EXPECT_TRUE(facets(entity).index.empty());
}

TEST(UserFold, KeepsTheLatestChange) {
  const auto user = [](std::uint32_t seq, std::uint32_t roles) -> Event {
    UserChanged e;
    e.login = "petrov";
    e.roles = roles;
    return told(e).at(seq).place(seq);
  };
  const std::vector<Event> events = {user(1, 1), user(2, 2), user(3, 4)};
  EXPECT_EQ(replica<UserState>(Kind::kUser, events).roles, 4u);
  expect_one_state<UserState>(Kind::kUser, events);
}

TEST(SiteFold, KeepsTheLatestChange) {
  const auto site = [](std::uint32_t seq, std::string name) -> Event {
    SiteChanged e;
    e.site = SiteNo{17};
    e.name = std::move(name);
    return told(e).at(seq).by(0).place(seq);
  };
  const std::vector<Event> events = {site(1, "ЦРБ"), site(2, "Городская больница № 1")};
  EXPECT_EQ(replica<SiteState>(Kind::kSite, events).name, "Городская больница № 1");
  expect_one_state<SiteState>(Kind::kSite, events);
}

TEST(RubricatorFold, KeepsTheHighestVersionAndOfOneVersionTheEarlier) {
  const auto version = [](std::uint64_t n, std::uint32_t v, std::string topic) -> Event {
    return told(RubricatorPublished{v, {{topic, "", "", topic}}}).at(n).by(0);
  };
  const std::vector<Event> events = {version(1, 1, "a"), version(2, 2, "b"), version(3, 2, "c")};
  const auto state = replica<RubricatorState>(Kind::kRubricator, events);
  EXPECT_EQ(state.version, 2u);
  EXPECT_EQ(state.topics.front().id, "b");
  expect_one_state<RubricatorState>(Kind::kRubricator, events);
}

TEST(AgentFold, KeepsTheLatestState) {
  const auto agent = [](std::uint64_t n, AgentState state) -> Event {
    return told(AgentStateChanged{"101", state, BreakReason::kNone, kNine, DeskNo{1}}).at(n);
  };
  const std::vector<Event> events = {agent(1, AgentState::kReady), agent(2, AgentState::kBreak),
                                     agent(3, AgentState::kOffline)};
  EXPECT_EQ(replica<AgentRowState>(Kind::kAgent, events).state, AgentState::kOffline);
  expect_one_state<AgentRowState>(Kind::kAgent, events);
}

TEST(ContactFold, KeepsTheEarlierWhenOneCommandWasDoneTwice) {
  const auto contact = [](std::uint64_t n, std::string topic) -> Event {
    ContactRegistered e;
    e.occurred_at = kNine;
    e.topic = std::move(topic);
    return told(e).at(n).place(1);
  };
  const std::vector<Event> events = {contact(1, "a"), contact(2, "b")};
  EXPECT_EQ(replica<ContactState>(Kind::kContact, events).topic, "a");
  expect_one_state<ContactState>(Kind::kContact, events);
}

TEST(ErasureFold, KeepsTheEarlierAndAtOneTimeTheLowerSite) {
  const std::vector<Event> events = {told(Erased{"first"}).at(1).by(18),
                                     told(Erased{"same"}).at(1).by(19),
                                     told(Erased{"later"}).at(2).by(0)};
  EXPECT_EQ(replica<ErasureState>(Kind::kErasure, events).basis, "first");
  expect_one_state<ErasureState>(Kind::kErasure, events);
}

// ---- The personal part

TEST(PersonalFold, TakesTheLatestTextOfEachFieldInAnyOrder) {
  UserChanged facts;
  facts.login = "petrov";
  const std::vector<Event> events = {
      told(facts)
          .at(1)
          .place(1)
          .saying(PersonalField::kName, "Петров")
          .saying(PersonalField::kPasswordHash, "old"),
      told(facts).at(2).place(2).saying(PersonalField::kPasswordHash, "new"),
      told(facts).at(3).place(3)};
  for (const auto& order : {std::array{0, 1, 2}, std::array{2, 1, 0}, std::array{1, 0, 2}}) {
    Entity entity = subject(Kind::kUser);
    for (const int i : order) fold_personal(entity, events[static_cast<std::size_t>(i)]);
    EXPECT_EQ(entity.personal.text(PersonalField::kName), "Петров");
    EXPECT_EQ(entity.personal.text(PersonalField::kPasswordHash), "new");
  }
}

TEST(PersonalFold, SettlesTwoTextsOfOnePlaceAlikeInBothOrders) {
  const Event a = told(ContactRegistered{}).at(1).place(1).saying(PersonalField::kNote, "a");
  const Event b = told(ContactRegistered{}).at(2).place(1).saying(PersonalField::kNote, "b");
  for (const bool swapped : {false, true}) {
    Entity entity = subject(Kind::kContact);
    fold_personal(entity, swapped ? b : a);
    fold_personal(entity, swapped ? a : b);
    EXPECT_EQ(entity.personal.text(PersonalField::kNote), "a");
  }
}

TEST(PersonalFold, LeavesTextsOfTheTimelineInTheirEvents) {
  Entity entity = subject(Kind::kTicket);
  for (const Facts& facts : std::initializer_list<Facts>{TicketCommented{}, TicketAssigned{},
                                                         TicketClosed{}, ProblemAffected{}}) {
    fold_personal(entity, told(facts).at(1).saying(PersonalField::kText, "звонила дочь"));
  }
  EXPECT_TRUE(entity.personal.fields.empty());
}

TEST(PersonalFold, StaysEmptyOnceErased) {
  Entity entity = subject(Kind::kContact);
  entity.erased = true;
  (void)fold(entity, told(ContactRegistered{}).at(1).place(1).saying(PersonalField::kNote, "a"));
  EXPECT_TRUE(entity.exists());
  EXPECT_TRUE(entity.personal.fields.empty());
}

TEST(CanonicalOrder, PutsAdditionsBehindTheOwnersEvents) {
  const Event owners = told(TicketClosed{}).at(9).place(3, 2);
  const Event early = told(TicketCommented{}).at(1);
  const Event late = told(TicketCommented{}).at(2);
  EXPECT_TRUE(canonical_order(owners, early));
  EXPECT_FALSE(canonical_order(early, owners));
  EXPECT_TRUE(canonical_order(early, late));
  EXPECT_FALSE(canonical_order(early, early));
}

}  // namespace
}  // namespace opora::protocol
