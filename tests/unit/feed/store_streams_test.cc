#include "sync/feed/store_streams.h"

#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "protocol/base/hash.h"
#include "sync/engine/engine.h"
#include "sync/projection/digest.h"
#include "tests/support/region.h"

namespace opora::testing {
namespace {

using protocol::CallStep;
using sync::Engine;
using sync::Entry;
using sync::FetchedEntries;
using sync::PersistedTo;
using sync::StoreStreams;
using sync::Stream;
using sync::StreamHead;

constexpr SiteNo kSite{17};
constexpr std::size_t kPlenty = 1 << 20;

// A process: store, engine on its thread, streams.
class Place {
 public:
  Place(SiteNo no, const ManualClock& clock) : no_(no), clock_(clock), random_(no.v + 1) {
    start();
  }
  void restart() {
    engine_->stop();
    start();
  }
  void run(sync::Command command) {
    std::promise<void> done;
    command.done = [&](const Result<sync::Answer>& answer) {
      EXPECT_TRUE(answer.ok());
      done.set_value();
    };
    engine_->submit(std::move(command));
    done.get_future().wait();
  }
  Result<PersistedTo> persist(Stream stream, SiteNo peer, std::vector<Entry> entries) {
    std::promise<Result<PersistedTo>> done;
    streams_->persist(stream, peer, std::move(entries),
                      [&](Result<PersistedTo> to) { done.set_value(std::move(to)); });
    return done.get_future().get();
  }
  StoreStreams& streams() { return *streams_; }
  // From the next start on.
  void set_rights(sync::SendRights rights) {
    rights_ = std::move(rights);
    restart();
  }
  sync::MemoryStore& store() { return store_; }
  Engine& engine() { return *engine_; }

 private:
  void start() {
    streams_.reset();
    sync::EngineSettings settings{no_, {}, [](TimeMs) { return std::int16_t{180}; }};
    auto core = sync::EngineCore::open(store_, std::move(settings), clock_, random_, observer_);
    engine_ = std::make_unique<Engine>(std::move(core.value()), clock_, [] {});
    streams_ = std::make_unique<StoreStreams>(store_, *engine_, rights_);
  }

