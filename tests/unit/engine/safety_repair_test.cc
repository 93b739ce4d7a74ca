// A store that lost its last commits, and the second device that has them.
#include "sync/engine/safety_repair.h"

#include <array>
#include <set>

#include "sync/core/stream.h"
#include "sync/engine/recall.h"
#include "sync/journal/safety_format.h"
#include "sync/projection/verify.h"
#include "tests/support/temp_folder.h"
#include "tests/support/ticket_files.h"
#include "tests/unit/engine/fixture.h"

namespace opora::testing {
namespace {

using sync::OwnCommit;
using sync::SafetyRepair;
using sync::Table;

// Keeps what it is told, as bytes.
class Memory final : public sync::CommitWatcher {
 public:
  bool wants_rows() const override { return true; }
  void before_commit(const OwnCommit& commit) override {
    if (!commit.rows.empty()) frames.push_back(sync::encode_safety_frame(commit));
  }
  void after_commit(const OwnCommit&, const Status&) override {}

  sync::SafetyCommits commits(std::size_t from = 0) const {
    return [this, from](const std::function<bool(const OwnCommit&)>& visit) {
      for (std::size_t i = from; i < frames.size(); ++i) {
        const auto commit = sync::decode_safety_body(std::string_view(frames[i]).substr(8));
        ASSERT_TRUE(commit);
        if (!visit(*commit)) return;
      }
    };
  }
  std::vector<Bytes> frames;
};

class SafetyRepairTest : public EngineCoreTest, public sync::EngineObserver {
 protected:
  SafetyRepairTest() : guarded_(store_, SiteNo{17}, memory_), random_(7) {
    start();
    for (const auto stream : {sync::Stream::kCommonKeys, sync::Stream::kCommon}) {
      sync::ReceivedBatch batch;
      batch.stream = stream;
      batch.peer = kHubSite;
      batch.entries = hub.outgoing(stream);
      if (batch.entries.empty()) continue;
      batch.done = [](const Result<sync::StreamHead>&) {};
      std::vector<sync::Command> none;
      while (!batch.finished()) (void)core_->run(none, std::array{&batch});
    }
  }

  void start() {
    core_ = std::move(sync::EngineCore::open(
                          guarded_,
                          {SiteNo{17}, site.site_key(), [](TimeMs) { return std::int16_t{180}; }},
                          clock, random_, *this)
                          .value());
  }
  Result<sync::Answer> run(sync::Command command) { return run_in(*core_, std::move(command)); }
  Result<sync::Answer> save(const std::string& phone, const char* key) {
    auto command = registering(contact_from(phone, "summary"));
    command.key = key_of(key);
    return run(std::move(command));
  }
  sync::Vault vault() const { return sync::Vault(site.site_key()); }
  static std::vector<std::string> all_rows(const sync::Store& store) {
    std::vector<std::string> out;
    const auto rows = store.snapshot();
    for (std::size_t table = 0; table < sync::kTableCount; ++table) {
      rows->scan(static_cast<Table>(table), "", "", [&](std::string_view key, std::string_view v) {
        out.push_back(std::to_string(table) + " " + to_hex(key) + " " + to_hex(v));
        return true;
      });
    }
    return out;
  }
  SafetyRepair repair(sync::Store& torn, std::size_t from = 0) {
    return repair_from_safety(torn, vault(), SiteNo{17}, memory_.commits(from)).value();
  }

