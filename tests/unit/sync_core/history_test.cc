#include "sync/core/history.h"

#include <gtest/gtest.h>

namespace opora::sync {
namespace {

struct Run {
  std::uint8_t id;
  std::uint64_t start;
};

History history(std::initializer_list<Run> runs, std::uint64_t end) {
  History out;
  for (const Run& run : runs) {
    protocol::Incarnation one;
    one.id.b.fill(run.id);
    one.start = StreamPos{run.start};
    out.runs.push_back(one);
  }
  out.end = StreamPos{end};
  return out;
}

// Incarnation 9 runs, unless a test says otherwise.
Comparison compare(const History& own, const History& archived, std::uint8_t running = 9) {
  IncarnationId id;
  id.b.fill(running);
  return compare_histories(own, id, archived);
}

void expect(const Comparison& got, Past past, std::uint64_t common) {
  EXPECT_EQ(got.past, past);
  EXPECT_EQ(got.common, StreamPos{common});
}

TEST(Histories, AreSharedWhenOneIsTheBeginningOfTheOther) {
  expect(compare(history({{1, 1}}, 150), history({}, 0)), Past::kShared, 0);
  expect(compare(history({{1, 1}, {2, 101}}, 150), history({{1, 1}}, 80)), Past::kShared, 80);
  expect(compare(history({{1, 1}, {2, 101}}, 150), history({{1, 1}}, 100)), Past::kShared, 100);
}

TEST(Histories, OfARestoredBackupBranchOffUnderANewIncarnation) {
  expect(compare(history({{1, 1}}, 100), history({{1, 1}}, 150)), Past::kLost, 100);
  expect(compare(history({{1, 1}, {2, 101}}, 110), history({{1, 1}}, 150)), Past::kLost, 100);
  expect(compare(history({{1, 1}, {2, 101}}, 990), history({{1, 1}}, 150)), Past::kLost,
         100);  // also when it has written more than it lost
  expect(compare(history({{1, 1}, {3, 61}}, 70), history({{1, 1}, {2, 80}}, 150)), Past::kLost,
         60);  // an old one
  expect(compare(history({{1, 1}, {3, 80}}, 90), history({{1, 1}, {2, 80}}, 150)), Past::kLost,
         79);  // made when a run had just ended
}

TEST(Histories, OfANewDiskHaveNothingInCommon) {
  expect(compare(history({}, 0), history({{1, 1}, {2, 80}}, 150)), Past::kLost, 0);
  expect(compare(history({{9, 1}}, 12), history({{1, 1}}, 150)), Past::kLost, 0);
}

TEST(Histories, AreForkedWhenARunningIncarnationThatIsKnownWroteSomethingElse) {
  expect(compare(history({{1, 1}}, 100), history({{1, 1}, {2, 81}}, 90), 1), Past::kForked, 80);
}

TEST(Histories, AreForkedWhenAMachineWasRolledBackUnderItsDaemon) {
  expect(compare(history({{1, 1}}, 100), history({{1, 1}}, 150), 1), Past::kForked, 100);
  expect(compare(history({{1, 1}, {2, 81}}, 90), history({{1, 1}, {2, 81}}, 95), 2), Past::kForked,
         90);
}

TEST(Histories, OfABackupWithUnsentRecordsAreNoFork) {
  // 81 to 100 were in the backup and never sent; meanwhile another restored store wrote from 81 on.
  expect(compare(history({{1, 1}}, 100), history({{1, 1}, {2, 81}}, 90)), Past::kLost, 80);
  expect(compare(history({{1, 1}, {3, 95}}, 100), history({{1, 1}, {2, 81}}, 90), 3), Past::kLost,
         80);
}

TEST(Histories, ThatCannotBeComparedTellNothing) {
  expect(compare(history({{7, 500}}, 600), history({{1, 1}}, 550)), Past::kUnknown, 0);
  expect(compare(history({{1, 1}}, 10), history({}, 20)), Past::kUnknown,
         0);  // a hub of an older version names none
}

}  // namespace
}  // namespace opora::sync