  SiteNo no_;
  const ManualClock& clock_;
  SeededRandom random_;
  sync::EngineObserver observer_;
  sync::SendRights rights_;
  sync::MemoryStore store_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<StoreStreams> streams_;
};

class StoreStreamsTest : public ::testing::Test {
 protected:
  void call(std::uint32_t seq) { site.run(observing(step("c1", seq, CallStep::kQueued, seq))); }
  // Carries one stream up until the hub has all of it, as the link does.
  void carry(Stream stream) {
    for (;;) {
      const auto cursor = hub.streams().cursor(stream, kSite).durable;
      const auto end = site.streams().end(stream, kHubSite);
      if (cursor == end) return;
      const auto part = site.streams().fetch(stream, kHubSite, StreamPos{cursor.pos.v + 1}, 2'000);
      ASSERT_TRUE(part.ok());
      EXPECT_EQ(part->before, cursor.chain);
      ASSERT_FALSE(part->entries.empty());
      const StreamPos last = part->entries.back().pos;
      EXPECT_EQ(hub.persist(stream, kSite, part->entries)->durable.pos, last);
    }
  }

  ManualClock clock;
  Place hub{kHubSite, clock};
  Place site{kSite, clock};
};

TEST_F(StoreStreamsTest, CarriesAJournalAndItsKeysUp) {
  for (std::uint32_t i = 1; i <= 20; ++i) call(i);
  carry(Stream::kJournal);
  carry(Stream::kJournalKeys);
  EXPECT_EQ(sync::site_digest(*hub.store().snapshot(), kSite),
            sync::site_digest(*site.store().snapshot(), kSite));
  EXPECT_EQ(hub.streams().cursor(Stream::kJournal, kSite).durable.pos.v, 20u);
}

TEST_F(StoreStreamsTest, FetchesAtLeastOneAndNoMoreThanFits) {
  for (std::uint32_t i = 1; i <= 20; ++i) call(i);
  const auto count = [&](std::size_t max_bytes) {
    return site.streams()
        .fetch(Stream::kJournal, kHubSite, StreamPos{1}, max_bytes)
        ->entries.size();
  };
  EXPECT_EQ(count(1), 1u);
  EXPECT_EQ(count(kPlenty), 20u);
  const auto all = site.streams().fetch(Stream::kJournal, kHubSite, StreamPos{1}, kPlenty);
  const std::size_t two = all->entries[0].bytes.size() + all->entries[1].bytes.size();
  EXPECT_EQ(count(two), 2u);
  EXPECT_EQ(count(two - 1), 1u);
}

TEST_F(StoreStreamsTest, FetchesFromAnyPositionUpToBehindTheEnd) {
  for (std::uint32_t i = 1; i <= 3; ++i) call(i);
  auto& streams = site.streams();
  const auto third = streams.fetch(Stream::kJournal, kHubSite, StreamPos{3}, kPlenty);
  EXPECT_EQ(third->before, streams.chain_at(Stream::kJournal, kHubSite, StreamPos{2}));
  EXPECT_EQ(third->entries.size(), 1u);
  EXPECT_TRUE(streams.fetch(Stream::kJournal, kHubSite, StreamPos{4}, kPlenty)->entries.empty());
  EXPECT_EQ(streams.fetch(Stream::kJournal, kHubSite, StreamPos{5}, kPlenty).error().code,
            Code::kCorrupt);
}

TEST_F(StoreStreamsTest, KnowsTheChainOfEveryPositionAndZerosBeforeTheFirst) {
  call(1);
  auto& streams = site.streams();
  for (const Stream stream : {Stream::kJournal, Stream::kJournalKeys}) {
    EXPECT_EQ(streams.chain_at(stream, kHubSite, StreamPos{0}), ChainHash{});
    EXPECT_EQ(streams.chain_at(stream, kHubSite, StreamPos{1}),
              streams.end(stream, kHubSite).chain);
    EXPECT_FALSE(streams.chain_at(stream, kHubSite, StreamPos{2}));
  }
}

TEST_F(StoreStreamsTest, SendsAnErasedKeyAsTheAggregateAloneAndTheChainStillHolds) {
  call(1);
  const auto before = site.streams().fetch(Stream::kJournalKeys, kHubSite, StreamPos{1}, kPlenty);
  EXPECT_EQ(before->entries[0].bytes.size(), 48u);
  const auto id = AggregateId::from(before->entries[0].bytes.substr(0, 16)).value();
  site.run(erasing({id}, "заявление"));
  const auto after = site.streams().fetch(Stream::kJournalKeys, kHubSite, StreamPos{1}, kPlenty);
  EXPECT_EQ(after->entries[0].bytes.size(), 16u);
  EXPECT_EQ(after->entries[0].chain, before->entries[0].chain);
  carry(Stream::kJournalKeys);
  carry(Stream::kJournal);
}

TEST_F(StoreStreamsTest, SendsTheCommonStreamToEverySiteAndThePrivateOneToIts) {
  hub.run(publishing({{"a", "", "", "Приём"}}));
  sync::StreamWriter writer;
  {
    const auto published = sync::last_record(*hub.store().snapshot(), kHubSite);
    auto txn = hub.store().begin();
    writer.append(*txn, Stream::kCommon, kHubSite, published->ref.key(), published->record);
    writer.append(*txn, Stream::kPrivate, kSite, published->ref.key(), published->record);
    ASSERT_TRUE(txn->commit().ok());
  }
  auto& streams = hub.streams();
  for (const SiteNo peer : {kSite, SiteNo{18}})
    EXPECT_EQ(streams.fetch(Stream::kCommon, peer, StreamPos{1}, kPlenty)->entries.size(), 1u);
  EXPECT_EQ(streams.end(Stream::kPrivate, kSite).pos.v, 1u);
  EXPECT_EQ(streams.end(Stream::kPrivate, SiteNo{18}).pos.v, 0u);
}

// Who may have what is asked of the snapshot of the moment, for each entry.
class PrivateStreamsTest : public StoreStreamsTest {
 protected:
  // Three records and three keys for the site.
  void SetUp() override {
    hub.set_rights(
        {[this](const auto&, SiteNo to, StreamPos pos, const auto&) {
           return to == kSite && !withdrawn.contains(pos.v);
         },
         [this](const auto&, SiteNo, const AggregateId& id) { return !without_key.contains(id); }});
    for (int i = 0; i < 3; ++i) call_at_hub(static_cast<std::uint32_t>(i));
    sync::StreamWriter writer;
    auto txn = hub.store().begin();
    for (const char* name : {"a", "b", "c"}) {
      const AggregateId id = id_from("test", {name});
      writer.append(*txn, Stream::kPrivateKeys, kSite, id.view(), id.view());
    }
    sync::scan_journal(*hub.store().snapshot(), kHubSite, StreamPos{1},
                       [&](const sync::JournalRow& row) {
                         writer.append(*txn, Stream::kPrivate, kSite, row.ref.key(), row.record);
                         return true;
                       });
    ASSERT_TRUE(txn->commit().ok());
  }
  void call_at_hub(std::uint32_t seq) {
    hub.run(observing(step("c1", seq, CallStep::kQueued, seq)));
  }
  // "1 over2 3" of one answer.
  std::string fetched(Stream stream, std::uint64_t from) {
    std::string out;
    const auto answer = hub.streams().fetch(stream, kSite, StreamPos{from}, kPlenty);
    for (const Entry& entry : answer->entries) {
      const std::string pos = std::to_string(entry.pos.v);
      out += (out.empty() ? "" : " ") + (entry.withdrawn == 0 ? pos : "over" + pos);
    }
    return out;
  }

