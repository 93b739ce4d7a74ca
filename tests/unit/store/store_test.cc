// What the store port promises (sync/journal/kv.h), for every implementation.
#include <atomic>
#include <map>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "sync/journal/commit_beside.h"
#include "tests/unit/store/harness.h"

namespace opora::sync {
namespace {

struct Implementation {
  const char* name;
  std::unique_ptr<StoreHarness> (*make)();
};

class StoreTest : public ::testing::TestWithParam<Implementation> {
 protected:
  Store& store() { return harness_->store(); }
  CommitWaiter commit_beside(std::unique_ptr<Transaction> txn) {
    return dynamic_cast<CommitsBeside&>(store()).commit_beside(std::move(txn));
  }

  void commit(const RowList& list, Table table = Table::kEntity) {
    auto t = store().begin();
    for (const auto& [key, value] : list) t->put(table, key, value);
    ASSERT_TRUE(t->commit().ok());
  }
  RowList now(Table table = Table::kEntity) { return rows(*store().snapshot(), table); }

  std::unique_ptr<StoreHarness> harness_ = GetParam().make();
};

TEST_P(StoreTest, AMissingRowIsNothing) {
  EXPECT_EQ(store().snapshot()->get(Table::kEntity, "a"), std::nullopt);
  EXPECT_EQ(store().begin()->get(Table::kEntity, "a"), std::nullopt);
}

TEST_P(StoreTest, ATransactionReadsItsOwnWrites) {
  commit({{"a", "old"}, {"b", "old"}});
  auto t = store().begin();
  t->put(Table::kEntity, "a", "new");
  t->erase(Table::kEntity, "b");
  t->put(Table::kEntity, "c", "");
  EXPECT_EQ(t->get(Table::kEntity, "a"), "new");
  EXPECT_EQ(t->get(Table::kEntity, "b"), std::nullopt);
  EXPECT_EQ(t->get(Table::kEntity, "c"), "");
  EXPECT_EQ(rows(*t, Table::kEntity), (RowList{{"a", "new"}, {"c", ""}}));
}

TEST_P(StoreTest, TheLastWriteOfARowWins) {
  auto t = store().begin();
  t->put(Table::kEntity, "a", "1");
  t->erase(Table::kEntity, "a");
  t->put(Table::kEntity, "b", "1");
  t->put(Table::kEntity, "b", "2");
  t->erase(Table::kEntity, "c");
  t->put(Table::kEntity, "c", "3");
  const RowList expected{{"b", "2"}, {"c", "3"}};
  EXPECT_EQ(rows(*t, Table::kEntity), expected);
  ASSERT_TRUE(t->commit().ok());
  EXPECT_EQ(now(), expected);
}

TEST_P(StoreTest, ADroppedTransactionLeavesNothing) {
  {
    auto t = store().begin();
    t->put(Table::kEntity, "a", "1");
  }
  EXPECT_TRUE(now().empty());
}

TEST_P(StoreTest, NobodySeesATransactionBeforeItsCommit) {
  auto t = store().begin();
  t->put(Table::kEntity, "a", "1");
  EXPECT_TRUE(now().empty());
  ASSERT_TRUE(t->commit().ok());
  EXPECT_EQ(now().size(), 1u);
}

TEST_P(StoreTest, AnEmptyCommitIsFine) { EXPECT_TRUE(store().begin()->commit().ok()); }

TEST_P(StoreTest, TablesAreApart) {
  auto t = store().begin();
  for (std::size_t i = 0; i < kTableCount; ++i)
    t->put(static_cast<Table>(i), "key", std::to_string(i));
  ASSERT_TRUE(t->commit().ok());
  for (std::size_t i = 0; i < kTableCount; ++i) {
    EXPECT_EQ(now(static_cast<Table>(i)), (RowList{{"key", std::to_string(i)}}));
  }
}

TEST_P(StoreTest, AScanVisitsItsRangeInBothDirections) {
  commit({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}});
  const auto reader = store().snapshot();
  EXPECT_EQ(rows(*reader, Table::kEntity, "b", "d"), (RowList{{"b", "2"}, {"c", "3"}}));
  EXPECT_EQ(rows(*reader, Table::kEntity, "b", "d", Walk::kBackward),
            (RowList{{"c", "3"}, {"b", "2"}}));
  EXPECT_EQ(rows(*reader, Table::kEntity, "bb", "cc"), (RowList{{"c", "3"}}));
  EXPECT_EQ(rows(*reader, Table::kEntity, "c", ""), (RowList{{"c", "3"}, {"d", "4"}}));
  EXPECT_EQ(rows(*reader, Table::kEntity, "c", "", Walk::kBackward),
            (RowList{{"d", "4"}, {"c", "3"}}));
}

TEST_P(StoreTest, AnEmptyOrInvertedRangeHasNoRows) {
  commit({{"a", "1"}, {"b", "2"}, {"c", "3"}});
  auto t = store().begin();
  t->put(Table::kEntity, "bb", "4");
  for (const Walk walk : {Walk::kForward, Walk::kBackward}) {
    EXPECT_TRUE(rows(*t, Table::kEntity, "b", "b", walk).empty());
    EXPECT_TRUE(rows(*t, Table::kEntity, "c", "a", walk).empty());
    EXPECT_TRUE(rows(*store().snapshot(), Table::kEntity, "c", "a", walk).empty());
  }
}

TEST_P(StoreTest, AVisitorStopsTheScan) {
  commit({{"a", "1"}, {"b", "2"}, {"c", "3"}});
  auto t = store().begin();
  t->put(Table::kEntity, "aa", "4");
  int visited = 0;
  const RowVisitor first_two = [&visited](std::string_view, std::string_view) {
    return ++visited < 2;
  };
  t->scan(Table::kEntity, "", "", first_two);
  EXPECT_EQ(std::exchange(visited, 0), 2);
  t->scan_back(Table::kEntity, "", "", first_two);
  EXPECT_EQ(std::exchange(visited, 0), 2);
  store().snapshot()->scan(Table::kEntity, "", "", first_two);
  EXPECT_EQ(visited, 2);
}

TEST_P(StoreTest, APrefixOfTheHighestBytesHasNoEnd) {
  commit({{"\xfe", "1"}, {"\xff", "2"}, {"\xff\xff", "3"}, {"\xff\xff\x01", "4"}});
  RowList found;
  store().snapshot()->scan_prefix(Table::kEntity, "\xff\xff",
                                  [&](std::string_view k, std::string_view v) {
                                    found.emplace_back(k, v);
                                    return true;
                                  });
  EXPECT_EQ(found, (RowList{{"\xff\xff", "3"}, {"\xff\xff\x01", "4"}}));
}

TEST_P(StoreTest, APrefixScanEndsBeforeItsNeighbour) {
  commit({{"ab", "1"}, {"ab\xff\xff", "2"}, {"ac", "3"}});
  EXPECT_EQ(rows(*store().snapshot(), Table::kEntity, "ab", prefix_end("ab")),
            (RowList{{"ab", "1"}, {"ab\xff\xff", "2"}}));
}

TEST_P(StoreTest, KeysAndValuesAreAnyBytes) {
  const std::string zeros("\0\0", 2);
  commit({{"", "empty key"}, {zeros, zeros}});
  EXPECT_EQ(now(), (RowList{{"", "empty key"}, {zeros, zeros}}));
  EXPECT_EQ(store().snapshot()->get(Table::kEntity, ""), "empty key");
}

// A transaction's reads against a model, over committed rows, rows whose commit goes on, own puts
// and own erasures, for many ranges.
TEST_P(StoreTest, ATransactionReadsWhatAnOrderedMapWould) {
  std::mt19937 random(42);
  const auto key = [&random] {
    std::string k;
    for (unsigned size = random() % 3; k.size() <= size;)
      k.push_back(static_cast<char>('a' + random() % 3));
    return k;
  };
  std::map<std::string, std::string> model;
  const auto in_model = [&model](const std::string& from, const std::string& to) {
    RowList out;
    for (const auto& [k, v] : model) {
      if (k >= from && (to.empty() || k < to)) out.emplace_back(k, v);
    }
    return out;
  };
  CommitWaiter under_way = ok_status;
  for (int round = 0; round < 60; ++round) {
    auto t = store().begin();
    for (int step = 0; step < 12; ++step) {
      const std::string k = key();
      if (random() % 2 == 0) {
        model[k] = std::to_string(step);
        t->put(Table::kIndex, k, model[k]);
      } else {
        model.erase(k);
        t->erase(Table::kIndex, k);
      }
      const std::string from = random() % 4 == 0 ? "" : key();
      const std::string to = random() % 4 == 0 ? "" : key();
      RowList expected = in_model(from, to);
      ASSERT_EQ(rows(*t, Table::kIndex, from, to), expected) << from << ".." << to;
      std::reverse(expected.begin(), expected.end());
      ASSERT_EQ(rows(*t, Table::kIndex, from, to, Walk::kBackward), expected) << from << ".." << to;
      const auto row = model.find(k);
      ASSERT_EQ(t->get(Table::kIndex, k),
                row == model.end() ? std::nullopt : std::optional(row->second));
    }
    ASSERT_TRUE(std::exchange(under_way, ok_status)().ok());
    if (random() % 2 == 0) {
      under_way = commit_beside(std::move(t));
    } else {
      ASSERT_TRUE(t->commit().ok());
    }
  }
  ASSERT_TRUE(under_way().ok());
  EXPECT_EQ(now(Table::kIndex), in_model("", ""));
}

TEST_P(StoreTest, WhatWasCommittedBesideSurvivesAPowerCutOnceItsWaiterSaidOk) {
  auto first = store().begin();
  first->put(Table::kEntity, "a", "1");
  const auto wait = commit_beside(std::move(first));
  auto second = store().begin();
  EXPECT_EQ(second->get(Table::kEntity, "a"), "1");
  second->erase(Table::kEntity, "a");
  second->put(Table::kEntity, "b", "2");
  ASSERT_TRUE(wait().ok());
  EXPECT_EQ(now(), (RowList{{"a", "1"}}));
  ASSERT_TRUE(commit_beside(std::move(second))().ok());
  harness_->cut_power_and_reopen();
  EXPECT_EQ(now(), (RowList{{"b", "2"}}));
}

TEST_P(StoreTest, ACommitBesideThatFailsSaysSoAndPoisons) {
  commit({{"a", "1"}});
  harness_->break_sync();
  auto t = store().begin();
  t->put(Table::kEntity, "b", "2");
  const auto wait = commit_beside(std::move(t));
  auto next = store().begin();
  next->put(Table::kEntity, "c", "3");
  EXPECT_FALSE(wait().ok());
  EXPECT_FALSE(next->commit().ok());
  EXPECT_FALSE(harness_->healthy());
}

TEST_P(StoreTest, ASnapshotKeepsWhatItSaw) {
  commit({{"a", "1"}, {"b", "1"}});
  const auto before = store().snapshot();
  auto t = store().begin();
  t->put(Table::kEntity, "a", "2");
  t->erase(Table::kEntity, "b");
  t->put(Table::kEntity, "c", "2");
  ASSERT_TRUE(t->commit().ok());
  EXPECT_EQ(rows(*before, Table::kEntity), (RowList{{"a", "1"}, {"b", "1"}}));
  EXPECT_EQ(before->get(Table::kEntity, "c"), std::nullopt);
  EXPECT_EQ(now(), (RowList{{"a", "2"}, {"c", "2"}}));
}

TEST_P(StoreTest, ReadersOnOtherThreadsSeeWholeCommits) {
  std::atomic<bool> done = false;
  std::atomic<int> torn = 0;
  commit({{"x", "0"}, {"y", "0"}});
  std::thread reader([&] {
    while (!done) {
      const auto snapshot = store().snapshot();
      if (snapshot->get(Table::kEntity, "x") != snapshot->get(Table::kEntity, "y")) ++torn;
    }
  });
  for (int i = 1; i <= 200; ++i) commit({{"x", std::to_string(i)}, {"y", std::to_string(i)}});
  done = true;
  reader.join();
  EXPECT_EQ(torn, 0);
}

TEST_P(StoreTest, AfterAPowerCutThereIsWhatWasCommittedAndNothingElse) {
  commit({{"a", "1"}});
  commit({{"b", "2"}}, Table::kJournal);
  auto unfinished = store().begin();
  unfinished->put(Table::kEntity, "c", "3");
  unfinished.reset();
  harness_->cut_power_and_reopen();
  EXPECT_EQ(now(), (RowList{{"a", "1"}}));
  EXPECT_EQ(now(Table::kJournal), (RowList{{"b", "2"}}));
  commit({{"d", "4"}});
  harness_->cut_power_and_reopen();
  EXPECT_EQ(now(), (RowList{{"a", "1"}, {"d", "4"}}));
}

TEST_P(StoreTest, AFailedSyncPoisonsTheStoreUntilItIsOpenedAgain) {
  commit({{"a", "1"}});
  harness_->break_sync();
  auto failing = store().begin();
  failing->put(Table::kEntity, "b", "2");
  failing->put(Table::kJournal, "b", "2");
  const Status failed = failing->commit();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, Code::kUnavailable);
  EXPECT_FALSE(harness_->healthy());