  sync::MemoryStore store_;
  Memory memory_;
  sync::GuardedStore guarded_;
  SeededRandom random_;
  std::unique_ptr<sync::EngineCore> core_;
};

TEST_F(SafetyRepairTest, ALostTailComesBackByteForByte) {
  ASSERT_TRUE(save("8001", "k1").ok());
  const auto torn = store_.copy();
  ASSERT_TRUE(save("8002", "k2").ok());
  ASSERT_TRUE(save("8003", "k3").ok());
  const auto found = repair(*torn);
  EXPECT_EQ(found.found, SafetyRepair::Found::kRepaired);
  EXPECT_EQ(found.part.to, core_->journal_end());
  EXPECT_EQ(all_rows(*torn), all_rows(store_));
  EXPECT_EQ(repair(*torn).found, SafetyRepair::Found::kNothing) << "a second time";
}

TEST_F(SafetyRepairTest, ACommitBesideAnotherIsTakenDownBeforeItIsBegun) {
  const std::size_t before = memory_.frames.size();
  auto of_others = guarded_.begin();
  of_others->put(Table::kMeta, "another's cursor", "");
  const auto wait = guarded_.commit_beside(std::move(of_others));
  EXPECT_EQ(memory_.frames.size(), before);
  EXPECT_FALSE(store_.snapshot()->get(Table::kMeta, "another's cursor")) << "it goes on";
  ASSERT_TRUE(wait().ok());
  EXPECT_TRUE(store_.snapshot()->get(Table::kMeta, "another's cursor"));

  auto own = guarded_.begin();
  own->put(Table::kDedup, "command", "answer");
  const auto wait_own = guarded_.commit_beside(std::move(own));
  EXPECT_EQ(memory_.frames.size(), before + 1);
  EXPECT_TRUE(store_.snapshot()->get(Table::kDedup, "command")) << "at once";
  EXPECT_TRUE(wait_own().ok());
}

TEST_F(SafetyRepairTest, ANewOpeningOfTheStoreIsAmongWhatComesBack) {
  ASSERT_TRUE(save("8001", "k1").ok());
  const auto torn = store_.copy();
  core_.reset();
  start();
  ASSERT_TRUE(save("8002", "k2").ok());
  EXPECT_EQ(repair(*torn).found, SafetyRepair::Found::kRepaired);
  EXPECT_EQ(all_rows(*torn), all_rows(store_));
}

TEST_F(SafetyRepairTest, AWholeStoreIsLeftAlone) {
  ASSERT_TRUE(save("8001", "k1").ok());
  const auto before = all_rows(store_);
  EXPECT_EQ(repair(store_).found, SafetyRepair::Found::kNothing);
  EXPECT_EQ(all_rows(store_), before);
}

TEST_F(SafetyRepairTest, WhatBeginsBehindTheStoresEndWaits) {
  ASSERT_TRUE(save("8001", "k1").ok());
  const auto torn = store_.copy();
  ASSERT_TRUE(save("8002", "k2").ok());
  const std::size_t pruned = memory_.frames.size();
  ASSERT_TRUE(save("8003", "k3").ok());
  const auto before = all_rows(*torn);
  const auto found = repair(*torn, pruned);
  EXPECT_EQ(found.found, SafetyRepair::Found::kWaits);
  EXPECT_EQ(found.part.to, core_->journal_end());
  EXPECT_EQ(all_rows(*torn), before);
}

TEST_F(SafetyRepairTest, AStoreThatWentOnWithoutThemIsNotMergedWithThem) {
  ASSERT_TRUE(save("8001", "k1").ok());
  const auto other = store_.copy();
  ASSERT_TRUE(save("8002", "k2").ok());
  Memory elsewhere;
  sync::GuardedStore watched(*other, SiteNo{17}, elsewhere);
  auto core = std::move(sync::EngineCore::open(
                            watched,
                            {SiteNo{17}, site.site_key(), [](TimeMs) { return std::int16_t{180}; }},
                            clock, random_, *this)
                            .value());
  std::vector<sync::Command> commands;
  commands.push_back(registering(contact_from("8009", "other")));
  commands[0].done = [](const Result<sync::Answer>&) {};
  ASSERT_TRUE(core->run(commands, {}).ok());
  const auto before = all_rows(*other);
  EXPECT_EQ(repair(*other).found, SafetyRepair::Found::kOther);
  EXPECT_EQ(all_rows(*other), before);
}

TEST_F(SafetyRepairTest, RefilledFromTheStoreItHoldsTheSame) {
  ASSERT_TRUE(save("8001", "k1").ok());
  const auto torn = store_.copy();
  const StreamPos from = core_->journal_end();
  ASSERT_TRUE(save("8002", "k2").ok());
  ASSERT_TRUE(save("8003", "k3").ok());
  const auto rows = store_.snapshot();
  const auto refilled = [&](const std::function<bool(const OwnCommit&)>& visit) {
    read_commits(*rows, SiteNo{17}, StreamPos{from.v + 1}, core_->journal_end(), visit);
  };
  EXPECT_EQ(repair_from_safety(*torn, vault(), SiteNo{17}, refilled)->found,
            SafetyRepair::Found::kRepaired);
  EXPECT_EQ(all_rows(*torn), all_rows(store_));
}

// The region has the first two, the second device the third, the store nothing.
class RecallRepairTest : public SafetyRepairTest {
 protected:
  RecallRepairTest() {
    EXPECT_TRUE(save("8001", "k1").ok());
    EXPECT_TRUE(save("8002", "k2").ok());
    const auto rows = store_.snapshot();
    at_hub = sync::own_head(*rows, SiteNo{17}).end;
    pruned = memory_.frames.size();
    EXPECT_TRUE(save("8003", "k3").ok());
    auto txn = wiped.begin();
    sync::begin_recall(*txn, {{}, at_hub, {}}, SiteNo{17});
    sync::scan_journal(*rows, SiteNo{17}, StreamPos{1}, [&](const sync::JournalRow& row) {
      if (row.ref.n > at_hub.pos) return false;
      const auto record = protocol::decode_record(row.record);
      const auto key = vault().find(*rows, record->env.aggregate);
      const Bytes bytes = sync::recall_entry(key ? key->view() : std::string_view(), row.record);
      sync::stage_recalled(*txn, vault(), {row.ref.n, row.chain, bytes}, random_);
      return true;
    });
    put_cursor(*txn, sync::Stream::kRecall, kHubSite, at_hub);
    EXPECT_TRUE(txn->commit().ok());
  }

