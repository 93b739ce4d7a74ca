// The call queue of a site, decided purely: (state, event, now) → (state, commands). Owned by one
// thread. No clock, no chance, no I/O: the same events at the same times give the same commands and
// the same rows, and a core that was made from its rows goes on as if it had never stopped.
//
// The shell writes the touched rows and what the commands tell the journal in one transaction, then
// carries the other commands out. README.md of the folder above has states, invariants and limits.
#pragma once

#include <optional>
#include <vector>

#include "node/telephony/queue/command.h"
#include "node/telephony/queue/event.h"
#include "node/telephony/queue/floor.h"

namespace opora::telephony {

class Core {
 public:
  struct Rows {
    std::vector<Call> calls;
    std::vector<Agent> agents;
    std::vector<QueueFigures> figures;
  };
  struct Done {
    Commands commands;
    // Rows that changed; of a call that is not in calls() any more, the row goes.
    std::vector<CallNo> calls;
    std::vector<AgentNo> agents;
    std::vector<QueueNo> figures;
  };

  Core() = default;
  // Rows that rows.h decoded. Agents and calls that name each other wrongly are parted: the call
  // goes back to its queue, the agent is free.
  explicit Core(Rows rows);

  // `plan` passed check(). A `now` before that of the last step counts as that one, but after
  // Restarted.
  Done step(const Plan& plan, const Event& event, TimeMs now);

  // When Tick has something to do.
  std::optional<TimeMs> next_wake() const;

  const Floor& floor() const { return floor_; }

 private:
  Floor floor_;
};

}  // namespace opora::telephony
