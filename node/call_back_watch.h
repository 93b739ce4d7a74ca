// CallBackWatch: what becomes of calls back because time has passed (O7, N2): who asked for it
// takes his place in the queue when he may be called, and leaves it when there is nothing to call
// for here any more; what nobody here takes up goes to the region where the plan says so; what
// another site had under a lease comes home when that is over. Timers are rows; what was said is an
// event. Any thread; one at a time.
#pragma once

#include "node/call_desk.h"
#include "protocol/domain/call_back.h"

namespace opora::node {

// As the plan of calls has it; without one, as usual.
protocol::CallBackRule call_back_rule(const CallDesk* calls);

// The open tasks of a site that are due, a part of them at a time: each goes on where the last one
// stopped, so that those with whom nothing is to be done hide none behind them.
class DueRound {
 public:
  std::vector<AggregateId> next(const sync::Reader& rows, SiteNo site, TimeMs now,
                                std::size_t at_most);

 private:
  Bytes from_;  // empty: from the first
};

class CallBackWatch {
 public:
  static constexpr int kEveryMs = 1'000;
  // Looked at in one turn; more wait for the next.
  static constexpr std::size_t kMaxTasks = 100;

  CallBackWatch(const sync::Store& store, const Clock& clock, SiteNo site)
      : store_(store), clock_(clock), site_(site) {}
  // Before the first look; null: no telephone system is driven.
  void attach(CallDesk* calls) { calls_ = calls; }

  void look(sync::Engine& engine);

 private:
  void look_at_due(const sync::Reader& rows, TimeMs now, std::vector<AggregateId>& to_region);
  void look_at_places(const sync::Reader& rows) const;
  std::vector<AggregateId> come_home(const sync::Reader& rows, TimeMs now) const;
  bool goes_to_region(const protocol::CallBackState& task, TimeMs now) const;
  bool leaves_queue(const AggregateId& id) const;
  bool has_place(const protocol::CallBackState& task, TimeMs now) const;

  const sync::Store& store_;
  const Clock& clock_;
  const SiteNo site_;
  CallDesk* calls_ = nullptr;
  DueRound due_;
  telephony::CallBackRegion region_;  // of this turn
};

}  // namespace opora::node
