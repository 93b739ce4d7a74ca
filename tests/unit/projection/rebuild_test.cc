#include "sync/projection/rebuild.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/base/archive.h"
#include "sync/journal/rocks_store.h"
#include "sync/projection/digest.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/projection/story.h"

namespace opora::testing {
namespace {

using protocol::CallStep;
using protocol::Kind;
using protocol::PersonalField;
using sync::MemoryStore;
using sync::Stream;
using sync::Table;
using What = protocol::TicketAction::What;

// The store port of another store whose commits fail from some point on, as in a killed process.
class DyingStore final : public sync::Store {
 public:
  DyingStore(MemoryStore& store, int commits) : store_(store), commits_left_(commits) {}
  std::unique_ptr<sync::Reader> snapshot() const override { return store_.snapshot(); }
  std::unique_ptr<sync::Transaction> begin() override {
    if (commits_left_-- == 0) store_.fail_next_commit(sync::CommitFault::kRowsLost);
    return store_.begin();
  }
  Status compact(Table, std::string_view) override { return ok_status(); }

 private:
  MemoryStore& store_;
  int commits_left_;
};

class RebuildTest : public ::testing::Test {
 protected:
  RebuildTest() {
    hub.must(publishing({{"appointment", "call", "appointments", "Запись на приём"}}));
    replicate(hub, site);
    site.observe(step("c1", 1, CallStep::kQueued, 0));
    site.observe(step("c1", 2, CallStep::kAnswered, 9, "101"));
    site.observe(step("c1", 3, CallStep::kEnded, 60));
    kept = site.save(contact_from("89123456789", "принтер"));
    forgotten = site.save(contact_from("89123456780", "сканер"));
    site.must(acting(kept.ticket, {What::kAssign, 2, "petrov", {}, "не моё"}));
    site.must(acting(kept.ticket, {What::kComment, 1, "", {}, "жду"}));
    site.must(setting_agent({"101", protocol::AgentState::kReady, {}, DeskNo{1}}));
    site.must(opening_problem(id_from("problem", {"1"}), {protocol::ProblemKind::kNoLink,
                                                          site.no(),
                                                          kMorning,
                                                          {{PersonalField::kName, "нет связи"}}}));
    site.must(changing_user(id_from("user", {"1"}), petrov()));
    replicate(site, hub);
    hub.must(erasing({forgotten.contact, forgotten.ticket}, "заявление № 5"));
    replicate(hub, site);
  }
  static protocol::ChangeUser petrov() {
    protocol::ChangeUser user;
    user.facts.login = "petrov";
    user.facts.roles = 1;
    user.personal[PersonalField::kPasswordHash] = "hash";
    return user;
  }
  void put(TestSite& at, Table table, const Bytes& key, const Bytes& value) {
    auto txn = at.store().begin();
    txn->put(table, key, value);
    ASSERT_TRUE(txn->commit().ok());
  }

