#include "tests/unit/call_queue/tell.h"

namespace opora::testing {

using namespace telephony;

namespace {

std::string n(std::uint64_t value) { return std::to_string(value); }
template <class E>
std::string e(E value) {
  return n(static_cast<std::uint64_t>(value));
}
std::string leg(CallNo call, LegNo no) { return "leg " + n(no.v) + " of call " + n(call.v); }

std::string words(const Target& to) {
  if (const auto* agent = std::get_if<ToAgent>(&to)) return "to agent " + n(agent->agent.v);
  if (const auto* queue = std::get_if<ToCallers>(&to)) return "to queue " + n(queue->queue.v);
  return std::holds_alternative<ToNumber>(to) ? "to a number" : "to the region";
}

std::string words(const SetState& a) { return "state " + e(a.state) + " reason " + e(a.reason); }
std::string words(const Hold&) { return "hold"; }
std::string words(const Resume&) { return "resume"; }
std::string words(const HangUpCall&) { return "hang up"; }
std::string words(const ReadyAgain&) { return "ready again"; }
std::string words(const Transfer& a) { return "transfer " + words(a.to); }
std::string words(const Consult& a) { return "consult " + words(a.to); }
std::string words(const CompleteTransfer&) { return "complete"; }
std::string words(const CancelConsult&) { return "cancel consult"; }
std::string words(const Conference&) { return "conference"; }
std::string words(const DialOut& a) { return "dial out as call " + n(a.call.v); }
std::string words(const PickUp& a) { return "pick up call " + n(a.call.v); }
std::string words(const SetStateOf& a) { return "agent " + n(a.agent.v) + ": " + words(a.set); }
std::string words(const Lend& a) { return "lend agent " + n(a.agent.v) + " to " + n(a.queue.v); }
std::string words(const Recall& a) { return "recall agent " + n(a.agent.v); }
std::string words(const OpenReserve&) { return "open the reserve"; }
std::string words(const CloseReserve&) { return "close the reserve"; }
std::string words(const Monitor& a) { return "monitor call " + n(a.call.v) + " as " + e(a.how); }

std::string words(const Arrived& a) {
  return "call " + n(a.call.v) + " comes on " + a.line + " skills " + n(a.skills.v) + " last " +
         n(a.last_agent.v) + (a.journey.from.v == 0 ? "" : " over from " + n(a.journey.from.v));
}
std::string words(const CallBackWithdrawn& a) { return "withdraw call " + n(a.call.v); }
std::string words(const CallBackEntered& a) {
  return "call back " + n(a.call.v) + " enters queue " + n(a.queue.v);
}
std::string words(const Digit& a) { return "call " + n(a.call.v) + " presses " + a.digit; }
std::string words(const Played& a) { return "call " + n(a.call.v) + " heard it out"; }
std::string words(const LegRings& a) { return leg(a.call, a.leg) + " rings"; }
std::string words(const LegAnswered& a) { return leg(a.call, a.leg) + " answered by " + n(a.by.v); }
std::string words(const LegEnded& a) { return leg(a.call, a.leg) + " ended, why " + e(a.why); }
std::string words(const Reconciled& a) {
  std::string out = "the PBX has";
  for (const SeenCall& call : a.calls) {
    out += " call " + n(call.no.v) + " (";
    for (const SeenLeg& each : call.legs) out += " " + n(each.no.v) + ":" + e(each.state);
    out += " )";
  }
  for (const CallNo call : a.at_own_queue) out += ", at its own queue call " + n(call.v);
  return out;
}
std::string words(const RecordingEnded& a) {
  return "part " + n(a.part) + " of call " + n(a.call.v) + " ended, why " + e(a.why);
}
std::string words(const LinkLost&) { return "the PBX is away"; }
std::string words(const Asked& a) {
  return "agent " + n(a.agent.v) +
         " asks: " + std::visit([](const auto& what) { return words(what); }, a.what);
}
std::string words(const PhoneHolds& a) {
  return leg(a.call, a.leg) + (a.holds ? " holds" : " holds no more");
}
std::string words(const PhoneTransfers& a) {
  return leg(a.call, a.leg) + " transfers " + words(a.to);
}
std::string words(const DeskSeen& a) { return "desk of agent " + n(a.agent.v) + " is there"; }
std::string words(const DeskLost& a) { return "desk of agent " + n(a.agent.v) + " is gone"; }
std::string words(const Tick&) { return "tick"; }
std::string words(const PlanChanged&) { return "another plan"; }
std::string words(const Restarted&) { return "restart"; }

std::string words(const Answer& c) { return "answer " + n(c.call.v); }
std::string words(const Ring& c) { return "ring " + n(c.call.v); }
std::string words(const PlayPromise& c) { return "promise to " + n(c.call.v); }
std::string words(const PlayMenu& c) { return "menu " + n(c.menu.v) + " to " + n(c.call.v); }
std::string words(const PlayClosed& c) { return "closed to " + n(c.call.v); }
std::string words(const StopPlaying& c) { return "stop playing to " + n(c.call.v); }
std::string words(const Park& c) { return "park " + n(c.call.v) + " in " + n(c.queue.v); }
std::string words(const Announce& c) {
  return "announce to " + n(c.call.v) + " place " + n(c.position) + " wait " +
         std::to_string(c.wait_ms);
}
std::string words(const Dial& c) {
  return "dial " + leg(c.call, c.leg) + " agent " + n(c.agent.v) + " role " + e(c.role);
}
std::string words(const Join& c) { return "join " + leg(c.call, c.leg); }
std::string words(const JoinConsult& c) { return "consult " + leg(c.call, c.consulted); }
std::string words(const HoldPerson& c) { return "hold " + n(c.call.v); }
std::string words(const ResumePerson& c) { return "resume " + n(c.call.v); }
std::string words(const Overhear& c) { return "overhear by " + leg(c.call, c.leg); }
std::string words(const HangUpLeg& c) { return "hang up " + leg(c.call, c.leg) + " " + e(c.why); }
std::string words(const AnswerPhone& c) {
  return leg(c.call, c.leg) + (c.taken ? " has transferred" : " has not transferred");
}
std::string part(CallNo call, std::uint16_t no) { return " part " + n(no) + " of " + n(call.v); }
std::string words(const StartRecording& c) {
  return "record" + part(c.call, c.part) + " agent " + n(c.agent.v);
}
std::string words(const PauseRecording& c) { return "pause" + part(c.call, c.part); }
std::string words(const ResumeRecording& c) { return "go on with" + part(c.call, c.part); }
std::string words(const StopRecording& c) { return "stop" + part(c.call, c.part); }
std::string words(const CheckRecording& c) { return "does it run:" + part(c.call, c.part); }
std::string words(const RecordingOver& c) {
  return "over:" + part(c.call, c.part) + " " + e(c.why);
}
std::string words(const FallBack& c) { return "fall back " + n(c.call.v); }
std::string words(const TellCall& c) {
  return "tell call " + n(c.call.v) + " " + n(c.seq) + " " + e(c.step) + " agent " + n(c.agent.v) +
         " at " + std::to_string(c.at.v);
}
std::string words(const TellAgent& c) { return "tell agent " + n(c.agent.v) + " " + e(c.state); }
std::string words(const LeaveCallBack& c) { return "leave a request, call " + n(c.call.v); }
std::string words(const Finish& c) { return "finish " + n(c.call.v) + " as " + e(c.outcome); }
std::string words(const Refused& c) { return "refuse, why " + e(c.why); }

}  // namespace

std::string tell(const Event& event) {
  return std::visit([](const auto& each) { return words(each); }, event);
}
std::string tell(const Command& command) {
  return std::visit([](const auto& each) { return words(each); }, command);
}

}  // namespace opora::testing
