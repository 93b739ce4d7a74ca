// Files of tickets at a site and at the hub: with their event or not at all, gone with an erasure,
// found again by a rebuild, read by a verification.
#include "sync/journal/files.h"

#include <gtest/gtest.h>

#include "protocol/codec/seal.h"
#include "sync/projection/rebuild.h"
#include "sync/projection/verify.h"
#include "tests/support/ticket_files.h"
#include "tests/unit/engine/fixture.h"

namespace opora::testing {
namespace {

using sync::ChunkFate;
using sync::FileId;
using sync::Table;

class FilesAtWork : public EngineCoreTest {
 protected:
  FilesAtWork() : ticket(site.save(contact_from("89123456789", "не работает")).ticket) {}

  FileId attach(std::size_t bytes = 150'000) {
    const auto answer = site.run(attaching(ticket, Bytes(bytes, 'x')));
    EXPECT_TRUE(answer.ok());
    return {ticket, FileHash::from(*answer).value_or(FileHash{})};
  }
  void to_the_hub() { replicate(site, hub); }
  // As the lane does, chunk by chunk; so many of them.
  ChunkFate fetch(const FileId& id, std::uint32_t from, std::uint32_t to) {
    ChunkFate fate{};
    for (std::uint32_t place = from; place < to; ++place) {
      const Bytes chunk = sync::read_chunk(*site.store().snapshot(), id, place).value();
      sync::Command command;
      command.done = [](const Result<sync::Answer>&) {};
      command.decide = [&](sync::Decision& decision) {
        decision.write([&](auto& txn) { fate = sync::store_chunk(txn, id, place, chunk); });
        return Result<sync::Answer>(sync::Answer{});
      };
      EXPECT_TRUE(hub.run(std::move(command)).ok());
    }
    return fate;
  }
  static std::vector<sync::WantedFile> wanted(TestSite& at) {
    return sync::wanted_files(*at.store().snapshot(), {}, {}, 100);
  }
  static bool whole(TestSite& at, const FileId& id) {
    return sync::whole_file(*at.store().snapshot(), id).has_value();
  }
  void erase(TestSite& at) { at.must(erasing({ticket}, "asked by the person")); }
  std::vector<std::string> findings(TestSite& at) {
    sync::MemoryStore scratch;
    return sync::verify_store(at.store(), scratch, sync::Vault(at.site_key()), at.no())->findings;
  }

  const AggregateId ticket;
};

TEST_F(FilesAtWork, AFileIsWholeWithItsEvent) {
  const FileId id = attach();
  EXPECT_TRUE(whole(site, id));
  EXPECT_TRUE(wanted(site).empty());
  EXPECT_EQ(sync::unsent_files(*site.store().snapshot(), 9), std::vector{id});
  EXPECT_EQ(site.entity(protocol::Kind::kTicket, ticket).as<protocol::TicketState>()->files, 1u);
  EXPECT_TRUE(findings(site).empty());
}

TEST_F(FilesAtWork, WhoeverHearsOfAFileWantsItUntilItIsWhole) {
  const FileId id = attach();
  to_the_hub();
  ASSERT_EQ(wanted(hub).size(), 1u);
  EXPECT_EQ(wanted(hub).front().manifest.origin, site.no());
  EXPECT_EQ(fetch(id, 0, 2), ChunkFate::kMore);
  EXPECT_EQ(fetch(id, 2, 3), ChunkFate::kWhole);
  EXPECT_TRUE(whole(hub, id));
  EXPECT_TRUE(findings(hub).empty());
}

TEST_F(FilesAtWork, AnErasureTakesFilesWholeAndHalfWithIt) {
  const FileId first = attach();
  const FileId second = attach(70'000);
  to_the_hub();
  fetch(first, 0, 3);
  fetch(second, 0, 1);
  erase(site);
  to_the_hub();
  for (TestSite* at : {&site, &hub}) {
    EXPECT_TRUE(wanted(*at).empty());
    EXPECT_EQ(at->rows(Table::kFiles), std::vector<std::string>{});
  }
  // One that comes late is not taken, and its event wants nothing.
  EXPECT_FALSE(site.run(attaching(ticket, "late")).ok());
}

TEST_F(FilesAtWork, WhoHeardOfTheErasureFirstWantsNothingOfIt) {
  attach();
  const auto journal = site.outgoing(sync::Stream::kJournal);
  hub.must(erasing({ticket}, "asked by the person"));
  EXPECT_TRUE(hub.receive(sync::Stream::kJournal, site.no(), journal).ok());
  EXPECT_EQ(hub.rows(Table::kFiles), std::vector<std::string>{});
}

TEST_F(FilesAtWork, ARebuildKeepsWhatIsHereAndWantsWhatIsNot) {
  const FileId first = attach();
  const FileId second = attach(70'000);
  to_the_hub();
  fetch(first, 0, 3);
  fetch(second, 1, 2);
  const auto before = hub.rows(Table::kFiles);
  const auto txn = hub.store().begin();
  sync::forget_projection(*txn);
  ASSERT_TRUE(txn->commit().ok());
  ASSERT_TRUE(sync::ensure_projection(hub.store(), sync::Vault(hub.site_key())).ok());
  EXPECT_EQ(hub.rows(Table::kFiles), before);
}

TEST_F(FilesAtWork, ARebuildRemovesFilesWhoseRecordsWent) {
  attach();
  to_the_hub();
  const auto txn = hub.store().begin();
  for (const auto& row : journal(hub, site.no())) txn->erase(Table::kJournal, row.ref.key());
  sync::forget_projection(*txn);
  ASSERT_TRUE(txn->commit().ok());
  ASSERT_TRUE(sync::ensure_projection(hub.store(), sync::Vault(hub.site_key())).ok());
  EXPECT_EQ(hub.rows(Table::kFiles), std::vector<std::string>{});
}

TEST_F(FilesAtWork, AVerificationFindsAChangedChunkAndAMissingOne) {
  const FileId id = attach();
  const Bytes prefix = sync::files_prefix(ticket);
  std::vector<std::pair<Bytes, Bytes>> chunks;
  site.store().snapshot()->scan_prefix(Table::kFiles, prefix,
                                       [&](std::string_view key, std::string_view value) {
                                         chunks.emplace_back(Bytes(key), Bytes(value));
                                         return true;
                                       });
  ASSERT_EQ(chunks.size(), 3u);
  const auto txn = site.store().begin();
  chunks[0].second[5] ^= 1;
  txn->put(Table::kFiles, chunks[0].first, chunks[0].second);
  txn->erase(Table::kFiles, chunks[2].first);
  ASSERT_TRUE(txn->commit().ok());
  const auto found = findings(site);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_THAT(found[0], ::testing::HasSubstr("chunk 0 was changed"));
  EXPECT_THAT(found[1], ::testing::HasSubstr("chunk 2 is missing"));
  EXPECT_TRUE(whole(site, id));
}

TEST_F(FilesAtWork, WhatIsKeptIsCiphertext) {
  attach();
  for (const std::string& row : site.rows(Table::kFiles))
    EXPECT_EQ(row.find(to_hex("xxxxxxxx")), std::string::npos);
}

}  // namespace
}  // namespace opora::testing
