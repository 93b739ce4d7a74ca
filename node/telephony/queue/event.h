// What happens to the call queue. Each is told once by whoever saw it; told twice, out of order, or
// of a call that is gone, it has no effect but to hang up what should not be there. Plain values.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "node/telephony/queue/state.h"

namespace opora::telephony {

// From the PBX.

// What is known of a person's way here (T23): drawn for whoever comes in, read from the call of
// another site.
struct Journey {
  protocol::JourneyId id{};
  SiteNo from{};               // zero: it begins here
  std::int64_t waited_ms = 0;  // since his first entry into a queue
};
struct Arrived {
  CallNo call;  // new
  std::string line;
  Priority priority{};
  Skills skills{};
  AgentNo last_agent{};
  Journey journey{};
  bool hidden = false;  // his number is not shown: he cannot be called back
  Told told = Told::kByLine;
};
// Somebody who waited for it is called back; he keeps the place that he had (O7).
struct CallBackEntered {
  CallNo call;  // new
  QueueNo queue;
  TimeMs entered_at;
  Priority priority{};
  Skills skills{};
  AgentNo last_agent{};
};
// Nobody is to be called back any more, or by another call; or another site is to do it, unless a
// phone rings here for him. Of one that was dialled: too late.
enum class Withdrawal : std::uint8_t { kAtOnce = 1, kUnlessItRings = 2 };
struct CallBackWithdrawn {
  CallNo call;
  Withdrawal how = Withdrawal::kAtOnce;
};
struct Digit {
  CallNo call;
  char digit = 0;
};
// The prompt or the message is over.
enum class Prompt : std::uint8_t { kHeard = 1, kFailed = 2 };
struct Played {
  CallNo call;
  Prompt prompt = Prompt::kHeard;
};
struct LegRings {
  CallNo call;
  LegNo leg;
};
struct LegAnswered {
  CallNo call;
  LegNo leg;
  AgentNo by{};  // another's phone took it (pick-up at the PBX); 0: whose it is
};
enum class LegEnd : std::uint8_t {
  kHungUp = 1,
  kNoAnswer = 2,
  kBusy = 3,
  kDeclined = 4,
  kUnreachable = 5,  // refused by the PBX at once, no trunk, no registration
  kFault = 6,        // was up and broke
};
struct LegEnded {
  CallNo call;
  LegNo leg;
  LegEnd why = LegEnd::kHungUp;
};

// A part of a recording has ended, asked for or not; or it never began.
enum class TapeEnd : std::uint8_t { kDone = 1, kFailed = 2 };
struct RecordingEnded {
  CallNo call;
  std::uint16_t part = 0;
  TapeEnd why = TapeEnd::kDone;
};

// What the PBX has, after a time without its events.
struct SeenLeg {
  LegNo no;
  LegState state = LegState::kUp;
};
struct SeenCall {
  CallNo no;
  std::vector<SeenLeg> legs;  // with kPerson
};
struct Reconciled {
  std::vector<SeenCall> calls;
  // Whose person is in the PBX's own queue: the guard, or the dialplan, has given him there.
  std::vector<CallNo> at_own_queue{};
};
struct LinkLost {};

// From people. `ask` comes back in Refused.

struct AskNo {
  std::uint64_t v = 0;
};
struct SetState {
  protocol::AgentState state = protocol::AgentState::kReady;
  protocol::BreakReason reason = protocol::BreakReason::kNone;
};
struct Hold {};
struct Resume {};
struct HangUpCall {};
struct ReadyAgain {};  // ends the wrap-up
struct ToAgent {
  AgentNo agent;
};
struct ToCallers {
  QueueNo queue;
};
struct ToNumber {
  std::string number;
};
struct ToRegion {};
using Target = std::variant<ToAgent, ToCallers, ToNumber, ToRegion>;
struct Transfer {  // O4, blind
  Target to;
};
struct Consult {  // O4; not to a queue
  Target to;
};
struct CompleteTransfer {};
struct CancelConsult {};
struct Conference {};
struct DialOut {
  CallNo call;  // new; the adapter knows the number
};
struct PickUp {
  CallNo call;
};
// A supervisor's; whether he is one was asked before.
struct SetStateOf {
  AgentNo agent;
  SetState set;
};
struct Lend {
  AgentNo agent;
  QueueNo queue;
  Rank rank{1};
};
struct Recall {
  AgentNo agent;
};
struct OpenReserve {
  GroupNo group;
};
struct CloseReserve {
  GroupNo group;
};
struct Monitor {
  CallNo call;
  LegRole how = LegRole::kListening;  // or kWhispering, kTakingOver
};
using Ask = std::variant<SetState, Hold, Resume, HangUpCall, ReadyAgain, Transfer, Consult,
                         CompleteTransfer, CancelConsult, Conference, DialOut, PickUp, SetStateOf,
                         Lend, Recall, OpenReserve, CloseReserve, Monitor>;
struct Asked {
  AskNo ask;
  AgentNo agent;
  Ask what;
};
// What somebody does with the buttons of his telephone, as if he had asked on the screen (O4).
struct PhoneHolds {
  CallNo call;
  LegNo leg;
  bool holds = true;
};
struct PhoneTransfers {  // blind
  CallNo call;
  LegNo leg;
  Target to;
};
struct DeskSeen {
  AgentNo agent;
};
struct DeskLost {
  AgentNo agent;
};

// From the shell.

struct Tick {};         // at or after next_wake()
struct PlanChanged {};  // the plan of this step is another than that of the last one
struct Restarted {};    // the rows were loaded; the PBX has not been looked at yet

using Event =
    std::variant<Arrived, CallBackEntered, CallBackWithdrawn, Digit, Played, LegRings, LegAnswered,
                 LegEnded, RecordingEnded, Reconciled, LinkLost, Asked, PhoneHolds, PhoneTransfers,
                 DeskSeen, DeskLost, Tick, PlanChanged, Restarted>;

}  // namespace opora::telephony
