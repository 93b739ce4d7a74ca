// Once per user, record and ten minutes; and what is written of it.
#include "web/app/read_audit.h"

#include <gtest/gtest.h>

#include "protocol/base/archive.h"
#include "protocol/base/hash.h"
#include "sync/projection/projection.h"
#include "tests/unit/app/app_site.h"

namespace opora::app {
namespace {

constexpr TimeMs kNow{1'800'000'000'000};
using Records = std::vector<AggregateId>;

AggregateId named(const std::string& name) { return id_from("test", {name}); }

class Memory : public ::testing::Test {
 protected:
  Records fresh(const std::string& user, const Records& records, std::int64_t after_ms = 0) {
    return memory.fresh(named(user), records, kNow + after_ms);
  }
  ReadMemory memory;
  Records one{named("contact")};
  Records two{named("contact"), named("ticket")};
};

TEST_F(Memory, TellsOfARecordOnceInTenMinutes) {
  EXPECT_EQ(fresh("anna", one), one);
  EXPECT_EQ(fresh("anna", one), Records{});
  EXPECT_EQ(fresh("anna", one, ReadMemory::kQuietMs - 1), Records{});
  EXPECT_EQ(fresh("anna", one, ReadMemory::kQuietMs), one);
  EXPECT_EQ(fresh("anna", one, ReadMemory::kQuietMs + 1), Records{});
}

TEST_F(Memory, TellsOfEachUserAndOfEachRecord) {
  EXPECT_EQ(fresh("anna", one), one);
  EXPECT_EQ(fresh("boris", one), one);
  EXPECT_EQ(fresh("anna", two), Records{named("ticket")});
}

TEST_F(Memory, TellsOfARecordThatStandsTwiceOnOnePageOnce) {
  EXPECT_EQ(fresh("anna", {one.front(), one.front()}), one);
}

TEST_F(Memory, TellsAgainWhatCouldNotBeWritten) {
  EXPECT_EQ(fresh("anna", two), two);
  memory.forget(named("anna"), one);
  EXPECT_EQ(fresh("anna", two), one);
}

TEST_F(Memory, TellsAgainWhenTheClockWasSetBack) {
  EXPECT_EQ(fresh("anna", one), one);
  EXPECT_EQ(fresh("anna", one, -1), one);
}

TEST_F(Memory, StaysSmallAndForgetsTheOldFirst) {
  const auto page = [](int number) {
    Records out;
    for (int i = 0; i < 200; ++i) out.push_back(named(std::to_string(number * 200 + i)));
    return out;
  };
  const int half = static_cast<int>(ReadMemory::kMaxKnown) / 200 / 2;
  for (int i = 0; i < half; ++i) fresh("anna", page(i));
  EXPECT_EQ(fresh("boris", one, ReadMemory::kQuietMs), one);
  for (int i = 0; i < half; ++i) fresh("boris", page(i), ReadMemory::kQuietMs);
  EXPECT_EQ(fresh("boris", one, ReadMemory::kQuietMs), Records{}) << "the old made room";
  for (int i = 0; i < 10 * half; ++i) fresh("clara", page(i), ReadMemory::kQuietMs);
  EXPECT_LE(memory.size(), ReadMemory::kMaxKnown);
}

class NotedRead : public ::testing::Test {
 protected:
  NotedRead() {
    site.make_local(anna);
    browser = site.browser(anna);
  }
  // Somebody's call at this site; the rubricator comes from the hub as it does.
  AggregateId contact() {
    site.learn_rubricator();
    const auto answer = site.run(testing::registering(testing::contact_from("+7 900 123-45-67")));
    return from_row<testing::Saved>(answer).value().contact;
  }
  User reader() {
    User user;
    user.id = user_id;
    return user;
  }
  // All that were noted, newest first, once the engine has done what it was told.
  std::vector<protocol::ReadState> reads() {
    sync::Command last;
    last.decide = [](sync::Decision&) { return Result<sync::Answer>(sync::Answer{}); };
    site.run(std::move(last));
    std::vector<protocol::ReadState> out;
    const auto rows = site.store().snapshot();
    rows->scan_prefix(
        sync::Table::kIndex, protocol::keys::reads(), [&](std::string_view key, std::string_view) {
          const auto entity =
              sync::read_entity(*rows, protocol::Kind::kRead, protocol::keys::id_of(key));
          out.push_back(*entity.as<protocol::ReadState>());
          return true;
        });
    return out;
  }

