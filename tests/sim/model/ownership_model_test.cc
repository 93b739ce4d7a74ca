// Every interleaving within a budget, each state once. One budget with everything in it has more
// states than a test has time for; each of these has all of something. The hash of a state has 64
// bits: with a million states one run in thirty million would take two for one.
#include <cstdio>

#include <gtest/gtest.h>

#include "tests/sim/model/ownership_check.h"

namespace opora::model {
namespace {

struct Scenario {
  const char* name;
  Budget budget;
};
void PrintTo(const Scenario& scenario, std::ostream* out) { *out << scenario.name; }

Budget budget(std::uint8_t offers, std::uint8_t cancels, std::uint8_t declines,
              std::uint8_t takeovers, std::uint8_t acts) {
  Budget out;
  out.offers = offers;
  out.cancels = cancels;
  out.declines = declines;
  out.takeovers = takeovers;
  out.acts = acts;
  out.losses = out.duplicates = 0;
  out.crashes = {};
  return out;
}

Budget with_faults(Budget out, std::uint8_t duplicates) {
  out.losses = 1;
  out.duplicates = duplicates;
  out.crashes = {1, 1, 1, 1};
  return out;
}

// From the smallest to the largest.
const std::array kScenarios = {
    Scenario{"one_change_and_every_fault", with_faults(budget(1, 0, 0, 0, 1), 1)},
    Scenario{"words", budget(2, 1, 1, 0, 1)},
    Scenario{"actions", budget(2, 0, 0, 0, 2)},
    Scenario{"takeover", budget(2, 0, 0, 1, 1)},
    Scenario{"all_of_it_once", budget(1, 1, 1, 1, 2)},
    Scenario{"two_changes_and_every_fault", with_faults(budget(2, 0, 0, 0, 1), 1)},
    Scenario{"takeover_words_and_faults", with_faults(budget(1, 1, 0, 1, 1), 0)},
};

std::string told(const Explored& explored) {
  std::string out = explored.broken.value_or("nothing broken");
  for (const std::string& step : explored.story) out += "\n  " + step;
  return out;
}

class Ownership : public testing::TestWithParam<Scenario> {};

TEST_P(Ownership, KeepsEveryPromiseInEveryInterleaving) {
  const Explored all = explore(Rules(Mistake::kNone), GetParam().budget);
  std::printf("%s: %llu states, %llu steps, %llu states at peace, longest way %zu steps\n",
              GetParam().name, static_cast<unsigned long long>(all.states),
              static_cast<unsigned long long>(all.steps),
              static_cast<unsigned long long>(all.at_peace), all.longest);
  EXPECT_FALSE(all.broken) << told(all);
  EXPECT_GT(all.at_peace, 100u) << "the model hardly moves";
}

INSTANTIATE_TEST_SUITE_P(Model, Ownership, testing::ValuesIn(kScenarios),
                         [](const auto& one) { return std::string(one.param.name); });

struct Planted {
  Mistake mistake;
  const char* name;
};
void PrintTo(const Planted& planted, std::ostream* out) { *out << planted.name; }

class OwnershipMistake : public testing::TestWithParam<Planted> {};

TEST_P(OwnershipMistake, IsFound) {
  std::uint64_t states = 0;
  for (const Scenario& scenario : kScenarios) {
    const Explored found = explore(Rules(GetParam().mistake), scenario.budget);
    states += found.states;
    if (!found.broken) continue;
    std::printf("%s: %s, after %llu states\n", GetParam().name, found.broken->c_str(),
                static_cast<unsigned long long>(states));
    return;
  }
  ADD_FAILURE() << "escaped after " << states << " states";
}

INSTANTIATE_TEST_SUITE_P(Planted, OwnershipMistake,
                         testing::Values(Planted{Mistake::kTermIgnored, "term_ignored"},
                                         Planted{Mistake::kCancelIgnored, "cancel_ignored"},
                                         Planted{Mistake::kThroughIgnored, "through_ignored"},
                                         Planted{Mistake::kOfferForgotten, "offer_forgotten"},
                                         Planted{Mistake::kThroughTooFar, "through_too_far"},
                                         Planted{Mistake::kSenderGivesUp, "sender_gives_up"},
                                         Planted{Mistake::kTermReused, "term_reused"},
                                         Planted{Mistake::kLateDropped, "late_dropped"},
                                         Planted{Mistake::kHistoryNotSent, "history_not_sent"},
                                         Planted{Mistake::kOldOwnerCutOff, "old_owner_cut_off"},
                                         Planted{Mistake::kRightKept, "right_kept"}),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace opora::model
