#include "sync/journal/files.h"

#include <gtest/gtest.h>

#include "protocol/codec/sealed_file.h"
#include "sync/journal/memory_store.h"
#include "tests/support/region.h"

namespace opora::testing {
namespace {

using protocol::SealedFile;
using sync::ChunkFate;
using sync::FileId;

const AggregateId kTicket = id_from("test", {"ticket"});
const AggregateId kOther = id_from("test", {"another ticket"});
constexpr SiteNo kHere{17};
constexpr SiteNo kThere{31};
constexpr std::size_t kThreeChunks = 2 * protocol::kFileChunkBytes + 10;

class Files : public ::testing::Test {
 protected:
  SealedFile sealed(std::size_t bytes = kThreeChunks, const AggregateId& ticket = kTicket) {
    return protocol::seal_file(ticket, protocol::FileKind::kPdf, Bytes(bytes, 'x'), random);
  }
  void write(const std::function<void(sync::Transaction&)>& write) {
    auto txn = store.begin();
    write(*txn);
    ASSERT_TRUE(txn->commit().ok());
  }
  void want(const SealedFile& file, SiteNo origin = kThere, const AggregateId& ticket = kTicket) {
    write([&](auto& txn) {
      sync::want_file(txn, {ticket, file.facts.hash}, sync::manifest_of(origin, file.facts));
    });
  }
  ChunkFate give(const SealedFile& file, std::uint32_t place, const AggregateId& ticket = kTicket) {
    ChunkFate fate{};
    write([&](auto& txn) {
      fate = sync::store_chunk(txn, {ticket, file.facts.hash}, place, file.chunks[place]);
    });
    return fate;
  }
  void attach(const SealedFile& file, const AggregateId& ticket = kTicket) {
    const FileId id{ticket, file.facts.hash};
    write([&](auto& txn) {
      for (std::uint32_t place = 0; place < file.chunks.size(); ++place)
        sync::stage_chunk(txn, id, place, file.chunks[place]);
    });
    write([&](auto& txn) {
      sync::want_file(txn, id, sync::manifest_of(kHere, file.facts));
      sync::adopt_staged(txn, id, sync::manifest_of(kHere, file.facts));
    });
  }
  std::vector<sync::WantedFile> wanted() {
    return sync::wanted_files(*store.snapshot(), {}, {}, 100);
  }
  std::size_t rows() {
    std::size_t count = 0;
    store.snapshot()->scan(sync::Table::kFiles, "", "",
                           [&](std::string_view, std::string_view) { return ++count, true; });
    return count;
  }

