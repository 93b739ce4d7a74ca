// CallControl: a telephone system as the call queue uses it. Each adapter implements it; the shell
// (call_shell.h) drives it. README.md of this folder says what an adapter has to keep to.
//
// Threads. The shell calls on the engine's thread, in the order of its steps: nothing here blocks.
// The adapter tells from threads of its own, each event in the order in which it happened.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "node/telephony/queue/command.h"
#include "node/telephony/queue/event.h"

namespace opora::telephony {

// What a source of calls has. A screen offers nothing that it has not.
enum class Ability : std::uint8_t {
  kTellsCalls = 1,
  kTellsAgents = 2,
  kControls = 3,  // carries the queue's commands out; without it the queue is not asked
  kDialsOut = 4,  // numbers outside: it has a trunk
  kReachesRegion = 5,
};

// What an adapter has to say at once: an event of the first group of event.h, and the numbers of
// persons whose calls it is the first to tell of. A number that is withheld is not there.
struct Report {
  Event event;
  std::map<CallNo, std::string> numbers{};
};

// Whoever hears what adapters tell. Any thread.
class CallEvents {
 public:
  virtual ~CallEvents() = default;
  virtual void tell(Report report) = 0;
  // For a call that has just come in. Nothing: not now; the caller goes to the PBX's own queue.
  virtual std::optional<CallNo> next_call() = 0;
};

class CallControl {
 public:
  virtual ~CallControl() = default;
  virtual bool can(Ability what) const = 0;
  // Of one step, in order: those of command.h up to FallBack, and Finish, with which all that was
  // kept of a call can go. What could not be done is told as the event that it amounts to.
  virtual void carry_out(const Commands& commands) = 0;
  // What was told may not have been heard: look at everything, then tell Reconciled.
  virtual void look_again() = 0;
  // Whom a call is to reach, before the command that dials him.
  virtual void set_number(CallNo call, const std::string& number) = 0;
};

}  // namespace opora::telephony
