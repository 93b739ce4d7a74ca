#include "sync/projection/projection.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "protocol/base/archive.h"
#include "tests/unit/projection/story.h"

namespace opora::testing {
namespace {

using protocol::Counters;
using sync::Projection;
using sync::Table;
using sync::Vault;

constexpr Table kProjected[] = {Table::kEntity, Table::kPersonal, Table::kIndex, Table::kCube,
                                Table::kHistory};

// A replica that gets the records and keys of a story in some order.
class Replica {
 public:
  // In the order of happening, each key just before the first record that needs it.
  void replay(const Story& story) {
    std::set<AggregateId> opened;
    for (const ToldRecord& record : story.records) {
      const auto key = story.keys.find(record.aggregate);
      begin();
      if (key != story.keys.end() && opened.insert(record.aggregate).second)
        take_key(key->first, key->second);
      take(record);
      end();
    }
  }

  // In any order, several to a transaction, with a flush in the middle now and then.
  void shuffle(const Story& story, std::uint64_t seed) {
    std::mt19937_64 dice(seed);
    std::vector<std::function<void()>> arrivals;
    for (const ToldRecord& record : story.records)
      arrivals.emplace_back([this, &record] { take(record); });
    for (const auto& [aggregate, key] : story.keys)
      arrivals.emplace_back([this, &aggregate, &key] { take_key(aggregate, key); });
    std::shuffle(arrivals.begin(), arrivals.end(), dice);
    for (const auto& arrive : arrivals) {
      if (!projection_) begin();
      arrive();
      if (dice() % 4 == 0) projection_->flush();
      if (dice() % 4 == 0) end();
    }
    if (projection_) end();
  }

  std::vector<std::string> rows(Table table) const {
    std::vector<std::string> out;
    store_.snapshot()->scan(table, "", "", [&](std::string_view key, std::string_view value) {
      out.push_back(to_hex(key) + " " + to_hex(value));
      return true;
    });
    return out;
  }
  std::unique_ptr<sync::Reader> snapshot() const { return store_.snapshot(); }
  const Vault& vault() const { return vault_; }

 private:
  void begin() {
    txn_ = store_.begin();
    projection_.emplace(*txn_, vault_);
  }
  void end() {
    projection_->flush();
    projection_.reset();
    ASSERT_TRUE(txn_->commit().ok());
  }
  void take(const ToldRecord& record) {
    sync::put_record(*txn_, record.ref, record.chain, record.record);
    projection_->apply(sync::open_record(record.record, vault_, *txn_).value(), record.ref);
  }
  // As the engine does it: a key of what was erased is dropped.
  void take_key(const AggregateId& aggregate, const protocol::DataKey& key) {
    if (projection_->is_erased(aggregate)) return;
    vault_.put(*txn_, aggregate, key, random_);
    projection_->key_arrived(aggregate);
  }

  sync::MemoryStore store_;
  Vault vault_{protocol::SiteKey{}};
  SeededRandom random_{1};
  std::unique_ptr<sync::Transaction> txn_;
  std::optional<Projection> projection_;
};

class ProjectionOfAStory : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  Story story = draw_story(GetParam(), 150);
};

TEST_P(ProjectionOfAStory, EndsInTheSameRowsInWhateverOrderItArrives) {
  Replica in_order;
  in_order.replay(story);
  for (std::uint64_t shuffle = 0; shuffle < 4; ++shuffle) {
    Replica shuffled;
    shuffled.shuffle(story, GetParam() * 10 + shuffle);
    for (const Table table : kProjected)
      ASSERT_EQ(shuffled.rows(table), in_order.rows(table)) << "shuffle " << shuffle;
  }
}

protocol::Entity entity_of(const sync::Reader& rows, std::string_view key) {
  return sync::read_entity(rows, static_cast<protocol::Kind>(key.front()),
                           AggregateId::from(key.substr(1)).value_or(AggregateId{}));
}

TEST_P(ProjectionOfAStory, CountsAndIndexesExactlyWhatItsEntitiesSay) {
  Replica replica;
  replica.shuffle(story, GetParam());
  std::map<Bytes, Counters> cubes;
  std::map<Bytes, Bytes> index;
  const auto rows = replica.snapshot();
  rows->scan(Table::kEntity, "", "", [&](std::string_view key, std::string_view) {
    const auto facets = protocol::facets(entity_of(*rows, key));
    for (const auto& row : facets.index) index[row.key] = row.value;
    for (const auto& row : facets.cubes) {
      for (std::size_t i = 0; i < row.delta.size(); ++i) cubes[row.key][i] += row.delta[i];
    }
    return true;
  });
  std::erase_if(cubes, [](const auto& cell) { return cell.second == Counters{}; });

  std::map<Bytes, Counters> stored_cubes;
  rows->scan(Table::kCube, "", "", [&](std::string_view key, std::string_view value) {
    stored_cubes[Bytes(key)] = protocol::counters_of(value);
    return true;
  });
  std::map<Bytes, Bytes> stored_index;
  rows->scan(Table::kIndex, "", "", [&](std::string_view key, std::string_view value) {
    stored_index[Bytes(key)] = Bytes(value);
    return true;
  });
  EXPECT_EQ(stored_cubes, cubes);
  EXPECT_EQ(stored_index, index);  // all keys are here: nothing waits
}

TEST_P(ProjectionOfAStory, KeepsNothingPersonalOfTheErased) {
  Replica replica;
  replica.shuffle(story, GetParam());
  const auto rows = replica.snapshot();
  std::size_t erased = 0;
  rows->scan(Table::kEntity, "", "", [&](std::string_view key, std::string_view) {
    const protocol::Entity entity = entity_of(*rows, key);
    if (!entity.erased) return true;
    ++erased;
    EXPECT_FALSE(rows->get(Table::kPersonal, key));
    EXPECT_FALSE(replica.vault().find(*rows, entity.id));
    return true;
  });
  const auto is_there = [&](protocol::Kind kind, const AggregateId& id) {
    const auto first = static_cast<std::uint8_t>(kind);
    return rows->get(Table::kEntity, KeyWriter().u8(first).raw(id.view()).take()).has_value();
  };
  // An erasure may also name what this story never told of.
  const bool any_target =
      std::any_of(story.records.begin(), story.records.end(), [&](const auto& r) {
        return is_there(protocol::Kind::kErasure, r.aggregate) &&
               (is_there(protocol::Kind::kContact, r.aggregate) ||
                is_there(protocol::Kind::kTicket, r.aggregate));
      });
  EXPECT_EQ(erased > 0, any_target);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ProjectionOfAStory, ::testing::Range<std::uint64_t>(1, 41));

}  // namespace
}  // namespace opora::testing