  Person anna = operator_of("anna");
  AggregateId user_id = named("anna");
  AppSite site;
  Browser browser;
};

TEST_F(NotedRead, IsAnEventOfTheReaderInTheSitesJournal) {
  note_read(site.context(), reader(), protocol::ReadFrom::kCaller,
            {{named("a"), named("b")}, {named("t")}});
  const auto noted = reads();
  ASSERT_EQ(noted.size(), 1u);
  EXPECT_EQ(noted[0].origin, AppSite::kSite);
  EXPECT_EQ(noted[0].by, user_id);
  EXPECT_EQ(noted[0].from, protocol::ReadFrom::kCaller);
  EXPECT_EQ(noted[0].contacts, (Records{named("a"), named("b")}));
  EXPECT_EQ(noted[0].tickets, Records{named("t")});
}

TEST_F(NotedRead, NamesOnlyWhatIsNewAndIsNothingWhenNothingIs) {
  note_read(site.context(), reader(), protocol::ReadFrom::kContacts, {{named("a")}, {}});
  note_read(site.context(), reader(), protocol::ReadFrom::kContacts,
            {{named("a"), named("b")}, {}});
  note_read(site.context(), reader(), protocol::ReadFrom::kContact, {{named("b")}, {}});
  note_read(site.context(), reader(), protocol::ReadFrom::kTickets, {{}, {}});
  const auto noted = reads();
  ASSERT_EQ(noted.size(), 2u);
  EXPECT_EQ(noted[0].contacts, Records{named("b")});
  site.clock().advance(ReadMemory::kQuietMs);
  note_read(site.context(), reader(), protocol::ReadFrom::kContact, {{named("b")}, {}});
  EXPECT_EQ(reads().size(), 3u);
}

TEST_F(NotedRead, IsOfACardThatStillNamesSomebody) {
  const auto id = contact();
  const std::string path = "/api/v1/contacts/" + id.hex();
  EXPECT_EQ(site.get(browser, path).status, 200);
  ASSERT_EQ(reads().size(), 1u);
  EXPECT_EQ(reads()[0].contacts, Records{id});
  site.run(testing::erasing({id}, "заявление"));
  site.clock().advance(ReadMemory::kQuietMs);
  EXPECT_EQ(site.get(browser, path).status, 200);
  EXPECT_EQ(reads().size(), 1u);
}

TEST_F(NotedRead, IsNoneWhereTheReaderWasRefused) {
  const auto id = contact();
  EXPECT_EQ(site.get({}, "/api/v1/contacts/" + id.hex()).status, 401);
  EXPECT_EQ(site.get({}, "/api/v1/contacts").status, 401);
  EXPECT_TRUE(reads().empty());
}

TEST_F(NotedRead, IsListedForAsLongAsReadsAreKept) {
  const Person auditor{"auditor", protocol::roles_of({protocol::Role::kAuditor}),
                       "secret-of-auditor"};
  site.make_local(auditor);
  note_read(site.context(), reader(), protocol::ReadFrom::kContact, {{named("a")}, {}});
  ASSERT_EQ(reads().size(), 1u);
  const auto listed = [&] { return site.get(site.browser(auditor), "/api/v1/audit").body; };
  const auto kept = std::chrono::milliseconds(site.context().audit_days).count();
  site.clock().advance(kept - 1'000);
  EXPECT_NE(listed().find(named("a").hex()), std::string::npos);
  site.clock().advance(2'000);
  EXPECT_EQ(listed().find(named("a").hex()), std::string::npos);
  EXPECT_EQ(reads().size(), 1u) << "the journal and its rows forget nothing";
}

}  // namespace
}  // namespace opora::app
