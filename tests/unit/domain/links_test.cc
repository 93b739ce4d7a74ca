// What ties tickets to each other and to a current problem (A9): duplicates that are merged and
// taken apart, parts that are split off, things to do, callers of a problem (T9).
#include "protocol/domain/links.h"

#include <map>
#include <random>

#include "protocol/base/archive.h"
#include "protocol/domain/authority.h"
#include "protocol/domain/texts.h"
#include "protocol/domain/ticket_figures.h"
#include "tests/unit/domain/ticket_story.h"

namespace opora::protocol {
namespace {

using testing::an_earlier_ticket;
using testing::at;
using testing::kFarEast;
using testing::kWest;
using testing::merge_into;
using testing::TicketStory;
using testing::unmerge;
using What = TicketAction::What;

const TimeMs kMonday = at("2025-02-10 09:00");

TicketStory opened(Urgency urgency = Urgency::kHigh) {
  TicketStory story(kMonday);
  story.open(urgency);
  return story;
}
TicketStory merged() {
  TicketStory story = opened();
  EXPECT_TRUE(story.act(merge_into(an_earlier_ticket())));
  return story;
}

// ---- Merging

TEST(Merging, ClosesTheDuplicateAndPointsAtTheOther) {
  const TicketStory story = merged();
  const TicketState& ticket = story.ticket();
  EXPECT_EQ(ticket.status, TicketStatus::kMerged);
  EXPECT_EQ(ticket.merged_into, an_earlier_ticket().id);
  EXPECT_EQ(ticket.finished_at, kMonday);
  EXPECT_EQ(ticket.undo_until, at("2025-02-14 00:00")) << "the end of the third working day";
  EXPECT_EQ(next_moment(story.entity()), std::nullopt) << "nobody is told of its deadlines";
}

TEST(Merging, NeedsATargetThatIsOfThisSiteOpenAndEarlier) {
  const TicketStory story = opened();
  const auto refused = [&](MergeTarget into) { return story.refused(merge_into(into)); };
  MergeTarget into = an_earlier_ticket();
  EXPECT_EQ(refused(into), "");
  EXPECT_EQ(refused({}), "into") << "none that is here";
  EXPECT_EQ(refused(merge_target(story.entity(), 0)), "into") << "itself";
  EXPECT_EQ(refused(an_earlier_ticket(kFarEast)), "into_owner");
  into.opened = Hlt{~std::uint64_t{0}};
  EXPECT_EQ(refused(into), "into_order");
  into = an_earlier_ticket();
  into.merged = kMaxMerged;
  EXPECT_EQ(refused(into), "into_merged");
  for (const TicketStatus status : {TicketStatus::kDone, TicketStatus::kRejected,
                                    TicketStatus::kClosed, TicketStatus::kMerged}) {
    into = an_earlier_ticket();
    into.status = status;
    EXPECT_EQ(refused(into), "into_status") << to_name(status);
  }
}

TEST(Merging, TakenBackInTimeItIsWhatItWas) {
  TicketStory story = opened();
  EXPECT_TRUE(story.act(testing::assign(2, "petrov")));
  EXPECT_TRUE(story.act(testing::start("petrov")));
  const TicketState before = story.ticket();
  EXPECT_TRUE(story.act(merge_into(an_earlier_ticket())));
  story.pass_minutes(90);
  EXPECT_TRUE(story.act(unmerge()));
  const TicketState& after = story.ticket();
  EXPECT_EQ(after.status, TicketStatus::kInWork);
  EXPECT_EQ(after.assignee, "petrov");
  EXPECT_EQ(after.times.completion_due, before.times.completion_due) << "the clocks ran on";
  EXPECT_EQ(after.finished_at, TimeMs{});
  EXPECT_EQ(after.closed, Hlt{});
  EXPECT_TRUE(after.merged_into.is_zero());
}

TEST(Merging, WhatWaitedForTheApplicantWaitsOn) {
  TicketStory story = opened();
  EXPECT_TRUE(story.act(testing::start()));
  EXPECT_TRUE(story.act(testing::wait_for(WaitReason::kFiles)));
  EXPECT_TRUE(story.act(merge_into(an_earlier_ticket())));
  story.pass_minutes(60);
  EXPECT_TRUE(story.act(unmerge()));
  EXPECT_EQ(story.ticket().status, TicketStatus::kWaiting);
  EXPECT_EQ(story.ticket().times.completion_due, TimeMs{});
  story.pass_minutes(60);
  EXPECT_TRUE(story.act(testing::resume()));
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-11 08:00"));
}

TEST(Merging, ADeadlineThatPassedMeanwhileIsSaidWhenItIsTakenBack) {
  TicketStory story = merged();
  story.go_to(at("2025-02-11 09:00"));
  EXPECT_EQ(story.moments_pass(), 0u);
  EXPECT_TRUE(story.act(unmerge()));
  EXPECT_GT(story.moments_pass(), 0u);
  EXPECT_EQ(missed(story.ticket()), Missed::kYes);
}

TEST(Merging, IsTakenBackForThreeWorkingDays) {
  TicketStory story = merged();
  story.go_to(at("2025-02-14 00:00") + -1);
  EXPECT_EQ(story.refused(unmerge()), "");
  story.go_to(at("2025-02-14 00:00"));
  EXPECT_EQ(story.refused(unmerge()), "undo_until");
}

TEST(Merging, EndsAnOfferThatNobodyAnswered) {
  TicketStory story = opened();
  const auto offered = decide(OfferTicket{kFarEast, {}, ""}, story.entity(), story.context());
  ASSERT_TRUE(offered.ok());
  story.say(offered->front());
  ASSERT_NE(pending_offer(story.ticket()), nullptr);
  EXPECT_TRUE(story.act(merge_into(an_earlier_ticket())));
  EXPECT_EQ(pending_offer(story.ticket()), nullptr);
  EXPECT_TRUE(story.act(unmerge()));
  EXPECT_EQ(pending_offer(story.ticket()), nullptr);
}

TEST(Merging, OfAnotherSiteIsLateAndWithoutEffect) {
  TicketStory story = opened();
  const auto drafts = story.ask(merge_into(an_earlier_ticket()));
  story.hand_over(kFarEast);
  story.say(drafts->front(), kWest);
  EXPECT_EQ(story.ticket().status, TicketStatus::kRegistered);
  EXPECT_EQ(story.ticket().late, 1u);
}

// A19: accepted as every intake is, and neither completed nor rejected.
TEST(Merging, CountsOnceAsADuplicate) {
  TicketStory story = merged();
  const auto sum = [&](FigureSet figures) {
    TicketCount out;
    const Bytes cells = keys::ticket_cells(TicketClass::kTickets, kWest, TicketGroup::kDay, {});
    for (const CubeRow& row : facets(story.entity()).cubes) {
      if (row.key.starts_with(Bytes(cells.begin(), cells.end() - 4))) out.add(row.delta);
    }
    return out.sum(figures);
  };
  EXPECT_EQ(sum(set_of(TicketFigure::kAccepted)), 1);
  EXPECT_EQ(sum(set_of(TicketFigure::kMerged)), 1);
  EXPECT_EQ(sum(completed_figures()), 0);
  EXPECT_EQ(sum(rejected_figures()), 0);
  EXPECT_TRUE(story.act(unmerge()));
  EXPECT_EQ(sum(set_of(TicketFigure::kMerged)), 0);
}

bool has_row(const Entity& entity, const Bytes& family) {
  for (const IndexRow& row : facets(entity).index) {
    if (row.key.starts_with(family) && keys::id_of(row.key) == entity.id) return true;
  }
  return false;
}

TEST(Merging, IsFoundFromTheTargetWhileItStands) {
  TicketStory story = merged();
  const Bytes family = keys::merged_into(an_earlier_ticket().id);
  EXPECT_TRUE(has_row(story.entity(), family));
  EXPECT_TRUE(story.act(unmerge()));
  EXPECT_FALSE(has_row(story.entity(), family));
}

// ---- Rings

AggregateId ticket_id(std::uint8_t no) {
  AggregateId id;
  id.b.fill(no);
  return id;
}

Event of(std::uint8_t no, Facts facts, std::uint32_t seq) {
  Event event = told(std::move(facts)).at(no * 100 + seq).place(seq);
  event.env.aggregate = ticket_id(no);
  return event;
}
Event opening(std::uint8_t no) {
  TicketOpened facts;
  facts.site = SiteNo{17};
  facts.received_at = kNine;
  return of(no, facts, 1);
}
Event merging(std::uint8_t no, std::uint8_t into, std::uint32_t seq) {
  return of(no, TicketMerged{ticket_id(into), opening(into).env.hlt, kNine, {}}, seq);
}
Entity folded(std::uint8_t no, std::vector<Event> events) {
  std::sort(events.begin(), events.end(), canonical_order);
  return refold(Entity{Kind::kTicket, ticket_id(no), {}, {}}, events);
}

TEST(Rings, OfTwoThatAreMergedIntoEachOtherAtOnceTheLaterIsTheDuplicate) {
  const Entity earlier = folded(1, {opening(1), merging(1, 2, 2)});
  const Entity later = folded(2, {opening(2), merging(2, 1, 2)});
  EXPECT_EQ(earlier.as<TicketState>()->status, TicketStatus::kRegistered);
  EXPECT_EQ(later.as<TicketState>()->status, TicketStatus::kMerged);
}

TEST(Rings, OfOneMomentTheGreaterIdIsTheLater) {
  TicketMerged into_greater{ticket_id(9), opening(1).env.hlt, kNine, {}};
  TicketMerged into_lesser{ticket_id(0), opening(1).env.hlt, kNine, {}};
  const auto status = [](const TicketMerged& facts) {
    return folded(1, {opening(1), of(1, facts, 2)}).as<TicketState>()->status;
  };
  EXPECT_EQ(status(into_greater), TicketStatus::kRegistered);
  EXPECT_EQ(status(into_lesser), TicketStatus::kMerged);
}

TEST(Rings, CannotCloseWhateverIsSaidAtOnce) {
  std::mt19937 random(5);
  constexpr std::uint8_t kTickets = 7;
  for (int round = 0; round < 300; ++round) {
    std::map<AggregateId, AggregateId> into;
    for (std::uint8_t no = 1; no <= kTickets; ++no) {
      std::vector<Event> events{opening(no)};
      for (std::uint32_t seq = 2; seq < 6; ++seq) {
        const auto other = static_cast<std::uint8_t>(1 + random() % kTickets);
        events.push_back(random() % 4 == 0 ? of(no, TicketUnmerged{}, seq)
                                           : merging(no, other, seq));
      }
      const Entity entity = folded(no, events);
      into[entity.id] = entity.as<TicketState>()->merged_into;
    }
    for (const auto& [start, first] : into) {
      AggregateId at = first;
      int hops = 0;
      for (; !at.is_zero() && hops <= kTickets; ++hops) at = into[at];
      ASSERT_LE(hops, kTickets) << "round " << round;
    }
  }
}

// ---- Any order of arrival, with others speaking at the same time

class RandomTies : public ::testing::TestWithParam<unsigned> {
 protected:
  RandomTies() : random_(GetParam()), story_(kMonday) { story_.open(Urgency::kMedium); }
  unsigned below(unsigned limit) { return random_() % limit; }

