// What an erasure leaves to be removed from the files is removed, by this process or by the next.
#include <future>

#include <gtest/gtest.h>

#include "protocol/base/hash.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/app/app_site.h"
#include "web/app/erasures.h"

namespace opora::app {
namespace {

class PurgerTest : public ::testing::Test {
 protected:
  // As the engine tells it inside the transaction of an event.
  void mark(protocol::EventType type, const AggregateId& id) {
    protocol::Event event;
    event.env.type = type;
    event.env.aggregate = id;
    auto txn = site.store().begin();
    Purger::mark(*txn, event);
    ASSERT_TRUE(txn->commit().ok());
  }
  std::size_t marks() {
    std::size_t count = 0;
    site.store().snapshot()->scan_prefix(sync::Table::kMeta, KeyWriter().text("purge").take(),
                                         [&](std::string_view, std::string_view) {
                                           ++count;
                                           return true;
                                         });
    return count;
  }
  // All that was submitted so far is done, and what that gave to the engine as well.
  void wait() {
    std::promise<void> done;
    ASSERT_TRUE(worker.submit([&] { done.set_value(); }));
    done.get_future().get();
    sync::Command last;
    last.decide = [](sync::Decision&) { return Result<sync::Answer>(sync::Answer{}); };
    site.run(std::move(last));
  }

  AppSite site;
  opora::testing::TempFolder backups;
  ErasureList list{backups.path().string()};
  Worker worker;
  Purger purger{site.store(), worker, site.context().engine, list};
  AggregateId first = id_from("test", {"first"});
  AggregateId second = id_from("test", {"second"});
};

TEST_F(PurgerTest, AnErasureStaysMarkedUntilItIsCarriedOut) {
  mark(protocol::EventType::kErased, first);
  mark(protocol::EventType::kErased, second);
  EXPECT_EQ(marks(), 2u);
  purger.changed({{protocol::Kind::kErasure, first}});
  wait();
  EXPECT_EQ(marks(), 1u);
}

TEST_F(PurgerTest, TheNextStartCarriesOutWhatAStopOvertook) {
  mark(protocol::EventType::kErased, first);
  mark(protocol::EventType::kErased, second);
  purger.resume();
  wait();
  EXPECT_EQ(marks(), 0u);
}

TEST_F(PurgerTest, AnErasureStandsBesideTheBackupsBeforeItIsDone) {
  mark(protocol::EventType::kErased, first);
  mark(protocol::EventType::kErased, second);
  purger.changed({{protocol::Kind::kErasure, first}});
  wait();
  EXPECT_EQ(read_erasure_list(backups.path().string()), std::vector{first});
  purger.resume();
  wait();
  EXPECT_EQ(read_erasure_list(backups.path().string()).size(), 2u);
}

TEST_F(PurgerTest, AnErasureThatCannotBeListedIsLeftToTheNextStart) {
  ErasureList nowhere((backups / "not-there").string());
  Purger unlucky(site.store(), worker, site.context().engine, nowhere);
  mark(protocol::EventType::kErased, first);
  unlucky.changed({{protocol::Kind::kErasure, first}});
  wait();
  EXPECT_EQ(marks(), 1u);
  purger.resume();
  wait();
  EXPECT_EQ(marks(), 0u);
  EXPECT_EQ(read_erasure_list(backups.path().string()), std::vector{first});
}

TEST_F(PurgerTest, NothingButAnErasureIsMarked) {
  mark(protocol::EventType::kTicketOpened, first);
  EXPECT_EQ(marks(), 0u);
  purger.changed({{protocol::Kind::kTicket, first}});
  wait();
}

}  // namespace
}  // namespace opora::app
