// A store that lost its last commits, and the second device that has them.
#include "sync/engine/safety_repair.h"

#include <array>

#include "sync/core/stream.h"
#include "sync/engine/recall.h"
#include "sync/journal/safety_format.h"
#include "sync/projection/verify.h"
#include "tests/support/temp_folder.h"
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
  EXPECT_EQ(found.to, core_->journal_end());
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
  EXPECT_EQ(found.to, core_->journal_end());
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
TEST_F(SafetyRepairTest, ARecallGoesOnWithWhatOnlyTheSecondDeviceHas) {
  ASSERT_TRUE(save("8001", "k1").ok());
  ASSERT_TRUE(save("8002", "k2").ok());
  const auto rows = store_.snapshot();
  const sync::StreamHead at_hub = sync::own_head(*rows, SiteNo{17}).end;
  const std::size_t pruned = memory_.frames.size();
  const auto third = save("8003", "k3");
  ASSERT_TRUE(third.ok());
  sync::MemoryStore wiped;
  {
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
    ASSERT_TRUE(txn->commit().ok());
  }
  EXPECT_TRUE(*join_recall(wiped, SiteNo{17}, memory_.commits(pruned)));
  EXPECT_FALSE(*join_recall(wiped, SiteNo{17}, memory_.commits(pruned))) << "a second time";
  ASSERT_TRUE(finish_recall(wiped, vault(), random_).ok());
  EXPECT_EQ(sync::own_head(*wiped.snapshot(), SiteNo{17}),
            sync::own_head(*store_.snapshot(), SiteNo{17}));
  ASSERT_TRUE(wiped.snapshot()->get(Table::kDedup, key_of("k3").id.view()).has_value());
}

}  // namespace
}  // namespace opora::testing