  ManualClock clock;
  TestSite hub{kHubSite, clock};
  TestSite site{SiteNo{17}, clock};
  Saved kept;
  Saved forgotten;
};

TEST_F(RebuildTest, GivesTheSameRowsAsideAtTheSiteAndAtTheHub) {
  for (TestSite* at : {&site, &hub}) {
    MemoryStore aside;
    const auto rows = at->store().snapshot();
    const auto rebuilt = sync::rebuild_aside(*rows, aside, at->core().vault());
    EXPECT_EQ(rebuilt->records, at->rows(Table::kJournal).size());
    EXPECT_TRUE(rebuilt->unreadable.empty());
    EXPECT_EQ(sync::projection_digest(*aside.snapshot()), sync::projection_digest(*rows));
    EXPECT_EQ(aside.snapshot()->get(Table::kMeta, "projection_version"), std::nullopt);
  }
}

TEST_F(RebuildTest, TouchesNothingOfTheSource) {
  const auto keys = site.rows(Table::kKeys);
  const auto projected = site.projection_rows();
  MemoryStore aside;
  EXPECT_TRUE(sync::rebuild_aside(*site.store().snapshot(), aside, site.core().vault()).ok());
  EXPECT_EQ(site.rows(Table::kKeys), keys);
  EXPECT_EQ(site.projection_rows(), projected);
}

TEST_F(RebuildTest, MarksANewStoreAndLeavesItAloneAfterwards) {
  MemoryStore empty;
  EXPECT_EQ(sync::ensure_projection(empty, site.core().vault())->records, 0u);
  EXPECT_TRUE(empty.snapshot()->get(Table::kMeta, KeyWriter().text("projection_version").take()));

  EXPECT_GT(sync::ensure_projection(site.store(), site.core().vault())->records, 0u);
  put(site, Table::kCube, "left alone", "x");
  EXPECT_EQ(sync::ensure_projection(site.store(), site.core().vault())->records, 0u);
  EXPECT_TRUE(site.store().snapshot()->get(Table::kCube, "left alone"));
}

TEST_F(RebuildTest, BuildsAnewWhenTheVersionDiffers) {
  const auto projected = site.projection_rows();
  put(site, Table::kMeta, KeyWriter().text("projection_version").take(), "of yesterday");
  put(site, Table::kCube, "of yesterday", "x");
  put(site, Table::kIndex, "of yesterday", "x");
  EXPECT_TRUE(sync::ensure_projection(site.store(), site.core().vault()).ok());
  EXPECT_EQ(site.projection_rows(), projected);
  site.reopen();
  EXPECT_EQ(site.save(contact_from("89123456789", "монитор")).counter, 3u);
}

TEST_F(RebuildTest, TellsItsProgress) {
  std::vector<std::uint64_t> told;
  EXPECT_TRUE(
      sync::ensure_projection(site.store(), site.core().vault(), [&](std::uint64_t records) {
        told.push_back(records);
      }).ok());
  EXPECT_EQ(told, (std::vector<std::uint64_t>{site.rows(Table::kJournal).size()}));
}

TEST_F(RebuildTest, StartsOverWhenItWasKilledAfterAnyCommit) {
  const auto projected = site.projection_rows();
  int kills = 0;
  for (bool finished = false; !finished; ++kills) {
    put(site, Table::kMeta, KeyWriter().text("projection_version").take(), "of yesterday");
    put(site, Table::kCube, "of yesterday", "x");
    DyingStore dying(site.store(), kills);
    finished = sync::ensure_projection(dying, site.core().vault()).ok();
    site.store().reopen();
    const auto version =
        site.store().snapshot()->get(Table::kMeta, KeyWriter().text("projection_version").take());
    if (!finished && kills > 0) {
      EXPECT_FALSE(version) << "an older program would serve half of it";
    }
    EXPECT_TRUE(sync::ensure_projection(site.store(), site.core().vault()).ok());
    ASSERT_EQ(site.projection_rows(), projected) << "killed after " << kills;
  }
  // Version off, five tables cleared, one chunk replayed, files looked through, version on, whole.
  EXPECT_EQ(kills, 10);
}

TEST_F(RebuildTest, DestroysAgainTheKeysThatARestoredBackupBroughtBack) {
  const auto projected = site.projection_rows();
  {
    auto txn = site.store().begin();
    SeededRandom random(5);
    site.core().vault().put(*txn, forgotten.ticket, protocol::DataKey::random(random), random);
    ASSERT_TRUE(txn->commit().ok());
  }
  EXPECT_TRUE(sync::ensure_projection(site.store(), site.core().vault()).ok());
  EXPECT_FALSE(site.core().vault().find(*site.store().snapshot(), forgotten.ticket));
  EXPECT_EQ(site.projection_rows(), projected);
}

TEST_F(RebuildTest, LeavesOutWhatItCannotReadAndSaysWhich) {
  const sync::JournalRef ref{SiteNo{18}, StreamPos{1}, {}};
  {
    auto txn = site.store().begin();
    sync::put_record(*txn, ref, {}, "of another version");
    ASSERT_TRUE(txn->commit().ok());
  }
  const auto projected = site.projection_rows();
  const auto rebuilt = sync::ensure_projection(site.store(), site.core().vault());
  EXPECT_EQ(rebuilt->unreadable, std::vector{ref});
  EXPECT_EQ(site.projection_rows(), projected);
}

TEST_F(RebuildTest, ReplaysMoreThanOneChunk) {
  for (std::uint32_t i = 0; i < 2'500; ++i)
    site.observe(step("long", i, CallStep::kRinging, i, "101"));
  const auto digest = sync::projection_digest(*site.store().snapshot());
  std::vector<std::uint64_t> told;
  EXPECT_TRUE(
      sync::ensure_projection(site.store(), site.core().vault(), [&](std::uint64_t records) {
        told.push_back(records);
      }).ok());
  EXPECT_EQ(told.size(), 2u);
  EXPECT_EQ(sync::projection_digest(*site.store().snapshot()), digest);
}

// The same over RocksDB, which has its own way with scans and transactions.
TEST_F(RebuildTest, RebuildsARealStoreInItselfAndAside) {
  for (std::uint32_t i = 0; i < 2'500; ++i)
    site.observe(step(std::to_string(i % 100), i, CallStep::kRinging, i, "101"));
  const auto digest = sync::projection_digest(*site.store().snapshot());
  const TempFolder folder;
  const auto disk = sync::RocksStore::open(folder / "store");
  {
    const auto rows = site.store().snapshot();
    auto txn = (*disk)->begin();
    for (const Table table : {Table::kJournal, Table::kKeys}) {
      rows->scan(table, "", "", [&](std::string_view key, std::string_view value) {
        txn->put(table, key, value);
        return true;
      });
    }
    txn->put(Table::kCube, "of yesterday", "x");
    ASSERT_TRUE(txn->commit().ok());
  }
  const auto& vault = site.core().vault();
  EXPECT_EQ(sync::ensure_projection(**disk, vault)->records, site.rows(Table::kJournal).size());
  EXPECT_EQ(sync::projection_digest(*(*disk)->snapshot()), digest);

  const auto aside = sync::RocksStore::open(folder / "aside");
  EXPECT_TRUE(sync::rebuild_aside(*(*disk)->snapshot(), **aside, vault).ok());
  EXPECT_EQ(sync::projection_digest(*(*aside)->snapshot()), digest);
}

// ---- Digests

TEST_F(RebuildTest, HasOneDigestOfASiteAtTheSiteAndAtTheHub) {
  const auto at = [](TestSite& place) {
    return sync::site_digest(*place.store().snapshot(), SiteNo{17});
  };
  EXPECT_EQ(at(site), at(hub));
  EXPECT_EQ(at(site).through, site.core().journal_end());
  EXPECT_EQ(at(site).aggregates, 7u);  // a call, two contacts, two tickets, an agent, a problem

  site.observe(step("c2", 1, CallStep::kQueued, 100));
  EXPECT_NE(at(site).hash, at(hub).hash);
  EXPECT_GT(at(site).through, at(hub).through);
  replicate(site, hub);
  EXPECT_EQ(at(site), at(hub));
}

TEST_F(RebuildTest, SeesADifferenceInThePersonalPartAlone) {
  const auto before = sync::site_digest(*site.store().snapshot(), site.no());
  const Bytes key =
      KeyWriter().u8(static_cast<std::uint8_t>(Kind::kTicket)).raw(kept.ticket.view()).take();
  put(site, Table::kPersonal, key, to_row(protocol::PersonalState{}));
  EXPECT_NE(sync::site_digest(*site.store().snapshot(), site.no()).hash, before.hash);
}

TEST_F(RebuildTest, LeavesOtherSitesOutOfADigest) {
  TestSite other{SiteNo{18}, clock};
  replicate(hub, other);
  other.save(contact_from("89123456789", "принтер"));
  replicate(other, hub);
  EXPECT_EQ(sync::site_digest(*hub.store().snapshot(), site.no()),
            sync::site_digest(*site.store().snapshot(), site.no()));
  EXPECT_EQ(sync::site_digest(*hub.store().snapshot(), other.no()).aggregates, 2u);
  EXPECT_EQ(sync::site_digest(*hub.store().snapshot(), SiteNo{99}).aggregates, 0u);
}

TEST_F(RebuildTest, DigestsAnyNumberOfAggregates) {
  for (std::uint32_t i = 0; i < 2'100; ++i)
    site.observe(step(std::to_string(i), 1, CallStep::kQueued, i));
  replicate(site, hub);
  EXPECT_EQ(sync::site_digest(*hub.store().snapshot(), site.no()),
            sync::site_digest(*site.store().snapshot(), site.no()));
  EXPECT_EQ(sync::site_digest(*site.store().snapshot(), site.no()).aggregates, 2'107u);
}

TEST_F(RebuildTest, ShowsInADigestWhichTableDiffers) {
  const auto before = sync::projection_digest(*site.store().snapshot());
  put(site, Table::kCube, "forged", "x");
  const auto after = sync::projection_digest(*site.store().snapshot());
  for (std::size_t i = 0; i < before.size(); ++i)
    EXPECT_EQ(before[i] == after[i], before[i].table != Table::kCube);
}

}  // namespace
}  // namespace opora::testing