  TicketAction any_action() {
    switch (below(9)) {
      case 0:
      case 1: return merge_into(an_earlier_ticket(story_.owner()));
      case 2:
      case 3: return unmerge();
      case 4: return testing::action(What::kAddItem);
      case 5: return testing::item(What::kTickItem, static_cast<std::uint16_t>(1 + below(3)));
      case 6: return testing::item(What::kRemoveItem, static_cast<std::uint16_t>(1 + below(3)));
      case 7: return testing::start();
      default: return testing::of_problem(ticket_id(static_cast<std::uint8_t>(below(2))));
    }
  }
  // The owner says it, or a site that thinks it is: in the place that the owner's next has.
  void one_step() {
    story_.pass_minutes(below(500));
    if (below(8) == 0 && story_.ticket().closed.v == 0)
      return story_.hand_over(story_.owner() == kWest ? kFarEast : kWest);
    const auto drafts = story_.ask(any_action());
    if (!drafts.ok()) return;
    if (below(3) == 0) story_.say(drafts->front(), story_.owner() == kWest ? kFarEast : kWest);
    else story_.say(drafts->front());
  }

  std::mt19937 random_;
  TicketStory story_;
};

TEST_P(RandomTies, ConvergeInAnyOrderOfArrival) {
  for (int i = 0; i < 40; ++i) one_step();
  for (int replica_no = 0; replica_no < 3; ++replica_no) {
    std::vector<Event> left = story_.events();
    std::shuffle(left.begin(), left.end(), random_);
    const Entity replica = testing::heard_in_order(story_.entity().id, left);
    EXPECT_EQ(to_row(*replica.as<TicketState>()), to_row(story_.ticket()));
    EXPECT_EQ(facets(replica).index, facets(story_.entity()).index);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomTies, ::testing::Range(1u, 81u));

// ---- Splitting

SplitTicket part(std::string summary = "и принтер") {
  SplitTicket out;
  out.summary = std::move(summary);
  return out;
}

TEST(Splitting, MakesATicketOfItsOwnThatKnowsItsOrigin) {
  TicketStory story = opened();
  EXPECT_TRUE(story.act(testing::assign(2)));
  story.pass_minutes(30);
  SplitTicket split = part();
  split.topic = "password";
  split.urgency = Urgency::kLow;
  const RubricatorState topics = testing::two_topics();
  DecideContext context = story.context();
  context.command.b.fill(9);
  const auto made = decide(split, story.entity(), &topics, 42, context);
  ASSERT_TRUE(made.ok()) << made.error().message;
  ASSERT_EQ(made->drafts.size(), 2u);
  const auto& facts = std::get<TicketOpened>(made->drafts[0].facts);
  EXPECT_EQ(facts.counter, 42u);
  EXPECT_EQ(facts.line, 2);
  EXPECT_EQ(facts.topic, "password");
  EXPECT_EQ(facts.category, "доступ");
  EXPECT_EQ(facts.urgency, Urgency::kLow);
  EXPECT_EQ(facts.contact, story.ticket().contact);
  EXPECT_EQ(made->drafts[0].personal.at(PersonalField::kSummary), "и принтер");
  EXPECT_EQ(std::get<TicketPartOf>(made->drafts[1].facts).origin, story.entity().id);
  EXPECT_NE(made->ticket, story.entity().id);
}

// A14: by being split off nothing is won.
TEST(Splitting, CountsFromWhenThatPartWasSaid) {
  TicketStory story = opened();
  story.pass_minutes(120);
  const auto due = [&](const SplitTicket& split) {
    const auto made = decide(split, story.entity(), nullptr, 2, story.context());
    return std::get<TicketPartOf>(made->drafts[1].facts).times.completion_due;
  };
  EXPECT_EQ(due(part()), story.ticket().times.completion_due) << "said with the request";
  SplitTicket later = part();
  later.said_at = kMonday + 60 * kMinuteMs;
  EXPECT_EQ(due(later), story.ticket().times.completion_due + 60 * kMinuteMs);
  later.said_at = kMonday + -kDayMs;
  EXPECT_EQ(due(later), story.ticket().times.completion_due) << "not before the request";
}

TEST(Splitting, IsTheOwnersOfAnOpenTicketAndHasLimits) {
  TicketStory story = opened();
  const auto refused = [](const TicketStory& of, const SplitTicket& split) {
    const auto made = decide(split, of.entity(), nullptr, 2, of.context());
    return made.ok() ? "" : made.error().path;
  };
  EXPECT_EQ(refused(story, part(" ")), "summary");
  SplitTicket split = part();
  split.topic = "no such";
  EXPECT_EQ(refused(story, split), "topic");
  split = part();
  split.parts = kMaxParts;
  EXPECT_EQ(refused(story, split), "parts");
  EXPECT_EQ(refused(merged(), part()), "action");
  Entity erased = story.entity();
  erased.erased = true;
  EXPECT_EQ(decide(part(), erased, nullptr, 2, story.context()).error().path, "number");
  DecideContext elsewhere = story.context();
  elsewhere.site = kFarEast;
  EXPECT_EQ(decide(part(), story.entity(), nullptr, 2, elsewhere).error().path, "owner");
  EXPECT_EQ(decide(part(), Entity{}, nullptr, 2, story.context()).error().path, "number");
}

// ---- Things to do

TEST(Checklist, ItemsAreAddedTickedUntickedAndRemovedByNumber) {
  TicketStory story = opened();
  EXPECT_TRUE(story.act(testing::action(What::kAddItem, "позвонить")));
  EXPECT_TRUE(story.act(testing::action(What::kAddItem, "проверить")));
  EXPECT_TRUE(story.act(testing::item(What::kTickItem, 2)));
  EXPECT_EQ(story.refused(testing::item(What::kTickItem, 2)), "item");
  EXPECT_TRUE(story.ticket().items[1].ticked);
  EXPECT_TRUE(story.act(testing::item(What::kRemoveItem, 1)));
  EXPECT_EQ(story.refused(testing::item(What::kUntickItem, 1)), "item");
  EXPECT_TRUE(story.act(testing::action(What::kAddItem, "записать")));
  ASSERT_EQ(story.ticket().items.size(), 2u);
  EXPECT_EQ(story.ticket().items[1].item, 3) << "a number is never used again";
  EXPECT_TRUE(story.act(testing::item(What::kUntickItem, 2)));
  EXPECT_FALSE(story.ticket().items[0].ticked);
}

TEST(Checklist, HasALimitAndNeedsWords) {
  TicketStory story = opened();
  EXPECT_EQ(story.refused(testing::action(What::kAddItem, " ")), "text");
  for (std::size_t i = 0; i < kMaxItems; ++i)
    ASSERT_TRUE(story.act(testing::action(What::kAddItem)));
  EXPECT_EQ(story.refused(testing::action(What::kAddItem)), "items");
  EXPECT_TRUE(story.act(testing::complete())) << "what is left to do is no bar";
}

// ---- Callers of a problem (T9)

ProblemState over() {
  ProblemState out;
  out.seq = OwnerSeq{1};
  out.closed = Hlt{1};
  return out;
}

TEST(CallingBack, BeginsWhenTheProblemIsOver) {
  const CallBack said{ticket_id(3), CallOutcome::kReached};
  const auto path = [&](const ProblemState* problem) {
    const auto drafts = decide(said, kSubject, problem, DecideContext{});
    return drafts.ok() ? "" : drafts.error().path;
  };
  ProblemState problem = over();
  EXPECT_EQ(path(&problem), "");
  EXPECT_EQ(path(nullptr), "id");
  problem.closed = {};
  EXPECT_EQ(path(&problem), "id");
  problem = over();
  for (std::uint32_t i = 0; i < kMaxCalledBack; ++i) {
    AggregateId id;
    id.b[0] = static_cast<std::uint8_t>(i);
    id.b[1] = static_cast<std::uint8_t>(i >> 8);
    id.b[2] = 1;
    problem.called_back[id] = {};
  }
  EXPECT_EQ(path(&problem), "caller");
  problem.called_back[said.caller] = {};
  EXPECT_EQ(path(&problem), "") << "who was called already may be called again";
}

TEST(CallingBack, TheLastWordStandsAndEveryCallCounts) {
  const Event first = told(ProblemCalledBack{ticket_id(3), CallOutcome::kNoAnswer}).at(1).by(17);
  const Event second = told(ProblemCalledBack{ticket_id(3), CallOutcome::kReached}).at(2).by(18);
  for (const auto& [a, b] : {std::pair(first, second), std::pair(second, first)}) {
    Entity problem = subject(Kind::kProblem);
    (void)fold(problem, a);
    (void)fold(problem, b);
    const CalledBack& told = problem.as<ProblemState>()->called_back.at(ticket_id(3));
    EXPECT_EQ(told.outcome, CallOutcome::kReached);
    EXPECT_EQ(told.site, SiteNo{18});
    EXPECT_EQ(told.calls, 2u);
  }
}

TEST(CallingBack, ASiteCannotSwellAProblem) {
  Entity entity = subject(Kind::kProblem);
  ProblemState full = over();
  for (std::uint32_t i = 0; i < 2 * kMaxCalledBack; ++i) {
    AggregateId id;
    id.b[0] = static_cast<std::uint8_t>(i);
    id.b[1] = static_cast<std::uint8_t>(i >> 8);
    id.b[2] = 1;
    full.called_back[id] = {};
  }
  entity.state = full;
  const KnownEntity known = [&](Kind, const AggregateId&) -> const Entity& { return entity; };
  EXPECT_FALSE(may_say(told(ProblemCalledBack{ticket_id(3)}), known).ok());
  entity.state = over();
  EXPECT_TRUE(may_say(told(ProblemCalledBack{ticket_id(3)}), known).ok());
}

// By a contact, by a ticket that was tied to it later: one caller.
TEST(CallingBack, CallersAreFoundByTheProblem) {
  const AggregateId problem = ticket_id(8);
  Entity contact = subject(Kind::kContact);
  ContactState state;
  state.site = kWest;
  state.problem = problem;
  contact.state = state;
  EXPECT_TRUE(has_row(contact, keys::callers_of(problem, kWest)));
  EXPECT_FALSE(has_row(contact, keys::callers_of(problem, kFarEast)));

  TicketStory story = opened();
  EXPECT_TRUE(story.act(testing::of_problem(problem)));
  EXPECT_TRUE(has_row(story.entity(), keys::callers_of(problem)));
  for (const IndexRow& row : facets(story.entity()).index) {
    if (!row.key.starts_with(keys::callers_of(problem))) continue;
    const auto caller = from_row<Caller>(row.value);
    ASSERT_TRUE(caller);
    EXPECT_EQ(caller->kind, Kind::kTicket);
    EXPECT_EQ(caller_of(row.key, *caller), story.ticket().contact);
    EXPECT_EQ(caller_of(row.key, {}), story.entity().id) << "without a contact, the ticket";
  }
  EXPECT_TRUE(story.act(testing::action(What::kUnlinkProblem)));
  EXPECT_FALSE(has_row(story.entity(), keys::callers_of(problem)));
}

}  // namespace
}  // namespace opora::protocol
