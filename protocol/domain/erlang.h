// How long callers of a queue wait and how many give up, from the traffic and the number of
// operators (T14): Erlang B and C, and Erlang A, in which callers lose patience. Pure.
//
// Calls come at random and at one rate, each takes an exponential time, whoever waits is served in
// order; with Erlang A each hangs up after an exponential time of his own. Times are in seconds.
// The service level is the share of all callers who are answered within `within_s`: who gave up
// before was not. What leaves these ranges is a bug of the caller (OPORA_CHECK).
#pragma once

#include <optional>

namespace opora::protocol {

// Of a region many times as large, and what bounds the time that one answer takes.
inline constexpr int kMaxOperators = 2'000;
inline constexpr double kMaxErlangs = 1'500;
inline constexpr double kMinPatienceS = 1;
inline constexpr double kMaxPatienceS = 3'600;

struct Traffic {
  double calls_per_s = 0;
  double handling_s = 1;             // talk and wrap-up of one call, on average, above 0
  std::optional<double> patience_s;  // on average; nothing: nobody ever gives up (Erlang C)

  double erlangs() const { return calls_per_s * handling_s; }
};

struct QueueFigures {
  double waits = 0;      // share of callers who are not answered at once
  double within = 0;     // service level: share of callers answered in time
  double gives_up = 0;   // share of callers
  double wait_s = 0;     // on average over all callers, also those who gave up
  double occupancy = 0;  // share of the operators' time
};

// The share of calls that find all operators busy when nobody waits.
double erlang_b(double erlangs, int operators);
// The share of callers who wait when all do; 1 when the traffic is too much for so many.
double erlang_c(double erlangs, int operators);

// 0 operators answer nobody: all wait, and with patience all give up. Without patience and with too
// few operators the queue grows for ever: all wait, none is answered in time, wait_s is infinite.
QueueFigures queue_figures(const Traffic& traffic, int operators, double within_s);

struct ServiceGoal {
  double share = 0.8;    // 0 < share < 1
  double within_s = 20;  // not below 0
};
// The fewest that reach the goal, which more of them never miss. 0 for no calls; kMaxOperators when
// as many would not do.
int operators_needed(const Traffic& traffic, const ServiceGoal& goal);

}  // namespace opora::protocol
