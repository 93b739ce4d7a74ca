// Which of two keys of one aggregate stays, and who hears of it.
#include "sync/projection/verify.h"
#include "tests/unit/engine/fixture.h"

namespace opora::testing {
namespace {

using protocol::Kind;
using protocol::PersonalField;
using sync::Stream;
using sync::Table;
using What = protocol::TicketAction::What;

// A site whose store is lost twice within a minute: the key of a contact reached the hub and its
// record did not; the operator's form is repeated on the new disk, and its record overtakes its
// key.
TEST_F(EngineCoreTest, TakesTheKeyOfARepetitionWhoseRecordCameAheadOfIt) {
  const auto form = [] {
    auto command = registering(contact_from("89123456789", "принтер"));
    command.key = key_of("form");
    return command;
  };
  site.must(form());
  EXPECT_TRUE(
      hub.receive(Stream::kJournalKeys, site.no(), site.outgoing(Stream::kJournalKeys)).ok());
  const auto cursor = sync::read_cursor(*hub.store().snapshot(), Stream::kJournalKeys, site.no());

  TestSite anew{site.no(), clock, 99};
  replicate(hub, anew);
  anew.must(form());
  EXPECT_TRUE(hub.receive(Stream::kJournal, site.no(), anew.outgoing(Stream::kJournal)).ok());
  EXPECT_NE(hub.rows(Table::kPersonal), anew.rows(Table::kPersonal));
  auto keys = anew.outgoing(Stream::kJournalKeys);
  auto head = cursor;
  for (auto& entry : keys) {
    head = {StreamPos{head.pos.v + 1},
            sync::chain_next(Stream::kJournalKeys, head.chain, entry.bytes)};
    entry.pos = head.pos;
    entry.chain = head.chain;
  }
  EXPECT_TRUE(hub.receive(Stream::kJournalKeys, site.no(), keys).ok());
  EXPECT_EQ(hub.rows(Table::kPersonal), anew.rows(Table::kPersonal));
}

// The next entry of a stream of keys, as it stands where it arrives.
sync::Entry key_entry(TestSite& at, Stream stream, SiteNo peer, const AggregateId& id,
                      const protocol::DataKey& key) {
  const Bytes bytes = Bytes(id.view()) + Bytes(key.view());
  const auto end = sync::read_cursor(*at.store().snapshot(), stream, peer);
  return {StreamPos{end.pos.v + 1}, sync::chain_next(stream, end.chain, bytes), bytes};
}

TEST_F(EngineCoreTest, KeepsAKeyThatOpensWhatIsHereAndTellsOfTheOther) {
  const auto saved = site.save(contact_from("89123456789", "принтер"));
  replicate(site, hub);
  const auto held = hub.core().vault().find(*hub.store().snapshot(), saved.ticket);
  SeededRandom random(3);
  const auto receive = [&](const protocol::DataKey& key) {
    EXPECT_TRUE(hub.receive(Stream::kJournalKeys, site.no(),
                            {key_entry(hub, Stream::kJournalKeys, site.no(), saved.ticket, key)})
                    .ok());
  };
  receive(*held);
  EXPECT_TRUE(hub.keys_refused().empty()) << "the same once more";
  receive(protocol::DataKey::random(random));
  EXPECT_EQ(hub.core().vault().find(*hub.store().snapshot(), saved.ticket), held);
  EXPECT_THAT(hub.keys_refused(), ::testing::ElementsAre(std::pair(site.no(), saved.ticket)));
}

// Its first key seemed lost, and something was added under the next one.
TEST_F(EngineCoreTest, TakesTheKeyThatOpensARecordsOwnDataForOneThatOpensOnlyWhatWasAdded) {
  const auto saved = site.save(contact_from("89123456789", "принтер"));
  const auto first = site.core().vault().find(*site.store().snapshot(), saved.ticket);
  EXPECT_TRUE(hub.receive(Stream::kJournal, site.no(), site.outgoing(Stream::kJournal)).ok());
  const auto receive = [&](const protocol::DataKey& key) {
    EXPECT_TRUE(hub.receive(Stream::kJournalKeys, site.no(),
                            {key_entry(hub, Stream::kJournalKeys, site.no(), saved.ticket, key)})
                    .ok());
  };
  SeededRandom random(3);
  receive(protocol::DataKey::random(random));
  hub.must(acting(saved.ticket, {What::kComment, 1, "", {}, "позвонить"}));
  receive(protocol::DataKey::random(random));  // opens nothing either
  EXPECT_TRUE(hub.entity(Kind::kTicket, saved.ticket).personal.fields.empty());
  receive(*first);
  EXPECT_EQ(hub.core().vault().find(*hub.store().snapshot(), saved.ticket), first);
  EXPECT_FALSE(hub.entity(Kind::kTicket, saved.ticket).personal.fields.empty());
  sync::MemoryStore scratch;
  const auto found =
      sync::verify_store(hub.store(), scratch, sync::Vault(hub.site_key()), hub.no());
  EXPECT_THAT(found->findings, ::testing::IsEmpty());
}

// Its first key seemed lost, and what was said since is of whom it waits for (H2), with a name
// under the next key or without one.
class TwoKeysOfAWaitingTicketTest : public EngineCoreTest {
 protected:
  TwoKeysOfAWaitingTicketTest() {
    auto contact = contact_from("89123456789", "к кардиологу");
    contact.asking.kind = protocol::ContactKind::kWaitingList;
    contact.waits_for = {protocol::Speciality::kCardiologist, SiteNo{}};
    ticket_ = site.save(contact).ticket;
    first_ = *site.core().vault().find(*site.store().snapshot(), ticket_);
  }
  void site_has(const protocol::DataKey& key) {
    const auto txn = site.store().begin();
    site.core().vault().put(*txn, ticket_, key, random_);
    ASSERT_TRUE(txn->commit().ok());
    site.reopen();
  }
  void says_whom(const std::string& doctor) {
    site.must(saying_of_kind(
        ticket_, protocol::ChangeWaitsFor{{protocol::Speciality::kNeurologist, SiteNo{}}, doctor}));
  }
  void hub_hears(const protocol::DataKey& key) {
    EXPECT_TRUE(hub.receive(Stream::kJournalKeys, site.no(),
                            {key_entry(hub, Stream::kJournalKeys, site.no(), ticket_, key)})
                    .ok());
  }
  void hub_receives_records() {
    EXPECT_TRUE(hub.receive(Stream::kJournal, site.no(), site.outgoing(Stream::kJournal)).ok());
  }
  void expect_opened_by_the_first() {
    EXPECT_EQ(hub.core().vault().find(*hub.store().snapshot(), ticket_), first_);
    EXPECT_EQ(hub.personal(Kind::kTicket, ticket_, PersonalField::kSummary), "к кардиологу");
    sync::MemoryStore scratch;
    const auto found =
        sync::verify_store(hub.store(), scratch, sync::Vault(hub.site_key()), hub.no());
    EXPECT_THAT(found->findings, ::testing::IsEmpty());
  }