  std::set<std::uint64_t> withdrawn;
  std::set<AggregateId> without_key;
};

TEST_F(PrivateStreamsTest, AreNotSentWhereARightHasEndedWhateverWasAppended) {
  EXPECT_EQ(fetched(Stream::kPrivate, 1), "1 2 3");
  withdrawn = {1, 2};
  EXPECT_EQ(fetched(Stream::kPrivate, 1), "over1 over2");
  EXPECT_EQ(fetched(Stream::kPrivate, 3), "3");
  withdrawn = {2};
  EXPECT_EQ(fetched(Stream::kPrivate, 1), "1");
  const auto over = hub.streams().fetch(Stream::kPrivate, kSite, StreamPos{2}, kPlenty)->entries;
  ASSERT_EQ(over.size(), 1u);
  EXPECT_EQ(over[0].bytes, "") << "not a byte of it";
  EXPECT_EQ(over[0].chain, hub.streams().chain_at(Stream::kPrivate, kSite, StreamPos{2}));
}

TEST_F(PrivateStreamsTest, NameAKeyThatIsWithheldAndDoNotHaveIt) {
  without_key.insert(id_from("test", {"b"}));
  EXPECT_EQ(fetched(Stream::kPrivateKeys, 1), "1");
  EXPECT_EQ(fetched(Stream::kPrivateKeys, 2), "over2");
  const auto over = hub.streams().fetch(Stream::kPrivateKeys, kSite, StreamPos{2}, kPlenty);
  EXPECT_EQ(over->entries[0].bytes, id_from("test", {"b"}).view());
}

TEST_F(PrivateStreamsTest, SendNothingWhenNobodySaysWhoseItIs) {
  hub.set_rights({});
  EXPECT_EQ(fetched(Stream::kPrivate, 1), "over1 over2 over3");
  EXPECT_EQ(fetched(Stream::kPrivateKeys, 1), "over1 over2 over3");
}

TEST_F(PrivateStreamsTest, ArePassedOverByTheSiteToTheCursorBehindThem) {
  withdrawn = {2, 3};
  const auto first = hub.streams().fetch(Stream::kPrivate, kSite, StreamPos{1}, kPlenty)->entries;
  ASSERT_TRUE(site.persist(Stream::kPrivate, kHubSite, first).ok());
  const auto end = hub.streams().end(Stream::kPrivate, kSite);
  const Entry over{end.pos, end.chain, Bytes(first.back().chain.view()), 2};
  EXPECT_EQ(site.persist(Stream::kPrivate, kHubSite, {over})->durable, end);
  EXPECT_EQ(site.persist(Stream::kPrivate, kHubSite, {over})->durable, end) << "once more";
  std::size_t held = 0;
  sync::scan_journal(*site.store().snapshot(), kHubSite, StreamPos{1}, [&](const auto&) {
    ++held;
    return true;
  });
  EXPECT_EQ(held, 1u);
}

TEST_F(PrivateStreamsTest, PassOverNothingThatDoesNotFollow) {
  const auto end = hub.streams().end(Stream::kPrivate, kSite);
  ChainHash other;
  other.b.fill(7);
  const auto refused = [&](Stream stream, const Entry& entry) {
    return site.persist(stream, kHubSite, {entry}).error().code == Code::kConflict;
  };
  EXPECT_TRUE(refused(Stream::kPrivate, {end.pos, end.chain, Bytes(ChainHash{}.view()), 2}));
  EXPECT_TRUE(refused(Stream::kPrivate, {end.pos, end.chain, Bytes(other.view()), 3}));
  EXPECT_TRUE(refused(Stream::kPrivate, {end.pos, end.chain, Bytes(ChainHash{}.view()), 9}));
  EXPECT_TRUE(refused(Stream::kCommon, {end.pos, end.chain, Bytes(ChainHash{}.view()), 3}));
  EXPECT_EQ(site.streams().cursor(Stream::kPrivate, kHubSite).durable, StreamHead{});
}

TEST_F(PrivateStreamsTest, PassOverTheRestOfARunWhoseBeginningAnEarlierSessionStored) {
  const auto first = hub.streams().fetch(Stream::kPrivate, kSite, StreamPos{1}, kPlenty)->entries;
  ASSERT_TRUE(site.persist(Stream::kPrivate, kHubSite, {first[0]}).ok());
  const auto end = hub.streams().end(Stream::kPrivate, kSite);
  const Entry over{end.pos, end.chain, Bytes(ChainHash{}.view()), 3};
  EXPECT_EQ(site.persist(Stream::kPrivate, kHubSite, {over})->durable, end);
}

TEST_F(StoreStreamsTest, ReportsAStreamRowThatPointsNowhere) {
  sync::StreamWriter writer;
  auto txn = hub.store().begin();
  writer.append(*txn, Stream::kCommon, kHubSite, sync::JournalRef{kSite, StreamPos{9}, {}}.key(),
                "");
  writer.append(*txn, Stream::kCommonKeys, kHubSite, "not an aggregate", "");
  writer.append(*txn, Stream::kPrivateKeys, kSite, "short", "");
  ASSERT_TRUE(txn->commit().ok());
  EXPECT_EQ(hub.streams().fetch(Stream::kCommon, kSite, StreamPos{1}, kPlenty).error().code,
            Code::kCorrupt);
  EXPECT_EQ(hub.streams().fetch(Stream::kPrivateKeys, kSite, StreamPos{1}, kPlenty).error().code,
            Code::kCorrupt);
}

TEST_F(StoreStreamsTest, RefusesToPersistWhatLeavesAGap) {
  call(1);
  call(2);
  const auto second = site.streams().fetch(Stream::kJournal, kHubSite, StreamPos{2}, kPlenty);
  EXPECT_EQ(hub.persist(Stream::kJournal, kSite, second->entries).error().code, Code::kConflict);
  EXPECT_EQ(hub.streams().cursor(Stream::kJournal, kSite).durable, StreamHead{});
}

TEST_F(StoreStreamsTest, AnswersARepeatedBatchWithTheCursor) {
  call(1);
  call(2);
  const auto all = site.streams().fetch(Stream::kJournal, kHubSite, StreamPos{1}, kPlenty)->entries;
  EXPECT_EQ(hub.persist(Stream::kJournal, kSite, all)->durable.pos.v, 2u);
  EXPECT_EQ(hub.persist(Stream::kJournal, kSite, {all[0]})->durable.pos.v, 2u);
}

TEST_F(StoreStreamsTest, TellsTheOldestThatThePeerHasNotAcknowledged) {
  call(1);
  clock.advance(5'000);
  call(2);
  auto& streams = site.streams();
  EXPECT_EQ(streams.status(kHubSite).oldest_pending_at, kMorning);
  streams.note_acked(Stream::kJournal, kHubSite, StreamPos{1});
  EXPECT_EQ(streams.status(kHubSite).oldest_pending_at, kMorning + 5'000);
  streams.note_acked(Stream::kJournal, kHubSite, StreamPos{2});
  EXPECT_EQ(streams.status(kHubSite).oldest_pending_at, std::nullopt);
  streams.note_acked(Stream::kJournal, kHubSite, StreamPos{1});  // a hub that was restored
  EXPECT_EQ(streams.status(kHubSite).oldest_pending_at, kMorning + 5'000);
}

TEST_F(StoreStreamsTest, SaysDataThroughOnlyWhatASnapshotHas) {
  call(1);
  const auto status = site.streams().status(kHubSite);
  EXPECT_LT(status.through.time(), clock.now());
  EXPECT_GE(status.through.time(), clock.now() + -1);
  EXPECT_EQ(status.ends.size(), 2u);
}

TEST_F(StoreStreamsTest, KnowsUpToWhereEverythingComesAgainAlsoAfterARestart) {
  EXPECT_TRUE(site.streams().afresh().until.empty());
  const sync::StartAfresh order{
      {{Stream::kCommon, StreamPos{3}}, {Stream::kPrivate, StreamPos{1}}}};
  site.streams().start_afresh(order);
  site.restart();
  EXPECT_EQ(site.streams().afresh().until, order.until);
}

TEST_F(StoreStreamsTest, ListsTheLastOpeningsOfTheStore) {
  for (int i = 0; i < 70; ++i) site.restart();
  const auto all = site.streams().incarnations();
  EXPECT_EQ(all.size(), protocol::kMaxIncarnations);
  EXPECT_EQ(all.back().id, sync::incarnations(*site.store().snapshot()).back().id);
}

}  // namespace
}  // namespace opora::testing
