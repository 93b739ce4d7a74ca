// Versions side by side: what the older one does not know it keeps, passes on and does not fold;
// the newer one in its place folds it as if it had just come.
#include "sync/journal/unread.h"

#include "sync/projection/digest.h"
#include "sync/projection/rebuild.h"
#include "sync/projection/verify.h"
#include "tests/unit/engine/fixture.h"

namespace opora::testing {
namespace {

using protocol::EventType;
using protocol::Kind;
using What = protocol::TicketAction::What;

const AggregateId kProblem = id_from("test", {"problem"});

class UnreadTest : public EngineCoreTest {
 protected:
  void unknown_at_the_hub(std::set<EventType> types) { hub.become({std::move(types)}); }
  void upgrade() {
    hub.become({});
    hub.read_unread();
  }
  AggregateId assigned_ticket() {
    const auto saved = site.save(contact_from("89123456789", "принтер"));
    protocol::TicketAction assign;
    assign.what = What::kAssign;
    assign.line = 2;
    assign.text = "на вторую линию";
    site.must(acting(saved.ticket, assign));
    return saved.ticket;
  }
  std::uint8_t line_at(TestSite& at, const AggregateId& ticket) {
    return at.entity(Kind::kTicket, ticket).as<protocol::TicketState>()->line;
  }
  void open_problem() {
    hub.must(opening_problem(kProblem, {protocol::ProblemKind::kNoLink,
                                        SiteNo{18},
                                        kMorning,
                                        {{protocol::PersonalField::kName, "нет связи"}}}));
    replicate(hub, site);
  }
  std::uint32_t affected_at_hub() {
    return hub.entity(Kind::kProblem, kProblem).as<protocol::ProblemState>()->affected;
  }
  void rebuild_hub() {
    const auto txn = hub.store().begin();
    sync::forget_projection(*txn);
    ASSERT_TRUE(txn->commit().ok());
    ASSERT_TRUE(sync::ensure_projection(hub.store(), hub.core().vault()).ok());
  }
  std::vector<std::string> findings(TestSite& at) {
    sync::MemoryStore scratch;
    return sync::verify_store(at.store(), scratch, at.core().vault(), at.no())->findings;
  }
  std::size_t listed() { return sync::unread_rows(*hub.store().snapshot()).size(); }
};

TEST_F(UnreadTest, AnOlderVersionKeepsTheBytesAndDoesNotFoldThem) {
  unknown_at_the_hub({EventType::kTicketAssigned});
  const auto ticket = assigned_ticket();
  replicate(site, hub);
  EXPECT_EQ(line_at(site, ticket), 2);
  EXPECT_EQ(line_at(hub, ticket), 1);
  const auto own = journal(site, site.no());
  const auto there = journal(hub, site.no());
  ASSERT_EQ(own.size(), there.size());
  for (std::size_t i = 0; i < own.size(); ++i) EXPECT_EQ(own[i].record, there[i].record);
  EXPECT_EQ(findings(hub), std::vector<std::string>{});
}

TEST_F(UnreadTest, ANewerVersionFoldsItWithItsPersonalPartAndTellsOfIt) {
  unknown_at_the_hub({EventType::kTicketAssigned});
  const auto ticket = assigned_ticket();
  replicate(site, hub);
  const auto told = hub.events_told();
  upgrade();
  EXPECT_EQ(hub.events_told(), told + 1);
  EXPECT_EQ(line_at(hub, ticket), 2);
  EXPECT_EQ(listed(), 0u);
  EXPECT_EQ(sync::site_digest(*hub.store().snapshot(), site.no()),
            sync::site_digest(*site.store().snapshot(), site.no()));
  EXPECT_EQ(findings(hub), std::vector<std::string>{});
}

TEST_F(UnreadTest, ItCountsOnceAlsoWhenTheProjectionsAreBuiltAnewInBetween) {
  open_problem();
  unknown_at_the_hub({EventType::kProblemAffected});
  site.must(affecting(kProblem, {}));
  replicate(site, hub);
  hub.become({});
  rebuild_hub();
  EXPECT_EQ(affected_at_hub(), 0u) << "a rebuild leaves to the engine what is listed";
  hub.reopen();
  hub.read_unread();
  EXPECT_EQ(affected_at_hub(), 1u);
  rebuild_hub();
  EXPECT_EQ(affected_at_hub(), 1u);
}

TEST_F(UnreadTest, AFailedCommitLosesNothingOfIt) {
  open_problem();
  unknown_at_the_hub({EventType::kProblemAffected});
  site.must(affecting(kProblem, {}));
  replicate(site, hub);
  hub.become({});
  hub.store().fail_next_commit(sync::CommitFault::kRowsKept);
  EXPECT_FALSE(hub.core().read_unread().ok());
  hub.reopen();
  hub.read_unread();
  EXPECT_EQ(affected_at_hub(), 1u);
}

TEST_F(UnreadTest, WhatIsNobodysToSayStaysWithoutEffectForEver) {
  unknown_at_the_hub({EventType::kRubricatorPublished});
  sync::Command forging;
  forging.decide = [](sync::Decision& decision) -> Result<sync::Answer> {
    protocol::Draft draft;
    draft.aggregate = protocol::rubricator_id();
    draft.seq = OwnerSeq{100};
    draft.facts = protocol::RubricatorPublished{9, {{"nothing", "call", "nothing", "Ничего"}}};
    decision.emit({draft});
    return sync::Answer{};
  };
  site.must(std::move(forging));
  replicate(site, hub);
  const auto before = hub.projection_rows();
  upgrade();
  EXPECT_EQ(hub.projection_rows(), before);
  ASSERT_EQ(hub.set_aside().size(), 1u);
  EXPECT_EQ(hub.set_aside()[0].reason, "not folded: type: the rubricator is kept at the region");
  rebuild_hub();
  EXPECT_EQ(hub.projection_rows(), before);
  hub.reopen();
  EXPECT_FALSE(hub.core().has_readable()) << "it is said once";
  EXPECT_EQ(findings(hub), std::vector<std::string>{});
}

// An older hub passes on what it cannot ask about; a site asks for itself.
TEST_F(UnreadTest, ASiteDoesNotFoldWhatTheHubCouldNotRead) {
  TestSite other{SiteNo{18}, clock};
  sync::Command forging;
  forging.decide = [](sync::Decision& decision) -> Result<sync::Answer> {
    protocol::Draft draft;
    draft.aggregate = id_from("test", {"ticket"});
    draft.term = OwnerTerm{7};
    draft.facts = protocol::TicketOwnerChanged{SiteNo{18}, SiteNo{17}, StreamPos{1}};
    decision.emit({draft});
    return sync::Answer{};
  };
  other.must(std::move(forging));
  const auto head =
      site.receive(sync::Stream::kPrivate, kHubSite,
                   as_stream(other.outgoing(sync::Stream::kJournal), sync::Stream::kPrivate));
  ASSERT_TRUE(head.ok());
  EXPECT_FALSE(site.entity(Kind::kTicket, id_from("test", {"ticket"})).exists());
  EXPECT_EQ(site.set_aside().size(), 1u);
  EXPECT_EQ(findings(site), std::vector<std::string>{});
}

TEST_F(UnreadTest, AnOlderVersionInPlaceOfANewerOneListsWhatItFindsAndGivesItBack) {
  const auto ticket = assigned_ticket();
  replicate(site, hub);
  const auto before = hub.projection_rows();
  unknown_at_the_hub({EventType::kTicketAssigned});
  rebuild_hub();
  EXPECT_EQ(line_at(hub, ticket), 1);
  EXPECT_EQ(listed(), 1u);
  upgrade();
  EXPECT_EQ(hub.projection_rows(), before);
}

}  // namespace
}  // namespace opora::testing
