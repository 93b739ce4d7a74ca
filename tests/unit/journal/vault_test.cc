#include "sync/journal/vault.h"

#include <gtest/gtest.h>

#include "protocol/codec/record_codec.h"
#include "sync/journal/memory_store.h"
#include "tests/support/region.h"

namespace opora::testing {
namespace {

using protocol::DataKey;
using protocol::PersonalField;
using sync::MemoryStore;
using sync::Table;
using sync::Vault;

const AggregateId kPerson = AggregateId::from("a person, an id.").value_or(AggregateId{});

class VaultTest : public ::testing::Test {
 protected:
  void hold(const DataKey& held) {
    auto txn = store.begin();
    vault.put(*txn, kPerson, held, random);
    ASSERT_TRUE(txn->commit().ok());
  }
  std::optional<DataKey> found() { return vault.find(*store.snapshot(), kPerson); }

  // A record about the person, its personal part sealed under `sealing`.
  Bytes record_under(const DataKey& sealing) {
    protocol::Envelope env;
    env.origin = SiteNo{17};
    env.n = StreamPos{1};
    env.aggregate = kPerson;
    const protocol::Facts facts = protocol::TicketCommented{};
    env.type = protocol::type_of(facts);
    env.schema_version = protocol::kFactsSchemaVersion;
    const Bytes plain = protocol::encode_personal({{PersonalField::kText, "слово"}});
    return protocol::encode_record(
        env, protocol::encode_facts(facts),
        protocol::seal(sealing, env.origin, env.n, kPerson, plain, random));
  }
  Result<protocol::Event> open(const Bytes& record) {
    return sync::open_record(record, vault, *store.snapshot());
  }

  SeededRandom random{1};
  MemoryStore store;
  Vault vault{protocol::SiteKey::random(random)};
  DataKey key = DataKey::random(random);
};

TEST_F(VaultTest, KeepsAKeyWrappedAndGivesItBack) {
  EXPECT_FALSE(found());
  EXPECT_FALSE(vault.holds(*store.snapshot(), kPerson));
  hold(key);
  EXPECT_EQ(found(), key);
  EXPECT_TRUE(vault.holds(*store.snapshot(), kPerson));
  const Bytes row = store.snapshot()->get(Table::kKeys, kPerson.view()).value();
  EXPECT_EQ(row.find(key.view()), Bytes::npos);
}

TEST_F(VaultTest, ForgetsADestroyedKey) {
  hold(key);
  auto txn = store.begin();
  vault.destroy(*txn, kPerson);
  ASSERT_TRUE(txn->commit().ok());
  EXPECT_FALSE(found());
}

TEST_F(VaultTest, OpensNothingWithAnotherSitesKey) {
  hold(key);
  const Vault stranger(protocol::SiteKey::random(random));
  EXPECT_FALSE(stranger.find(*store.snapshot(), kPerson));
}

TEST_F(VaultTest, OpensARecordWithItsKeyAndLeavesItClosedWithoutOrWithAnother) {
  const Bytes record = record_under(key);
  EXPECT_TRUE(open(record)->personal.empty());
  EXPECT_TRUE(open(record)->sealed);
  hold(DataKey::random(random));
  EXPECT_TRUE(open(record)->personal.empty());
  hold(key);
  EXPECT_EQ(open(record)->personal.at(PersonalField::kText), "слово");
}

TEST_F(VaultTest, KeepsARecordOfAnUnknownTypeRaw) {
  protocol::Envelope env;
  env.origin = SiteNo{17};
  env.n = StreamPos{1};
  env.aggregate = kPerson;
  env.type = static_cast<protocol::EventType>(999);
  env.schema_version = 9;
  const Bytes facts = protocol::encode_facts(protocol::TicketCommented{});
  const auto event = open(protocol::encode_record(env, facts, ""));
  ASSERT_TRUE(event.ok());
  EXPECT_EQ(event->facts.index(), 0u);
  EXPECT_FALSE(event->sealed);
}

TEST_F(VaultTest, RefusesBytesThatAreNoRecord) {
  EXPECT_EQ(open("scrambled").error().code, Code::kCorrupt);
  // A record whose personal part opens to what no one can have written.
  protocol::Envelope env;
  env.origin = SiteNo{17};
  env.n = StreamPos{1};
  env.aggregate = kPerson;
  env.type = protocol::EventType::kTicketCommented;
  env.schema_version = protocol::kFactsSchemaVersion;
  hold(key);
  const Bytes sealed = protocol::seal(key, env.origin, env.n, kPerson, "scrambled", random);
  const Bytes facts = protocol::encode_facts(protocol::TicketCommented{});
  EXPECT_EQ(open(protocol::encode_record(env, facts, sealed)).error().code, Code::kCorrupt);
}

}  // namespace
}  // namespace opora::testing
