// The files' lane of a session, with a peer and a store that the test plays.
#include "sync/core/file_lane.h"

#include <gtest/gtest.h>

#include "protocol/base/hash.h"

namespace opora::sync {
namespace {

using protocol::FileAsk;
using protocol::FileChunk;
using protocol::FileId;
using protocol::FileNote;
using protocol::FileNoteKind;

class Lane : public ::testing::Test {
 protected:
  void begin(Role role) {
    lane.emplace(role);
    lane->start(now);
    tick();
  }
  void tick(std::int64_t ms = 0, Streams streams = Streams::kQuiet) {
    now = now + ms;
    Actions out;
    lane->tick(now, streams, out);
    keep(std::move(out));
  }
  // A file of so many chunks; the first `have` are here.
  MissingFile missing(const std::string& name, std::size_t chunks, std::size_t have = 0) {
    MissingFile file;
    for (std::size_t i = 0; i < chunks; ++i)
      file.chunks.push_back(protocol::chunk_hash(bytes(name, i)));
    file.file = {id_from("test", {name}), protocol::file_hash(file.chunks)};
    file.have.assign(chunks, false);
    for (std::size_t i = 0; i < have; ++i) file.have[i] = true;
    return file;
  }
  static Bytes bytes(const std::string& name, std::size_t place) {
    return name + " chunk " + std::to_string(place);
  }
  void found(std::vector<MissingFile> files, std::vector<FileId> offered = {}) {
    Actions out;
    FilesRead read{std::move(files), std::move(offered)};
    lane->on_files(read, now, out);
    keep(std::move(out));
    tick();
  }
  void comes(const MissingFile& file, std::uint32_t place, Bytes content) {
    Actions out;
    FileChunk chunk{file.file, place, std::move(content)};
    lane->on_message(chunk, now, out);
    keep(std::move(out));
    tick();
  }
  void comes(const MissingFile& file, const std::string& name, std::uint32_t place) {
    comes(file, place, bytes(name, place));
  }
  void stored(const MissingFile& file, std::uint32_t place, StoredChunk what) {
    Actions out;
    lane->on_stored({file.file, place, what}, out);
    keep(std::move(out));
    tick();
  }
  void keep(Actions actions) {
    for (Action& action : actions.list) done.push_back(std::move(action));
  }
  template <class T>
  std::vector<T> all() {
    std::vector<T> out;
    for (const Action& action : done) {
      if (const auto* one = std::get_if<T>(&action)) out.push_back(*one);
    }
    return out;
  }
  template <class T>
  std::vector<T> said() {
    std::vector<T> out;
    for (const Send& send : all<Send>()) {
      if (const auto* one = std::get_if<T>(&send.frame.message)) out.push_back(*one);
    }
    return out;
  }
  std::vector<std::uint32_t> asked() {
    std::vector<std::uint32_t> out;
    for (const FileAsk& ask : said<FileAsk>()) out.push_back(ask.place);
    return out;
  }

