// A site whose hub came back from a backup: the hub's streams start over.
#include "sync/engine/afresh.h"

#include "sync/engine/recall.h"
#include "sync/projection/rebuild.h"
#include "tests/unit/engine/fixture.h"

namespace opora::testing {
namespace {

using protocol::Kind;
using sync::Stream;

class AfreshTest : public EngineCoreTest {
 protected:
  static protocol::ChangeUser user(const std::string& name) {
    protocol::ChangeUser change;
    change.facts.login = "u1";
    change.facts.roles = 1;
    change.facts.sites = {SiteNo{17}};
    change.personal[protocol::PersonalField::kName] = name;
    return change;
  }
  // What a hub that knows only these records sends on its common streams.
  static std::vector<sync::Entry> sent_by(TestSite& other, Stream stream) {
    const bool keys = sync::carries_keys(stream);
    return as_stream(other.outgoing(keys ? Stream::kJournalKeys : Stream::kJournal), stream);
  }
  void begin(const sync::AfreshPlan& plan) {
    auto txn = site.store().begin();
    for (const auto& [key, value] : sync::begin_afresh(*txn, plan)) {
      if (value) {
        txn->put(sync::Table::kMeta, key, *value);
      } else {
        txn->erase(sync::Table::kMeta, key);
      }
    }
    EXPECT_TRUE(txn->commit().ok());
  }
  bool knows(const AggregateId& id) { return site.entity(Kind::kUser, id).exists(); }
  std::uint64_t start_again() {
    SeededRandom random(5);
    const auto report =
        sync::finish_recall(site.store(), sync::Vault(site.site_key()), random).value();
    EXPECT_TRUE(sync::ensure_projection(site.store(), sync::Vault(site.site_key())).ok());
    site.reopen();
    return report.swept;
  }

  const AggregateId kept_ = id_from("test", {"kept"});
  const AggregateId lost_ = id_from("test", {"lost"});
};

TEST_F(AfreshTest, TheSiteHasOldAndNewUntilAllIsHereAndThenWhatTheHubHas) {
  hub.must(changing_user(kept_, user("Иванова")));
  const auto before = sent_by(hub, Stream::kCommon);
  hub.must(changing_user(lost_, user("Петрова")));
  replicate(hub, site);
  const auto own = site.save(contact_from("89123456789", "принтер"));
  ASSERT_TRUE(knows(lost_));

  // The backup was made before the second user; a third came after the restore.
  const auto keys = sent_by(hub, Stream::kCommonKeys);
  begin({site.no(), {{Stream::kCommon, before.back().pos}, {Stream::kCommonKeys, StreamPos{1}}}});
  EXPECT_EQ(sync::read_cursor(*site.store().snapshot(), Stream::kCommon, kHubSite).pos.v, 0u);
  EXPECT_TRUE(site.receive(Stream::kCommon, kHubSite, before).ok());
  EXPECT_EQ(start_again(), 0u) << "the keys are not here yet";
  EXPECT_TRUE(knows(lost_));
  EXPECT_TRUE(site.receive(Stream::kCommonKeys, kHubSite, {keys[0]}).ok());
  EXPECT_EQ(start_again(), 1u);

  EXPECT_FALSE(knows(lost_));
  EXPECT_FALSE(site.core().vault().holds(*site.store().snapshot(), lost_));
  EXPECT_TRUE(knows(kept_));
  EXPECT_EQ(site.personal(Kind::kUser, kept_, protocol::PersonalField::kName), "Иванова");
  EXPECT_EQ(site.personal(Kind::kTicket, own.ticket, protocol::PersonalField::kSummary), "принтер")
      << "the site's own journal is not touched";
  EXPECT_FALSE(sync::read_afresh(*site.store().snapshot()));
}

TEST_F(AfreshTest, ASecondRestoreForgetsWhatTheFirstHadSent) {
  hub.must(changing_user(kept_, user("Иванова")));
  replicate(hub, site);
  begin({site.no(), {{Stream::kCommon, StreamPos{9}}}});
  EXPECT_TRUE(site.receive(Stream::kCommon, kHubSite, sent_by(hub, Stream::kCommon)).ok());
  begin({site.no(), {{Stream::kCommon, StreamPos{1}}}});
  auto first = sent_by(hub, Stream::kCommon);
  first.resize(1);
  EXPECT_TRUE(site.receive(Stream::kCommon, kHubSite, first).ok());
  start_again();
  EXPECT_FALSE(knows(kept_));
}

// An older version stood here when the restored hub's streams came again; a newer one starts.
TEST_F(AfreshTest, WhatWasNeverReadAndDidNotComeAgainCountsOnceWhenItComesAfterAll) {
  const AggregateId problem = id_from("test", {"problem"});
  hub.must(opening_problem(problem, {protocol::ProblemKind::kNoLink,
                                     SiteNo{18},
                                     kMorning,
                                     {{protocol::PersonalField::kName, "нет связи"}}}));
  const auto before = sent_by(hub, Stream::kCommon);
  site.become({{protocol::EventType::kProblemAffected}});
  hub.must(affecting(problem, {}));
  replicate(hub, site);
  begin({site.no(), {{Stream::kCommon, before.back().pos}}});
  EXPECT_TRUE(site.receive(Stream::kCommon, kHubSite, before).ok());
  EXPECT_EQ(start_again(), 1u);
  site.become({});
  EXPECT_TRUE(site.receive(Stream::kCommon, kHubSite, {sent_by(hub, Stream::kCommon).back()}).ok());
  site.read_unread();
  EXPECT_EQ(site.entity(Kind::kProblem, problem).as<protocol::ProblemState>()->affected, 1u);
}

TEST_F(AfreshTest, OfTwoRecordsOfOneNameTheOneThatTheHubHasNowCounts) {
  hub.must(changing_user(kept_, user("Иванова")));
  replicate(hub, site);
  // The same name, position and opening, and another person.
  auto again = sent_by(hub, Stream::kCommon);
  ASSERT_EQ(again.size(), 2u);
  auto other = protocol::decode_record(again[1].bytes).value();
  other.env.aggregate = lost_;
  again[1].bytes = protocol::encode_record(other.env, other.facts, "");
  again[1].chain = sync::chain_next(Stream::kCommon, again[0].chain, again[1].bytes);

  begin({site.no(), {{Stream::kCommon, StreamPos{2}}}});
  EXPECT_TRUE(site.receive(Stream::kCommon, kHubSite, again).ok());
  EXPECT_TRUE(knows(kept_)) << "until all is here";
  start_again();
  EXPECT_FALSE(knows(kept_));
  EXPECT_TRUE(knows(lost_));
}

}  // namespace
}  // namespace opora::testing