  auto refused = store().begin();
  refused->put(Table::kEntity, "c", "3");
  const Status second = refused->commit();
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, Code::kUnavailable);

  failing.reset();
  refused.reset();
  harness_->cut_power_and_reopen();
  EXPECT_TRUE(harness_->healthy());
  const auto reader = store().snapshot();
  EXPECT_EQ(reader->get(Table::kEntity, "a"), "1");
  EXPECT_EQ(reader->get(Table::kEntity, "b"), reader->get(Table::kJournal, "b"))
      << "half a transaction";
  EXPECT_EQ(reader->get(Table::kEntity, "c"), std::nullopt);
  commit({{"d", "4"}});
}

// The first commit of all may begin a log.
TEST_P(StoreTest, SaysOnceThatACommitIsDurableBeforeItReturns) {
  commit({{"a", "1"}});
  auto t = store().begin();
  t->put(Table::kEntity, "b", "2");
  int told = 0;
  ASSERT_TRUE(t->commit_telling([&] { ++told; }).ok());
  EXPECT_EQ(told, 1);
  EXPECT_EQ(now(), (RowList{{"a", "1"}, {"b", "2"}}));
}

TEST_P(StoreTest, WhoWasToldOfACommitFindsItsRows) {
  commit({{"0", "0"}});
  constexpr int kCommits = 300;
  std::atomic<int> told{0};
  std::thread reader([&] {
    for (int seen = 0; seen < kCommits;) {
      seen = told.load();
      const auto row = store().snapshot()->get(Table::kEntity, "n");
      EXPECT_GE(row ? std::stoi(*row) : 0, seen);
    }
  });
  for (int i = 1; i <= kCommits; ++i) {
    auto t = store().begin();
    t->put(Table::kEntity, "n", std::to_string(i));
    EXPECT_TRUE(t->commit_telling([&] { told = i; }).ok());
    told = i;
  }
  reader.join();
}

