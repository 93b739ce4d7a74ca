// What a node writes for its guard is read whole, or not at all.
#include "node/guard/beat.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace opora::guard {
namespace {

constexpr Beat kBeat{0xffff'ffff'ffff'ffff, 7, 10'000};

TEST(Beat, IsReadAsItWasWritten) {
  EXPECT_EQ(write_beat(kBeat),
            "opora-beat-1 18446744073709551615 00000000000000000007 "
            "00000000000000010000\n");
  EXPECT_EQ(read_beat(write_beat(kBeat)), kBeat);
}

TEST(Beat, HalfALineAnotherVersionsAndASilenceBeyondTheLimitsAreNone) {
  const std::string line = write_beat(kBeat);
  for (std::size_t size = 0; size < line.size(); ++size)
    EXPECT_FALSE(read_beat(line.substr(0, size))) << size;
  EXPECT_FALSE(read_beat(line + "\n"));
  EXPECT_FALSE(read_beat("opora-beat-2 " + line.substr(13)));
  EXPECT_FALSE(read_beat(write_beat({1, 1, kLeastSilenceMs - 1})));
  EXPECT_FALSE(read_beat(write_beat({1, 1, kMostSilenceMs + 1})));
  for (std::size_t at = 0; at < line.size(); ++at) {
    std::string other = line;
    other[at] = 'x';
    EXPECT_FALSE(read_beat(other)) << at;
  }
}

TEST(BeatFile, EachBeatIsWrittenOverTheOneBefore) {
  const testing::TempFolder folder;
  const std::string file = folder / "beat";
  EXPECT_FALSE(read_beat_file(file));
  auto node = BeatFile::open(file, "guard-beat");
  ASSERT_TRUE(node.ok());
  EXPECT_FALSE(read_beat_file(file));
  for (const std::uint64_t count : {1ULL, 18'000'000'000'000'000'000ULL, 2ULL}) {
    ASSERT_TRUE((*node)->write({5, count, 3'000}));
    EXPECT_EQ(read_beat_file(file), (Beat{5, count, 3'000}));
  }
}

TEST(BeatFile, WhatIsNoFileOfOursIsRefusedOrUnread) {
  const testing::TempFolder folder;
  EXPECT_EQ(BeatFile::open(folder / "none/beat", "guard-beat").error().path, "guard-beat");
  EXPECT_EQ(BeatFile::open(folder.path(), "guard-beat").error().path, "guard-beat");
  const std::string link = folder / "link";
  std::filesystem::create_symlink("/dev/null", link);
  EXPECT_EQ(BeatFile::open(link, "guard-beat").error().path, "guard-beat");
  std::ofstream(folder / "long") << write_beat(kBeat) << "more";
  EXPECT_FALSE(read_beat_file(folder / "long"));
  EXPECT_FALSE(read_beat_file(folder.path()));
}

}  // namespace
}  // namespace opora::guard
