// Thousands of small disasters, each decided by a seed. OPORA_SEEDS=n runs more, OPORA_SEED=s one
// of them.
#include "tests/sim/world.h"

#include <cstdlib>

#include <gtest/gtest.h>

namespace opora::sync::testing {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string story(const World& world) {
  std::string out;
  for (const std::string& line : world.violations()) out += "\n  " + line;
  return out;
}

TEST(World, BothSidesAreEqualAfterEveryDisaster) {
  const std::uint64_t one = from_environment("OPORA_SEED", 0);
  const std::uint64_t last = one != 0 ? one : from_environment("OPORA_SEEDS", 3'000);
  Counts sum;
  for (std::uint64_t seed = one != 0 ? one : 1; seed <= last; ++seed) {
    World world(seed);
    world.run();
    ASSERT_TRUE(world.violations().empty()) << "OPORA_SEED=" << seed << story(world);
    const Counts& counts = world.counts();
    sum.appended += counts.appended;
    sum.lost += counts.lost;
    sum.repeated += counts.repeated;
    sum.cuts += counts.cuts;
    sum.crashes += counts.crashes;
    sum.failed_writes += counts.failed_writes;
    sum.sessions += counts.sessions;
    sum.withdrawn += counts.withdrawn;
    sum.older += counts.older;
    sum.stopped_old += counts.stopped_old;
    sum.most_in_flight = std::max(sum.most_in_flight, counts.most_in_flight);
  }
  std::printf(
      "%llu entries, %llu lost, %llu repeated, %llu cuts, %llu crashes, %llu failed writes, %llu "
      "sessions, "
      "%zu bytes in flight at most\n",
      static_cast<unsigned long long>(sum.appended), static_cast<unsigned long long>(sum.lost),
      static_cast<unsigned long long>(sum.repeated), static_cast<unsigned long long>(sum.cuts),
      static_cast<unsigned long long>(sum.crashes),
      static_cast<unsigned long long>(sum.failed_writes),
      static_cast<unsigned long long>(sum.sessions), sum.most_in_flight);
  if (one != 0) return;
  // The disasters did happen, and the window was put to use.
  for (const std::uint64_t count :
       {sum.lost, sum.repeated, sum.cuts, sum.crashes, sum.failed_writes}) {
    EXPECT_GT(count, last);
  }
  EXPECT_GT(sum.most_in_flight, kSessionWindow * 3 / 4);
  // So did rights that end, versions that differ, and the one in front of the other.
  EXPECT_GT(sum.withdrawn, last);
  EXPECT_GT(sum.older, last / 2);
  EXPECT_GT(sum.stopped_old, last / 20);
}

TEST(World, ASeedDecidesEverything) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    World first(seed);
    World second(seed);
    first.run();
    second.run();
    EXPECT_EQ(first.counts().trace, second.counts().trace);
    EXPECT_EQ(first.counts().messages, second.counts().messages);
  }
}

// The checks can fail: each of these mistakes around the session is found.
class PlantedMistake : public ::testing::TestWithParam<Planted> {};

TEST_P(PlantedMistake, IsFound) {
  bool found = false;
  for (std::uint64_t seed = 1; seed <= 100 && !found; ++seed) {
    World world(seed, GetParam());
    world.run();
    found = !world.violations().empty();
  }
  EXPECT_TRUE(found);
}

INSTANTIATE_TEST_SUITE_P(World, PlantedMistake,
                         ::testing::Values(Planted::kAnswerBeforeSync, Planted::kCursorAhead,
                                           Planted::kOtherRecord, Planted::kForgottenAtSend));

}  // namespace
}  // namespace opora::sync::testing
