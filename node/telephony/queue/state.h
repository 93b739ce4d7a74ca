// The state of a site's call queue: a row a call, a row an agent, a row a queue; nothing of it
// names a person. Plain values; visit() is their coding (rows.h). The core owns them, the shell
// writes the rows that a step touched before it carries the step's commands out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "node/telephony/queue/ids.h"
#include "protocol/domain/events.h"

namespace opora::telephony {

// Raise it when a row changes its form: calls of before are then ended at the next start, and those
// that the PBX still has come in as new.
inline constexpr std::uint8_t kRowVersion = 6;

// A call's states; README.md has the arrows between them.
enum class Phase : std::uint8_t {
  kMenu = 1,      // hears a prompt, may press a digit
  kClosed = 2,    // hears that nobody is there
  kWaiting = 3,   // in its queue
  kRinging = 4,   // keeps its place, one phone rings for it
  kTalking = 5,   // with an agent; or held by one
  kOutside = 6,   // with a number outside or the region; no agent of this site
  kDialling = 7,  // an agent waits for the person to answer
};

enum class LegRole : std::uint8_t {
  kAgent = 1,       // serves the call
  kConsulted = 2,   // hears the agent, not the person
  kParty = 3,       // of a conference
  kSpecialist = 4,  // a number outside, instead of an agent
  kRegion = 5,      // the regional centre's queue
  kListening = 6,   // a supervisor, unheard
  kWhispering = 7,  // a supervisor, heard by the agent
  kTakingOver = 8,  // a supervisor, instead of the agent once he answers
};
enum class LegState : std::uint8_t { kDialling = 1, kUp = 2 };

struct Leg {
  LegNo no;
  LegRole role = LegRole::kAgent;
  LegState state = LegState::kDialling;
  AgentNo agent;   // 0: a number outside, or the region
  TimeMs until{};  // rings no longer than this; zero: up
  bool rang = false;
  bool to_region = false;  // a consulted leg
  bool operator==(const Leg&) const = default;
  template <class V>
  void visit(V&& v) {
    v(no, role, state, agent, until, rang, to_region);
  }
};

enum class Person : std::uint8_t {
  kUp = 1,       // on the line
  kDialled = 2,  // being called
  kAbsent = 3,   // to be called once an agent is there (call back)
  // Another site keeps him in its music and rings us: his call is answered when an agent has it, so
  // that he goes over to somebody, never to another queue (T23).
  kUnanswered = 4,
};

// Whether he knows that the call is recorded (O6). Who does not is not recorded.
enum class Told : std::uint8_t {
  kByLine = 1,  // the plan of his line answers for it
  kYes = 2,     // he has heard the notice to its end, here or where he came in
  kNo = 3,      // it could not be played; or another site has him and does not say that he heard it
};

enum class TapeState : std::uint8_t { kOff = 1, kOn = 2, kPaused = 3 };

// The recording of a call, part by part.
struct Tape {
  TapeState state = TapeState::kOff;
  std::uint16_t part = 0;   // the last that was begun
  AgentNo agent;            // whose talk it is
  std::uint8_t faults = 0;  // parts that the PBX did not record
  bool operator==(const Tape&) const = default;
  template <class V>
  void visit(V&& v) {
    v(state, part, agent, faults);
  }
};

struct Call {
  CallNo no;
  protocol::Direction direction = protocol::Direction::kIn;
  Phase phase = Phase::kMenu;
  Person person = Person::kUp;
  std::string line;  // dialled
  QueueNo queue;
  Priority priority;
  Skills skills;
  AgentNo last_agent;  // who served this caller last, here or before (A3)
  TimeMs arrived_at;
  TimeMs entered_at;   // its place in the queue: kept when a phone is not answered
  TimeMs queued_at{};  // waits in this queue since: after a transfer, or a talk, anew
  TimeMs phase_at;
  TimeMs until{};        // a menu, a message, a person's phone: no longer than this
  TimeMs announce_at{};  // zero: never
  TimeMs look_at{};      // wider pool, overflow; zero: nothing to look for
  MenuNo menu;
  std::uint8_t menu_steps = 0;
  std::uint8_t stage = 0;
  bool held = false;        // he hears music: by either hold, or while somebody is consulted
  TimeMs held_at{};         // since when
  bool gone_over = false;   // to the region: it counts there
  TimeMs answered_at{};     // first; zero: nobody has answered
  TimeMs overflow_after{};  // the region was tried: not again before
  std::uint16_t next_leg = 1;
  std::uint32_t next_seq = 1;  // of what reports are told
  std::vector<Leg> legs;
  Tape tape;
  protocol::JourneyId journey;  // zero: an adapter or a test that gave none
  SiteNo from_site;             // that has him meanwhile; zero: he came in here
  bool hidden = false;          // his number: nobody can call him back
  bool travels = false;         // two sites know of him: reports name the journey
  bool promised = false;        // hears that he will be called back
  Told told = Told::kByLine;
  // Two holds, for the end of one is not the end of the other.
  bool held_on_screen = false;
  bool held_by_phone = false;  // the button of the agent's telephone
  bool operator==(const Call&) const = default;
  template <class V>
  void visit(V&& v) {
    v(no, direction, phase, person, line, queue, priority, skills, last_agent, arrived_at);
    v(entered_at, phase_at, until, announce_at, look_at, menu, menu_steps, stage, held, held_at);
    v(gone_over, answered_at, overflow_after, next_leg, next_seq, legs, tape);
    v(journey, from_site, travels, promised, hidden, told, held_on_screen, held_by_phone);
    v(queued_at);
  }
};

// What took an agent out of the queue that he did not choose. A person's own break has a reason of
// T13 beside it.
enum class Aside : std::uint8_t {
  kNone = 0,
  kNoAnswer = 1,     // his phone rang and nobody took it
  kDeclined = 2,     // he refused the call
  kUnreachable = 3,  // his phone is not there
};

// Not free for a while, whatever his state.
enum class Rest : std::uint8_t { kNone = 0, kWrapUp = 1, kPhoneBusy = 2 };

struct Agent {
  AgentNo no;
  protocol::AgentState state = protocol::AgentState::kOffline;
  protocol::BreakReason reason = protocol::BreakReason::kNone;
  Aside aside = Aside::kNone;
  // What he asked to be once this call is over.
  std::optional<protocol::AgentState> then;
  protocol::BreakReason then_reason = protocol::BreakReason::kNone;
  TimeMs since;       // in this state
  TimeMs idle_since;  // longest idle goes first (O3)
  TimeMs lost_at{};   // his desk is not connected since; zero: it is
  bool lost_told = false;
  Rest rest = Rest::kNone;
  TimeMs rest_until{};
  CallNo call;  // 0: none. Never two.
  LegNo leg;
  std::map<QueueNo, Rank> lent;  // by a supervisor (N3), besides the plan
  bool operator==(const Agent&) const = default;
  template <class V>
  void visit(V&& v) {
    v(no, state, reason, aside, then, then_reason, since, idle_since, lost_at, lost_told);
    v(rest, rest_until, call, leg, lent);
  }
};

// How long calls of a queue keep an agent: moves by an eighth of each call's difference.
struct QueueFigures {
  QueueNo no;
  std::int64_t handle_ms = 180'000;
  bool operator==(const QueueFigures&) const = default;
  template <class V>
  void visit(V&& v) {
    v(no, handle_ms);
  }
};

}  // namespace opora::telephony