TEST_P(StoreTest, SaysNothingOfACommitWhoseSyncFailed) {
  commit({{"a", "1"}});
  harness_->break_sync();
  auto t = store().begin();
  t->put(Table::kEntity, "b", "2");
  EXPECT_FALSE(t->commit_telling([] { ADD_FAILURE() << "told"; }).ok());
}

TEST_P(StoreTest, CompactingKeepsTheRows) {
  commit({{"a", "1"}, {"b", "2"}, {"\xff", "3"}});
  auto t = store().begin();
  t->erase(Table::kEntity, "a");
  ASSERT_TRUE(t->commit().ok());
  EXPECT_TRUE(store().compact(Table::kEntity, "a").ok());
  EXPECT_TRUE(store().compact(Table::kEntity, "\xff").ok());
  EXPECT_TRUE(store().compact(Table::kEntity, "").ok());
  EXPECT_EQ(now(), (RowList{{"b", "2"}, {"\xff", "3"}}));
}

TEST_P(StoreTest, AVisitorThatWritesIsABug) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  commit({{"a", "1"}});
  auto t = store().begin();
  EXPECT_DEATH(t->scan(Table::kEntity, "", "",
                       [&t](std::string_view key, std::string_view) {
                         t->erase(Table::kEntity, key);
                         return true;
                       }),
               "check failed");
}

const Implementation kImplementations[] = {{"memory", memory_harness}, {"rocks", rocks_harness}};

std::string name_of(const ::testing::TestParamInfo<Implementation>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Both, StoreTest, ::testing::ValuesIn(kImplementations), name_of);

}  // namespace
}  // namespace opora::sync
