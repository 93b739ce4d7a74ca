// What a step wants done, in order. To the PBX: an adapter carries it out or answers with an event
// that says that it could not; each may be repeated without harm. To the journal and to screens:
// the shell does it in the transaction that writes the touched rows. Plain values.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "node/telephony/queue/event.h"

namespace opora::telephony {

// To the PBX.

struct Answer {
  CallNo call;
};
// He hears from the site that keeps him that it rings here.
struct Ring {
  CallNo call;
};
struct PlayMenu {
  CallNo call;
  MenuNo menu;  // kNotice: that of the line
};
struct PlayClosed {
  CallNo call;
  bool offers_call_back = false;
};
// «Мы вам перезвоним»: no trunk is free, and he is not kept hanging.
struct PlayPromise {
  CallNo call;
};
struct StopPlaying {
  CallNo call;
};
// Into the queue's music, from wherever the person is.
struct Park {
  CallNo call;
  QueueNo queue;
};
struct Announce {
  CallNo call;
  std::uint16_t position = 1;
  std::int64_t wait_ms = 0;  // below zero: nobody can say
  bool offers_call_back = false;
};
// Whom a leg calls: the agent, the person (leg 0), a number outside, the region.
struct Dial {
  CallNo call;
  LegNo leg;
  AgentNo agent{};
  std::string number{};  // of a specialist
  LegRole role = LegRole::kAgent;
  std::int64_t ring_ms = 0;
  bool to_region = false;
  Journey journey{};    // of who came in and is to go over: goes with the call
  Priority priority{};  // with a journey: A2b holds there as well
  Skills skills{};
  LegNo hears{};              // of the person: whose telephone hears that his rings; none: nobody's
  Told told = Told::kByLine;  // the person, for whom another site is called
};
// Person and leg hear each other; the person leaves the music.
struct Join {
  CallNo call;
  LegNo leg;
};
// Agent and consulted hear each other, the person hears music.
struct JoinConsult {
  CallNo call;
  LegNo agent;
  LegNo consulted;
};
struct HoldPerson {
  CallNo call;
};
// Together again with all who talk with him: an adapter that was started meanwhile does not know
// who they are.
struct ResumePerson {
  CallNo call;
  std::vector<LegNo> with;
};
// As the role of the leg says; `agent` is who is heard.
struct Overhear {
  CallNo call;
  LegNo leg;
  LegNo agent;
  LegRole how = LegRole::kListening;
};
enum class HangUpWhy : std::uint8_t { kOver = 1, kTakenElsewhere = 2, kNotOurs = 3, kNotTaken = 4 };
struct HangUpLeg {
  CallNo call;
  LegNo leg;
  HangUpWhy why = HangUpWhy::kOver;
};
// What became of a transfer that somebody began at his telephone: it hears of it before it is hung
// up.
struct AnswerPhone {
  CallNo call;
  LegNo leg;
  bool taken = false;
};
// Of all that person and agents say to each other (O6). The shell notes it, so that the file is
// fetched whatever happens to the call.
struct StartRecording {
  CallNo call;
  std::uint16_t part = 1;
  QueueNo queue;
  AgentNo agent;
  TimeMs at;
};
struct PauseRecording {
  CallNo call;
  std::uint16_t part = 1;
};
struct ResumeRecording {
  CallNo call;
  std::uint16_t part = 1;
};
struct StopRecording {
  CallNo call;
  std::uint16_t part = 1;
};
// Nobody told of it for a while: a part that runs no more is told as RecordingEnded.
struct CheckRecording {
  CallNo call;
  std::uint16_t part = 1;
};
// Back to the dialplan: the PBX's own queue.
struct FallBack {
  CallNo call;
};

// To the journal: as telephone systems tell it (protocol/domain, ObserveCall). The desk and the
// line are those of the queue.
struct TellCall {
  CallNo call;
  std::uint32_t seq = 0;
  protocol::CallStep step = protocol::CallStep::kQueued;
  TimeMs at;
  QueueNo queue;
  AgentNo agent;
  protocol::Direction direction = protocol::Direction::kIn;
  protocol::JourneyId journey{};
  SiteNo from_site{};
};
struct TellAgent {
  AgentNo agent;
  protocol::AgentState state = protocol::AgentState::kOffline;
  protocol::BreakReason reason = protocol::BreakReason::kNone;
  Aside aside = Aside::kNone;
  TimeMs at;
};
// A part that the PBX has ended, or did not record.
struct RecordingOver {
  CallNo call;
  std::uint16_t part = 1;
  TapeEnd why = TapeEnd::kDone;
};
// A task of O7, in the queue where it waited, with the place that it keeps.
struct LeaveCallBack {
  CallNo call;
  QueueNo queue;
  TimeMs entered_at;
  Priority priority{};
  Skills skills{};
  protocol::JourneyId journey{};
};
enum class Outcome : std::uint8_t {
  kTalked = 1,
  kLost = 2,         // hung up before anybody answered
  kClosed = 3,       // came outside the hours
  kCallBack = 4,     // left a request
  kGoneOver = 5,     // ended at the region
  kNotReached = 6,   // whom we called did not answer
  kRefused = 7,      // more calls than fit: the PBX's own queue has it
  kNotDialled = 8,   // whom we were to call: it did not come to that
  kBusy = 9,         // whom we called is in another call
  kAtOwnQueue = 10,  // the PBX's own queue has it: what becomes of it is not heard here
  kNoTrunk = 11,     // whom we called could not be: the PBX had no way to him
};
// The call's one end; its row is gone.
struct Finish {
  CallNo call;
  Outcome outcome = Outcome::kLost;
  AgentNo agent{};  // who served it to the end; 0: nobody was there any more
};

// To a screen: why what was asked was not done. problem+json has the same codes.
enum class Refusal : std::uint8_t {
  kNoCall = 1,       // this agent is in no call, or that call is gone
  kBusy = 2,         // this or the other agent is in a call
  kNotNow = 3,       // the call is not in a state for it
  kUnknown = 4,      // no such agent, queue or group
  kUnavailable = 5,  // the PBX is away
  kTooMany = 6,      // legs or calls
};
struct Refused {
  AskNo ask;
  Refusal why = Refusal::kNotNow;
};

using Command =
    std::variant<Answer, Ring, PlayMenu, PlayClosed, PlayPromise, StopPlaying, Park, Announce, Dial,
                 Join, JoinConsult, HoldPerson, ResumePerson, Overhear, HangUpLeg, AnswerPhone,
                 StartRecording, PauseRecording, ResumeRecording, StopRecording, CheckRecording,
                 FallBack, TellCall, TellAgent, RecordingOver, LeaveCallBack, Finish, Refused>;
using Commands = std::vector<Command>;

}  // namespace opora::telephony
