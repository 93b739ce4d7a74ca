#include "sync/projection/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/codec/record_codec.h"
#include "tests/support/region.h"

namespace opora::testing {
namespace {

using protocol::CallStep;
using sync::JournalRef;
using sync::Stream;
using sync::Table;
using sync::Verified;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class VerifyTest : public ::testing::Test {
 protected:
  VerifyTest() {
    hub.must(publishing({{"appointment", "call", "appointments", "Запись на приём"}}));
    replicate(hub, site);
    for (std::uint32_t i = 1; i <= 4; ++i) site.observe(step("c1", i, CallStep::kQueued, i));
    saved = site.save(contact_from("89123456789", "принтер"));
    replicate(site, hub);
  }

  std::vector<std::string> findings(TestSite& at) {
    return sync::verify_journal(*at.store().snapshot(), at.no()).findings;
  }
  Verified verify(TestSite& at) {
    sync::MemoryStore scratch;
    return sync::verify_store(at.store(), scratch, at.core().vault(), at.no()).value();
  }

  sync::JournalRow record(TestSite& at, std::uint64_t n) {
    sync::JournalRow found;
    sync::scan_journal(*at.store().snapshot(), site.no(), StreamPos{n}, [&](sync::JournalRow row) {
      found = std::move(row);
      return false;
    });
    return found;
  }
  void put(TestSite& at, Table table, const Bytes& key, const Bytes& value) {
    auto txn = at.store().begin();
    txn->put(table, key, value);
    ASSERT_TRUE(txn->commit().ok());
  }
  void store(TestSite& at, const JournalRef& ref, const ChainHash& chain, const Bytes& bytes) {
    put(at, Table::kJournal, ref.key(), Bytes(chain.view()) + bytes);
  }
  void lose(TestSite& at, const std::vector<std::uint64_t>& positions) {
    for (const std::uint64_t n : positions) {
      const Bytes key = record(at, n).ref.key();
      auto txn = at.store().begin();
      txn->erase(Table::kJournal, key);
      ASSERT_TRUE(txn->commit().ok());
    }
  }
  void set_cursor(const sync::StreamHead& head) {
    auto txn = hub.store().begin();
    sync::put_cursor(*txn, Stream::kJournal, site.no(), head);
    ASSERT_TRUE(txn->commit().ok());
  }

  ManualClock clock;
  TestSite hub{kHubSite, clock};
  TestSite site{SiteNo{17}, clock};
  Saved saved;
};

TEST_F(VerifyTest, FindsNothingInAWholeStore) {
  for (TestSite* at : {&site, &hub}) {
    const Verified out = verify(*at);
    EXPECT_THAT(out.findings, IsEmpty());
    EXPECT_TRUE(out.whole());
    EXPECT_EQ(out.records, 7u);
    EXPECT_EQ(out.set_aside, 0u);
  }
  EXPECT_EQ(verify(site).stream_entries, 3u);
}

TEST_F(VerifyTest, FindsNothingAfterAnErasure) {
  site.must(erasing({saved.contact, saved.ticket}, "заявление"));
  replicate(site, hub);
  EXPECT_TRUE(verify(site).whole());
  EXPECT_TRUE(verify(hub).whole());
}

TEST_F(VerifyTest, FindsChangedBytes) {
  const auto row = record(site, 2);
  const auto other = record(site, 3);
  auto view = protocol::decode_record(row.record);
  store(site, row.ref, row.chain,
        protocol::encode_record(view->env, protocol::decode_record(other.record)->facts, ""));
  EXPECT_THAT(findings(site), ElementsAre(HasSubstr("record 17/2 does not hash to its chain")));
}

TEST_F(VerifyTest, FindsBytesThatDoNotDecode) {
  store(site, record(site, 2).ref, record(site, 2).chain, "scrambled");
  EXPECT_THAT(findings(site), ElementsAre(HasSubstr("record 17/2 does not decode")));
}

TEST_F(VerifyTest, FindsMissingRecords) {
  lose(site, {2});
  EXPECT_THAT(findings(site), ElementsAre("record 17/2 is missing"));
  lose(site, {3});
  EXPECT_THAT(findings(site), ElementsAre("records 17/2 to 17/3 are missing"));
}

TEST_F(VerifyTest, FindsAMissingBeginning) {
  lose(site, {1});
  EXPECT_THAT(findings(site), ElementsAre("record 17/1 is missing"));
}

TEST_F(VerifyTest, FindsAMissingEndByTheCursor) {
  lose(hub, {6, 5});
  EXPECT_THAT(findings(hub), ElementsAre("records 17/5 to 17/6 are missing"));
  lose(hub, {4, 3, 2, 1});
  EXPECT_THAT(findings(hub), ElementsAre("records 17/1 to 17/6 are missing"));
}

TEST_F(VerifyTest, FindsACursorThatIsNotTheEnd) {
  set_cursor({StreamPos{6}, hash256({"another"})});
  EXPECT_THAT(findings(hub), ElementsAre("the cursor of site 17 is not the end of its journal"));
  set_cursor({StreamPos{5}, record(hub, 5).chain});
  EXPECT_THAT(findings(hub), ElementsAre("the cursor of site 17 is not the end of its journal"));
}

TEST_F(VerifyTest, FindsARecordThatDoesNotFollow) {
  const auto row = record(site, 6);
  auto view = protocol::decode_record(row.record);
  view->env.prev = hash256({"another past"});
  const Bytes bytes = protocol::encode_record(view->env, view->facts, view->sealed_personal);
  store(site, row.ref, protocol::chain_of(view->env.prev, bytes), bytes);
  EXPECT_THAT(findings(site), ElementsAre("record 17/6 does not follow the one before it"));
}

TEST_F(VerifyTest, FindsARecordUnderAnotherName) {
  const auto row = record(site, 6);
  const JournalRef next{site.no(), StreamPos{7}, row.ref.incarnation};
  store(site, next, row.chain, row.record);
  EXPECT_THAT(findings(site), ElementsAre("record 17/7 stands under another record's name",
                                          "record 17/7 does not follow the one before it"));
}

TEST_F(VerifyTest, FindsAPositionThatExistsTwice) {
  const auto row = record(site, 6);
  auto view = protocol::decode_record(row.record);
  view->env.incarnation =
      IncarnationId::from("\xff\xff\xff\xff\xff\xff\xff\xff").value_or(IncarnationId{});
  const Bytes bytes = protocol::encode_record(view->env, view->facts, view->sealed_personal);
  store(site, {site.no(), row.ref.n, view->env.incarnation},
        protocol::chain_of(view->env.prev, bytes), bytes);
  EXPECT_THAT(findings(site), ElementsAre(HasSubstr("record 17/6 exists twice")));
}

TEST_F(VerifyTest, AcceptsAGapThatWasSetAside) {
  // What the hub could not read stands apart; the chain goes on through it.
  for (const std::uint64_t n : {3u, 6u}) {
    const auto row = record(hub, n);
    auto txn = hub.store().begin();
    txn->erase(Table::kJournal, row.ref.key());
    sync::put_aside(*txn, {Stream::kJournal, site.no(), row.ref.n, kMorning, "test", row.record});
    ASSERT_TRUE(txn->commit().ok());
  }
  EXPECT_THAT(findings(hub), IsEmpty());
  EXPECT_EQ(sync::verify_journal(*hub.store().snapshot(), kHubSite).set_aside, 2u);
}

TEST_F(VerifyTest, AcceptsThatASiteHasOnlySomeRecordsOfOthers) {
  TestSite other{SiteNo{18}, clock};
  replicate(hub, other);
  const auto records = site.outgoing(Stream::kJournal);
  const auto some = as_stream({records[1], records[4]}, Stream::kPrivate);
  EXPECT_TRUE(other.receive(Stream::kPrivate, kHubSite, some).ok());
  EXPECT_THAT(findings(other), IsEmpty());
}

TEST_F(VerifyTest, FindsMalformedRows) {
  put(site, Table::kJournal, "short", "x");
  put(site, Table::kStream, "short", "x");
  EXPECT_THAT(findings(site), ElementsAre(HasSubstr("a row of the journal is malformed"),
                                          HasSubstr("a row of a stream is malformed")));
}

TEST_F(VerifyTest, FindsStreamsThatPointNowhereOrDoNotFollow) {
  sync::StreamWriter streams;
  {
    auto txn = hub.store().begin();
    const auto first = record(hub, 1);
    streams.append(*txn, Stream::kCommon, kHubSite, first.ref.key(), first.record);
    const auto second = record(hub, 2);
    streams.append(*txn, Stream::kCommon, kHubSite, second.ref.key(), "other bytes");
    const JournalRef nowhere{SiteNo{99}, StreamPos{1}, {}};
    streams.append(*txn, Stream::kCommon, kHubSite, nowhere.key(), "");
    ASSERT_TRUE(txn->commit().ok());
  }
  EXPECT_THAT(findings(hub), ElementsAre("stream 3 of 0 at 2 does not follow the entry before it",
                                         "stream 3 of 0 at 3 points at a record that is not here"));
}

TEST_F(VerifyTest, FindsProjectionsThatDifferFromTheirRebuild) {
  put(site, Table::kCube, "forged", "x");
  EXPECT_THAT(verify(site).findings,
              ElementsAre(HasSubstr(
                  "the projection table \"cube\" (23 rows) differs from its rebuild (22 rows)")));
}

TEST_F(VerifyTest, TellsAScreenfulAndCountsTheRest) {
  for (int i = 0; i < 60; ++i) put(site, Table::kJournal, "short" + std::to_string(i), "x");
  const Verified out = sync::verify_journal(*site.store().snapshot(), site.no());
  EXPECT_EQ(out.findings.size(), sync::kMaxFindings);
  EXPECT_EQ(out.more, 10u);
}

}  // namespace
}  // namespace opora::testing