  sync::MemoryStore wiped;
  sync::StreamHead at_hub;
  std::size_t pruned = 0;  // frames that the region has
};

TEST_F(RecallRepairTest, ARecallGoesOnWithWhatOnlyTheSecondDeviceHas) {
  EXPECT_TRUE(*join_recall(wiped, SiteNo{17}, memory_.commits(pruned)));
  EXPECT_FALSE(*join_recall(wiped, SiteNo{17}, memory_.commits(pruned))) << "a second time";
  ASSERT_TRUE(finish_recall(wiped, vault(), random_).ok());
  EXPECT_EQ(sync::own_head(*wiped.snapshot(), SiteNo{17}),
            sync::own_head(*store_.snapshot(), SiteNo{17}));
  ASSERT_TRUE(wiped.snapshot()->get(Table::kDedup, key_of("k3").id.view()).has_value());
}

// The log was damaged while recalled records moved to their places.
TEST_F(RecallRepairTest, ARecallThatMovesAlreadyTakesKeysOfTheSecondDeviceAlong) {
  wiped.fail_next_commit(sync::CommitFault::kRowsKept);
  EXPECT_FALSE(finish_recall(wiped, vault(), random_).ok());
  wiped.reopen();
  EXPECT_TRUE(*join_recall(wiped, SiteNo{17}, memory_.commits(pruned)));
  ASSERT_TRUE(finish_recall(wiped, vault(), random_).ok());
  const auto rows = wiped.snapshot();
  std::set<AggregateId> sent;
  scan_stream(*rows, sync::Stream::kJournalKeys, SiteNo{17}, StreamPos{1},
              [&](const sync::StreamRow& row) {
                sent.insert(AggregateId::from(row.payload).value_or(AggregateId{}));
                return true;
              });
  sync::scan_journal(*rows, SiteNo{17}, StreamPos{1}, [&](const sync::JournalRow& row) {
    const auto record = protocol::decode_record(row.record);
    if (record->sealed_personal.empty()) return true;
    EXPECT_TRUE(vault().find(*rows, record->env.aggregate)) << "record " << row.ref.n.v;
    const bool known = row.ref.n <= at_hub.pos;
    EXPECT_TRUE(known || sent.contains(record->env.aggregate)) << "record " << row.ref.n.v;
    return true;
  });
}

// What the site did since stands behind what the region had by then: nothing fits in between.
TEST_F(RecallRepairTest, ARecallThatMovesAlreadyTakesNoRecordsBeforeTheSitesOwn) {
  site.must(registering(contact_from("8009", "meanwhile")));
  {
    const auto own = site.store().snapshot();
    auto txn = wiped.begin();
    sync::scan_journal(*own, SiteNo{17}, StreamPos{1}, [&](const sync::JournalRow& row) {
      sync::put_record(*txn, row.ref, row.chain, row.record);
      const auto id = envelope(row).aggregate;
      if (const auto key = vault().find(*own, id)) vault().put(*txn, id, *key, random_);
      return true;
    });
    ASSERT_TRUE(txn->commit().ok());
  }
  wiped.fail_next_commit(sync::CommitFault::kRowsKept);
  EXPECT_FALSE(finish_recall(wiped, vault(), random_).ok());
  wiped.reopen();
  EXPECT_FALSE(*join_recall(wiped, SiteNo{17}, memory_.commits(pruned))) << "it waits for a person";
  ASSERT_TRUE(finish_recall(wiped, vault(), random_).ok());
  std::vector<sync::JournalRow> all;
  sync::scan_journal(*wiped.snapshot(), SiteNo{17}, StreamPos{1}, [&](const auto& row) {
    all.push_back(row);
    return true;
  });
  EXPECT_GT(all.size(), at_hub.pos.v);
  expect_chained(all);
}

// The region acknowledges records, not commits: it may have the first ones of a group.
TEST_F(SafetyRepairTest, OfACommitThatIsHereInPartTheRestFollows) {
  ASSERT_TRUE(save("8001", "k1").ok());
  const auto torn = store_.copy();
  ASSERT_TRUE(save("8002", "k2").ok());  // the number, the contact, the ticket: some records
  const auto whole = sync::decode_safety_body(std::string_view(memory_.frames.back()).substr(8));
  ASSERT_TRUE(whole);
  ASSERT_LT(whole->first, whole->head->end.pos);
  {
    auto txn = torn->begin();
    for (const sync::GuardedRow& row : whole->rows) {
      if (row.table != Table::kJournal) continue;
      txn->put(row.table, row.key, row.value);
      break;
    }
    ASSERT_TRUE(txn->commit().ok());
  }
  const auto found = repair(*torn);
  EXPECT_EQ(found.found, SafetyRepair::Found::kRepaired);
  EXPECT_EQ(found.part.from.v, whole->first.v + 1);
  EXPECT_EQ(sync::own_head(*torn->snapshot(), SiteNo{17}).end.pos, core_->journal_end());
}

// A frame in the middle of the second device is damaged, too.
TEST_F(SafetyRepairTest, WhatComesBeforeAGapComesBackAndTheRestWaits) {
  ASSERT_TRUE(save("8001", "k1").ok());
  const auto torn = store_.copy();
  const auto whole = sync::own_head(*store_.snapshot(), SiteNo{17}).end.pos;
  ASSERT_TRUE(save("8002", "k2").ok());
  const auto before_gap = core_->journal_end();
  const std::size_t gap = memory_.frames.size();
  ASSERT_TRUE(save("8003", "k3").ok());
  ASSERT_TRUE(save("8004", "k4").ok());
  memory_.frames.erase(memory_.frames.begin() + static_cast<std::ptrdiff_t>(gap));
  const auto found = repair(*torn);
  EXPECT_EQ(found.found, SafetyRepair::Found::kWaits);
  EXPECT_EQ(found.part.to, core_->journal_end());
  ASSERT_TRUE(found.before);
  EXPECT_EQ(found.before->from.v, whole.v + 1);
  EXPECT_EQ(found.before->to, before_gap);
  EXPECT_EQ(sync::own_head(*torn->snapshot(), SiteNo{17}).end.pos, before_gap);
}

// The stream of keys was begun anew behind what the region has of it: places are taken otherwise.
TEST_F(SafetyRepairTest, KeysThatComeBackFollowTheStreamAsItIsNow) {
  ASSERT_TRUE(save("8001", "k1").ok());
  const auto torn = store_.copy();
  const auto keys = [](const sync::Store& store) {
    return stream_head(*store.snapshot(), sync::Stream::kJournalKeys, SiteNo{17});
  };
  const sync::StreamHead base{keys(*torn).pos, hash256({"another past"})};
  {
    auto txn = torn->begin();
    restart_stream(*txn, sync::Stream::kJournalKeys, SiteNo{17}, base);
    ASSERT_TRUE(txn->commit().ok());
  }
  ASSERT_TRUE(save("8002", "k2").ok());
  EXPECT_EQ(repair(*torn).found, SafetyRepair::Found::kRepaired);
  EXPECT_EQ(keys(*torn).pos, keys(store_).pos) << "as many entries";
  ChainHash chain = base.chain;
  scan_stream(*torn->snapshot(), sync::Stream::kJournalKeys, SiteNo{17}, StreamPos{base.pos.v + 1},
              [&](const sync::StreamRow& row) {
                chain = hash256({chain.view(), row.payload});
                EXPECT_EQ(row.chain, chain) << "position " << row.pos.v;
                return true;
              });
}

class FilesRepairTest : public SafetyRepairTest {
 protected:
  FilesRepairTest() {
    ticket_ = run(registering(contact_from("8001", "summary"))).ok()
                  ? *AggregateId::from(last_ticket())
                  : AggregateId{};
    file_ = upload_of(ticket_, Bytes(150'000, 'x'), random_);
  }
  sync::FileId id() const { return {ticket_, file_->facts.hash}; }
  void stage() { ASSERT_TRUE(run(staging(ticket_, file_)).ok()); }
  void attach() { ASSERT_TRUE(run(attaching_staged(ticket_, file_)).ok()); }
  Bytes last_ticket() const {
    Bytes out;
    const Bytes tickets(1, static_cast<char>(protocol::Kind::kTicket));
    store_.snapshot()->scan_prefix(Table::kEntity, tickets, [&](std::string_view key, auto) {
      out = key.substr(1);
      return true;
    });
    return out;
  }

  AggregateId ticket_;
  Upload file_;
};

// The power failed in the commit of the record; its chunks were synced before (V6, OFF).
TEST_F(FilesRepairTest, ARecordThatComesBackTakesTheChunksThatWereStagedForIt) {
  stage();
  const auto torn = store_.copy();
  attach();
  const auto found = repair(*torn);
  EXPECT_EQ(found.found, SafetyRepair::Found::kRepaired);
  EXPECT_EQ(found.files_missing, 0u);
  EXPECT_EQ(all_rows(*torn), all_rows(store_)) << "whole, and not in the region yet";
}

TEST_F(FilesRepairTest, AFileWhoseChunksAreGoneIsWantedAndCounted) {
  const auto torn = store_.copy();
  stage();
  attach();
  const auto found = repair(*torn);
  EXPECT_EQ(found.files_missing, 1u);
  const auto rows = torn->snapshot();
  ASSERT_EQ(sync::wanted_files(*rows, {}, {}, 9).size(), 1u);
  EXPECT_FALSE(sync::whole_file(*rows, id()));
  EXPECT_TRUE(sync::staged_files(*rows).empty());
}

TEST_F(FilesRepairTest, AFileOfWhatWaitsForTheRegionIsCountedToo) {
  const auto torn = store_.copy();
  ASSERT_TRUE(save("8002", "k2").ok());
  const std::size_t pruned = memory_.frames.size();
  stage();
  attach();
  const auto found = repair(*torn, pruned);
  EXPECT_EQ(found.found, SafetyRepair::Found::kWaits);
  EXPECT_EQ(found.files_missing, 1u);
}

}  // namespace
}  // namespace opora::testing
