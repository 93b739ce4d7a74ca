// DueWatch: what the site has to say about its tickets because time has passed (A-esc, A17), or
// because other catalogues came (A14). Timers are rows, not threads: what comes next is found in
// the order of time, and what was said is an event, so that a restart neither repeats nor forgets
// it. The rules are the domain's (decide_moment, decide_times). Any thread; one at a time. Time,
// rows, the line to the region and where words go are given to it: the simulator runs it as the
// daemon does.
//
// Each turn is bounded, and nothing starves. Rows that nobody here may answer now (the lease on
// routed work is over, a clock that nobody confirms) stay where they are, so a turn goes on behind
// the last one's end and begins anew at the end. How far the open tickets were looked through for
// these catalogues stands in a row: a start goes on there, and looks at none when that was to the
// end.
#pragma once

#include <atomic>
#include <functional>

#include "sync/engine/batch_intake.h"
#include "web/app/timetables.h"

namespace opora::node {

class DueWatch {
 public:
  // How late a threshold may be told of.
  static constexpr int kEveryMs = 2'000;
  // Tickets in one command: more wait for the next, so that nobody at a desk waits for this one.
  static constexpr std::size_t kMaxTickets = 100;
  // Rows that one turn looks at, of what is due and of the open tickets each: milliseconds.
  static constexpr std::size_t kMaxLooked = 2'000;

  struct Settings {
    SiteNo site;
    // Whether the region's clock says the same: closing for ever cannot be undone.
    std::function<bool()> clock_confirmed;
    // Leases on routed work run from there.
    std::function<std::optional<TimeMs>()> region_heard;
    // Its last silence that is over: whether the site was cut off when a moment was reached.
    std::function<std::optional<protocol::Silence>()> region_silent;
  };
  DueWatch(const sync::Store& store, const Clock& clock, Settings settings,
           app::Timetables& timetables);

  // Other catalogues, perhaps: what the tickets' moments were worked out from is compared again.
  void catalogues_changed() { look_again_ = true; }
  // One turn. What is left when it is full is the next turn's.
  void look(sync::BatchIntake& engine);

 private:
  // How far the open tickets were looked through, kept in a row of kMeta.
  struct Looked {
    Bytes catalogues;    // Timetable::versions() as a hash
    Bytes through;       // key of the last open ticket that was looked at; empty: none
    bool whole = false;  // to the end, and nothing was left
    template <class V>
    void visit(V&& v) {
      v(catalogues, through, whole);
    }
  };
  bool may_answer(const sync::Reader& rows, const AggregateId& ticket, TimeMs now) const;
  std::vector<AggregateId> passed(const sync::Reader& rows, TimeMs now);
  // Nothing: there is nothing to look for.
  std::optional<std::vector<AggregateId>> outdated(const sync::Reader& rows, TimeMs now);
  void begin_to_look(const protocol::Timetable& timetable);
  static bool is_outdated(const sync::Reader& rows, const AggregateId& ticket,
                          const protocol::Timetable& timetable);
  sync::Command saying(std::vector<AggregateId> tickets);

  const sync::Store& store_;
  const Clock& clock_;
  const Settings settings_;
  app::Timetables& timetables_;
  std::atomic<bool> look_again_{true};
  Bytes passed_through_;  // key of the last row of what is due that was looked at; empty: none
  Looked looked_;
  bool begins_ = false;  // to look through the open tickets
  bool looking_ = false;
  // A ticket was left because its lease was over; when the region was last heard of then.
  std::optional<std::optional<TimeMs>> left_;
};

}  // namespace opora::node
