// Whom a look at the calls back that are due comes to (O7).
#include "node/call_back_watch.h"

#include <gtest/gtest.h>

#include "protocol/base/hash.h"
#include "sync/journal/memory_store.h"

namespace opora::node {
namespace {

constexpr SiteNo kHere{17};
constexpr TimeMs kNow{1'795'152'667'250};

class DueTasks : public ::testing::Test {
 protected:
  AggregateId open(int no, TimeMs again_at) {
    const AggregateId id = id_from("task", {std::to_string(no)});
    auto txn = store_.begin();
    txn->put(sync::Table::kIndex,
             KeyWriter()
                 .raw(protocol::keys::call_backs(protocol::keys::CallBackRows::kOpen, kHere))
                 .i64(again_at.v)
                 .raw(id.view())
                 .take(),
             "");
    EXPECT_TRUE(txn->commit().ok());
    return id;
  }
  std::vector<AggregateId> next(TimeMs now = kNow) {
    return round_.next(*store_.snapshot(), kHere, now, 2);
  }

  sync::MemoryStore store_;
  DueRound round_;
};

TEST_F(DueTasks, AreAllComeToInTurnHoweverManyStayWhereTheyAre) {
  std::vector<AggregateId> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(open(i, kNow + (i - 10)));
  open(9, kNow + 1);
  EXPECT_EQ(next(), (std::vector{ids[0], ids[1]}));
  EXPECT_EQ(next(), (std::vector{ids[2], ids[3]}));
  EXPECT_EQ(next(), (std::vector{ids[4]}));
  EXPECT_EQ(next(), (std::vector{ids[0], ids[1]}));
}

TEST_F(DueTasks, AreComeToFromTheFirstWhenTheClockWasSetBack) {
  const AggregateId first = open(0, kNow + -10'000);
  open(1, kNow + -2);
  open(2, kNow + -1);
  EXPECT_EQ(next().size(), 2U);
  EXPECT_EQ(next(kNow + -5'000), std::vector{first});
}

}  // namespace
}  // namespace opora::node
