// Erlang B, C and A (T14) against published figures, against the chain of states summed as it
// stands, and against a queue that is played call by call.
#include "protocol/domain/erlang.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/unit/workforce/queue_simulation.h"

namespace opora::protocol {
namespace {

// Erlang's loss table: the traffic of which so many lines lose one call in a hundred.
TEST(ErlangB, IsThePublishedTableOfOnePercent) {
  struct Entry {
    int lines;
    double erlangs;
  };
  for (const Entry& e : {Entry{1, 0.0101}, Entry{2, 0.1526}, Entry{3, 0.4555}, Entry{5, 1.3608},
                         Entry{10, 4.4612}, Entry{15, 8.108}, Entry{20, 12.031}, Entry{30, 20.337},
                         Entry{50, 37.901}, Entry{100, 84.064}}) {
    EXPECT_NEAR(erlang_b(e.erlangs, e.lines), 0.01, 0.00001) << e.lines;
  }
}

// The example that every text on call centres has: 100 calls in half an hour, three minutes each.
TEST(ErlangC, IsThePublishedExampleOfTenErlangs) {
  const Traffic traffic{100.0 / 1800, 180, {}};
  ASSERT_DOUBLE_EQ(traffic.erlangs(), 10);
  struct Entry {
    int operators;
    double waits_pct;
    double within_pct;
  };
  for (const Entry& e : {Entry{11, 68.2, 39.0}, Entry{12, 44.9, 64.0}, Entry{13, 28.5, 79.6},
                         Entry{14, 17.4, 88.8}}) {
    const QueueFigures figures = queue_figures(traffic, e.operators, 20);
    EXPECT_NEAR(figures.waits * 100, e.waits_pct, 0.06) << e.operators;
    EXPECT_NEAR(figures.within * 100, e.within_pct, 0.1) << e.operators;
  }
  const QueueFigures figures = queue_figures(traffic, 14, 20);
  EXPECT_NEAR(figures.wait_s, 7.8, 0.05);
  EXPECT_NEAR(figures.occupancy, 0.714, 0.0005);
  EXPECT_EQ(operators_needed(traffic, {0.8, 20}), 14);
}

// Mandelbaum and Zeltyn: 48 calls a minute of a minute each, 50 operators, patience of two minutes.
TEST(ErlangA, IsThePublishedExampleOfFiftyOperators) {
  const Traffic patient{48.0 / 60, 60, {}};
  EXPECT_NEAR(queue_figures(patient, 50, 20).wait_s, 20.8, 0.05);
  const Traffic impatient{48.0 / 60, 60, 120};
  const QueueFigures figures = queue_figures(impatient, 50, 20);
  EXPECT_NEAR(figures.gives_up, 0.031, 0.0005);
  EXPECT_NEAR(figures.wait_s, 3.7, 0.05);
  EXPECT_NEAR(figures.occupancy, 0.93, 0.005);
}

// ---- The chain of states, summed as it stands

struct Chain {
  std::vector<long double> states;  // probability of so many calls, waiting ones too
};

Chain chain_of(const Traffic& t, int operators) {
  const long double give_up = t.patience_s ? 1.0L / *t.patience_s : 0.0L;
  Chain out;
  long double weight = 1;
  long double total = 0;
  for (int k = 0; k <= operators + 4'000; ++k) {
    out.states.push_back(weight);
    total += weight;
    const long double serving = std::min(k + 1, operators) / static_cast<long double>(t.handling_s);
    const long double leaving = std::max(0, k + 1 - operators) * give_up;
    weight *= static_cast<long double>(t.calls_per_s) / (serving + leaving);
  }
  for (long double& state : out.states) state /= total;
  return out;
}

// Answered in time, of the caller who finds `ahead` waiting before him: one after the other is
// served or gives up, or he himself does. By small steps of time over who is still before him.
std::vector<double> answered_in_time(const Traffic& t, int operators, int most, double within_s) {
  const double give_up = t.patience_s ? 1 / *t.patience_s : 0;
  std::vector<double> answered(static_cast<std::size_t>(most) + 1, 0.0);
  constexpr int kSteps = 20'000;
  const double step = within_s / kSteps;
  // answered[a](x): with time x left. d/dx = served × (answered[a-1] − answered[a]) − own give-up.
  for (int i = 0; i < kSteps; ++i) {
    for (int a = most; a >= 0; --a) {
      const double rate = operators / t.handling_s + a * give_up;
      const auto at = static_cast<std::size_t>(a);
      const double then = a == 0 ? 1.0 : answered[at - 1];
      answered[at] += step * (rate * (then - answered[at]) - give_up * answered[at]);
    }
  }
  return answered;
}

TEST(ErlangFormulas, AreTheChainOfStatesSummed) {
  struct Case {
    Traffic traffic;
    int operators;
  };
  const Case cases[] = {
      {{100.0 / 1800, 180, {}}, 14}, {{100.0 / 1800, 180, 120}, 14}, {{100.0 / 1800, 180, 60}, 9},
      {{3.0 / 900, 150, 180}, 1},    {{40.0 / 900, 210, 45}, 7},     {{500.0 / 900, 200, 180}, 115},
      {{0.05 / 900, 300, 180}, 1},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.traffic.erlangs());
    const Chain chain = chain_of(c.traffic, c.operators);
    const QueueFigures figures = queue_figures(c.traffic, c.operators, 20);
    constexpr int kMostAhead = 150;
    const auto in_time = answered_in_time(c.traffic, c.operators, kMostAhead, 20);
    double at_once = 0;
    double within = 0;
    double queue = 0;
    for (int k = 0; k < static_cast<int>(chain.states.size()); ++k) {
      const auto p = static_cast<double>(chain.states[static_cast<std::size_t>(k)]);
      const int ahead = k - c.operators;
      if (ahead < 0) at_once += p;
      else if (ahead <= kMostAhead) within += p * in_time[static_cast<std::size_t>(ahead)];
      queue += p * std::max(0, ahead);
    }
    EXPECT_NEAR(figures.waits, 1 - at_once, 1e-9);
    EXPECT_NEAR(figures.within, at_once + within, 2e-4);
    EXPECT_NEAR(figures.wait_s, queue / c.traffic.calls_per_s, 1e-6 * (1 + figures.wait_s));
  }
}

// ---- Played

TEST(ErlangFormulas, AreWhatAPlayedQueueDoes) {
  struct Case {
    Traffic traffic;
    int operators;
    std::uint64_t seed;
  };
  const Case cases[] = {
      {{100.0 / 1800, 180, {}}, 13, 1}, {{100.0 / 1800, 180, 120}, 11, 2},
      {{100.0 / 1800, 180, 60}, 8, 3},  {{6.0 / 900, 200, 180}, 2, 4},
      {{300.0 / 900, 240, 90}, 78, 5},
  };
  constexpr int kCalls = 400'000;
  for (const Case& c : cases) {
    SCOPED_TRACE(c.seed);
    const QueueFigures said = queue_figures(c.traffic, c.operators, 20);
    const QueueFigures seen =
        testing::QueueSimulation(c.traffic, c.operators, c.seed).run(kCalls, 20);
    EXPECT_NEAR(seen.waits, said.waits, 0.01);
    EXPECT_NEAR(seen.within, said.within, 0.01);
    EXPECT_NEAR(seen.gives_up, said.gives_up, 0.005);
    EXPECT_NEAR(seen.wait_s, said.wait_s, 0.05 * said.wait_s + 0.1);
    EXPECT_NEAR(seen.occupancy, said.occupancy, 0.005);
  }
}

// A check of the check: one operator fewer is not what the formulas say of all.
TEST(ErlangFormulas, AreToldFromThoseOfOneOperatorFewer) {
  const Traffic traffic{100.0 / 1800, 180, 120};
  const QueueFigures said = queue_figures(traffic, 11, 20);
  const QueueFigures seen = testing::QueueSimulation(traffic, 10, 2).run(400'000, 20);
  EXPECT_GT(std::abs(seen.within - said.within), 0.05);
}

// ---- Properties

TEST(ErlangFormulas, MoreOperatorsServeNobodyWorse) {
  for (const double patience : {0.0, 20.0, 180.0, 3'600.0}) {
    for (const double calls : {0.02, 1.0, 17.0, 250.0, 4'000.0}) {
      Traffic traffic{calls / 900, 175, {}};
      if (patience > 0) traffic.patience_s = patience;
      double before = -1;
      const int around = static_cast<int>(traffic.erlangs());
      for (int n = std::max(0, around - 30); n < around + 40; ++n) {
        const QueueFigures f = queue_figures(traffic, n, 20);
        SCOPED_TRACE(::testing::Message() << patience << " " << calls << " " << n);
        for (const double share : {f.waits, f.within, f.gives_up, f.occupancy}) {
          ASSERT_GE(share, 0);
          ASSERT_LE(share, 1);
        }
        ASSERT_GE(f.within, before - 1e-9);
        before = f.within;
      }
    }
  }
}

TEST(ErlangFormulas, AreOfEndlessPatienceWhatErlangCIs) {
  const Traffic patient{100.0 / 1800, 180, {}};
  Traffic nearly = patient;
  nearly.patience_s = kMaxPatienceS;
  const QueueFigures c = queue_figures(patient, 16, 20);
  const QueueFigures a = queue_figures(nearly, 16, 20);
  EXPECT_NEAR(a.within, c.within, 0.002);
  EXPECT_LT(a.wait_s, c.wait_s);
}

TEST(OperatorsNeeded, AreEnoughAndOneFewerIsNot) {
  for (const double calls : {0.02, 0.4, 3.0, 22.0, 140.0, 1'500.0, 6'000.0}) {
    for (const double share : {0.5, 0.8, 0.95}) {
      for (const std::optional<double> patience : {std::optional(60.0), std::optional<double>()}) {
        const Traffic traffic{calls / 900, 190, patience};
        const int n = operators_needed(traffic, {share, 20});
        SCOPED_TRACE(::testing::Message() << calls << " " << share << " " << n);
        ASSERT_GE(queue_figures(traffic, n, 20).within, share);
        ASSERT_LT(queue_figures(traffic, n - 1, 20).within, share);
      }
    }
  }
}

TEST(OperatorsNeeded, AreNoneForNoCallsAndTheMostForTooMany) {
  EXPECT_EQ(operators_needed({0, 180, 60}, {0.8, 20}), 0);
  EXPECT_EQ(operators_needed({kMaxErlangs / 180, 180, 60}, {0.8, 20}) < kMaxOperators, true);
  const QueueFigures nobody = queue_figures({0.1, 180, 60}, 0, 20);
  EXPECT_EQ(nobody.gives_up, 1);
  EXPECT_EQ(nobody.wait_s, 60);
}

}  // namespace
}  // namespace opora::protocol
