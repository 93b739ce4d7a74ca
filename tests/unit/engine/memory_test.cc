#include <algorithm>
#include <random>

#include "tests/unit/engine/fixture.h"

namespace opora::testing {
namespace {

using protocol::CallStep;
using protocol::Kind;
using protocol::PersonalField;
using sync::Stream;
using sync::Table;
using What = protocol::TicketAction::What;

// What an engine keeps in memory between transactions (who is erased, who waits for a key, which
// keys were open last, the rubricator, the sites) must never change what it writes. Here one hub
// receives the same entries as another and begins anew before each of them, so that it remembers
// nothing.
class EngineMemoryTest : public EngineCoreTest {
 protected:
  // Contacts with and without tickets, calls, comments, and erasures of some, in between and more
  // than once.
  void things_happen(std::mt19937_64& dice) {
    std::vector<Saved> saved;
    for (int i = 0; i < 12; ++i) {
      const std::string no = std::to_string(i);
      if (dice() % 2 == 0) whole_call("c" + no, i * 100, "101");
      saved.push_back(site.save(contact_from("8912345670" + no, dice() % 2 == 0 ? "принтер" : "")));
      const Saved& one = saved[dice() % saved.size()];
      if (one.counter != 0)
        (void)site.run(acting(one.ticket, {What::kComment, 1, "", {}, "жду запчасть"}));
      if (dice() % 4 == 0) site.must(erasing({one.contact, one.ticket}, "заявление № " + no));
    }
  }

  struct Sent {
    Stream stream;
    sync::Entry entry;
  };
  // Records and keys, each in order, dealt into each other at random: a record may come long before
  // its key and a key before its record.
  std::vector<Sent> deal(std::mt19937_64& dice) {
    const auto records = site.outgoing(Stream::kJournal);
    const auto keys = site.outgoing(Stream::kJournalKeys);
    std::vector<Sent> out;
    for (std::size_t r = 0, k = 0; r + k < records.size() + keys.size();) {
      const bool key = r == records.size() || (k < keys.size() && dice() % 3 == 0);
      if (key) out.push_back({Stream::kJournalKeys, keys[k++]});
      else out.push_back({Stream::kJournal, records[r++]});
    }
    return out;
  }

  // Data keys opened: what wraps them is random.
  static std::vector<std::string> keys_of_hub(TestSite& hub) {
    std::vector<std::string> out;
    const auto rows = hub.store().snapshot();
    rows->scan(Table::kKeys, "", "", [&](std::string_view id, std::string_view) {
      const auto key = hub.core().vault().find(*rows, *AggregateId::from(id));
      out.push_back(to_hex(id) + " " + (key ? to_hex(key->view()) : "closed"));
      return true;
    });
    return out;
  }
};

TEST_F(EngineMemoryTest, EndsInTheSameRowsAsAnEngineThatBeginsAnewBeforeEachEntry) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    std::mt19937_64 dice(seed);
    things_happen(dice);
    TestSite remembering{kHubSite, clock};
    TestSite forgetful{kHubSite, clock};
    for (TestSite* at : {&remembering, &forgetful})
      at->must(publishing({{"appointment", "call", "appointments", "Запись на приём"}}));
    for (const Sent& sent : deal(dice)) {
      forgetful.reopen();
      for (TestSite* at : {&remembering, &forgetful})
        ASSERT_TRUE(at->receive(sent.stream, site.no(), {sent.entry}).ok());
      ASSERT_EQ(remembering.projection_rows(), forgetful.projection_rows()) << "seed " << seed;
      ASSERT_EQ(keys_of_hub(remembering), keys_of_hub(forgetful)) << "seed " << seed;
    }
    EXPECT_EQ(remembering.rows(Table::kJournal).size(), forgetful.rows(Table::kJournal).size());
  }
}

TEST_F(EngineMemoryTest, EndsInTheSameRowsInOneGroupAsEntryByEntry) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    std::mt19937_64 dice(seed);
    things_happen(dice);
    TestSite one_by_one{kHubSite, clock};
    TestSite in_groups{kHubSite, clock};
    for (TestSite* at : {&one_by_one, &in_groups})
      at->must(publishing({{"appointment", "call", "appointments", "Запись на приём"}}));
    std::vector<Sent> run;
    const auto receive_run = [&] {
      std::vector<sync::Entry> entries;
      for (const Sent& sent : run) entries.push_back(sent.entry);
      if (run.empty()) return;
      ASSERT_TRUE(in_groups.receive(run.front().stream, site.no(), std::move(entries)).ok());
      run.clear();
    };
    for (const Sent& sent : deal(dice)) {
      ASSERT_TRUE(one_by_one.receive(sent.stream, site.no(), {sent.entry}).ok());
      if (!run.empty() && run.front().stream != sent.stream) receive_run();
      run.push_back(sent);
    }
    receive_run();
    ASSERT_EQ(in_groups.projection_rows(), one_by_one.projection_rows()) << "seed " << seed;
    ASSERT_EQ(keys_of_hub(in_groups), keys_of_hub(one_by_one)) << "seed " << seed;
  }
}

TEST_F(EngineMemoryTest, WhatAFailedCommitBroughtIsForgottenWithTheEngine) {
  const auto saved = site.save(contact_from("89123456789"));
  const auto keys = site.outgoing(Stream::kJournalKeys);
  site.must(erasing({saved.contact}, "заявление"));
  const auto records = site.outgoing(Stream::kJournal);
  ASSERT_TRUE(hub.receive(Stream::kJournalKeys, site.no(), keys).ok());
  hub.store().fail_next_commit(sync::CommitFault::kRowsLost);
  ASSERT_FALSE(hub.receive(Stream::kJournal, site.no(), records).ok());
  EXPECT_FALSE(hub.receive(Stream::kJournal, site.no(), {records[0]}).ok()) << "no commit follows";
  hub.store().reopen();
  hub.reopen();
  ASSERT_TRUE(hub.receive(Stream::kJournal, site.no(), {records[0]}).ok());
  EXPECT_NE(hub.personal(Kind::kContact, saved.contact, PersonalField::kPhone), "")
      << "its erasure is not here";
  ASSERT_TRUE(hub.receive(Stream::kJournal, site.no(), {records[1]}).ok());
  EXPECT_EQ(hub.personal(Kind::kContact, saved.contact, PersonalField::kPhone), "");
}

}  // namespace
}  // namespace opora::testing
