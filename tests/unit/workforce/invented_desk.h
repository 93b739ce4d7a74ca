// A desk whose calls are invented: a level with a trend, weekdays, days off, a course of the day,
// and chance. Seeded.
#pragma once

#include <array>
#include <cmath>
#include <map>
#include <random>

#include "protocol/domain/date_text.h"
#include "protocol/domain/forecast.h"

namespace opora::testing {

class InventedDesk {
 public:
  struct Habits {
    double level = 300;      // calls of an average day at the beginning
    double growth = 0;       // of the level, a day
    double day_off = 0.1;    // of the level
    double after_off = 1.0;  // of the weekday
    std::array<double, 7> weekdays{1.5, 1.2, 1.1, 1.1, 1.1, 0.6, 0.4};
    std::uint64_t seed = 1;
  };

  InventedDesk(Habits habits, const protocol::ProductionCalendar& production,
               protocol::LocalDay first, int days)
      : habits_(habits), production_(production), dice_(habits.seed) {
    history_.first = first;
    for (int i = 0; i < days; ++i) add(protocol::LocalDay{first.v + i});
  }

  const protocol::History& history() const { return history_; }
  // Without chance.
  double expected(protocol::LocalDay day) const {
    const auto sorted = protocol::sorted_day(production_, day);
    const double level = habits_.level * (1 + habits_.growth * (day.v - history_.first.v));
    if (sorted.sort == protocol::DaySort::kDayOff) return level * habits_.day_off;
    const double usual = level * habits_.weekdays[static_cast<std::size_t>(sorted.like)];
    return sorted.sort == protocol::DaySort::kAfterOff ? usual * habits_.after_off : usual;
  }
  // The telephone rang on nobody's desk that day.
  void silence(protocol::LocalDay day) {
    quarters_[day] = {};
    history_.calls[static_cast<std::size_t>(day.v - history_.first.v)] = 0;
  }
  protocol::QuartersOf quarters_of() const {
    return [this](protocol::LocalDay day) {
      const auto found = quarters_.find(day);
      return found == quarters_.end() ? protocol::QuarterCounts{} : found->second;
    };
  }
  // Open from eight to eight, most at ten, again at four.
  static double course(std::size_t quarter) {
    if (quarter < 32 || quarter >= 80) return 0;
    const auto bump = [&](double at, double wide) {
      const double off = (static_cast<double>(quarter) - at) / wide;
      return std::exp(-off * off);
    };
    return 0.3 + bump(40, 6) + 0.6 * bump(64, 8);
  }

 private:
  void add(protocol::LocalDay day) {
    double total = 0;
    for (std::size_t q = 0; q < protocol::kDayQuarters; ++q) total += course(q);
    protocol::QuarterCounts counts{};
    std::int64_t calls = 0;
    for (std::size_t q = 0; q < protocol::kDayQuarters; ++q) {
      counts[q] = chance(expected(day) * course(q) / total);
      calls += counts[q];
    }
    quarters_[day] = counts;
    history_.calls.push_back(calls);
  }
  // Poisson by Knuth: the standard's own distribution differs between libraries.
  std::int64_t chance(double mean) {
    const double limit = std::exp(-mean);
    std::int64_t draws = 0;
    double product = 1;
    do {
      product *= static_cast<double>(dice_() >> 11) * 0x1p-53;
      ++draws;
    } while (product > limit);
    return draws - 1;
  }

  Habits habits_;
  const protocol::ProductionCalendar& production_;
  std::mt19937_64 dice_;
  protocol::History history_;
  std::map<protocol::LocalDay, protocol::QuarterCounts> quarters_;
};

}  // namespace opora::testing
