// The safety journal's files: what was confirmed goes, what was not survives a kill, and a device
// that fails stops nobody.
#include "sync/journal/safety_journal.h"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace opora::sync {
namespace {

namespace fs = std::filesystem;

constexpr SiteNo kSite{17};

class SafetyJournalTest : public ::testing::Test {
 protected:
  static OwnCommit commit(std::uint64_t n, std::size_t bytes = 100) {
    OwnCommit out;
    out.first = StreamPos{n};
    out.head = OwnHead{kSite, {}, {StreamPos{n}, {}}};
    out.rows.push_back({Table::kJournal, std::to_string(n), Bytes(bytes, 'r')});
    return out;
  }
  void open() {
    journal_.reset();
    journal_ = SafetyJournal::open(folder_ / "safety", kSite).value();
  }
  void open_empty() {
    open();
    ASSERT_TRUE(journal_->begin_writing([](const auto&) {}).ok());
  }
  void write(std::uint64_t n, std::size_t bytes = 100) {
    journal_->begin(commit(n, bytes));
    journal_->wait();
  }
  std::vector<std::uint64_t> found() {
    std::vector<std::uint64_t> out;
    EXPECT_TRUE(journal_->at_rest()
                    .scan([&](const OwnCommit& one) {
                      out.push_back(one.head->end.pos.v);
                      return true;
                    })
                    .ok());
    return out;
  }
  std::vector<fs::path> segments() {
    std::vector<fs::path> out;
    for (const auto& entry : fs::directory_iterator(folder_ / "safety")) {
      if (entry.path().extension() == ".segment") out.push_back(entry.path());
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  testing::TempFolder folder_;
  std::unique_ptr<SafetyJournal> journal_;
};

TEST_F(SafetyJournalTest, WhatWasWrittenIsThereInItsOrderAfterAKill) {
  open_empty();
  for (std::uint64_t n = 1; n <= 5; ++n) write(n);
  EXPECT_TRUE(journal_->state().on);
  EXPECT_EQ(journal_->state().end, StreamPos{5});
  open();
  EXPECT_EQ(found(), (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(journal_->at_rest().noted_end()->end.pos, StreamPos{5});
}

TEST_F(SafetyJournalTest, AFrameThatWasCutIsNotThereAndTheOthersAre) {
  open_empty();
  for (std::uint64_t n = 1; n <= 3; ++n) write(n);
  journal_.reset();
  const fs::path last = segments().back();
  fs::resize_file(last, fs::file_size(last) - 5);
  open();
  EXPECT_EQ(found(), (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(journal_->at_rest().noted_end()->end.pos, StreamPos{3})
      << "the head shows what is missing";
}

TEST_F(SafetyJournalTest, WhatTheRegionHasGoesAndNothingElse) {
  open_empty();
  for (std::uint64_t n = 1; n <= 5; ++n) write(n, std::size_t{3} << 20);
  ASSERT_EQ(segments().size(), 2u);
  journal_->prune(StreamPos{2}, {});
  EXPECT_EQ(segments().size(), 2u) << "the third is in the first segment";
  journal_->prune(StreamPos{3}, {});
  EXPECT_EQ(segments().size(), 1u);
  journal_->prune(StreamPos{5}, {});
  write(6);
  open();
  EXPECT_EQ(found(), (std::vector<std::uint64_t>{6}));
}

TEST_F(SafetyJournalTest, AKeyThatTheRegionHasNotKeepsItsSegment) {
  open_empty();
  OwnCommit one = commit(1, std::size_t{1} << 20);
  one.keys_end = StreamPos{4};
  journal_->begin(one);
  journal_->wait();
  journal_->prune(StreamPos{1}, StreamPos{3});
  EXPECT_EQ(segments().size(), 1u);
  open();
  EXPECT_EQ(found().size(), 1u);
}

TEST_F(SafetyJournalTest, WrittenAnewItHoldsOnlyThat) {
  open_empty();
  for (std::uint64_t n = 1; n <= 5; ++n) write(n);
  ASSERT_TRUE(journal_->begin_writing([](const auto& visit) { visit(commit(4)); }).ok());
  write(6);
  open();
  EXPECT_EQ(found(), (std::vector<std::uint64_t>{4, 6}));
}

TEST_F(SafetyJournalTest, ADeviceThatIsGoneStopsNobodyAndSaysSoUntilItIsBack) {
  open_empty();
  write(1, kSegmentBytes);
  fs::remove_all(folder_ / "safety");
  write(2);
  EXPECT_FALSE(journal_->state().on);
  EXPECT_NE(journal_->state().why, "");
  write(3);
  fs::create_directories(folder_ / "safety");
  ASSERT_TRUE(journal_
                  ->begin_writing([](const auto& visit) {
                    for (std::uint64_t n = 1; n <= 3; ++n) visit(commit(n));
                  })
                  .ok());
  write(4);
  EXPECT_TRUE(journal_->state().on);
}

TEST_F(SafetyJournalTest, AnotherSitesFolderIsRefused) {
  open_empty();
  write(1);
  journal_.reset();
  const auto refused = SafetyJournal::open(folder_ / "safety", SiteNo{18});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kCorrupt);
}

TEST_F(SafetyJournalTest, WhatIsSetAsideStaysAndIsNotReadAgain) {
  open_empty();
  write(1);
  open();
  const fs::path aside = journal_->at_rest().set_aside().value();
  ASSERT_TRUE(journal_->begin_writing([](const auto&) {}).ok());
  write(7);
  open();
  EXPECT_EQ(found(), (std::vector<std::uint64_t>{7}));
  journal_ = SafetyJournal::open(aside, kSite).value();
  EXPECT_EQ(found(), (std::vector<std::uint64_t>{1}));
}

TEST_F(SafetyJournalTest, WhatIsSetAsideStaysInItsOrderWhenSomeOfItIsRemoved) {
  open_empty();
  std::vector<std::string> places;
  for (std::uint64_t n = 1; n <= 11; ++n) {
    write(n);
    open();
    places.push_back(journal_->at_rest().set_aside().value());
    ASSERT_TRUE(journal_->begin_writing([](const auto&) {}).ok());
  }
  EXPECT_EQ(journal_->at_rest().asides(), places);
  journal_->at_rest().remove_aside(places[0]);
  places.erase(places.begin());
  write(12);
  open();
  places.push_back(journal_->at_rest().set_aside().value());
  EXPECT_EQ(journal_->at_rest().asides(), places);
}

TEST(SafetyFormatTest, ACommitIsTheSameAfterwardsAndNothingElseIsTakenForOne) {
  OwnCommit commit;
  commit.first = StreamPos{3};
  commit.head = OwnHead{kSite, {}, {StreamPos{4}, {}}};
  commit.keys_end = StreamPos{2};
  commit.rows = {{Table::kJournal, "a", "b"}, {Table::kDedup, "", Bytes(1'000, '\0')}};
  const Bytes frame = encode_safety_frame(commit);
  const Bytes body = frame.substr(8);
  const auto again = decode_safety_body(body);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->rows, commit.rows);
  EXPECT_EQ(again->head, commit.head);
  EXPECT_EQ(encode_safety_frame(*again), frame);
  for (std::size_t cut = 0; cut < body.size(); cut += 7)
    EXPECT_FALSE(decode_safety_body(body.substr(0, cut)));
  EXPECT_FALSE(decode_safety_body(body + "x"));
}

TEST(OwnHeadTest, SaysWhetherTheJournalReachesIt) {
  const OwnHead head{kSite, {}, {StreamPos{9}, {}}};
  EXPECT_EQ(decode_own_head(encode_own_head(head)), head);
  EXPECT_EQ(decode_own_head("nonsense"), std::nullopt);
}

}  // namespace
}  // namespace opora::sync