  SeededRandom random{7};
  sync::MemoryStore store;
};

TEST_F(Files, AFileIsWholeWhenItsLastChunkCameInWhateverOrder) {
  const SealedFile file = sealed();
  const FileId id{kTicket, file.facts.hash};
  want(file);
  EXPECT_EQ(give(file, 2), ChunkFate::kMore);
  EXPECT_EQ(give(file, 2), ChunkFate::kMore);
  EXPECT_EQ(give(file, 0), ChunkFate::kMore);
  EXPECT_FALSE(sync::whole_file(*store.snapshot(), id));
  EXPECT_EQ(wanted().at(0).have, (std::vector<bool>{true, false, true}));
  EXPECT_EQ(give(file, 1), ChunkFate::kWhole);
  EXPECT_EQ(sync::whole_file(*store.snapshot(), id), sync::manifest_of(kThere, file.facts));
  EXPECT_TRUE(wanted().empty());
  EXPECT_EQ(sync::file_bytes(*store.snapshot()), kThreeChunks);
  EXPECT_EQ(give(file, 1), ChunkFate::kNotWanted);
}

TEST_F(Files, NothingIsTakenThatNoEventNames) {
  const SealedFile file = sealed();
  EXPECT_EQ(give(file, 0), ChunkFate::kNotWanted);
  want(file);
  // The same file named as another ticket's.
  EXPECT_EQ(give(file, 0, kOther), ChunkFate::kNotWanted);
  EXPECT_EQ(rows(), 2u);
}

TEST_F(Files, TheEventAgainChangesNothingOfWhatIsHere) {
  const SealedFile file = sealed();
  want(file);
  give(file, 0);
  want(file);
  EXPECT_EQ(wanted().at(0).have, (std::vector<bool>{true, false, false}));
  give(file, 1);
  give(file, 2);
  want(file);
  EXPECT_TRUE(wanted().empty());
}

TEST_F(Files, MissingOnesAreListedByWhoAttachedThemAndGoOnBehindTheLast) {
  for (int i = 0; i < 3; ++i) want(sealed(10), kThere);
  want(sealed(10), kHere);
  const auto rows = store.snapshot();
  const auto first = sync::wanted_files(*rows, kThere, {}, 2);
  ASSERT_EQ(first.size(), 2u);
  const auto rest = sync::wanted_files(*rows, kThere, first.back(), 2);
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_LT(first.back().id, rest.front().id);
  EXPECT_EQ(sync::wanted_files(*rows, kHere, {}, 9).size(), 1u);
  EXPECT_EQ(wanted().size(), 4u);
}

TEST_F(Files, AnUploadIsUnsentUntilTheRegionHasIt) {
  const SealedFile file = sealed();
  attach(file);
  const FileId id{kTicket, file.facts.hash};
  EXPECT_TRUE(wanted().empty());
  EXPECT_TRUE(sync::whole_file(*store.snapshot(), id));
  EXPECT_EQ(sync::unsent_files(*store.snapshot(), 9), std::vector{id});
  write([&](auto& txn) { sync::file_in_region(txn, id); });
  EXPECT_FALSE(sync::is_unsent(*store.snapshot(), id));
}

TEST_F(Files, AnUploadThatEndedInTheMiddleIsFoundAndGoes) {
  const SealedFile file = sealed();
  const FileId id{kTicket, file.facts.hash};
  write([&](auto& txn) { sync::stage_chunk(txn, id, 0, file.chunks[0]); });
  write([&](auto& txn) { sync::stage_chunk(txn, id, 1, file.chunks[1]); });
  EXPECT_EQ(sync::staged_chunks(*store.snapshot(), id), 2u);
  EXPECT_EQ(sync::staged_files(*store.snapshot()), std::vector{id});
  write([&](auto& txn) { sync::discard_staged(txn, id); });
  EXPECT_EQ(rows(), 0u);
}

TEST_F(Files, AnErasureLeavesNothingOfTheTicketsFilesAndAllOfAnothers) {
  const SealedFile half = sealed();
  want(half);
  give(half, 1);
  attach(sealed());
  const SealedFile begun = sealed();
  write([&](auto& txn) {
    sync::stage_chunk(txn, {kTicket, begun.facts.hash}, 0, begun.chunks[0]);
  });
  attach(sealed(10, kOther), kOther);
  const std::size_t others = 4;  // chunk, file, unsent, bytes of all
  write([&](auto& txn) { sync::erase_files(txn, kTicket); });
  EXPECT_EQ(rows(), others);
  EXPECT_EQ(sync::file_bytes(*store.snapshot()), 10u);
}

TEST_F(Files, WhatNoRecordAttachesAnyMoreIsSweptAway) {
  attach(sealed());
  const SealedFile half = sealed();
  want(half);
  give(half, 0);
  std::size_t gone = 0;
  write([&](auto& txn) {
    gone = sync::sweep_files(txn, [&](const FileId& id) { return id.hash == half.facts.hash; });
  });
  EXPECT_EQ(gone, 1u);
  EXPECT_EQ(wanted().size(), 1u);
  write([&](auto& txn) { sync::sweep_files(txn, [](const FileId&) { return false; }); });
  EXPECT_EQ(rows(), 0u);
}

TEST_F(Files, WholeOnesAreFoundByTheBeginningOfTheirIds) {
  const auto has = [&](const AggregateId& id) {
    return sync::has_whole_files(*store.snapshot(), id.view().substr(0, 5));
  };
  const SealedFile file = sealed();
  want(file);
  EXPECT_FALSE(has(kTicket)) << "on its way";
  attach(file);
  EXPECT_TRUE(has(kTicket));
  EXPECT_FALSE(has(kOther));
  write([&](auto& txn) { sync::erase_files(txn, kTicket); });
  EXPECT_FALSE(has(kTicket));
}

TEST_F(Files, AChunkOpensInItsPlaceAlone) {
  const SealedFile file = sealed();
  const auto key = protocol::FileKey::from(from_hex(file.key_hex).value());
  const auto open = [&](const AggregateId& ticket, std::uint32_t place, std::uint32_t chunks) {
    return protocol::open_chunk(*key, {ticket, place, chunks}, file.chunks[1]).ok();
  };
  EXPECT_TRUE(open(kTicket, 1, 3));
  EXPECT_FALSE(open(kTicket, 0, 3));
  EXPECT_FALSE(open(kTicket, 1, 4));
  EXPECT_FALSE(open(kOther, 1, 3));
}

}  // namespace
}  // namespace opora::testing
