// A second device that refuses at a start (OFF): the site works on, and writes over nothing there.
#include "web/app/safety_check.h"

#include <gtest/gtest.h>

#include "sync/projection/projection.h"
#include "tests/support/region.h"
#include "tests/support/temp_folder.h"

namespace opora::app {
namespace {

namespace fs = std::filesystem;
using testing::TempFolder;

constexpr SiteNo kSelf{17};

class SafetyCheckTest : public ::testing::Test {
 protected:
  SafetyCheckTest() {
    hub.must(testing::publishing({{"appointment", "call", "appointments", "Запись на приём"}}));
    testing::replicate(hub, site);
    site.save(testing::contact_from("89123456781", "one"));
    const StreamPos pruned = end();
    site.save(testing::contact_from("89123456782", "two"));
    // Begins behind the end of a store that is empty: it must be put aside.
    auto journal = sync::SafetyJournal::open(safety(), kSelf).value();
    const auto rows = site.store().snapshot();
    EXPECT_TRUE(journal
                    ->begin_writing([&](const auto& visit) {
                      read_commits(*rows, kSelf, StreamPos{pruned.v + 1}, end(), visit);
                    })
                    .ok());
  }
  StreamPos end() { return sync::own_head(*site.store().snapshot(), kSelf).end.pos; }
  fs::path safety() const { return folder_ / "safety"; }
  std::unique_ptr<sync::RocksStore> empty_store() {
    return std::move(sync::RocksStore::open(folder_ / "store").value());
  }
  sync::Vault vault() const { return sync::Vault(site.site_key()); }

  TempFolder folder_;
  testing::ManualClock clock;
  testing::TestSite hub{kHubSite, clock};
  testing::TestSite site{kSelf, clock};
};

TEST_F(SafetyCheckTest, WhatCannotBePutAsideStaysWhereItIs) {
  fs::create_symlink(folder_ / "nowhere" / "at all", safety() / "aside-1");
  const auto store = empty_store();
  SafetyCheck check(safety(), kSelf, clock.now());
  const auto repaired = check.repair(*store, vault());
  ASSERT_TRUE(repaired.ok());
  EXPECT_FALSE(*repaired);
  EXPECT_NE(check.why(), "");
  EXPECT_EQ(check.take(), nullptr);
  EXPECT_TRUE(fs::exists(safety() / "00000001.segment"));
  ASSERT_EQ(losses(*store->snapshot()).size(), 1u);

  fs::remove(safety() / "aside-1");
  SafetyCheck again(safety(), kSelf, clock.now());
  ASSERT_TRUE(again.repair(*store, vault()).ok());
  EXPECT_EQ(again.why(), "");
  EXPECT_NE(again.take(), nullptr);
  EXPECT_TRUE(fs::exists(safety() / "aside-1" / "00000001.segment"));
}

TEST_F(SafetyCheckTest, WhatCannotBeReadIsNotWrittenOver) {
  const auto store = empty_store();
  SafetyCheck check(safety(), kSelf, clock.now());
  fs::rename(safety() / "00000001.segment", folder_ / "gone for a while");
  ASSERT_TRUE(check.repair(*store, vault()).ok());
  EXPECT_NE(check.why(), "");
  EXPECT_EQ(check.take(), nullptr);
}

}  // namespace
}  // namespace opora::app
