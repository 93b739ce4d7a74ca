// What a site may say to the region, and what the hub believes of it (design, Trust).
#include "protocol/domain/authority.h"

#include <gtest/gtest.h>

#include "protocol/base/hash.h"
#include "protocol/domain/recording.h"
#include "tests/unit/domain/told.h"

namespace opora::protocol {
namespace {

const SiteNo kHere{17};
const SiteNo kThere{18};
const AggregateId kAnna = id_from("test", {"anna"});

// What is known of kSubject: nothing, or one entity.
class Known {
 public:
  Known() = default;
  Known(Kind kind, State state) {
    entity_ = subject(kind);
    entity_.state = std::move(state);
  }
  operator KnownEntity() const {  // NOLINT(google-explicit-constructor)
    return [this](Kind kind, const AggregateId& id) -> const Entity& {
      static const Entity kAbsent;
      return kind == entity_.kind && id == entity_.id ? entity_ : kAbsent;
    };
  }

 private:
  Entity entity_;
};

template <class S>
S begun_at(SiteNo site) {
  S state;
  state.origin = site;
  return state;
}
ContactState contact_of(SiteNo site) {
  ContactState state;
  state.site = site;
  return state;
}
TicketState ticket_of(SiteNo site) {
  TicketState state;
  state.site = site;
  state.opened = Hlt{1};
  return state;
}
ProblemState problem_of(SiteNo site) {
  auto state = begun_at<ProblemState>(site);
  state.seq = OwnerSeq{1};
  return state;
}

FacilityNoticeChanged notice_of(SiteNo facility) {
  FacilityNoticeChanged out;
  out.facility = facility;
  return out;
}

Event with_id(const AggregateId& id, Facts facts) {
  Event event = told(std::move(facts));
  event.env.aggregate = id;
  return event;
}

CallObserved call() {
  CallObserved out;
  out.source = "pbx";
  out.call_id = "c1";
  return out;
}
AgentStateChanged ready() {
  AgentStateChanged out;
  out.agent = "101";
  return out;
}
TicketOpened opened_at(SiteNo site) {
  TicketOpened out;
  out.site = site;
  return out;
}
UserChanged working_at(std::vector<SiteNo> sites) {
  UserChanged out;
  out.login = "anna";
  out.sites = std::move(sites);
  return out;
}
UserOverruled word_on_anna() {
  UserOverruled out;
  out.user = kAnna;
  return out;
}

void expect_denied(const Status& status, const char* path) {
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, Code::kDenied);
  EXPECT_EQ(status.error().path, path);
}

// ---- Of the record alone

TEST(Authority, LeavesSitesCataloguesAndOwnersToTheRegion) {
  const Facts of_the_region[] = {
      SiteChanged{},     RubricatorPublished{}, TicketOwnerChanged{}, ProductionYearPublished{},
      CalendarChanged{}, QueueChanged{},        CompetenceChanged{},  TemplateChanged{}};
  for (const Facts& facts : of_the_region) {
    expect_denied(may_ever_say(told(facts).by(kHere.v)), "type");
    EXPECT_TRUE(may_ever_say(told(facts).by(kHubSite.v)).ok());
  }
}

TEST(Authority, BindsCallsAgentsAndWordsOnUsersToTheSiteByTheirIds) {
  EXPECT_TRUE(may_ever_say(with_id(call_aggregate(kHere, "pbx", "c1"), call())).ok());
  expect_denied(may_ever_say(with_id(call_aggregate(kThere, "pbx", "c1"), call())), "aggregate");
  EXPECT_TRUE(may_ever_say(with_id(agent_aggregate(kHere, "101"), ready())).ok());
  expect_denied(may_ever_say(with_id(agent_aggregate(kThere, "101"), ready())), "aggregate");
  EXPECT_TRUE(may_ever_say(with_id(overrule_aggregate(kHere, kAnna), word_on_anna())).ok());
  expect_denied(may_ever_say(with_id(overrule_aggregate(kThere, kAnna), word_on_anna())),
                "aggregate");
}

TEST(Authority, KeepsAUserOfASiteAtThatSite) {
  EXPECT_TRUE(may_ever_say(told(working_at({}))).ok());
  EXPECT_TRUE(may_ever_say(told(working_at({kHere}))).ok());
  expect_denied(may_ever_say(told(working_at({kHubSite}))), "sites");
  expect_denied(may_ever_say(told(working_at({kHere, kThere}))), "sites");
}

TEST(Authority, OpensTicketsUnderTheSitesOwnNumberInTheFirstTerm) {
  EXPECT_TRUE(may_ever_say(told(opened_at(kHere)).place(1)).ok());
  expect_denied(may_ever_say(told(opened_at(kThere)).place(1)), "site");
  expect_denied(may_ever_say(told(opened_at(kHere)).place(1, 2)), "term");
}

TEST(Authority, LeavesTheLaterTermsOfAProblemToTheRegion) {
  EXPECT_TRUE(may_ever_say(told(ProblemOpened{}).place(2)).ok());
  expect_denied(may_ever_say(told(ProblemOpened{}).place(2, 2)), "term");
  EXPECT_TRUE(may_ever_say(told(ProblemOpened{}).by(kHubSite.v).place(2, 2)).ok());
}

TEST(Authority, LetsASiteSpeakOfItsOwnFacilityAloneAndLeavesTheLaterTermsToTheRegion) {
  EXPECT_TRUE(may_ever_say(told(notice_of(kHere)).by(kHere.v).place(2)).ok());
  expect_denied(may_ever_say(told(notice_of(kThere)).by(kHere.v).place(2)), "facility");
  expect_denied(may_ever_say(told(notice_of(kHere)).by(kHere.v).place(2, 2)), "term");
  EXPECT_TRUE(may_ever_say(told(notice_of(kThere)).by(kHubSite.v).place(2, 2)).ok());
}

TEST(Authority, LetsPassWhatThisVersionDoesNotKnow) {
  Event event = told(CallObserved{});
  event.facts = {};
  event.env.type = static_cast<EventType>(999);
  EXPECT_TRUE(may_say(event, Known()).ok());
}

// ---- Of what is known

TEST(Authority, ChangesNothingThatAnotherPlaceBegan) {
  struct Case {
    Event event;
    Kind kind;
    State elsewhere;
    State here;
  };
  const Case cases[] = {
      {told(ContactRegistered{}), Kind::kContact, contact_of(kThere), contact_of(kHere)},
      {told(opened_at(kHere)), Kind::kTicket, ticket_of(kThere), ticket_of(kHere)},
      {told(ProblemOpened{}), Kind::kProblem, problem_of(kHubSite), problem_of(kHere)},
      {told(ProblemClosed{}), Kind::kProblem, problem_of(kThere), problem_of(kHere)},
      {told(working_at({})), Kind::kUser, begun_at<UserState>(kHubSite),
       begun_at<UserState>(kHere)},
      {told(notice_of(kHere)).by(kHere.v), Kind::kFacilityNotice,
       begun_at<FacilityNoticeState>(kHubSite), begun_at<FacilityNoticeState>(kHere)},
  };
  for (const Case& c : cases) {
    EXPECT_TRUE(may_say(c.event, Known()).ok());
    EXPECT_TRUE(may_say(c.event, Known(c.kind, c.here)).ok());
    expect_denied(may_say(c.event, Known(c.kind, c.elsewhere)), "aggregate");
  }
}

TEST(Authority, AsksNobodyWhoOnlyAdds) {
  EXPECT_TRUE(may_say(told(TicketCommented{}), Known(Kind::kTicket, ticket_of(kThere))).ok());
  EXPECT_TRUE(may_say(told(TicketAttached{}), Known(Kind::kTicket, ticket_of(kThere))).ok());
  EXPECT_TRUE(may_say(told(ProblemAffected{}), Known(Kind::kProblem, problem_of(kThere))).ok());
}

TEST(Authority, LeavesTheTurnOnATicketToTheFold) {
  EXPECT_TRUE(may_say(told(TicketClosed{}), Known(Kind::kTicket, ticket_of(kThere))).ok());
}

TEST(Authority, TakesAdditionsThatCameBeforeTheBeginningForNoBeginning) {
  ProblemState only_callers;
  only_callers.affected = 2;
  EXPECT_TRUE(may_say(told(ProblemOpened{}), Known(Kind::kProblem, only_callers)).ok());
  TicketState only_comments;
  only_comments.comments = 1;
  EXPECT_TRUE(may_say(told(opened_at(kHere)), Known(Kind::kTicket, only_comments)).ok());
}

TEST(Authority, ErasesItsOwnRecordsAndTicketsAlone) {
  const Event erased = told(Erased{"приказ 1"});
  EXPECT_TRUE(may_say(erased, Known()).ok());
  EXPECT_TRUE(may_say(erased, Known(Kind::kContact, contact_of(kHere))).ok());
  EXPECT_TRUE(may_say(erased, Known(Kind::kTicket, ticket_of(kHere))).ok());
  expect_denied(may_say(erased, Known(Kind::kTicket, ticket_of(kThere))), "aggregate");
  expect_denied(may_say(erased, Known(Kind::kContact, contact_of(kThere))), "aggregate");
  expect_denied(may_say(erased, Known(Kind::kProblem, problem_of(kHubSite))), "aggregate");
  expect_denied(may_say(erased, Known(Kind::kUser, begun_at<UserState>(kHubSite))), "aggregate");
  EXPECT_TRUE(may_erase(kHubSite, kSubject, Known(Kind::kContact, contact_of(kThere))).ok());
}

TEST(Authority, LetsATicketBeErasedByWhoeverOwnedItInAnyTerm) {
  const Event erased = told(Erased{"приказ 1"});
  TicketState ticket = ticket_of(kThere);
  ticket.offer.to = kHere;
  expect_denied(may_say(erased, Known(Kind::kTicket, ticket)), "aggregate");
  ticket.tenures[OwnerTerm{2}].owner = kHere;
  EXPECT_TRUE(may_say(erased, Known(Kind::kTicket, ticket)).ok());
  ticket.tenures[OwnerTerm{3}].owner = kThere;
  EXPECT_TRUE(may_say(erased, Known(Kind::kTicket, ticket)).ok()) << "it had its turn";
}

TEST(Authority, LetsATicketBeErasedWhoseBeginningIsNotHereYet) {
  TicketState only_comments;
  only_comments.comments = 1;
  EXPECT_TRUE(may_say(told(Erased{"приказ 1"}), Known(Kind::kTicket, only_comments)).ok());
}

TEST(Authority, KnowsWhoBeganAnAggregateAlone) {
  EXPECT_FALSE(began(kHere, kSubject, Known())) << "nobody did";
  EXPECT_TRUE(began(kHere, kSubject, Known(Kind::kTicket, ticket_of(kHere))));
  EXPECT_FALSE(began(kHere, kSubject, Known(Kind::kTicket, ticket_of(kThere))));
  TicketState only_comments;
  only_comments.comments = 1;
  EXPECT_FALSE(began(kHere, kSubject, Known(Kind::kTicket, only_comments)));
  EXPECT_TRUE(began(kHere, kSubject, Known(Kind::kOverrule, begun_at<OverruleState>(kHere))));
}

TEST(Authority, LetsTheEndOfARecordingDestroyNothingElse) {
  const RecordingErased over{RecordingEnd::kRetention, TimeMs{1'795'152'667'250}};
  Recorded of;
  of.call = id_from("call", {"one"});
  of.started_at = TimeMs{1'795'152'667'250};
  const Event ends = with_id(recording_id(of), over);
  EXPECT_TRUE(may_say(ends, Known()).ok());
  expect_denied(may_say(told(over), Known()), "aggregate");
  expect_denied(may_say(told(over), Known(Kind::kTicket, ticket_of(kThere))), "aggregate");
  const auto begun_by = [&](SiteNo site) -> KnownEntity {
    Entity recording;
    recording.kind = Kind::kRecording;
    recording.id = ends.env.aggregate;
    recording.state.emplace<RecordingState>().site = site;
    return [recording](Kind kind, const AggregateId&) -> const Entity& {
      static const Entity kAbsent;
      return kind == Kind::kRecording ? recording : kAbsent;
    };
  };
  EXPECT_TRUE(may_say(ends, begun_by(ends.env.origin)).ok());
  expect_denied(may_say(ends, begun_by(kThere)), "aggregate");
}

TEST(Authority, FindsNobodyAloneWhereTwoBeganUnderOneId) {
  Entity ticket = subject(Kind::kTicket);
  ticket.state = ticket_of(kThere);
  Entity contact = subject(Kind::kContact);
  contact.state = contact_of(kHere);
  const KnownEntity known = [&](Kind kind, const AggregateId&) -> const Entity& {
    static const Entity kAbsent;
    if (kind == Kind::kTicket) return ticket;
    return kind == Kind::kContact ? contact : kAbsent;
  };
  EXPECT_FALSE(began(kHere, kSubject, known));
  EXPECT_FALSE(began(kThere, kSubject, known));
}

TEST(Authority, KeepsEveryWordOfWhoReadWhat) {
  Event read = told(RecordsRead{});
  expect_denied(may_say(read, Known()), "aggregate");  // not derived from its command
  read.env.aggregate = id_from("read", {read.env.command.view()});
  EXPECT_TRUE(may_say(read, Known()).ok());
}

}  // namespace
}  // namespace opora::protocol
