// V6: a file is an addition to a ticket, named by the hashes of its chunks.
#include "protocol/domain/files.h"

#include <gtest/gtest.h>

#include "protocol/domain/decide.h"
#include "tests/unit/domain/told.h"

namespace opora::protocol {
namespace {

TicketAttached scan() {
  TicketAttached file;
  file.chunks = {chunk_hash("one"), chunk_hash("two")};
  file.hash = file_hash(file.chunks);
  file.bytes = kFileChunkBytes + 1;
  return file;
}

Entity ticket(std::uint32_t files = 0) {
  TicketState state;
  state.site = SiteNo{17};
  state.term = OwnerTerm{1};
  state.seq = OwnerSeq{1};
  state.files = files;
  Entity entity = subject(Kind::kTicket);
  entity.state = state;
  return entity;
}

AttachFile attaching(std::string name = "снимок.png") {
  return {scan(), std::move(name), std::string(64, 'a')};
}

std::string blamed(const AttachFile& command, const Entity& entity) {
  const auto drafts = decide(command, entity);
  return drafts.ok() ? "" : drafts.error().path;
}

TEST(Files, AreNamedByTheirChunksInTheirOrder) {
  const TicketAttached file = scan();
  std::vector<FileHash> turned = {file.chunks[1], file.chunks[0]};
  EXPECT_NE(file_hash(turned), file.hash);
  EXPECT_NE(chunk_hash("one"), chunk_hash("two"));
  // A chunk whose bytes are a list of hashes is not that file.
  EXPECT_NE(chunk_hash(Bytes(file.chunks[0].view())), file_hash({file.chunks.data(), 1}));
}

TEST(Files, AreCutIntoChunksOfOneSizeAndARest) {
  EXPECT_EQ(chunks_of(1), 1u);
  EXPECT_EQ(chunks_of(kFileChunkBytes), 1u);
  EXPECT_EQ(chunks_of(kFileChunkBytes + 1), 2u);
  EXPECT_EQ(chunks_of(kMaxFileBytes), kMaxFileChunks);
}

TEST(Files, AreAttachedOutsideTheOwnersOrderWithNameAndKeyAsThePersonalPart) {
  const auto drafts = decide(attaching(), ticket());
  ASSERT_EQ(drafts->size(), 1u);
  const Draft& draft = drafts->front();
  EXPECT_EQ(draft.seq.v, 0u);
  EXPECT_EQ(std::get<TicketAttached>(draft.facts), scan());
  EXPECT_EQ(draft.personal.at(PersonalField::kFileName), "снимок.png");
  EXPECT_EQ(draft.personal.at(PersonalField::kFileKey), std::string(64, 'a'));
}

TEST(Files, AreNotAttachedToWhatIsNotThereOrErasedOrFull) {
  EXPECT_EQ(blamed(attaching(), subject(Kind::kTicket)), "number");
  Entity erased = ticket();
  erased.erased = true;
  EXPECT_EQ(blamed(attaching(), erased), "number");
  EXPECT_EQ(blamed(attaching(), ticket(kMaxTicketFiles - 1)), "");
  EXPECT_EQ(blamed(attaching(), ticket(kMaxTicketFiles)), "files");
  EXPECT_EQ(blamed(attaching(""), ticket()), "name");
  EXPECT_EQ(blamed(attaching(std::string(256, 'x')), ticket()), "name");
  EXPECT_EQ(blamed(attaching("a\nb\x01"), ticket()), "name");
}

TEST(Files, CountAndChangeNothingElseOfATicket) {
  Entity entity = ticket();
  const auto before = *entity.as<TicketState>();
  EXPECT_EQ(fold(entity, told(scan()).at(9).by(31).saying(PersonalField::kFileName, "a")),
            FoldResult::kFolded);
  const auto& after = *entity.as<TicketState>();
  EXPECT_EQ(after.files, 1u);
  EXPECT_EQ(after.seq, before.seq);
  EXPECT_EQ(after.status, before.status);
  EXPECT_EQ(after.last.at(SiteNo{31}).v, 9u);
  EXPECT_TRUE(entity.personal.fields.empty());
}

}  // namespace
}  // namespace opora::protocol
