// EngineQueue: what waits for an EngineCore, and one turn of it. Groups, slices, what a failure
// answers: all that Engine decides except its thread, so that the simulator runs the same. Not
// thread-safe by itself: Engine calls push, take and finish under its lock and the core without it.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "sync/engine/engine_core.h"

namespace opora::sync {

// Commands waiting: at 5 000 a second this is a second; whoever would wait longer had better retry.
inline constexpr std::size_t kMaxWaitingCommands = 5'000;

class EngineQueue {
 public:
  struct Turn {
    std::vector<Command> commands;
    std::vector<ReceivedBatch*> batches;  // stay in the queue until finish()
    Backlog backlog = Backlog::kNone;
    bool empty() const { return commands.empty() && batches.empty(); }
  };

  bool empty() const { return commands_.empty() && peers_.empty(); }
  std::size_t waiting_commands() const { return commands_.size(); }
  std::size_t waiting_batches() const;
  // A refused command comes back, to be answered by the caller.
  std::optional<Command> push(Command command);
  // With entries, or an order.
  void push(ReceivedBatch batch);

  // The next group: all commands up to kMaxGroup, and batches for a slice of so many entries: one
  // of each peer in turn, so that a record of now does not wait behind another site's week.
  Turn take(std::size_t slice = kRemoteSlice);
  // What of the turn's batches has been answered leaves: all of them when the commit failed.
  void finish(const Turn& turn, const Status& status);
  // Answers everything that waits with kUnavailable.
  void refuse_all();

 private:
  std::deque<Command> commands_;
  std::map<SiteNo, std::deque<ReceivedBatch>> peers_;  // none is empty
  SiteNo last_;                                        // whose batch was the first of the last turn
};

}  // namespace opora::sync
