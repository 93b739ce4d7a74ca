// DueWatch: what the site has to say about its tickets because time has passed (A-esc, A17), or
// because other catalogues came (A14). Timers are rows, not threads: what comes next is found in
// the order of time, and what was said is an event, so that a restart neither repeats nor forgets
// it. The rules are the domain's (decide_moment, decide_times). Any thread; one at a time.
#pragma once

#include <atomic>
#include <functional>

#include "sync/engine/engine.h"
#include "web/app/timetables.h"

namespace opora::node {

class DueWatch {
 public:
  // How late a threshold may be told of.
  static constexpr int kEveryMs = 2'000;
  // Tickets in one command: more wait for the next, so that nobody at a desk waits for this one.
  static constexpr std::size_t kMaxTickets = 100;
  // Open tickets that one turn looks through for those that other catalogues concern.
  static constexpr std::size_t kMaxLooked = 2'000;

  struct Settings {
    SiteNo site;
    app::Zone home;
    // Whether the region's clock says the same: closing for ever cannot be undone.
    std::function<bool()> clock_confirmed;
    // Leases on routed work run from there.
    std::function<std::optional<TimeMs>()> region_heard;
  };
  DueWatch(const sync::Store& store, const Clock& clock, Settings settings,
           app::Timetables& timetables)
      : store_(store), clock_(clock), settings_(std::move(settings)), timetables_(timetables) {}

  // Other catalogues: all open tickets are looked at again. Also at the start, since nobody knows
  // how far the last run had come.
  void catalogues_changed() { look_again_ = true; }
  // One turn. What is left when it is full is the next turn's.
  void look(sync::Engine& engine);

 private:
  std::vector<AggregateId> passed(const sync::Reader& rows, TimeMs now) const;
  std::vector<AggregateId> outdated(const sync::Reader& rows);
  void submit(sync::Engine& engine, std::vector<AggregateId> tickets);

  const sync::Store& store_;
  const Clock& clock_;
  const Settings settings_;
  app::Timetables& timetables_;
  std::atomic<bool> look_again_{true};
  Bytes looked_through_;  // key of the last open ticket that was looked at; empty: none
  bool looking_ = false;
};

}  // namespace opora::node