  MonoMs now{1'000};
  std::optional<FileLane> lane;
  std::vector<Action> done;
};

using Places = std::vector<std::uint32_t>;

TEST_F(Lane, AsksForWhatIsMissingAndForNothingElse) {
  begin(Role::kSite);
  EXPECT_EQ(all<QueryFiles>().size(), 1u);
  const MissingFile file = missing("a", 5, 2);
  found({file});
  EXPECT_EQ(asked(), (Places{2, 3}));  // kChunksAsked at once
  comes(file, "a", 2);
  ASSERT_EQ(all<StoreChunk>().size(), 1u);
  EXPECT_EQ(asked(), (Places{2, 3}));  // until it is synced
  stored(file, 2, StoredChunk::kMore);
  EXPECT_EQ(asked(), (Places{2, 3, 4}));
  comes(file, "a", 4);
  stored(file, 4, StoredChunk::kMore);
  comes(file, "a", 3);
  stored(file, 3, StoredChunk::kWhole);
  EXPECT_EQ(asked(), (Places{2, 3, 4}));
  EXPECT_EQ(all<QueryFiles>().size(), 2u);  // on to the next
}

TEST_F(Lane, StoresNoChunkThatHasAnotherHash) {
  begin(Role::kHub);
  const MissingFile file = missing("a", 1);
  found({file});
  comes(file, 0, "something else");
  EXPECT_TRUE(all<StoreChunk>().empty());
  EXPECT_EQ(asked(), (Places{0, 0}));  // once more
  EXPECT_TRUE(all<Alarm>().empty());
  comes(file, 0, "something else again");
  ASSERT_EQ(all<Alarm>().size(), 1u);
  EXPECT_EQ(all<Alarm>().front().code, AlarmCode::kFile);
  EXPECT_TRUE(all<StoreChunk>().empty());
}

TEST_F(Lane, AFileThatWasGivenUpStopsNoOther) {
  begin(Role::kHub);
  const MissingFile bad = missing("bad", 1);
  const MissingFile good = missing("good", 1);
  found({bad});
  comes(bad, 0, "x");
  comes(bad, 0, "y");
  found({bad, good});
  EXPECT_EQ(said<FileAsk>().back().file, good.file);
  comes(good, "good", 0);
  EXPECT_EQ(all<StoreChunk>().size(), 1u);
  EXPECT_EQ(said<FileAsk>().size(), 3u);
}

TEST_F(Lane, WhatIsNotToBeHadWaitsForTheNextRound) {
  begin(Role::kSite);
  const MissingFile file = missing("a", 3);
  found({file});
  comes(file, 0, Bytes());
  EXPECT_EQ(all<QueryFiles>().size(), 2u);
  EXPECT_EQ(all<QueryFiles>().back().after, file);
  found({});
  tick(kFilesRoundMs - 1);
  EXPECT_EQ(all<QueryFiles>().size(), 2u);
  tick(1);
  ASSERT_EQ(all<QueryFiles>().size(), 3u);
  EXPECT_FALSE(all<QueryFiles>().back().after);  // from the beginning
}

TEST_F(Lane, RecordsThatCameMakeItLookSoon) {
  begin(Role::kSite);
  found({});
  lane->look_soon(now);
  tick(kLookSoonMs);
  EXPECT_EQ(all<QueryFiles>().size(), 2u);
}

TEST_F(Lane, AQuestionThatGotLostIsAskedAgain) {
  begin(Role::kSite);
  found({missing("a", 1)});
  tick(kAskAgainAfterMs - 1);
  EXPECT_EQ(asked().size(), 1u);
  tick(1);
  EXPECT_EQ(asked().size(), 2u);
}

TEST_F(Lane, WhatNobodyAskedForIsDropped) {
  begin(Role::kHub);
  const MissingFile file = missing("a", 4);
  comes(file, "a", 0);
  found({file});
  comes(file, "a", 3);
  EXPECT_TRUE(all<StoreChunk>().empty());
  comes(file, "a", 0);
  comes(file, "a", 0);
  EXPECT_EQ(all<StoreChunk>().size(), 1u);
}

TEST_F(Lane, ServesOneChunkASecondBesideRecordsAndAsFastAsAskedWithout) {
  begin(Role::kHub);
  const FileId file = missing("a", 9).file;
  const auto ask = [&](std::uint32_t place) { lane->on_message(FileAsk{file, place}); };
  const auto read = [&](std::uint32_t place) {
    Actions out;
    ChunkRead chunk{file, place, bytes("a", place)};
    lane->on_read(chunk, out);
    keep(std::move(out));
  };
  ask(0);
  ask(1);
  tick(0, Streams::kBusy);
  EXPECT_EQ(all<ReadChunk>().size(), 1u);
  read(0);
  EXPECT_EQ(said<FileChunk>().size(), 1u);
  tick(kChunkBesideEveryMs - 1, Streams::kBusy);
  EXPECT_EQ(all<ReadChunk>().size(), 1u);
  tick(1, Streams::kBusy);
  EXPECT_EQ(all<ReadChunk>().size(), 2u);
  read(1);
  ask(2);
  ask(3);
  tick();
  read(2);
  tick();
  EXPECT_EQ(all<ReadChunk>().size(), 4u);
}

TEST_F(Lane, KeepsNoMoreQuestionsThanACorrectPeerAsks) {
  begin(Role::kHub);
  const FileId file = missing("a", 99).file;
  for (std::uint32_t place = 0; place < 99; ++place) {
    lane->on_message(FileAsk{file, place});
    lane->on_message(FileAsk{file, place});
  }
  for (int i = 0; i < 99; ++i) {
    tick();
    Actions out;
    ChunkRead chunk{file, 0, {}};
    lane->on_read(chunk, out);
    keep(std::move(out));
  }
  EXPECT_EQ(all<ReadChunk>().size(), kAsksKept);
}

TEST_F(Lane, SaysPlainlyThatItHasNotWhatIsAskedFor) {
  begin(Role::kHub);
  const FileId file = missing("a", 1).file;
  lane->on_message(FileAsk{file, 0});
  tick();
  Actions out;
  ChunkRead nothing{file, 0, std::nullopt};
  lane->on_read(nothing, out);
  keep(std::move(out));
  ASSERT_EQ(said<FileChunk>().size(), 1u);
  EXPECT_TRUE(said<FileChunk>().front().bytes.empty());
}

TEST_F(Lane, TheHubSaysWhatItHasWholeAndASiteBelievesNothingElse) {
  begin(Role::kHub);
  const MissingFile file = missing("a", 1);
  found({file});
  comes(file, "a", 0);
  EXPECT_TRUE(said<FileNote>().empty());  // not before it is synced
  stored(file, 0, StoredChunk::kWhole);
  EXPECT_EQ(said<FileNote>(), (std::vector{FileNote{FileNoteKind::kHeld, {file.file}}}));

  done.clear();
  begin(Role::kSite);
  found({}, {file.file});
  EXPECT_EQ(said<FileNote>(), (std::vector{FileNote{FileNoteKind::kOffered, {file.file}}}));
  Actions out;
  FileNote offered{FileNoteKind::kOffered, {file.file}};
  lane->on_message(offered, out);
  keep(std::move(out));
  EXPECT_TRUE(all<NoteInRegion>().empty());
  EXPECT_TRUE(all<QueryHeld>().empty());
  Actions more;
  FileNote held{FileNoteKind::kHeld, {file.file}};
  lane->on_message(held, more);
  keep(std::move(more));
  ASSERT_EQ(all<NoteInRegion>().size(), 1u);
  EXPECT_EQ(all<NoteInRegion>().front().files, std::vector{file.file});
}

TEST_F(Lane, AFileThatIsWantedNoMoreIsLeft) {
  begin(Role::kSite);
  const MissingFile file = missing("a", 3);
  found({file});
  comes(file, "a", 0);
  stored(file, 0, StoredChunk::kGone);
  EXPECT_EQ(asked(), (Places{0, 1}));
  comes(file, "a", 1);
  EXPECT_EQ(all<StoreChunk>().size(), 1u);
}

}  // namespace
}  // namespace opora::sync
