#include "sync/journal/streams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/base/hash.h"
#include "sync/journal/memory_store.h"

namespace opora::sync {
namespace {

using ::testing::ElementsAre;

const IncarnationId kFirst = IncarnationId::from("incarn 1").value_or(IncarnationId{});
const IncarnationId kSecond = IncarnationId::from("incarn 2").value_or(IncarnationId{});

class StreamsTest : public ::testing::Test {
 protected:
  template <class Write>
  void write(Write change) {
    auto txn = store.begin();
    change(*txn);
    ASSERT_TRUE(txn->commit().ok());
  }
  void record(std::uint32_t origin, std::uint64_t n, const Bytes& bytes) {
    write([&](Transaction& txn) {
      put_record(txn, {SiteNo{origin}, StreamPos{n}, kFirst}, hash256({bytes}), bytes);
    });
  }
  std::vector<Bytes> journal(std::uint32_t origin, std::uint64_t from) {
    std::vector<Bytes> out;
    scan_journal(*store.snapshot(), SiteNo{origin}, StreamPos{from}, [&](const JournalRow& row) {
      out.push_back(row.record);
      return true;
    });
    return out;
  }

  MemoryStore store;
};

TEST_F(StreamsTest, ReadsBackARecordUnderItsName) {
  record(17, 5, "five");
  const JournalRef ref{SiteNo{17}, StreamPos{5}, kFirst};
  const auto row = read_record(*store.snapshot(), ref);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->ref, ref);
  EXPECT_EQ(row->record, "five");
  EXPECT_EQ(row->chain, hash256({"five"}));
  EXPECT_FALSE(read_record(*store.snapshot(), {SiteNo{17}, StreamPos{5}, kSecond}));
}

TEST_F(StreamsTest, KeepsTheJournalsOfOriginsApartAndInOrder) {
  record(17, 256, "c");
  record(17, 1, "a");
  record(17, 2, "b");
  record(18, 1, "other");
  EXPECT_THAT(journal(17, 1), ElementsAre("a", "b", "c"));
  EXPECT_THAT(journal(17, 2), ElementsAre("b", "c"));
  EXPECT_THAT(journal(16, 1), ElementsAre());
  EXPECT_EQ(last_record(*store.snapshot(), SiteNo{17})->record, "c");
  EXPECT_FALSE(last_record(*store.snapshot(), SiteNo{16}));
}

TEST_F(StreamsTest, FindsTheChainOfAPositionOnlyWhenItIsThere) {
  record(17, 1, "a");
  record(17, 3, "c");
  EXPECT_EQ(journal_chain_at(*store.snapshot(), SiteNo{17}, StreamPos{3}), hash256({"c"}));
  EXPECT_FALSE(journal_chain_at(*store.snapshot(), SiteNo{17}, StreamPos{2}));
  EXPECT_FALSE(journal_chain_at(*store.snapshot(), SiteNo{17}, StreamPos{4}));
}

TEST_F(StreamsTest, TakesNoKeyOfAnotherSizeForAReference) {
  const JournalRef ref{SiteNo{17}, StreamPos{5}, kFirst};
  EXPECT_EQ(JournalRef::from_key(ref.key()), ref);
  EXPECT_FALSE(JournalRef::from_key(ref.key() + "x"));
  EXPECT_FALSE(JournalRef::from_key(ref.key().substr(1)));
  EXPECT_FALSE(JournalRef::from_key(""));
}

TEST_F(StreamsTest, AppendsDenseAndChainedAlsoWithANewWriter) {
  ChainHash chain;
  for (std::uint64_t i = 1; i <= 3; ++i) {
    StreamWriter writer;  // as after a restart
    write([&](Transaction& txn) {
      const auto head = writer.append(txn, Stream::kCommon, kHubSite, "payload", "input");
      chain = hash256({chain.view(), "input"});
      EXPECT_EQ(head, (StreamHead{StreamPos{i}, chain}));
    });
  }
  EXPECT_EQ(stream_head(*store.snapshot(), Stream::kCommon, kHubSite),
            (StreamHead{StreamPos{3}, chain}));
  EXPECT_EQ(stream_chain_at(*store.snapshot(), Stream::kCommon, kHubSite, StreamPos{3}), chain);
  EXPECT_FALSE(stream_chain_at(*store.snapshot(), Stream::kCommon, kHubSite, StreamPos{4}));
}

TEST_F(StreamsTest, AStreamThatBeginsBehindAnotherPlaceHasNoFirst) {
  const auto first = [&] {
    return stream_chain_at(*store.snapshot(), Stream::kJournalKeys, SiteNo{17}, StreamPos{0});
  };
  const auto restart = [&](const StreamHead& base) {
    write([&](Transaction& txn) {
      restart_stream(txn, Stream::kJournalKeys, SiteNo{17}, base);
      StreamWriter writer;
      writer.append(txn, Stream::kJournalKeys, SiteNo{17}, "key", "key");
    });
    return stream_head(*store.snapshot(), Stream::kJournalKeys, SiteNo{17}).pos;
  };
  EXPECT_EQ(first(), ChainHash{}) << "of nothing";
  for (const std::uint64_t base : {1, 7}) {
    EXPECT_EQ(restart({StreamPos{base}, hash256({"before"})}), StreamPos{base + 1});
    EXPECT_EQ(first(), std::nullopt) << base;
  }
  EXPECT_EQ(restart({}), StreamPos{1});
  EXPECT_EQ(first(), ChainHash{});
}

TEST_F(StreamsTest, AppendsSeveralTimesInOneTransaction) {
  StreamWriter writer;
  write([&](Transaction& txn) {
    writer.append(txn, Stream::kPrivate, SiteNo{17}, "a", "a");
    writer.append(txn, Stream::kPrivate, SiteNo{18}, "other site", "x");
    writer.append(txn, Stream::kPrivateKeys, SiteNo{17}, "other stream", "x");
    writer.append(txn, Stream::kPrivate, SiteNo{17}, "b", "b");
  });
  std::vector<std::pair<std::uint64_t, Bytes>> rows;
  scan_stream(*store.snapshot(), Stream::kPrivate, SiteNo{17}, StreamPos{1},
              [&](const StreamRow& row) {
                rows.emplace_back(row.pos.v, row.payload);
                return true;
              });
  EXPECT_THAT(rows, ElementsAre(std::pair(1u, Bytes("a")), std::pair(2u, Bytes("b"))));
}

TEST_F(StreamsTest, KeepsACursorForEachStreamOfEachPeer) {
  const StreamHead head{StreamPos{9}, hash256({"nine"})};
  write([&](Transaction& txn) {
    put_cursor(txn, Stream::kJournal, SiteNo{17}, head);
    put_cursor(txn, Stream::kJournal, SiteNo{300}, {StreamPos{1}, {}});
    put_cursor(txn, Stream::kJournalKeys, SiteNo{18}, head);
  });
  const auto rows = store.snapshot();
  EXPECT_EQ(read_cursor(*rows, Stream::kJournal, SiteNo{17}), head);
  EXPECT_EQ(read_cursor(*rows, Stream::kJournalKeys, SiteNo{17}), StreamHead{});
  EXPECT_EQ(read_cursor(*rows, Stream::kJournal, SiteNo{18}), StreamHead{});
  EXPECT_THAT(senders(*rows, Stream::kJournal), ElementsAre(SiteNo{17}, SiteNo{300}));
  EXPECT_THAT(senders(*rows, Stream::kCommon), ElementsAre());
}

TEST_F(StreamsTest, KeepsWhatWasSetAsideWithItsReason) {
  const AsideRow row{Stream::kJournal, SiteNo{17},        StreamPos{4},
                     TimeMs{1'000},    "does not decode", Bytes("\0bytes", 6)};
  write([&](Transaction& txn) {
    put_aside(txn, row);
    put_aside(txn, {Stream::kPrivate, kHubSite, StreamPos{1}, TimeMs{2'000}, "other", "x"});
  });
  const auto found = read_aside(*store.snapshot(), Stream::kJournal, SiteNo{17}, StreamPos{4});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->peer, row.peer);
  EXPECT_EQ(found->pos, row.pos);
  EXPECT_EQ(found->at, row.at);
  EXPECT_EQ(found->reason, row.reason);
  EXPECT_EQ(found->bytes, row.bytes);
  EXPECT_FALSE(read_aside(*store.snapshot(), Stream::kJournal, SiteNo{17}, StreamPos{5}));

  std::vector<std::string> reasons;
  scan_aside(*store.snapshot(), [&](const AsideRow& each) {
    reasons.push_back(each.reason);
    return true;
  });
  EXPECT_THAT(reasons, ElementsAre("does not decode", "other"));
}

TEST_F(StreamsTest, ListsTheOpeningsOfTheStoreOldestFirst) {
  for (std::uint32_t i = 0; i < 300; ++i) {
    write([&](Transaction& txn) {
      put_incarnation(txn, {i % 2 == 0 ? kFirst : kSecond, StreamPos{i + 1}}, i);
    });
  }
  const auto all = incarnations(*store.snapshot());
  ASSERT_EQ(all.size(), 300u);
  for (std::uint64_t i = 0; i < 300; ++i) EXPECT_EQ(all[i].start.v, i + 1);
  EXPECT_EQ(all[1].id, kSecond);
}

TEST(Streams, PairUpRecordsAndKeys) {
  EXPECT_EQ(keys_of(Stream::kJournal), Stream::kJournalKeys);
  EXPECT_EQ(keys_of(Stream::kCommon), Stream::kCommonKeys);
  EXPECT_EQ(keys_of(Stream::kPrivate), Stream::kPrivateKeys);
  for (const Stream records : {Stream::kJournal, Stream::kCommon, Stream::kPrivate}) {
    EXPECT_FALSE(carries_keys(records));
    EXPECT_TRUE(carries_keys(keys_of(records)));
  }
}

}  // namespace
}  // namespace opora::sync