  AggregateId ticket_;
  protocol::DataKey first_;
  SeededRandom random_{3};
  const protocol::DataKey second_ = protocol::DataKey::random(random_);
};

TEST_F(TwoKeysOfAWaitingTicketTest, TheFirstIsTakenWhenNobodyWasNamedSince) {
  says_whom("");
  hub_receives_records();
  hub_hears(second_);
  hub_hears(first_);
  expect_opened_by_the_first();
}

TEST_F(TwoKeysOfAWaitingTicketTest, TheFirstIsTakenForOneThatOpensOnlyWhoWasNamedSince) {
  site_has(second_);
  says_whom("Петров");
  hub_receives_records();
  hub_hears(second_);
  EXPECT_EQ(hub.personal(Kind::kTicket, ticket_, PersonalField::kDoctor), "Петров");
  hub_hears(first_);
  expect_opened_by_the_first();
  EXPECT_EQ(hub.personal(Kind::kTicket, ticket_, PersonalField::kDoctor), "");
  hub_hears(second_);
  expect_opened_by_the_first();
}

// A hub that was restored has taken back a ticket and its key; what this site had added is left.
// The ticket is said again under another key.
TEST_F(EngineCoreTest, TakesTheRegionsKeyForOneUnderWhichOnlyAdditionsAreHere) {
  const auto saved = site.save(contact_from("89123456789", "принтер"));
  const auto regions = site.core().vault().find(*site.store().snapshot(), saved.ticket);
  TestSite other{SiteNo{18}, clock};
  SeededRandom random(3);
  const auto receive = [&](const protocol::DataKey& key) {
    const auto entry = key_entry(other, Stream::kPrivateKeys, kHubSite, saved.ticket, key);
    EXPECT_TRUE(other.receive(Stream::kPrivateKeys, kHubSite, {entry}).ok());
  };
  receive(protocol::DataKey::random(random));
  sync::Command adding;
  adding.decide = [&](sync::Decision& decision) -> Result<sync::Answer> {
    protocol::Draft draft;
    draft.aggregate = saved.ticket;
    draft.facts = protocol::TicketCommented{};
    draft.personal[PersonalField::kText] = "позвонить";
    decision.emit({draft});
    return sync::Answer{};
  };
  other.must(std::move(adding));
  receive(*regions);
  EXPECT_EQ(other.core().vault().find(*other.store().snapshot(), saved.ticket), regions);
  EXPECT_TRUE(other.receive(Stream::kPrivate, kHubSite, site.outgoing(Stream::kJournal)).ok());
  EXPECT_FALSE(other.entity(Kind::kTicket, saved.ticket).personal.fields.empty());
  receive(protocol::DataKey::random(random));
  EXPECT_EQ(other.core().vault().find(*other.store().snapshot(), saved.ticket), regions);
}

TEST_F(EngineCoreTest, TellsNobodyElseOfAKeyThatOpensWhatIsHere) {
  const auto saved = site.save(contact_from("89123456789", "принтер"));
  replicate(site, hub);
  TestSite other{SiteNo{18}, clock};
  SeededRandom random(3);
  const auto ask = [&] {
    const auto entry = key_entry(hub, Stream::kJournalKeys, other.no(), saved.ticket,
                                 protocol::DataKey::random(random));
    EXPECT_TRUE(hub.receive(Stream::kJournalKeys, other.no(), {entry}).ok());
  };
  ask();
  EXPECT_THAT(hub.keys_refused(), ::testing::IsEmpty());
  // Nor by a record of its own under the same id.
  auto draft = protocol::Draft{};
  draft.aggregate = saved.ticket;
  protocol::ContactRegistered contact;
  contact.occurred_at = clock.now();
  contact.desk = DeskNo{1};
  contact.facility = other.no();
  draft.facts = contact;
  sync::Command command;
  command.decide = [&](sync::Decision& decision) -> Result<sync::Answer> {
    decision.emit({draft});
    return sync::Answer{};
  };
  other.must(std::move(command));
  EXPECT_TRUE(hub.receive(Stream::kJournal, other.no(), other.outgoing(Stream::kJournal)).ok());
  ASSERT_TRUE(hub.entity(Kind::kContact, saved.ticket).exists());
  ask();
  EXPECT_THAT(hub.keys_refused(), ::testing::IsEmpty());
}

TEST_F(EngineCoreTest, ReplacesAKeyThatSealedNothingHere) {
  SeededRandom random(3);
  const AggregateId id = id_from("test", {"a call whose record was lost with its site's store"});
  const auto first = protocol::DataKey::random(random);
  const auto second = protocol::DataKey::random(random);
  std::vector<sync::Entry> entries;
  ChainHash chain;
  for (const auto& key : {first, second}) {
    const Bytes bytes = Bytes(id.view()) + Bytes(key.view());
    chain = sync::chain_next(Stream::kJournalKeys, chain, bytes);
    entries.push_back({StreamPos{entries.size() + 1}, chain, bytes});
  }
  EXPECT_TRUE(hub.receive(Stream::kJournalKeys, site.no(), entries).ok());
  EXPECT_EQ(hub.core().vault().find(*hub.store().snapshot(), id), second);
}

}  // namespace
}  // namespace opora::testing
