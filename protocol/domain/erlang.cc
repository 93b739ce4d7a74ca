#include "protocol/domain/erlang.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "protocol/base/check.h"

namespace opora::protocol {
namespace {

// 1/B, by B's own recursion: above 1.8e308 it is infinite and B is 0.
double inverse_erlang_b(double erlangs, int operators) {
  double inverse = 1;
  for (int n = 1; n <= operators; ++n) inverse = 1 + inverse * n / erlangs;
  return inverse;
}

// log of 1 + x/a + x²/(a(a+1)) + …: its terms rise up to x ≈ a + k and then fall, and may be larger
// than a double is, so the sum is scaled down as it goes.
double log_series(double a, double x) {
  constexpr double kLarge = 1e200;
  double sum = 1;
  double term = 1;
  double scale = 0;
  for (double k = 0; term > sum * 1e-17; ++k) {
    term *= x / (a + k);
    sum += term;
    if (sum < kLarge) continue;
    sum /= kLarge;
    term /= kLarge;
    scale += std::log(kLarge);
  }
  return scale + std::log(sum);
}

// log(e^a + e^b).
double log_sum(double a, double b) {
  const double high = std::max(a, b);
  return std::isinf(high) ? high : high + std::log(std::exp(a - high) + std::exp(b - high));
}

// M/M/n. Waiting times of those who wait are exponential.
QueueFigures patient(const Traffic& traffic, int operators, double within_s) {
  const double load = traffic.erlangs();
  QueueFigures out;
  out.waits = erlang_c(load, operators);
  out.occupancy = operators > 0 ? std::min(1.0, load / operators) : 0;
  if (load >= operators) {
    out.wait_s = std::numeric_limits<double>::infinity();
    return out;
  }
  const double spare = operators - load;
  out.within = 1 - out.waits * std::exp(-spare * within_s / traffic.handling_s);
  out.wait_s = out.waits * traffic.handling_s / spare;
  return out;
}

// M/M/n+M (Palm). V is how long a caller of endless patience would wait: README.md has the sums.
class Impatient {
 public:
  Impatient(const Traffic& traffic, int operators)
      : patience_s_(*traffic.patience_s),
        c_(operators * patience_s_ / traffic.handling_s),
        eta_(traffic.calls_per_s * patience_s_) {
    const double below = std::log(inverse_erlang_b(traffic.erlangs(), operators));
    const double above = std::log(eta_ / (c_ + 1)) + log_series(c_ + 2, eta_);
    log_full_ = -log_sum(below, above);
  }

  // P(V > t).
  double waits_longer(double t) const {
    const double y = std::exp(-t / patience_s_);
    return std::exp(log_tail(t, y) + log_series(c_ + 1, eta_ * y));
  }
  // P(V > t and who waits is patient enough): the answered of those.
  double answered_later(double t) const {
    const double y = std::exp(-t / patience_s_);
    return std::exp(log_tail(t, y) - t / patience_s_ + std::log(c_ / (c_ + 1)) +
                    log_series(c_ + 2, eta_ * y));
  }

 private:
  double log_tail(double t, double y) const {
    return log_full_ - c_ * t / patience_s_ + eta_ * (1 - y);
  }

  double patience_s_;
  double c_;
  double eta_;
  double log_full_ = 0;  // of all operators busy and nobody waiting
};

QueueFigures impatient(const Traffic& traffic, int operators, double within_s) {
  if (operators == 0) return {1, 0, 1, *traffic.patience_s, 0};
  const Impatient queue(traffic, operators);
  const auto share = [](double v) { return std::clamp(v, 0.0, 1.0); };
  QueueFigures out;
  out.waits = share(queue.waits_longer(0));
  const double answered_of_waiting = queue.answered_later(0);
  out.gives_up = share(out.waits - answered_of_waiting);
  out.within = share(1 - out.waits + answered_of_waiting - queue.answered_later(within_s));
  // Who waits gives up at the rate 1/patience, whatever the queue: Little's law.
  out.wait_s = out.gives_up * *traffic.patience_s;
  out.occupancy = share(traffic.erlangs() * (1 - out.gives_up) / operators);
  return out;
}

void check(const Traffic& traffic) {
  OPORA_CHECK(traffic.calls_per_s >= 0 && traffic.handling_s > 0);
  OPORA_CHECK(traffic.erlangs() <= kMaxErlangs);
  OPORA_CHECK(!traffic.patience_s ||
              (*traffic.patience_s >= kMinPatienceS && *traffic.patience_s <= kMaxPatienceS));
}

}  // namespace

double erlang_b(double erlangs, int operators) {
  OPORA_CHECK(erlangs >= 0 && erlangs <= kMaxErlangs && operators >= 0);
  if (erlangs == 0) return operators == 0 ? 1 : 0;
  return 1 / inverse_erlang_b(erlangs, operators);
}

double erlang_c(double erlangs, int operators) {
  if (erlangs == 0) return operators == 0 ? 1 : 0;
  if (erlangs >= operators) return 1;
  const double busy = erlang_b(erlangs, operators);
  return busy / (1 - erlangs / operators * (1 - busy));
}

QueueFigures queue_figures(const Traffic& traffic, int operators, double within_s) {
  check(traffic);
  OPORA_CHECK(operators >= 0 && operators <= kMaxOperators && within_s >= 0);
  if (traffic.calls_per_s == 0) return {0, 1, 0, 0, 0};
  return traffic.patience_s ? impatient(traffic, operators, within_s)
                            : patient(traffic, operators, within_s);
}

int operators_needed(const Traffic& traffic, const ServiceGoal& goal) {
  OPORA_CHECK(goal.share > 0 && goal.share < 1);
  if (traffic.calls_per_s == 0) return 0;
  const auto reaches = [&](int operators) {
    return queue_figures(traffic, operators, goal.within_s).within >= goal.share;
  };
  // Mostly a little above the traffic: from there up in steps that double, then halved.
  int misses = 0;
  int step = 1;
  int enough = std::max(1, static_cast<int>(traffic.erlangs()));
  while (enough < kMaxOperators && !reaches(enough)) {
    misses = enough;
    enough = std::min(kMaxOperators, enough + step);
    step *= 2;
  }
  while (enough - misses > 1) {
    const int middle = (enough + misses) / 2;
    (reaches(middle) ? enough : misses) = middle;
  }
  return enough;
}

}  // namespace opora::protocol
